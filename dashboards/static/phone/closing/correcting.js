/**
 * After the close a hall asks for other numbers: which count, why, and the right figures. Somebody else approves them.
 *
 * @file
 */

import { NOTE_LENGTH } from "../acts.js";
import { countSheet, draftOf } from "../count.js";
import { standing } from "../desk.js";
import { sheet } from "../drawers.js";
import { el, fill } from "../see.js";
import { ROUND_SHORT, t } from "../words.js";

/**
 * @typedef {import("../desk.js").Desk} Desk
 * @typedef {import("../desk.js").RoundStands} RoundStands
 * @typedef {{
 *   desk: () => Desk, entries: () => import("../outbox.js").Entry[], say: (said: import("../acts.js").Said) => unknown, close: () => void,
 * }} Outside
 */

const reasons = () => [t("Gõ nhầm số"), t("Đếm lại"), t("Đối chiếu danh sách ký")];

/**
 * @param {string} _way
 * @param {Outside} outside
 * @returns {import("../drawers.js").Live}
 */
export function correctSheet(_way, outside) {
  const rounds = standing(outside.desk(), outside.entries()).rounds;
  let chosen = rounds[rounds.length - 1];
  let reason = "";
  const node = el("div", {});
  const typed = document.createElement("input");
  typed.type = "text";
  typed.id = "correct-why";
  typed.maxLength = NOTE_LENGTH;
  typed.autocomplete = "off";
  typed.addEventListener("input", () => {
    reason = typed.value;
    ask();
  });
  const choices = el("div", {});

  function ask() {
    fill(choices, [
      rounds.length > 1 &&
        group(
          t("Lượt nào"),
          rounds.map((each) => choice("round-" + each.round, t(ROUND_SHORT[each.round]), each === chosen, () => (chosen = each))),
        ),
      group(
        t("Vì sao"),
        reasons().map((each, i) =>
          choice("why-" + i, each, reason === each, () => {
            reason = each;
            typed.value = "";
          }),
        ),
      ),
    ]);
    next.disabled = reason.trim() === "" || chosen === undefined;
  }

  /** @param {string} key @param {string} words @param {boolean} isChosen @param {() => void} choose */
  function choice(key, words, isChosen, choose) {
    return el(
      "button.choice",
      {
        "data-key": key,
        "aria-pressed": String(isChosen),
        onclick: () => {
          choose();
          ask();
        },
      },
      words,
    );
  }

  const next = /** @type {HTMLButtonElement} */ (el("button.big", { "data-key": "correct-next", onclick: figures }, t("Tiếp: nhập số đúng")));

  function figures() {
    const desk = outside.desk();
    const { sitting } = desk;
    const round = chosen;
    if (round === undefined || sitting === null) return;
    const made = countSheet(
      {
        round: round.round,
        place: t("Đính chính") + ": " + reason,
        due_ms: null,
        sends: t("Gửi đề nghị"),
        expected: desk.expected,
        seats: desk.point.seats,
        before: null,
        draft: draftOf(round.heads),
      },
      {
        send: (heads) => {
          outside.close();
          void outside.say(
            round.standing === null
              ? Object.assign({ kind: /** @type {"count"} */ ("count"), sitting: sitting.id, round: round.round }, heads)
              : Object.assign({ kind: /** @type {"correct"} */ ("correct"), act: round.standing, reason: reason.trim() }, heads),
          );
        },
        close: outside.close,
      },
    );
    node.textContent = "";
    node.appendChild(made.node);
    made.begin();
  }

  node.appendChild(
    sheet(t("Đề nghị đính chính"), outside.close, [
      el("p.note", {}, t("Số đã chốt chưa đổi; người khác xem và duyệt thì mới đổi.")),
      choices,
      el("div.other", {}, el("label", { for: "correct-why" }, t("Lý do khác")), typed),
      next,
    ]),
  );
  ask();
  return {
    node,
    begin: () => {
      const title = node.querySelector("h1");
      if (title !== null) title.focus();
    },
    changed: () => {},
    end: () => {},
  };
}

/** @param {string} title @param {HTMLElement[]} choices */
function group(title, choices) {
  return el("div.sense", { role: "group", "aria-label": title }, el("p", {}, title), el("div.three", {}, ...choices));
}

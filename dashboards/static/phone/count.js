/**
 * The count, as a sum on paper: who was summoned, who is here, who is not, and whether it adds up.
 *
 * @file
 */

import { headsTyped, judge } from "./figures.js";
import { hour } from "./hours.js";
import { el, sign } from "./see.js";
import { ROUND, t } from "./words.js";

/**
 * @typedef {import("./acts.js").Heads} Heads
 * @typedef {{[each in keyof Heads]: string}} Draft what stands in the fields
 * @typedef {{
 *   round: import("./acts.js").Round, place: string, due_ms: number,
 *   expected: number | null, seats: number | null, before: number | null,
 *   draft: Draft,
 * }} Asked `draft` is written to, so that a sheet that was left can be taken up again
 */

/** @type {readonly (keyof Heads)[]} */
const ROWS = ["present", "excused", "unexcused", "guests"];

/**
 * @param {Asked} asked
 * @param {{send: (heads: Heads) => void, close: () => void}} does
 * @returns {{node: HTMLElement, begin: () => void}}
 */
export function countSheet(asked, does) {
  const { draft } = asked;
  let isConfirming = false;

  /** @type {Record<keyof Heads, HTMLInputElement>} */
  const fields = { present: field("present"), excused: field("excused"), unexcused: field("unexcused"), guests: field("guests") };
  const sum = el("p.sum", {});
  const verdict = el("p.verdict", {});
  const result = el("div.result", { role: "status" }, sum, verdict);
  const why = el("p.why", { role: "status" });
  const foot = el("div.foot", {});

  /** @param {keyof Heads} name @returns {HTMLInputElement} */
  function field(name) {
    const input = document.createElement("input");
    input.id = "heads-" + name;
    input.type = "text";
    input.setAttribute("inputmode", "numeric");
    input.setAttribute("pattern", "[0-9]*");
    input.setAttribute("enterkeyhint", name === "unexcused" || name === "guests" ? "done" : "next");
    input.autocomplete = "off";
    input.maxLength = 7;
    input.placeholder = name === "present" ? "" : "0";
    input.value = draft[name];
    input.addEventListener("input", () => {
      draft[name] = input.value;
      changed();
    });
    input.addEventListener("focus", () => input.select());
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      const next = name === "present" ? fields.excused : name === "excused" ? fields.unexcused : null;
      if (next) next.focus();
      else input.blur();
    });
    return input;
  }

  /** @param {keyof Heads} name @param {number} by */
  function step(name, by) {
    const typed = headsTyped(draft[name]);
    const next = Math.max(0, (Number.isNaN(typed) ? 0 : typed) + by);
    draft[name] = String(next);
    fields[name].value = draft[name];
    changed();
  }

  /** @returns {Heads} */
  function heads() {
    return {
      present: draft.present.trim() === "" ? NaN : headsTyped(draft.present),
      excused: headsTyped(draft.excused),
      unexcused: headsTyped(draft.unexcused),
      guests: headsTyped(draft.guests),
    };
  }

  function changed() {
    isConfirming = false;
    draw();
  }

  function draw() {
    const said = heads();
    const isEmpty = draft.present.trim() === "";
    const judged = judge(said, asked);
    for (const row of ROWS) {
      const isWrong = Number.isNaN(said[row]) && !(row === "present" && isEmpty);
      fields[row].setAttribute("aria-invalid", String(isWrong));
    }
    sum.textContent = "";
    verdict.textContent = "";
    verdict.className = "verdict";
    why.textContent = "";
    if (isEmpty) {
      sum.appendChild(el("span.note", {}, t("Nhập số có mặt")));
    } else if (judged.grade === "blocked") {
      verdict.className = "verdict amber wide";
      verdict.appendChild(sign("warning"));
      verdict.appendChild(el("span", {}, judged.why));
    } else {
      sum.appendChild(el("span", {}, said.present + " + " + said.excused + " + " + said.unexcused + " = "));
      sum.appendChild(el("strong", {}, String(judged.sum)));
      if (judged.missing !== null) {
        const isWhole = judged.missing === 0;
        verdict.className = isWhole ? "verdict good" : "verdict amber";
        verdict.appendChild(sign(isWhole ? "check" : "warning"));
        const text = isWhole
          ? t("Đủ {n}", { n: judged.sum })
          : judged.missing > 0
            ? t("Còn thiếu {n}", { n: judged.missing })
            : t("Thừa {n}", { n: -judged.missing });
        verdict.appendChild(el("span", {}, text));
      }
      why.textContent = judged.why;
    }
    drawFoot(said, judged.grade, judged.why);
  }

  /** @param {Heads} said @param {import("./figures.js").Grade} grade @param {string} doubt */
  function drawFoot(said, grade, doubt) {
    foot.textContent = "";
    if (isConfirming) {
      why.textContent = "";
      foot.appendChild(
        el(
          "div.careful",
          { role: "alert" },
          sign("warning"),
          el(
            "div",
            {},
            el("strong", {}, t("{present} có mặt: có đúng không?", { present: said.present })),
            el("p", {}, doubt + ". " + t("Nếu gửi, số này chờ xác nhận và chưa tính vào tổng.")),
          ),
        ),
      );
      foot.appendChild(
        el(
          "div.pair",
          {},
          el("button.quiet", { "data-key": "again", onclick: again }, t("Nhập lại")),
          el("button.big", { "data-key": "send-anyway", onclick: () => does.send(said) }, t("Vẫn gửi {present}", { present: said.present })),
        ),
      );
      return;
    }
    foot.appendChild(
      el(
        "button.big.send",
        { "data-key": "send", onclick: send },
        el("span", {}, t("Gửi báo cáo")),
        el("small", {}, t("Mất mạng vẫn bấm được, máy tự gửi lại")),
      ),
    );
  }

  function again() {
    isConfirming = false;
    draw();
    fields.present.focus();
  }

  function send() {
    const said = heads();
    const { grade } = judge(said, asked);
    if (grade === "blocked") {
      const wrong = ROWS.find((row) => Number.isNaN(said[row]));
      if (wrong) fields[wrong].focus();
      return;
    }
    if (grade !== "quarantined") {
      does.send(said);
      return;
    }
    isConfirming = true;
    draw();
    // With the keypad up there is no room for the question; it goes down and the question is read.
    const button = /** @type {HTMLElement | null} */ (foot.querySelector("[data-key=again]"));
    if (button) button.focus();
    foot.scrollIntoView({ block: "end" });
  }

  /** @param {keyof Heads} name @param {string} plus @param {string[]} lines @param {string} [aside] */
  function row(name, plus, lines, aside) {
    const what = lines.join(" ").toLowerCase();
    const label = el("label", { for: "heads-" + name }, ...lines.map((line) => el("span", {}, line + " ")));
    if (aside) label.appendChild(el("small", {}, aside));
    return el(
      "div.row",
      {},
      el("span.plus", { "aria-hidden": "true" }, plus),
      label,
      el(
        "div.fields",
        {},
        el("button.step", { "aria-label": t("Bớt một: {what}", { what }), onclick: () => step(name, -1) }, "−"),
        fields[name],
        el("button.step", { "aria-label": t("Thêm một: {what}", { what }), onclick: () => step(name, +1) }, "+"),
      ),
    );
  }

  const node = el(
    "div.sheet.count",
    { role: "dialog", "aria-modal": "true", "aria-labelledby": "count-title" },
    el(
      "header.top",
      {},
      el("button.back", { "aria-label": t("Quay lại"), "data-key": "back", onclick: does.close }, sign("left")),
      el(
        "div",
        {},
        el("h1", { id: "count-title", tabindex: "-1" }, t(ROUND[asked.round])),
        el("p.note", {}, t("Hạn {due}", { due: hour(asked.due_ms) }) + " · " + asked.place),
      ),
    ),
    el(
      "div.paper",
      {},
      el(
        "p.expected",
        {},
        el("span", {}, t("Triệu tập")),
        asked.expected === null ? el("span.note", {}, t("chưa có số")) : el("strong", {}, String(asked.expected)),
      ),
      row("present", "", [t("Có mặt")]),
      row("excused", "+", [t("Vắng"), t("có lý do")]),
      row("unexcused", "+", [t("Vắng"), t("không lý do")]),
      result,
      why,
      row("guests", "", [t("Khách mời")], asked.expected === null ? "" : t("ngoài {n}", { n: asked.expected })),
    ),
    foot,
  );
  draw();
  return { node, begin: () => fields.present.focus() };
}

/**
 * The count, as a sum on paper: who was summoned, who is here, who is not, and whether it adds up.
 *
 * @file
 */

import { CATEGORIES, REASONS } from "./acts.js";
import { headsTyped, judge } from "./figures.js";
import { hour } from "./hours.js";
import { el, sign } from "./see.js";
import { CATEGORY, PARTS, REASON, ROUND, t } from "./words.js";

/**
 * @typedef {import("./acts.js").Heads} Heads
 * @typedef {"present" | "excused" | "unexcused" | "guests"} Row
 * @typedef {"reasons" | "categories"} Parts
 * @typedef {{[each in Row]: string} & {[each in Parts]: {[part: string]: string}}} Draft what stands in the fields
 * @typedef {{
 *   round: import("./acts.js").Round, place: string, due_ms: number | null, sends: string,
 *   expected: number | null, seats: number | null, before: number | null,
 *   draft: Draft,
 * }} Asked `due_ms` null: the hour is past and does not matter; `draft` is written to, so that a sheet that was left can be taken up again
 */

/** @type {readonly Row[]} */
const ROWS = ["present", "excused", "unexcused", "guests"];

/** @type {Record<Parts, readonly [string, string][]>} */
const EACH = {
  reasons: REASONS.map((each) => [each, REASON[each]]),
  categories: CATEGORIES.map((each) => [each, CATEGORY[each]]),
};

/**
 * @param {Heads | null} heads what was said before
 * @returns {Draft}
 */
export function draftOf(heads) {
  /** @param {{[each: string]: number | undefined} | undefined} parts */
  const typed = (parts) => Object.keys(parts || {}).reduce((all, each) => Object.assign(all, { [each]: String((parts || {})[each]) }), {});
  return {
    present: heads ? String(heads.present) : "",
    excused: heads ? String(heads.excused) : "",
    unexcused: heads ? String(heads.unexcused) : "",
    guests: heads && heads.guests ? String(heads.guests) : "",
    reasons: typed(heads ? heads.reasons : undefined),
    categories: typed(heads ? heads.categories : undefined),
  };
}

/**
 * @param {Asked} asked
 * @param {{send: (heads: Heads) => void, close: () => void}} does
 * @returns {{node: HTMLElement, begin: () => void}}
 */
export function countSheet(asked, does) {
  const { draft } = asked;
  let isConfirming = false;
  let isDetailed = Object.keys(draft.reasons).length + Object.keys(draft.categories).length > 0;

  /** @type {Record<Row, HTMLInputElement>} */
  const fields = { present: field("present"), excused: field("excused"), unexcused: field("unexcused"), guests: field("guests") };
  const sum = el("p.sum", {});
  const verdict = el("p.verdict", {});
  const result = el("div.result", { role: "status" }, sum, verdict);
  const why = el("p.why", { role: "status" });
  const more = el("div.more", {});
  const foot = el("div.foot", {});

  /**
   * @param {string} id @param {string} typed @param {(typed: string) => void} write
   * @returns {HTMLInputElement}
   */
  function numeric(id, typed, write) {
    const input = document.createElement("input");
    input.id = id;
    input.type = "text";
    input.setAttribute("inputmode", "numeric");
    input.setAttribute("pattern", "[0-9]*");
    input.autocomplete = "off";
    input.maxLength = 7;
    input.value = typed;
    input.addEventListener("input", () => {
      write(input.value);
      changed();
    });
    input.addEventListener("focus", () => input.select());
    return input;
  }

  /** @param {Row} name @returns {HTMLInputElement} */
  function field(name) {
    const input = numeric("heads-" + name, draft[name], (typed) => {
      draft[name] = typed;
    });
    input.setAttribute("enterkeyhint", name === "unexcused" || name === "guests" ? "done" : "next");
    input.placeholder = name === "present" ? "" : "0";
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      const next = name === "present" ? fields.excused : name === "excused" ? fields.unexcused : null;
      if (next) next.focus();
      else input.blur();
    });
    return input;
  }

  /** @param {Parts} name */
  function partsOf(name) {
    return el(
      "div.parts",
      { role: "group", "aria-label": t(PARTS[name]) },
      el("p.note", {}, t(PARTS[name])),
      ...EACH[name].map(([part, word]) => {
        const id = name + "-" + part;
        const input = numeric(id, draft[name][part] || "", (typed) => {
          draft[name][part] = typed;
        });
        return el("div.part", {}, el("label", { for: id }, t(word)), input);
      }),
    );
  }

  /** Nobody is asked for these; whoever knows them finds them here. */
  function detail() {
    more.textContent = "";
    if (isDetailed) {
      more.appendChild(partsOf("reasons"));
      more.appendChild(partsOf("categories"));
      return;
    }
    more.appendChild(
      el(
        "button.plain",
        {
          "data-key": "detail",
          onclick: () => {
            isDetailed = true;
            detail();
            const first = more.querySelector("input");
            if (first) first.focus();
          },
        },
        t("Thêm lý do, thành phần (không bắt buộc)"),
      ),
    );
  }

  /** @param {Row} name @param {number} by */
  function step(name, by) {
    const typed = headsTyped(draft[name]);
    const next = Math.max(0, (Number.isNaN(typed) ? 0 : typed) + by);
    draft[name] = String(next);
    fields[name].value = draft[name];
    changed();
  }

  /** @returns {Heads} */
  function heads() {
    /** @type {Heads} */
    const said = {
      present: draft.present.trim() === "" ? NaN : headsTyped(draft.present),
      excused: headsTyped(draft.excused),
      unexcused: headsTyped(draft.unexcused),
      guests: headsTyped(draft.guests),
    };
    for (const name of /** @type {Parts[]} */ (["reasons", "categories"])) {
      const given = EACH[name].map(([part]) => part).filter((part) => (draft[name][part] || "").trim() !== "");
      if (given.length > 0) said[name] = given.reduce((all, part) => Object.assign(all, { [part]: headsTyped(draft[name][part] || "") }), {});
    }
    return said;
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
    drawFoot(said, judged.why);
  }

  /** @param {Heads} said @param {string} doubt */
  function drawFoot(said, doubt) {
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
        el("span", {}, asked.sends),
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
      else result.scrollIntoView({ block: "nearest" });
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

  /** @param {Row} name @param {string} plus @param {string[]} lines @param {string} [aside] */
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
        el("p.note", {}, (asked.due_ms === null ? "" : t("Hạn {due}", { due: hour(asked.due_ms) }) + " · ") + asked.place),
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
      more,
    ),
    foot,
  );
  detail();
  draw();
  return { node, begin: () => fields.present.focus() };
}

/**
 * The list of the hall, for those who come without a badge: typed without marks, found with them.
 *
 * @file
 */

import { sheet } from "../drawers.js";
import { hour } from "../hours.js";
import { el, fill, sign } from "../see.js";
import { t } from "../words.js";
import { found } from "./roster.js";

const MOST_SHOWN = 30;

/**
 * @param {import("./door.js").Door} door
 * @returns {import("../drawers.js").Live}
 */
export function listSheet(door) {
  const { outside } = door;
  const typed = document.createElement("input");
  typed.type = "search";
  typed.id = "who";
  typed.autocomplete = "off";
  typed.setAttribute("enterkeyhint", "search");
  typed.addEventListener("input", () => changed());
  const counter = el("p.note.counter", {});
  const rows = el("div", {});

  function changed() {
    counter.textContent = door.counter();
    const people = door.people();
    const matching = found(people, typed.value);
    fill(rows, [
      people.length === 0 && el("p.answer.none", {}, t("Chưa có danh sách đại biểu. Cần có mạng một lần để tải.")),
      people.length > 0 && matching.length === 0 && el("p.answer.none", {}, t("Không có ai tên như vậy trong danh sách hội trường.")),
      el("ul.rounds.people", {}, ...matching.slice(0, MOST_SHOWN).map(row)),
      matching.length > MOST_SHOWN && el("p.note", {}, t("Còn {n} người; gõ thêm chữ để tìm.", { n: matching.length - MOST_SHOWN })),
    ]);
  }

  /** @param {import("./roster.js").Person} person */
  function row(person) {
    const entry = door.already(person.person);
    const seen = entry === null ? null : door.resultOf(entry);
    return el(
      "li",
      {},
      el(
        "div.said",
        {},
        el("p", {}, el("strong", {}, person.name)),
        person.position !== "" && el("p.note", {}, person.position),
        seen !== null && seen.tone !== "in" && el("p.note.amber", {}, seen.line),
      ),
      entry !== null && seen !== null
        ? seen.tone === "in" && el("p.receipt", {}, sign("check"), el("span", {}, hour(entry.noted_ms)))
        : el(
            "button.quiet.mark",
            {
              "data-key": "in-" + person.person,
              "aria-label": t("Có mặt") + ": " + person.name,
              onclick: () => void outside.say({ kind: "scan", person: person.person }).then(changed),
            },
            t("Có mặt"),
          ),
    );
  }

  const node = sheet(t("Không có thẻ"), outside.close, [
    counter,
    el("div.other", {}, el("label", { for: "who" }, t("Tìm tên (gõ không dấu cũng được)")), typed),
    rows,
  ]);
  return {
    node,
    begin: () => {
      void door.learn(changed);
      changed();
    },
    changed,
    end: () => {},
  };
}

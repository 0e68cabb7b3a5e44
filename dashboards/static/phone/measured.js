/**
 * What a measured line is good for, in words and figures, and where the page offers to measure it.
 *
 * @file
 */

import { receiptOf } from "./desk.js";
import { receiptLine } from "./receipts.js";
import { el } from "./see.js";
import { inVietnamese, t } from "./words.js";

/**
 * @typedef {import("./acts.js").Measured} Measured
 * @typedef {"good" | "usable" | "poor"} Grade
 */

/**
 * The first row that a line is within decides. The picture of a conference takes some 2-4 Mbit/s down; a hall that is seen and
 * heard sends as much as it gets.
 *
 * @type {readonly {grade: Grade, rtt_ms: number, jitter_ms: number, loss: number, down_kbps: number, up_kbps: number}[]}
 */
const GRADES = [
  { grade: "good", rtt_ms: 150, jitter_ms: 40, loss: 0.02, down_kbps: 4000, up_kbps: 2000 },
  { grade: "usable", rtt_ms: 400, jitter_ms: 120, loss: 0.1, down_kbps: 1500, up_kbps: 500 },
];

/**
 * @param {Measured} line
 * @param {boolean} sends whether the hall is seen and heard by others
 * @returns {Grade}
 */
export function gradeOf(line, sends) {
  const row = GRADES.find(
    (each) =>
      line.rtt_ms <= each.rtt_ms &&
      line.jitter_ms <= each.jitter_ms &&
      line.loss <= each.loss &&
      line.down_kbps >= each.down_kbps &&
      (!sends || line.up_kbps >= each.up_kbps),
  );
  return row === undefined ? "poor" : row.grade;
}

/** @param {import("./desk.js").Desk} desk */
export const sendsToo = (desk) => desk.point.mode === "two_way" || desk.point.mode === "main_hall";

/** @param {Grade} grade */
export function gradeInWords(grade) {
  switch (grade) {
    case "good":
      return t("Tốt");
    case "usable":
      return t("Dùng được");
    case "poor":
      return t("Kém");
  }
}

/** @param {number} kbps @returns {string} "8,2" Mbit/s */
export function megabits(kbps) {
  const written = kbps < 9950 ? (kbps / 1000).toFixed(1) : String(Math.round(kbps / 1000));
  return inVietnamese() ? written.replace(".", ",") : written;
}

/** @param {number} share @returns {string} "2%" */
export const percent = (share) => Math.round(share * 100) + "%";

/** @param {Measured} line @returns {string} "41 ms · xuống 8,2 · lên 1,9 Mb/s" */
export function lineInWords(line) {
  return t("{ms} ms · xuống {down} · lên {up} Mb/s", { ms: Math.round(line.rtt_ms), down: megabits(line.down_kbps), up: megabits(line.up_kbps) });
}

/**
 * @param {{
 *   desk: import("./desk.js").Desk, tested: import("./outbox.js").Entry | null, measures: boolean, broadcast: boolean,
 *   isFresh: (noted_ms: number) => boolean,
 * }} known `measures`: this hall has a line; `broadcast`: there is one to look for
 * @param {{check: (way: "measure" | "broadcast") => void}} does
 * @returns {HTMLElement | false}
 */
export function lineSection({ desk, tested, measures, broadcast, isFresh }, does) {
  if (!measures && !broadcast) return false;
  const line = tested !== null && tested.act.kind === "line_test" ? tested.act : null;
  // A rehearsal is there for this; on the day it is one tap away and in nobody's way.
  const isWanted = measures && line === null && desk.conference.phase === "rehearsal";
  return el(
    isWanted ? "section.question.open" : "section.question",
    { "aria-labelledby": "q-line" },
    el(
      "div.fold",
      {},
      el(
        "div.said",
        {},
        el(isWanted ? "h2" : "h2.past", { id: "q-line" }, t("Đường truyền của máy này")),
        line === null
          ? measures && el("p.answer.none", {}, isWanted ? t("Buổi chạy thử: đo một lần, chừng 10 giây, để biết có đủ cho hội nghị không.") : t("Chưa đo"))
          : el("p.answer", {}, gradeInWords(gradeOf(line, sendsToo(desk))) + " · " + lineInWords(line)),
        tested !== null && receiptLine(receiptOf(tested), isFresh),
      ),
      measures &&
        !isWanted &&
        el("button.change", { "data-key": "measure", "aria-label": t("Đo đường truyền"), onclick: () => does.check("measure") }, line === null ? t("Đo") : t("Đo lại")),
    ),
    isWanted && el("button.big", { "data-key": "measure", onclick: () => does.check("measure") }, t("Đo đường truyền")),
    broadcast && el("button.quiet", { "data-key": "broadcast", onclick: () => does.check("broadcast") }, t("Kiểm tra luồng phát")),
  );
}

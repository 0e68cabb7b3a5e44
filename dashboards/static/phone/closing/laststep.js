/**
 * The last step of a hall's day: its figures are handed in, may come back, and are fixed.
 *
 * @file
 */

import { headsInWords, inWords } from "../acts.js";
import { receiptOf } from "../desk.js";
import { hour, instant } from "../hours.js";
import { receiptLine } from "../receipts.js";
import { el, sign } from "../see.js";
import { ROUND, ROUND_SHORT, refusal, t } from "../words.js";

/**
 * @typedef {import("../desk.js").Desk} Desk
 * @typedef {import("../desk.js").RoundStands} RoundStands
 * @typedef {import("../outbox.js").Entry} Entry
 * @typedef {import("../see.js").Child} Child
 * @typedef {{
 *   desk: Desk, stands: import("../desk.js").Standing, entries: Entry[], now_ms: number, isFresh: (noted_ms: number) => boolean,
 * }} View
 * @typedef {{say: (said: import("../acts.js").Said) => void, count: (round: import("../acts.js").Round) => void, correct: () => void}} Does
 */

/** @param {string} status @param {string} time */
function verdict(status, time) {
  switch (status) {
    case "approved":
      return t("Đã duyệt lúc {time}", { time });
    case "refused":
      return t("Không được duyệt lúc {time}", { time });
    case "replaced":
      return t("Đã thay bằng đề nghị mới hơn");
    default:
      return t("Đang chờ duyệt");
  }
}

/** @param {View} view @param {Does} does @returns {HTMLElement | null} null while there is nothing to hand in yet */
export function lastStep(view, does) {
  const { desk, stands, now_ms } = view;
  const { closing, sitting } = desk;
  if (!closing || sitting === null) return null;
  if (desk.conference.phase === "closed") return closed(view, closing, does);
  const isOver = stands.stage === "ended" || instant(sitting.ends_at) <= now_ms;
  if (!closing.owed || !isOver || (desk.conference.phase !== "live" && desk.conference.phase !== "closing")) return null;
  const own = ownSubmission(view);
  // What the desk shows by itself need not be said over it.
  const untold = own !== null && !own.told ? own : null;
  if ((closing.submitted_at === null && untold === null) || isRecounted(view, untold)) return asking(view, closing.returned, does);
  // The hour is the hall's own: when it was handed in, not when a slow line brought it here.
  const receipt = untold === null ? null : receiptOf(untold);
  const line =
    receipt === null || receipt.kind === "received"
      ? el("p.receipt", {}, sign("check"), el("span", {}, t("Đã nộp {time}", { time: hour(untold === null ? instant(closing.submitted_at || "") : untold.noted_ms) })))
      : receiptLine(receipt, view.isFresh);
  return section([el("p.answer", {}, sums(view)), line, el("p.note", {}, t("Sửa số sau khi nộp thì phải nộp lại."))]);
}

/** @param {View} view @returns {Entry | null} this phone's newest */
function ownSubmission({ desk, entries }) {
  const own = entries.filter(
    ({ act, conference, outcome }) =>
      act.kind === "submit" && conference === desk.conference.id && desk.sitting !== null && act.sitting === desk.sitting.id && !(outcome && outcome.outcome === "refused"),
  );
  return own[own.length - 1] || null;
}

/** @param {View} view @param {Entry | null} own @returns {boolean} whether this phone has said other numbers since */
function isRecounted({ desk, entries }, own) {
  return entries.some(
    ({ act, conference, told }) =>
      act.kind === "count" && !told && conference === desk.conference.id && desk.sitting !== null && act.sitting === desk.sitting.id && (own === null || act.seq > own.act.seq),
  );
}

/** @param {View} view @param {{at: string, reason: string} | null} returned @param {Does} does @returns {HTMLElement | null} */
function asking(view, returned, does) {
  const last = view.stands.rounds[view.stands.rounds.length - 1];
  // A sitting that runs over still has its own question open for the count: one place to enter it is enough.
  if (returned === null && view.stands.stage !== "ended" && last !== undefined && last.heads === null) return null;
  const back =
    returned && el("div.careful", {}, sign("warning"), el("div", {}, el("strong", {}, t("Bị trả lại lúc {time}", { time: hour(instant(returned.at)) })), el("p", {}, returned.reason)));
  if (last !== undefined && (last.heads === null || last.grade === "quarantined")) {
    const round = last.round;
    const why = last.heads === null ? t("Báo {round} rồi mới nộp được.", { round: t(ROUND[round]).toLowerCase() }) : t("Số liệu đang chờ xác nhận; sửa lại rồi nộp.");
    return section([
      back,
      el("p.note", {}, why),
      el("button.big", { "data-key": "close-count", onclick: () => does.count(round) }, last.heads === null ? t("Nhập quân số") : t("Sửa số liệu")),
    ]);
  }
  const sitting = view.desk.sitting === null ? "" : view.desk.sitting.id;
  return section([
    back,
    el("p.answer", {}, sums(view)),
    el("p.note", {}, t("Đã kiểm tra đủ thì nộp; điều phối sẽ xem và nộp tiếp.")),
    el("button.big", { "data-key": "submit", onclick: () => does.say({ kind: "submit", sitting }) }, returned ? t("Nộp lại") : t("Nộp số liệu")),
    returned && last !== undefined && el("button.quiet", { "data-key": "close-count", onclick: () => does.count(last.round) }, t("Sửa số liệu")),
  ]);
}

/** @param {View} view @param {NonNullable<Desk["closing"]>} closing @param {Does} does @returns {HTMLElement} */
function closed(view, closing, does) {
  const said = view.entries.filter(
    ({ act, conference, outcome, told }) =>
      conference === view.desk.conference.id && !told && (act.kind === "correct" || (outcome !== null && outcome.outcome === "accepted" && outcome.code === "late")),
  );
  const submitted = closing.submitted_at;
  return section([
    el("p.answer", {}, sums(view)),
    submitted === null
      ? el("p.note", {}, t("Chưa nộp trước khi chốt."))
      : el("p.receipt", {}, sign("check"), el("span", {}, t("Đã nộp {time}", { time: hour(instant(submitted)) }))),
    closing.closed_at !== null &&
      el("p.note", {}, t("Số liệu chốt lúc {time}.", { time: hour(instant(closing.closed_at)) }) + (closing.signed > 0 ? " " + t("Báo cáo đã ký, phiên bản {n}.", { n: closing.signed }) : "")),
    (said.length > 0 || closing.corrections.length > 0) &&
      el(
        "ul.held",
        {},
        ...said.map((entry) => el("li", {}, el("p", {}, el("strong", {}, inWords(entry.act))), ...kept(entry, view))),
        ...closing.corrections.map((each) => el("li", {}, el("p", {}, el("strong", {}, t(ROUND_SHORT[each.round]) + ": " + headsInWords(each.count))), ...settled(each))),
      ),
    el("button.quiet", { "data-key": "correct", onclick: does.correct }, t("Đề nghị đính chính")),
  ]);
}

/** @param {Entry} entry @param {View} view @returns {Child[]} */
function kept(entry, view) {
  return [receiptLine(receiptOf(entry), view.isFresh), entry.outcome !== null && entry.outcome.message !== "" && el("p.note", {}, refusal(entry.outcome.code, entry.outcome.message))];
}

/** @param {NonNullable<Desk["closing"]>["corrections"][number]} correction @returns {Child[]} */
function settled({ status, at, settled_at, why, late }) {
  const words = verdict(status, settled_at === null ? "" : hour(instant(settled_at)));
  const look = status === "approved" ? "p.receipt" : status === "refused" ? "p.receipt.no" : "p.receipt.waits";
  return [
    el("p.note", {}, late ? t("Báo lúc {time}, đến sau khi chốt", { time: hour(instant(at)) }) : t("Đề nghị lúc {time}", { time: hour(instant(at)) })),
    el(look, {}, sign(status === "approved" ? "check" : status === "refused" ? "cross" : "clock"), el("span", {}, words)),
    why !== "" && el("p.note", {}, why),
  ];
}

/** @param {View} view @returns {string} the last figure, as it is handed in */
function sums({ desk, stands }) {
  const last = stands.rounds[stands.rounds.length - 1];
  if (last === undefined || last.heads === null) return t("Chưa có số liệu cuối buổi");
  return t(ROUND_SHORT[last.round]) + ": " + t("{n} có mặt", { n: last.heads.present }) + (desk.expected === null ? "" : " / " + desk.expected);
}

/** @param {Child[]} content */
function section(content) {
  return el("section.question.open", { "aria-labelledby": "q-close" }, el("h2", { id: "q-close" }, t("Nộp số liệu buổi họp")), ...content);
}

/**
 * What stands under an answer: when it was received, that it waits, and the way back while there is one.
 *
 * @file
 */

import { inWords } from "./acts.js";
import { receiptOf } from "./desk.js";
import { hour } from "./hours.js";
import { el, sign } from "./see.js";
import { t } from "./words.js";

/**
 * @typedef {import("./desk.js").Desk} Desk
 * @typedef {import("./desk.js").Receipt} Receipt
 * @typedef {import("./desk.js").Own} Own
 * @typedef {import("./questions.js").View} View
 * @typedef {import("./questions.js").Does} Does
 */

/**
 * @param {Receipt | null} receipt
 * @param {(noted_ms: number) => boolean} isFresh whether a report has only just left
 * @param {string} [more]
 * @returns {HTMLElement | null}
 */
export function receiptLine(receipt, isFresh, more = "") {
  if (receipt === null) return null;
  if (receipt.kind === "received") {
    return el("p.receipt", {}, sign("check"), el("span", {}, t("Đã nhận {time}", { time: hour(receipt.at_ms) }) + more));
  }
  const time = hour(receipt.noted_ms);
  return isFresh(receipt.noted_ms)
    ? el("p.receipt.leaving", {}, sign("clock"), el("span", {}, t("Đã ghi {time}, đang gửi", { time })))
    : el("p.receipt.waits", {}, sign("clock"), el("span", {}, t("Đã ghi {time}, chờ gửi", { time })));
}

/**
 * The receipt of an answer, and beside it the way back while there is one.
 *
 * @param {Receipt | null} receipt @param {Own | null} own @param {View} view @param {Does} does @param {string} [more]
 * @returns {HTMLElement | null}
 */
export function receiptOrUndo(receipt, own, view, does, more = "") {
  if (own !== null && own.undo !== null) {
    const time = hour(own.undo.noted_ms);
    return el("p.receipt.leaving", {}, sign("back"), el("span", {}, t("Đang hoàn tác, ghi lúc {time}", { time })));
  }
  const line = receiptLine(receipt, view.isFresh, more);
  if (line === null || own === null || !view.mayAct || !mayUndo(own.entry, view)) return line;
  const { act } = own.entry;
  return el(
    "div.got",
    {},
    line,
    el(
      "button.change",
      { "data-key": "undo-" + act.kind, "aria-label": t("Hoàn tác") + ": " + inWords(act), onclick: () => does.say({ kind: "undo", act: act.id }) },
      t("Hoàn tác"),
    ),
  );
}

/**
 * @param {import("./outbox.js").Entry} entry
 * @param {{desk: Desk, now_ms: number}} view
 * @returns {boolean} the centre counts from when it heard of it
 */
export function mayUndo(entry, { desk, now_ms }) {
  const receipt = receiptOf(entry);
  const since_ms = receipt.kind === "received" ? receipt.at_ms : now_ms;
  return now_ms - since_ms <= (desk.undo_s === undefined ? 600 : desk.undo_s) * 1000;
}

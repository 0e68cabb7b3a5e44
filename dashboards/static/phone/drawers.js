/**
 * A sheet over the page, and the drawer of what still waits or was refused.
 *
 * @file
 */

import { inWords } from "./acts.js";
import { hour } from "./hours.js";
import { el, sign } from "./see.js";
import { t } from "./words.js";

/** @typedef {import("./outbox.js").Entry} Entry */

/**
 * @param {string} title
 * @param {() => void} close
 * @param {Array<import("./see.js").Child>} content
 */
export function sheet(title, close, content) {
  return el(
    "div.sheet",
    { role: "dialog", "aria-modal": "true", "aria-labelledby": "sheet-title" },
    el(
      "header.top",
      {},
      el("button.back", { "aria-label": t("Quay lại"), "data-key": "back", onclick: close }, sign("left")),
      el("h1", { id: "sheet-title", tabindex: "-1", "data-key": "title" }, title),
    ),
    ...content,
  );
}

/**
 * @param {Entry[]} waiting @param {Entry[]} refused
 * @param {{close: () => void, sendNow: () => void, read: (entry: Entry) => void}} does
 */
export function waitingSheet(waiting, refused, does) {
  return sheet(waiting.length > 0 || refused.length === 0 ? t("Chờ gửi {n}", { n: waiting.length }) : t("Không được nhận"), does.close, [
    waiting.length > 0 &&
      el("p.note", {}, t("Máy tự gửi theo thứ tự khi có mạng. Không cần báo lại, không cần gọi.")),
    waiting.length === 0 && refused.length === 0 && el("p.answer", {}, t("Đã gửi hết.")),
    waiting.length > 0 &&
      el(
        "ul.held",
        {},
        ...waiting.map((entry) =>
          el(
            "li",
            {},
            el("p.answer", {}, inWords(entry.act)),
            el("p.receipt.waits", {}, sign("clock"), el("span", {}, t("Đã ghi {time}, chờ gửi", { time: hour(entry.noted_ms) }))),
          ),
        ),
      ),
    waiting.length > 0 && el("button.big", { "data-key": "send-now", onclick: does.sendNow }, t("Thử gửi ngay")),
    refused.length > 0 && waiting.length > 0 && el("h2", {}, t("Không được nhận")),
    refused.length > 0 &&
      el(
        "ul.held.refused",
        {},
        ...refused.map((entry) =>
          el(
            "li",
            {},
            el("p.answer", {}, inWords(entry.act)),
            el("p.receipt.no", {}, sign("cross"), el("span", {}, t("Không được nhận · ghi lúc {time}", { time: hour(entry.noted_ms) }))),
            el("p", {}, (entry.outcome && entry.outcome.message) || t("Trung tâm không nhận báo cáo này. Hãy gọi trực ban.")),
            el("button.quiet", { "data-key": "read-" + entry.act.id, onclick: () => does.read(entry) }, t("Đã hiểu, cất đi")),
          ),
        ),
      ),
  ]);
}

/**
 * What lies over the page: one sheet at a time with the phone's own way back, and the drawer of what waits or was refused.
 *
 * @file
 */

import { inWords } from "./acts.js";
import { hour } from "./hours.js";
import { el, empty, fill, focusOn, sign } from "./see.js";
import { refusal, t } from "./words.js";

/**
 * @typedef {import("./outbox.js").Entry} Entry
 * @typedef {"scan" | "list" | "code"} Way how people are counted one by one
 * @typedef {"measure" | "broadcast"} Check what of the line is looked at
 * @typedef {"count" | "waiting" | "fault" | "help" | "notices" | "correct" | "photo" | Way | Check} Sheet
 * @typedef {{node: HTMLElement, begin: () => void, changed: () => void, end: () => void}} Live a sheet with a life of its own
 * @typedef {ReturnType<typeof lying>} Over
 */

/**
 * @param {{page: HTMLElement, sheets: HTMLElement, shown: () => void, changed: () => void, closed: () => void}} outside
 * `page` is hidden while a sheet lies over it; `changed` draws it again before the person is brought back to the button, `closed` comes after
 */
export function lying({ page, sheets, shown, changed, closed }) {
  /** @type {Sheet | null} */
  let name = null;
  /** @type {Live | null} */
  let live = null;
  let isClosing = false;
  let opener = "";
  let opener_y = 0;

  function end() {
    if (live !== null) live.end();
    live = null;
  }

  /** @param {HTMLElement} node */
  function show(node) {
    empty(sheets);
    sheets.appendChild(node);
    page.hidden = true;
    shown();
    window.scrollTo(0, 0);
  }

  return {
    name: () => name,
    show,

    /** @param {Sheet} next @param {string} from the button to come back to */
    open(next, from) {
      name = next;
      opener = from;
      opener_y = window.scrollY;
      // The phone's own way back closes the sheet and not the page; the address keeps its secret.
      window.history.pushState({ sheet: next }, "", window.location.href);
    },

    /** Another sheet in the place of the one that is open: the way back still leads to the page. @param {Sheet} next */
    turnTo(next) {
      end();
      name = next;
      window.history.replaceState({ sheet: next }, "", window.location.href);
    },

    /** @param {Live} made */
    enliven(made) {
      live = made;
      show(made.node);
      made.begin();
    },

    /** A sheet that is drawn anew like the page. @param {HTMLElement} node */
    draw(node) {
      page.hidden = true;
      fill(sheets, [node]);
    },

    /** The page was drawn. */
    refresh() {
      if (live !== null) live.changed();
    },

    /** Whoever cannot see the sheet hears what it is. */
    focusTitle() {
      const title = sheets.querySelector("h1");
      if (title !== null) title.focus();
    },

    close() {
      // The browser takes its time; twice back would leave the page.
      if (name !== null && !isClosing) window.history.back();
      isClosing = name !== null;
    },

    /** The browser has gone back. */
    wentBack() {
      if (name === null) return;
      name = null;
      isClosing = false;
      end();
      empty(sheets);
      page.hidden = false;
      changed();
      focusOn(document.body, opener);
      window.scrollTo(0, opener_y);
      closed();
    },
  };
}

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
 * Above the questions, while something waits or was refused: the way to the drawer.
 *
 * @param {Entry[]} waiting @param {Entry[]} refused
 * @param {{isOverdue: boolean, isLasting: boolean}} how
 * @param {() => void} open
 * @returns {Array<import("./see.js").Child>}
 */
export function waitingStrips(waiting, refused, { isOverdue, isLasting }, open) {
  return [
    refused.length > 0 &&
      el(
        "button.strip.red",
        { "data-key": waiting.length > 0 ? "refused" : "waiting", onclick: open },
        sign("warning"),
        el("span", {}, el("strong", {}, t("{n} báo cáo không được nhận", { n: refused.length })), " · " + t("xem lý do")),
        sign("right"),
      ),
    waiting.length > 0 &&
      isOverdue &&
      el(
        "button.strip.amber",
        { "data-key": "waiting", onclick: open },
        sign("clock"),
        el("span", {}, el("strong", {}, t("Chờ gửi {n}", { n: waiting.length })), " · " + (isLasting ? t("máy tự gửi khi có mạng") : t("đừng đóng trang này"))),
        sign("right"),
      ),
  ];
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
            el("p", {}, (entry.outcome && refusal(entry.outcome.code, entry.outcome.message)) || t("Trung tâm không nhận báo cáo này. Hãy gọi trực ban.")),
            el("button.quiet", { "data-key": "read-" + entry.act.id, onclick: () => does.read(entry) }, t("Đã hiểu, cất đi")),
          ),
        ),
      ),
  ]);
}

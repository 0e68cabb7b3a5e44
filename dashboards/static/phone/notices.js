/**
 * What the centre says to the hall: notices, until the hall has seen and confirmed them, and the reminder of a count.
 *
 * A notice is seen when its last line was on the screen and somebody looked; that is said by itself, once.
 *
 * @file
 */

import { sheet } from "./drawers.js";
import { hour } from "./hours.js";
import { receiptLine } from "./receipts.js";
import { el, sign } from "./see.js";
import { memoryShelf } from "./store.js";
import { ROUND_SHORT, t } from "./words.js";

/**
 * @typedef {import("./desk.js").Notice} Notice as the desk tells it
 * @typedef {import("./desk.js").NoticeStands} NoticeStands with what this phone has answered since
 * @typedef {import("./see.js").Child} Child
 * @typedef {{confirm: (notice: NoticeStands) => void, read: (notice: NoticeStands) => void, all: () => void}} Does
 */

/** What the centre shows at most, and one more than that. */
const MOST = 26;
/** Beyond this a notice is begun in the banner and read in its sheet: the questions must stay in sight. */
const LETTERS = 220;
const LINES = 6;
/** So long it stands before somebody's eyes before it counts as seen. */
const LOOKED_MS = 1000;
const LOOK_AGAIN_MS = 400;

/**
 * @param {Notice[]} known @param {any} frame of the line
 * @returns {Notice[]} the newest first, without what was withdrawn
 */
export function merged(known, frame) {
  if (!Number.isInteger(frame.number) || typeof frame.text !== "string") return known;
  const before = known.find((each) => each.number === frame.number);
  const others = known.filter((each) => each !== before);
  if (frame.withdrawn === true) return others;
  /** @type {Notice} */
  const told = {
    number: frame.number,
    text: frame.text,
    urgent: frame.urgent === true,
    confirm: frame.confirm === true,
    at: String(frame.at),
    by: String(frame.by),
    seen: before !== undefined && before.seen,
    confirmed: before !== undefined && before.confirmed,
  };
  return others
    .concat(told)
    .sort((one, two) => two.number - one.number)
    .slice(0, MOST);
}

/**
 * @param {NoticeStands[]} notices the newest first
 * @param {ReadonlySet<number>} read those that somebody has put away on this phone
 * @returns {NoticeStands[]} what still stands before the person: urgent ones first, then the oldest
 */
export function pressing(notices, read) {
  return notices
    .filter((notice) => !read.has(notice.number) && (notice.confirm ? !notice.confirmed : !notice.seen || notice.own))
    .reverse()
    .sort((one, two) => Number(two.urgent) - Number(one.urgent));
}

/** @param {string} text @returns {string} as much of it as a banner holds, whole words, or all of it */
export function begun(text) {
  const lines = text.split("\n");
  const head = lines.slice(0, LINES).join("\n");
  if (head.length <= LETTERS) return lines.length <= LINES ? text : head + " …";
  const cut = head.slice(0, LETTERS);
  return cut.slice(0, Math.max(cut.lastIndexOf(" "), LETTERS / 2)) + " …";
}

/** @param {NoticeStands} notice */
function heading(notice) {
  return el(
    "p.from",
    {},
    sign(notice.urgent ? "warning" : "bell"),
    el(
      "span",
      {},
      el("strong", {}, notice.urgent ? t("Thông báo khẩn") : t("Thông báo")),
      " · " + hour(notice.at_ms) + (notice.by ? " · " + notice.by : ""),
    ),
  );
}

/** @param {NoticeStands} notice @param {string} text @param {boolean} isWhole */
function words(notice, text, isWhole) {
  // What is not whole cannot have been seen.
  return el("p.words", { "data-notice": isWhole && !notice.seen ? String(notice.number) : null }, text);
}

/**
 * The most pressing notice, large; the others are one tap away.
 *
 * @param {NoticeStands[]} notices pressing ones @param {Does} does
 * @returns {HTMLElement | false}
 */
export function banner(notices, does) {
  const notice = notices[0];
  if (notice === undefined) return false;
  const text = begun(notice.text);
  const isWhole = text === notice.text;
  return el(
    notice.urgent ? "section.told.urgent" : "section.told",
    { "aria-label": notice.urgent ? t("Thông báo khẩn") : t("Thông báo") },
    heading(notice),
    words(notice, text, isWhole),
    !isWhole && el("button.big", { "data-key": "notice-all", onclick: does.all }, t("Đọc hết")),
    isWhole && answerButton(notice, does),
    notices.length > 1 && el("button.plain", { "data-key": "notices-more", onclick: does.all }, t("Còn {n} thông báo khác", { n: notices.length - 1 })),
  );
}

/** @param {NoticeStands} notice @param {Does} does */
function answerButton(notice, does) {
  return notice.confirm
    ? el("button.big", { "data-key": "confirm-" + notice.number, onclick: () => does.confirm(notice) }, t("Xác nhận đã nhận"))
    : el("button.quiet", { "data-key": "read-" + notice.number, onclick: () => does.read(notice) }, t("Đã xem"));
}

/**
 * @param {NoticeStands[]} notices all of them, the newest first @param {NoticeStands[]} waiting pressing ones
 * @param {(noted_ms: number) => boolean} isFresh
 * @param {Does & {close: () => void}} does
 */
function noticesSheet(notices, waiting, isFresh, does) {
  const ordered = waiting.concat(notices.filter((each) => !waiting.includes(each)));
  return sheet(t("Thông báo"), does.close, [
    notices.length === 0 && el("p.note", {}, t("Chưa có thông báo nào.")),
    el(
      "ul.held",
      {},
      ...ordered.map((notice) =>
        el(
          notice.urgent ? "li.told.urgent" : "li.told",
          {},
          heading(notice),
          words(notice, notice.text, true),
          waiting.includes(notice) ? answerButton(notice, does) : answered(notice, isFresh),
        ),
      ),
    ),
  ]);
}

/** @param {NoticeStands} notice @param {(noted_ms: number) => boolean} isFresh */
function answered(notice, isFresh) {
  if (notice.receipt !== null) return receiptLine(notice.receipt, isFresh);
  return el("p.status.over", {}, sign("check"), el("span", {}, notice.confirmed ? t("Đã xác nhận") : t("Đã xem")));
}

/**
 * What was said, folded: to be read again.
 *
 * @param {NoticeStands[]} notices @param {(noted_ms: number) => boolean} isFresh @param {() => void} all
 * @returns {HTMLElement | false}
 */
function noticesSection(notices, isFresh, all) {
  const newest = notices[0];
  return (
    newest !== undefined &&
    el(
      "section.question",
      { "aria-labelledby": "q-notices" },
      el(
        "div.fold",
        {},
        el(
          "div.said",
          {},
          el("h2.past", { id: "q-notices" }, t("Thông báo") + (notices.length > 1 ? " (" + notices.length + ")" : "")),
          el("p.answer.clipped", {}, newest.text),
          answered(newest, isFresh),
        ),
        el("button.change", { "data-key": "notices", "aria-label": t("Xem") + ": " + t("Thông báo").toLowerCase(), onclick: all }, t("Xem")),
      ),
    )
  );
}

/**
 * Above a sheet: something urgent waits on the page below.
 *
 * @param {NoticeStands[]} waiting @param {() => void} close
 * @returns {HTMLElement | false}
 */
export function calledBack(waiting, close) {
  const notice = waiting[0];
  return (
    notice !== undefined &&
    notice.urgent &&
    el(
      "button.strip.red",
      { "data-key": "called-back", onclick: close },
      sign("warning"),
      el("span", {}, el("strong", {}, t("Thông báo khẩn")), " · " + t("quay lại để xem")),
      sign("right"),
    )
  );
}

/**
 * @param {import("./words.js").Round} round
 * @param {() => void} count
 */
export function reminder(round, count) {
  return el(
    "button.strip.amber",
    { "data-key": "reminder", onclick: count },
    sign("clock"),
    el("span", {}, el("strong", {}, t("Ban tổ chức đang chờ số liệu {round}", { round: t(ROUND_SHORT[round]).toLowerCase() })), " · " + t("bấm để báo")),
    sign("right"),
  );
}

/**
 * Whose last line is on the screen, and for how long it has been.
 *
 * @param {{
 *   lines: () => {number: number, top: number, bottom: number}[], floor: () => number, isVisible: () => boolean,
 *   now_ms: () => number, seen: (number: number) => void,
 * }} outside where each unseen notice's words stand, and where the screen ends for them
 */
export function looking(outside) {
  /** @type {Map<number, number>} */
  let since = new Map();
  return {
    /** @returns {boolean} whether there is something to look at: ask again soon */
    look() {
      const lines = outside.lines();
      /** @type {Map<number, number>} */
      const still = new Map();
      if (outside.isVisible()) {
        const floor = outside.floor();
        for (const { number, top, bottom } of lines) {
          if (bottom <= top || bottom <= 0 || bottom > floor) continue;
          still.set(number, since.has(number) ? /** @type {number} */ (since.get(number)) : outside.now_ms());
        }
      }
      since = still;
      still.forEach((from_ms, number) => {
        if (outside.now_ms() - from_ms >= LOOKED_MS) outside.seen(number);
      });
      return lines.length > 0;
    },
  };
}

const MOST_READ = 100;

/**
 * Which notices somebody has put away on this phone.
 *
 * @param {import("./store.js").Shelf} shelf @param {string} name of the conference's marks on it
 */
export function readMarks(shelf, name) {
  /** @type {Set<number>} */
  let marks = new Set();
  try {
    const kept = JSON.parse(shelf.getItem(name) || "[]");
    if (Array.isArray(kept)) marks = new Set(kept.filter((each) => Number.isInteger(each)));
  } catch (broken) {
    console.warn("marks-not-read", broken);
  }
  return {
    marks: () => marks,
    /** @param {number} number */
    put(number) {
      marks = new Set(Array.from(marks).concat(number).slice(-MOST_READ));
      try {
        shelf.setItem(name, JSON.stringify(Array.from(marks)));
      } catch (full) {
        console.warn("marks-not-kept", full);
      }
    },
  };
}

/**
 * The notices of the page: what of them stands above it, what was put away, and what somebody has looked at.
 *
 * @param {{
 *   hall: import("./between.js").Saying, over: import("./drawers.js").Over,
 *   notices: () => NoticeStands[], floor_px: () => number, changed: () => void,
 * }} outside `floor_px`: where the screen ends for what is to be read
 */
export function noticing({ hall, over, notices, floor_px, changed }) {
  const { isFresh, say } = hall;
  let read = readMarks(memoryShelf(), "");
  let readOf = "";
  /** The store takes a moment; it is said once. @type {Set<number>} */
  const saidSeen = new Set();
  let isLooking = false;

  function open() {
    over.open("notices", "notices");
    window.scrollTo(0, 0);
    changed();
    over.focusTitle();
  }

  /** @type {Does} */
  const does = {
    confirm: (notice) => {
      read.put(notice.number);
      void say({ kind: "noticed", notice: notice.number, confirmed: true });
    },
    read: (notice) => {
      read.put(notice.number);
      if (!notice.seen) void say({ kind: "noticed", notice: notice.number, confirmed: false });
      changed();
    },
    all: open,
  };

  const looker = looking({
    lines: () =>
      Array.from(document.querySelectorAll("[data-notice]")).map((node) => {
        const { top, bottom } = node.getBoundingClientRect();
        return { number: Number(node.getAttribute("data-notice")), top, bottom };
      }),
    floor: floor_px,
    isVisible: () => document.visibilityState === "visible",
    now_ms: () => window.performance.now(),
    seen: (number) => {
      const notice = notices().find((each) => each.number === number);
      if (notice === undefined || notice.seen || saidSeen.has(number)) return;
      saidSeen.add(number);
      void say({ kind: "noticed", notice: number, confirmed: false });
    },
  });

  function look() {
    if (isLooking) return;
    isLooking = looker.look();
    if (!isLooking) return;
    window.setTimeout(() => {
      isLooking = false;
      look();
    }, LOOK_AGAIN_MS);
  }

  /** @param {NoticeStands[]} all */
  const waiting = (all) => pressing(all, read.marks());

  return {
    does,
    look,
    waiting: () => waiting(notices()),

    /** Every conference has its own notices. @param {import("./store.js").Shelf} shelf @param {string} handle @param {string} conference */
    turnTo(shelf, handle, conference) {
      if (readOf === conference) return;
      readOf = conference;
      read = readMarks(shelf, "bridge." + handle + ".read." + conference);
    },

    drawSheet() {
      const all = notices();
      over.draw(noticesSheet(all, waiting(all), isFresh, Object.assign({ close: over.close }, does)));
    },

    /** Those that do not stand above the page. */
    section() {
      const all = notices();
      const above = waiting(all);
      return noticesSection(all.filter((each) => !above.includes(each)), isFresh, open);
    },
  };
}

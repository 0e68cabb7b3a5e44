/**
 * What goes wrong in the hall: reported in two taps, and what has become of it.
 *
 * @file
 */

import { ALL_GOOD, FAULTS, NOTE_LENGTH } from "./acts.js";
import { hotlineOf } from "./calling.js";
import { receiptOf, standing, takesReports } from "./desk.js";
import { sheet } from "./drawers.js";
import { hasHelp, helpSheet } from "./help.js";
import { hour, instant } from "./hours.js";
import { receiptLine } from "./receipts.js";
import { el, sign } from "./see.js";
import { FAULT, TROUBLE, t } from "./words.js";

/**
 * @typedef {import("./outbox.js").Entry} Entry
 * @typedef {import("./acts.js").Fault} Fault
 * @typedef {import("./acts.js").Senses} Senses
 * @typedef {import("./desk.js").Desk} Desk
 * @typedef {import("./desk.js").Standing} Standing
 * @typedef {import("./words.js").Trouble} Trouble
 * @typedef {{
 *   key: string, fault: Fault | null, trouble: Trouble, note: string, began_ms: number,
 *   receipt: import("./desk.js").Receipt | null,
 *   status: "unknown" | "open" | "acknowledged" | "resolved", owner: string, mended_ms: number | null,
 * }} Row one fault: `unknown` until the centre has said what it made of the report, `mended_ms` when the hall said that it is over
 */

const SHOWN_MS = 4 * 3600 * 1000;
const MOST_SHOWN = 4;

/** What a report can have become at the centre, where it is found to have the same cause as others. @type {Record<Fault, readonly Trouble[]>} */
const BECOMES = {
  no_picture: ["no_picture"],
  no_sound: ["no_sound"],
  connection_lost: ["lost", "power_cut"],
  power_cut: ["power_cut", "lost"],
  other: ["other"],
};

/** What the hall says when it is over. Where the centre alone can know, nothing. @type {Partial<Record<Trouble, Partial<Senses>>>} */
const MENDS = {
  no_picture: { picture: "good" },
  no_sound: { sound: "good" },
  lost: { line: "good" },
  power_cut: ALL_GOOD,
};

/**
 * @param {Trouble} trouble
 * @param {Senses | null} senses what the hall said last
 * @returns {Senses | null} what it says when this is over
 */
export function mending(trouble, senses) {
  const mends = MENDS[trouble];
  return mends ? Object.assign({}, senses || ALL_GOOD, mends) : null;
}

/**
 * @param {Desk} desk @param {Standing} stands @param {number} now_ms
 * @returns {Row[]} what is open first, then what this phone reported of late
 */
export function faultRows(desk, stands, now_ms) {
  const open = desk.open_incidents || [];
  /** @type {Set<number>} */
  const reported = new Set();
  /** @type {Row[]} */
  const rows = [];
  for (const entry of stands.incidents.slice().reverse()) {
    const said = entry.act;
    if (said.kind !== "incident" || now_ms - entry.noted_ms > SHOWN_MS) continue;
    const found = open.find((each) => BECOMES[said.fault].includes(each.trouble));
    if (found && reported.has(found.number)) continue;
    if (found) reported.add(found.number);
    const trouble = found ? found.trouble : /** @type {Trouble} */ (BECOMES[said.fault][0]);
    rows.push({
      key: said.id,
      fault: said.fault,
      trouble,
      note: said.note,
      began_ms: entry.noted_ms,
      receipt: receiptOf(entry),
      status: found ? found.status : entry.told ? "resolved" : "unknown",
      owner: found ? found.owner_name : "",
      mended_ms: mendedSince(stands, trouble, entry.noted_ms),
    });
  }
  for (const each of open) {
    if (reported.has(each.number)) continue;
    const began_ms = instant(each.began_at);
    rows.push({
      key: String(each.number),
      fault: FAULTS.find((fault) => fault === each.trouble) || (each.trouble === "lost" ? "connection_lost" : null),
      trouble: each.trouble,
      note: "",
      began_ms,
      receipt: null,
      status: each.status,
      owner: each.owner_name,
      mended_ms: mendedSince(stands, each.trouble, began_ms),
    });
  }
  /** @param {Row} row */
  const isOver = (row) => row.status === "resolved";
  return rows.filter((row) => !isOver(row)).concat(rows.filter(isOver)).slice(0, MOST_SHOWN);
}

/** @param {Standing} stands @param {Trouble} trouble @param {number} since_ms @returns {number | null} */
function mendedSince({ senses, sensesReceipt }, trouble, since_ms) {
  const mends = MENDS[trouble];
  if (!mends || senses === null || sensesReceipt === null) return null;
  const said_ms = sensesReceipt.kind === "received" ? sensesReceipt.at_ms : sensesReceipt.noted_ms;
  const isSaid = /** @type {(keyof Senses)[]} */ (Object.keys(mends)).every((sense) => senses[sense] === mends[sense]);
  return isSaid && said_ms >= since_ms ? said_ms : null;
}

/**
 * @param {Row[]} rows
 * @param {{isFresh: (noted_ms: number) => boolean, mayAct: boolean}} view
 * @param {{mended: (row: Row) => void, help: (row: Row) => void}} does
 * @returns {HTMLElement | false}
 */
function faultsSection(rows, view, does) {
  return (
    rows.length > 0 &&
    el(
      "section.question",
      { "aria-labelledby": "q-faults" },
      el("h2.past", { id: "q-faults" }, t("Sự cố")),
      ...rows.map((row) => incident(row, view, does)),
    )
  );
}

/** @param {Row} row @returns {string} */
function named(row) {
  return (row.fault === null ? t(TROUBLE[row.trouble]) : t(FAULT[row.fault])) + (row.note ? ": " + row.note : "");
}

/** @param {Row} row @param {{isFresh: (noted_ms: number) => boolean, mayAct: boolean}} view @param {{mended: (row: Row) => void, help: (row: Row) => void}} does */
function incident(row, view, does) {
  const isOpen = row.status !== "resolved";
  const mayMend = isOpen && view.mayAct && row.mended_ms === null && row.trouble in MENDS;
  const mayHelp = isOpen && hasHelp(row.fault);
  const isOthers = isOpen && row.trouble === "other";
  return el(
    "div.incident",
    {},
    el("p.answer", {}, named(row)),
    row.receipt === null
      ? el("p.note", {}, t("Trung tâm ghi nhận từ {time}", { time: hour(row.began_ms) }))
      : receiptLine(row.receipt, view.isFresh),
    status(row),
    isOpen && row.mended_ms !== null && el("p.note", {}, t("Hội trường báo đã hết lúc {time}", { time: hour(row.mended_ms) })),
    // Nothing that a hall can say of its senses ends this one.
    isOthers && el("p.note", {}, t("Ban tổ chức sẽ đóng sự cố này")),
    (mayMend || mayHelp) &&
      el(
        "div.pair",
        {},
        mayHelp && el("button.quiet", { "data-key": "help-" + row.key, "aria-label": t("Cách xử lý") + ": " + named(row), onclick: () => does.help(row) }, t("Cách xử lý")),
        mayMend && el("button.quiet", { "data-key": "mended-" + row.key, "aria-label": t("Đã hết") + ": " + named(row), onclick: () => does.mended(row) }, t("Đã hết")),
      ),
  );
}

/** @param {Row} row */
function status(row) {
  switch (row.status) {
    case "unknown":
      return null;
    case "open":
      return el("p.status", {}, sign("clock"), el("span", {}, t("Mới, chưa có người tiếp nhận")));
    case "acknowledged":
      return el("p.status.taken", {}, sign("person"), el("span", {}, t("{name} đã tiếp nhận", { name: row.owner || t("Trực ban") })));
    case "resolved":
      return el("p.status.over", {}, sign("check"), el("span", {}, t("Đã khắc phục")));
  }
}

/**
 * @param {{fault: (fault: Fault, note: string) => void, close: () => void}} does
 */
function faultSheet(does) {
  const note = document.createElement("textarea");
  note.id = "fault-note";
  note.maxLength = NOTE_LENGTH;
  note.rows = 3;
  const lacks = el("p.why", { role: "status" });
  const other = el(
    "div.other",
    { hidden: true },
    el("label", { for: "fault-note" }, t("Chuyện gì đang xảy ra?")),
    note,
    lacks,
    el(
      "button.big",
      {
        "data-key": "fault-send",
        onclick: () => {
          if (note.value.trim() !== "") return does.fault("other", note.value.trim().normalize("NFC"));
          lacks.textContent = t("Viết vài chữ để trực ban biết phải làm gì");
          note.focus();
        },
      },
      t("Gửi"),
    ),
  );
  return sheet(t("Báo sự cố"), does.close, [
    el("p.note", {}, t("Bấm một lần là đủ, mất mạng thì máy tự gửi lại. Cần ngay thì gọi trực ban.")),
    el(
      "div.steps",
      {},
      ...FAULTS.map((fault) =>
        el(
          "button.quiet",
          {
            "data-key": "fault-" + fault,
            onclick: () => {
              if (fault !== "other") return does.fault(fault, "");
              other.removeAttribute("hidden");
              note.focus();
            },
          },
          t(FAULT[fault]),
        ),
      ),
    ),
    other,
  ]);
}

/**
 * The faults of the page: from the button to the card of what to do, and back to the word that it is over.
 *
 * @param {{
 *   hall: import("./between.js").Saying, centre: import("./between.js").Hearing, over: import("./drawers.js").Over,
 *   now_ms: () => number, changed: () => void,
 * }} outside
 */
export function faulting({ hall, centre, over, now_ms, changed }) {
  const { isFresh, say } = hall;
  /** The fault whose card is open, by its row. */
  let helped = "";

  function show() {
    const node = faultSheet({
      fault: (fault, note) => {
        if (!hasHelp(fault)) over.close();
        void say({ kind: "incident", fault, note }).then((entry) => {
          if (entry === null || !hasHelp(fault) || over.name() !== "fault") return;
          // While the hotline hears of it, the hall can do something.
          helped = entry.act.id;
          over.turnTo("help");
          showHelp();
        });
      },
      close: over.close,
    });
    over.show(node);
    over.focusTitle();
    changed();
  }

  function showHelp() {
    window.scrollTo(0, 0);
    changed();
    over.focusTitle();
  }

  /** The hall says that it is over. @param {Trouble} trouble */
  function mend(trouble) {
    const told = centre.desk();
    if (told === null) return;
    const senses = mending(trouble, standing(told, hall.box.list()).senses);
    if (senses === null) return;
    void say({ kind: "perceived", line: senses.line, picture: senses.picture, sound: senses.sound });
  }

  /** @param {Desk} told @param {Standing} stands */
  const mayReport = (told, stands) => takesReports(told) && stands.stage !== "ended";

  return {
    show,

    open() {
      over.open("fault", "fault");
      show();
    },

    drawHelp() {
      const told = centre.desk();
      if (told === null) return;
      const stands = standing(told, hall.box.list());
      const row = faultRows(told, stands, now_ms()).find((each) => each.key === helped);
      if (row === undefined || row.fault === null) {
        over.close();
        return;
      }
      const { trouble } = row;
      const mends = mayReport(told, stands) && row.status !== "resolved" && mending(trouble, stands.senses);
      const mended = () => {
        over.close();
        mend(trouble);
      };
      over.draw(helpSheet(row.fault, { receipt: row.receipt, isFresh, hotline: hotlineOf(told) }, { mended: mends ? mended : null, close: over.close }));
    },

    /** @param {Desk} told @param {Standing} stands @param {Row[]} rows */
    section: (told, stands, rows) =>
      faultsSection(
        rows,
        { isFresh, mayAct: mayReport(told, stands) },
        {
          mended: (row) => mend(row.trouble),
          help: (row) => {
            helped = row.key;
            over.open("help", "help-" + row.key);
            showHelp();
          },
        },
      ),
  };
}

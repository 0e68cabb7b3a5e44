/**
 * The operator's page: one hall, one phone, one question at a time.
 *
 * @file
 */

import { act, inWords } from "./acts.js";
import { bar, hotlineOf, onDuty } from "./calling.js";
import { countSheet, draftOf } from "./count.js";
import { asked, isMeasured, reminded, standing, takesReports } from "./desk.js";
import { waitingSheet } from "./drawers.js";
import { faultRows, faultSheet, faultsSection, mending } from "./faults.js";
import { hasHelp, helpSheet } from "./help.js";
import { day, hallClock, hour, instant, stamp } from "./hours.js";
import { line } from "./line.js";
import { link } from "./link.js";
import { lineSection } from "./measured.js";
import { above, noConference, noNetwork, noSitting, wrongLink } from "./moments.js";
import { banner, calledBack, looking, merged, noticesSection, noticesSheet, pressing, readMarks, reminder } from "./notices.js";
import { offerBrowser, register } from "./offline.js";
import { OutboxFull, deviceOf, outbox } from "./outbox.js";
import { before, countQuestion, peopleQuestion, sensesQuestion, stageQuestion } from "./questions.js";
import { el, empty, fill, focusOn, sign } from "./see.js";
import { pause_ms, sending, takingTurns } from "./sending.js";
import { memoryShelf, storeOf } from "./store.js";
import { uuid7 } from "./uuid7.js";
import { ROUND_SHORT, inVietnamese, speak, t } from "./words.js";

/**
 * @typedef {import("./desk.js").Desk} Desk
 * @typedef {import("./outbox.js").Entry} Entry
 * @typedef {import("./acts.js").Said} Said
 * @typedef {import("./acts.js").Round} Round
 * @typedef {import("./questions.js").Question} Question
 * @typedef {"scan" | "list" | "code"} Way how people are counted one by one
 * @typedef {"measure" | "broadcast"} Check what of the line is looked at
 * @typedef {{node: HTMLElement, begin: () => void, changed: () => void, end: () => void}} Live a sheet with a life of its own
 */

const LOOK_AGAIN_MS = 30000;
/** A report that left less than this ago is "being sent"; after that the page says that it waits. */
const LEAVING_MS = 3000;
/** Where the receipt of each kind of answer stands; what is taken back is seen already. @type {Partial<Record<Said["kind"], string>>} */
const SECTION = { stage: "q-stage", perceived: "q-senses", count: "q-count", confirm: "q-count", incident: "q-faults" };
/** What the phone says by itself, or beside the page: nothing on it moves for that. @type {readonly Said["kind"][]} */
const ASIDE = ["scan", "noticed", "line_test"];
/** A desk that was read so lately tells nothing new of a line that does not come up. */
const JUST_READ_MS = 3000;
const LOOK_AT_NOTICES_MS = 400;

/** @param {string} id @returns {HTMLElement} */
function place(id) {
  const node = document.getElementById(id);
  if (node === null) throw new Error("phone.html has no #" + id);
  return node;
}

const head = place("head");
const banners = place("banners");
const main = place("main");
const foot = place("bar");
const desktop = place("desk");
const over = place("over");
const sheets = place("sheets");
const duty = place("duty");
const heard = place("heard");

/** @returns {{shelf: import("./store.js").Shelf, lasting: boolean}} */
function shelfOf() {
  try {
    window.localStorage.setItem("bridge.try", "1");
    window.localStorage.removeItem("bridge.try");
    return { shelf: window.localStorage, lasting: true };
  } catch (forbidden) {
    return { shelf: memoryShelf(), lasting: false };
  }
}

const handle = decodeURIComponent(window.location.pathname.split("/").filter(Boolean).pop() || "");
const { shelf, lasting } = shelfOf();
const freshId = () => uuid7(Date.now(), (room) => void window.crypto.getRandomValues(room));
const device = deviceOf(shelf, freshId);
const clock = hallClock(() => window.performance.now());
/** From an earlier visit: the icon on the home screen opens the page without what stands behind the #. */
let remembered = "";
const secret = () => window.location.hash.slice(1) || remembered;
const here = link({ handle, secret, device, fetch: (url, init) => window.fetch(url, init) });

/** @type {import("./store.js").Store} */
let store;
/** @type {import("./outbox.js").Outbox} */
let box;
/** @type {ReturnType<typeof sending>} */
let sender;

/** @type {Desk | null} */
let desk = null;
/** When the centre last told, by the hall's clock; null while it tells. @type {number | null} */
let stale_ms = null;
/** @type {"opening" | "offline" | "revoked" | "unplanned" | "open"} `unplanned`: no conference has this hall */
let state = "opening";
/** What the person opened by hand; null follows the day. @type {Question | null} */
let opened = null;
let every = false;
let ending = false;
/** @type {Partial<import("./acts.js").Senses>} */
let chosen = {};
/** @type {Partial<Record<Round, import("./count.js").Draft>>} */
let drafts = {};
/** @type {"count" | "waiting" | "fault" | "help" | "notices" | Way | Check | null} */
let sheet = null;
/** The fault whose card is open, by its row. */
let helped = "";
/** @type {Live | null} */
let live = null;
let isClosing = false;
let opener = "";
let opener_y = 0;
/** What was answered and is not yet shown received. @type {Said["kind"] | null} */
let answered = null;
/** Real milliseconds when something was said last, by which "being sent" turns to "waiting". */
let tapped_ms = 0;
let failures = 0;
let isReading = false;
let hasBrokenOutbox = false;
let hasNoDoor = false;
/** Until the desk says otherwise, an earlier visit may have left some. */
let keepsNames = true;
/** When the desk was read, by the phone's own time. */
let read_ms = 0;
/** @type {ReturnType<typeof readMarks>} */
let read = readMarks(memoryShelf(), "");
let readOf = "";
const offersBroadcast = document.querySelector("meta[name=broadcast]") !== null;

const toCentre = line(
  {
    open: () => {
      const address = window.location.origin.replace(/^http/, "ws") + "/ws/point?link=" + encodeURIComponent(handle);
      return new WebSocket(address);
    },
    hello: () => ({ device }),
    later: (work, ms) => window.setTimeout(work, ms),
    never: (timer) => window.clearTimeout(timer),
    random: Math.random,
  },
  {
    // What was said while the line was down, and is not said again, stands on the desk.
    welcomed: (fell) => {
      if (fell) void look();
    },
    told,
    // A session that has ended, a link that was taken back: the desk says which.
    shut: () => {
      if (Date.now() - read_ms > JUST_READ_MS) void look();
    },
  },
);

async function begin() {
  store = await storeOf({ shelf, lasting, database: () => window.indexedDB });
  box = outbox(store, handle, () => Date.now());
  await box.reread();
  remembered = (await store.value("secret." + handle)) || "";
  sender = sending({
    outbox: box,
    post: async (entries) => {
      const conference = encodeURIComponent(entries.map((entry) => entry.conference)[0] || "");
      const answer = await here.call("POST", "/conferences/" + conference + "/acts", {
        device,
        sent_at: stamp(Date.now()),
        acts: entries.map((entry) => entry.act),
      });
      if (answer.kind === "revoked") revoke();
      return answer;
    },
    settled: (entries) => {
      for (const entry of entries) announce(entry);
      tellTabs();
      draw();
      // The desk tells what the centre made of it (a grade, a proxy's figure replaced).
      if (box.waiting().length === 0) void look();
    },
    changed: draw,
    alone: takingTurns("bridge.send." + handle, window.navigator),
    now_ms: () => Date.now(),
    later: (work, ms) => window.setTimeout(work, ms),
    random: Math.random,
  });
}

/** Another tab of this link shows the same. */
function tellTabs() {
  try {
    shelf.setItem("bridge." + handle + ".turn", freshId());
  } catch (full) {
    console.warn("tabs-not-told", full);
  }
}

function revoke() {
  state = "revoked";
  toCentre.leave();
  // What was taken back is kept nowhere, and neither are the names it opened.
  if (secret() === remembered) remembered = "";
  void store.keep("secret." + handle, null);
  void store.keep("people." + handle, null);
}

/** @param {Entry} entry */
function announce(entry) {
  const outcome = entry.outcome;
  if (outcome === null || (ASIDE.includes(entry.act.kind) && !isWord(entry.act))) return;
  heard.textContent =
    inWords(entry.act) +
    ": " +
    (outcome.outcome === "accepted" ? t("Đã nhận {time}", { time: hour(outcome.at_ms) }) : t("Không được nhận") + ". " + outcome.message);
}

/** @param {Said} said @returns {boolean} a confirmation is somebody's word; that a notice was seen is not */
const isWord = (said) => said.kind === "noticed" && said.confirmed;

/** @param {Said} said @returns {Promise<Entry | null>} after the phone has written it down */
async function say(said) {
  if (desk === null) return null;
  const { point, conference, sitting } = desk;
  tapped_ms = Date.now();
  const mark = { id: freshId(), at: stamp(Date.now()), point: point.code };
  /** @type {Entry | null} */
  let noted = null;
  try {
    noted = await box.add((seq) => act(said, Object.assign({ seq }, mark)), {
      conference: conference.id,
      sitting: sitting ? sitting.id : "",
      noted_ms: clock.now(),
    });
    hasBrokenOutbox = false;
  } catch (reason) {
    if (!(reason instanceof OutboxFull)) throw reason;
    hasBrokenOutbox = true;
  }
  tellTabs();
  window.setTimeout(draw, LEAVING_MS + 50);
  if (noted !== null && isWord(said)) heard.textContent = inWords(said) + ": " + t("Đã ghi {time}, đang gửi", { time: hour(noted.noted_ms) });
  if (noted !== null && !ASIDE.includes(said.kind)) {
    opened = null;
    every = false;
    ending = false;
    heard.textContent = inWords(noted.act) + ": " + t("Đã ghi {time}, đang gửi", { time: hour(noted.noted_ms) });
    answered = said.kind;
  }
  draw();
  reveal();
  sender.wake();
  return noted;
}

/** Brings the receipt of the last answer before the person's eyes, once the page is there again. */
function reveal() {
  if (sheet !== null || answered === null) return;
  const title = document.getElementById(SECTION[answered] || "");
  answered = null;
  const section = title && title.closest("section");
  if (section) section.scrollIntoView({ block: "nearest" });
}

/** Reads the desk, if nobody is reading it. */
async function look() {
  if (isReading || state === "revoked") return;
  isReading = true;
  const settledBefore = new Set(box.list().filter((entry) => entry.outcome !== null).map((entry) => entry.act.id));
  /** @param {Entry} entry */
  const before = (entry) => settledBefore.has(entry.act.id);
  try {
    if (desk === null && secret() !== "") {
      const introduced = await here.introduce();
      if (introduced.kind !== "ok") return missed(introduced);
    }
    const answer = await here.call("GET", "/desk?device=" + encodeURIComponent(device));
    if (answer.kind !== "ok") return missed(answer);
    failures = 0;
    stale_ms = null;
    read_ms = Date.now();
    take(answer.body);
    state = "open";
    await agree(answer.body, before);
    keepDesk();
    sender.wake();
    if (document.visibilityState === "visible") toCentre.come();
    void settleIn(answer.body);
  } catch (full) {
    console.warn("desk-not-kept", full);
  } finally {
    isReading = false;
    draw();
  }
}

/** The page opens with it the next time. Throws when there is no room. */
function keepDesk() {
  shelf.setItem("bridge." + handle + ".desk", JSON.stringify({ saved_ms: read_ms, desk: Object.assign({}, desk, { csrf: "" }) }));
}

/**
 * The centre says something of its own accord.
 *
 * @param {any} frame
 */
function told(frame) {
  if (desk === null || (frame.type !== "notice" && frame.type !== "reminder")) return;
  if (frame.type === "notice") {
    const known = desk.notices || [];
    desk.notices = merged(known, frame);
    if (frame.withdrawn !== true && known.every((each) => each.number !== frame.number)) {
      heard.textContent = (frame.urgent === true ? t("Thông báo khẩn") : t("Thông báo")) + ": " + frame.text;
    }
  } else {
    desk.reminder = { sitting: String(frame.sitting), round: frame.round, at: String(frame.at) };
    const round = reminded(desk, standing(desk, box.list()));
    if (round !== null) heard.textContent = t("Ban tổ chức đang chờ số liệu {round}", { round: t(ROUND_SHORT[round]).toLowerCase() });
  }
  try {
    keepDesk();
  } catch (full) {
    console.warn("desk-not-kept", full);
  }
  draw();
}

/**
 * What the centre holds, and what this phone holds, brought into line.
 *
 * @param {Desk} told @param {(entry: Entry) => boolean} before
 */
async function agree(told, before) {
  if (told.journal_epoch) {
    const centre = { conference: told.conference.id, epoch: told.journal_epoch, acked_seq: told.acked_seq };
    if ((await box.compare(centre, before)) > 0) tellTabs();
  }
  // What the desk now shows by itself need not be laid over it any more.
  await box.tell(before);
}

/** Once the page is there: what makes it open without a network, and who comes to this hall. @param {Desk} told */
async function settleIn(told) {
  if (window.location.hash.slice(1) !== "" && window.location.hash.slice(1) !== remembered) {
    remembered = window.location.hash.slice(1);
    await store.keep("secret." + handle, remembered);
  }
  await register(handle);
  if (told.names) {
    const { refreshed } = await import("./door/roster.js");
    await refreshed(store, handle, here);
  } else if (keepsNames) await store.keep("people." + handle, null);
  keepsNames = told.names === true;
}

/** @param {import("./link.js").Answer} answer */
function missed(answer) {
  if (answer.kind === "revoked") {
    revoke();
    return;
  }
  failures++;
  if (answer.kind === "refused") {
    state = "unplanned";
    toCentre.leave();
  } else if (desk === null) state = "offline";
  else if (stale_ms === null) stale_ms = instant(desk.now);
  window.setTimeout(() => void look(), pause_ms(failures, answer.kind === "unknown" ? answer.retry_after_s : null, Math.random) + 500);
}

/** @param {Desk} told */
function take(told) {
  desk = told;
  clock.set(instant(told.now), told.speed || 1);
  if (readOf !== told.conference.id) {
    readOf = told.conference.id;
    read = readMarks(shelf, "bridge." + handle + ".read." + readOf);
  }
  document.title = told.point.name + " · " + t("Điểm cầu");
}

/** The last desk of this phone: the page opens with it at once, and without a network at all. */
function recall() {
  try {
    const kept = JSON.parse(shelf.getItem("bridge." + handle + ".desk") || "null");
    if (kept === null || !kept.desk || !kept.desk.point) return;
    take(kept.desk);
    clock.set(instant(kept.desk.now) + (Date.now() - kept.saved_ms) * (kept.desk.speed || 1), kept.desk.speed || 1);
    state = "open";
  } catch (broken) {
    desk = null;
  }
}

/** @param {"count" | "waiting" | "fault" | "help" | "notices" | Way | Check} name @param {string} from the button to come back to */
function openSheet(name, from) {
  sheet = name;
  opener = from;
  opener_y = window.scrollY;
  // The phone's own way back closes the sheet and not the page; the address keeps its secret.
  window.history.pushState({ sheet: name }, "", window.location.href);
}

function closeSheet() {
  // The browser takes its time; twice back would leave the page.
  if (sheet !== null && !isClosing) window.history.back();
  isClosing = sheet !== null;
}

function sheetClosed() {
  sheet = null;
  isClosing = false;
  if (live !== null) live.end();
  live = null;
  empty(sheets);
  desktop.hidden = false;
  draw();
  focusOn(document.body, opener);
  window.scrollTo(0, opener_y);
  reveal();
}

/** @param {HTMLElement} node */
function showSheet(node) {
  empty(sheets);
  sheets.appendChild(node);
  desktop.hidden = true;
  drawFoot();
  window.scrollTo(0, 0);
}

/** Another sheet in the place of the one that is open: the way back still leads to the page. @param {"help" | "fault"} name */
function turnTo(name) {
  if (live !== null) live.end();
  live = null;
  sheet = name;
  window.history.replaceState({ sheet: name }, "", window.location.href);
}

/** @param {Round} round */
function openCount(round) {
  if (desk === null || desk.sitting === null) return;
  const sitting = desk.sitting.id;
  const stands = standing(desk, box.list());
  const now = stands.rounds.find((each) => each.round === round);
  if (now === undefined) return;
  ending = false;
  const draft = drafts[round] || draftOf(now.heads);
  drafts[round] = draft;
  const made = countSheet(
    {
      round,
      place: [desk.point.name, desk.point.parent].filter(Boolean).join(", "),
      due_ms: now.due_ms,
      expected: desk.expected,
      seats: desk.point.seats,
      before: before(stands, round),
      draft,
    },
    {
      send: (heads) => {
        delete drafts[round];
        closeSheet();
        void say(Object.assign({ kind: /** @type {"count"} */ ("count"), sitting, round }, heads));
      },
      close: closeSheet,
    },
  );
  openSheet("count", round === desk.round ? "count" : "count-" + round);
  showSheet(made.node);
  made.begin();
}

function openFault() {
  openSheet("fault", "fault");
  showFaults();
}

function showFaults() {
  const node = faultSheet({
    fault: (fault, note) => {
      if (!hasHelp(fault)) closeSheet();
      void say({ kind: "incident", fault, note }).then((entry) => {
        if (entry === null || !hasHelp(fault) || sheet !== "fault") return;
        // While the hotline hears of it, the hall can do something.
        helped = entry.act.id;
        turnTo("help");
        window.scrollTo(0, 0);
        draw();
        focusTitle();
      });
    },
    close: closeSheet,
  });
  showSheet(node);
  focusTitle();
  draw();
}

/** @param {import("./faults.js").Row} row */
function openHelp(row) {
  helped = row.key;
  openSheet("help", "help-" + row.key);
  window.scrollTo(0, 0);
  draw();
  focusTitle();
}

function drawHelp() {
  if (desk === null) return;
  const stands = standing(desk, box.list());
  const row = faultRows(desk, stands, clock.now()).find((each) => each.key === helped);
  if (row === undefined || row.fault === null) {
    closeSheet();
    return;
  }
  const { trouble } = row;
  const mends = mayReport(desk, stands) && row.status !== "resolved" && mending(trouble, stands.senses);
  desktop.hidden = true;
  fill(sheets, [
    helpSheet(
      row.fault,
      { receipt: row.receipt, isFresh, hotline: hotlineOf(desk) },
      {
        mended: mends
          ? () => {
              closeSheet();
              mend(trouble);
            }
          : null,
        close: closeSheet,
      },
    ),
  ]);
}

/** The hall says that it is over. @param {import("./words.js").Trouble} trouble */
function mend(trouble) {
  if (desk === null) return;
  const senses = mending(trouble, standing(desk, box.list()).senses);
  if (senses === null) return;
  void say({ kind: "perceived", line: senses.line, picture: senses.picture, sound: senses.sound });
}

/** @param {Desk} told @param {import("./desk.js").Standing} stands */
const mayReport = (told, stands) => takesReports(told) && stands.stage !== "ended";

function openNotices() {
  openSheet("notices", "notices");
  window.scrollTo(0, 0);
  draw();
  focusTitle();
}

/** @returns {import("./notices.js").Does} */
function answering() {
  return {
    confirm: (notice) => {
      read.put(notice.number);
      void say({ kind: "noticed", notice: notice.number, confirmed: true });
    },
    read: (notice) => {
      read.put(notice.number);
      if (!notice.seen) void say({ kind: "noticed", notice: notice.number, confirmed: false });
      draw();
    },
    all: openNotices,
  };
}

/** @param {import("./desk.js").NoticeStands[]} notices those that do not stand above the page */
function answeredOf(notices) {
  const waiting = pressing(notices, read.marks());
  return notices.filter((each) => !waiting.includes(each));
}

/** @param {Desk} told */
function drawNotices(told) {
  const { notices } = standing(told, box.list());
  desktop.hidden = true;
  fill(sheets, [noticesSheet(notices, pressing(notices, read.marks()), isFresh, Object.assign({ close: closeSheet }, answering()))]);
}

const looker = looking({
  lines: () =>
    Array.from(document.querySelectorAll("[data-notice]")).map((node) => {
      const { top, bottom } = node.getBoundingClientRect();
      return { number: Number(node.getAttribute("data-notice")), top, bottom };
    }),
  // The bar at the foot covers what lies below it.
  floor: () => Math.min(window.innerHeight, foot.hidden ? window.innerHeight : foot.getBoundingClientRect().top),
  isVisible: () => document.visibilityState === "visible",
  now_ms: () => window.performance.now(),
  seen: (number) => {
    if (desk === null) return;
    const notice = standing(desk, box.list()).notices.find((each) => each.number === number);
    if (notice === undefined || notice.seen || saidSeen.has(number)) return;
    // The store takes a moment; it is said once.
    saidSeen.add(number);
    void say({ kind: "noticed", notice: number, confirmed: false });
  },
});
/** @type {Set<number>} */
const saidSeen = new Set();
let isLooking = false;

function lookAtNotices() {
  if (isLooking) return;
  isLooking = looker.look();
  if (!isLooking) return;
  window.setTimeout(() => {
    isLooking = false;
    lookAtNotices();
  }, LOOK_AT_NOTICES_MS);
}

/**
 * The checks of the line, fetched by those who need them.
 *
 * @param {Check} way
 */
async function openCheck(way) {
  const { checkSheet } = await import("./check/sheets.js");
  hasNoDoor = false;
  if (desk === null || sheet !== null) return;
  openSheet(way, way);
  live = checkSheet(way, {
    desk: () => /** @type {Desk} */ (desk),
    entries: () => box.list(),
    isFresh,
    mayAct: () => desk !== null && takesReports(desk),
    here,
    say,
    fault: () => {
      turnTo("fault");
      showFaults();
    },
    close: closeSheet,
    heard: (words) => {
      heard.textContent = words;
    },
  });
  showSheet(live.node);
  live.begin();
  draw();
}

function openWaiting() {
  openSheet("waiting", "waiting");
  drawWaiting();
  focusTitle();
}

/**
 * The door of the hall, fetched by those who need it.
 *
 * @param {Way} way
 */
async function openDoor(way) {
  const { doorSheet } = await import("./door/door.js");
  hasNoDoor = false;
  if (desk === null || sheet !== null) return;
  openSheet(way, way);
  live = doorSheet(way, {
    desk: () => /** @type {Desk} */ (desk),
    entries: () => box.list(),
    now_ms: () => clock.now(),
    isFresh,
    store,
    handle,
    here,
    say,
    close: closeSheet,
    heard: (words) => {
      heard.textContent = words;
    },
  });
  showSheet(live.node);
  live.begin();
}

function focusTitle() {
  const title = sheets.querySelector("h1");
  if (title !== null) title.focus();
}

function drawWaiting() {
  desktop.hidden = true;
  fill(sheets, [
    waitingSheet(box.waiting(), box.refused(), {
      close: closeSheet,
      sendNow: () => sender.wake(),
      read: (entry) => {
        void box.putAway(entry).then(() => {
          tellTabs();
          if (box.waiting().length + box.refused().length === 0) closeSheet();
          draw();
        });
      },
    }),
  ]);
}

/** A media query sees the browser's text size and not the page's own; this sees both. */
function measure() {
  const rem_px = parseFloat(window.getComputedStyle(document.documentElement).fontSize);
  if (window.innerWidth < 15 * rem_px) document.body.setAttribute("data-large", "");
  else document.body.removeAttribute("data-large");
}

/** @param {number} noted_ms */
function isFresh(noted_ms) {
  if (sender.isTroubled() || !window.navigator.onLine || stale_ms !== null) return false;
  return Date.now() - tapped_ms < LEAVING_MS && clock.now() - noted_ms < LEAVING_MS * 2 * clock.speed();
}

function draw() {
  if (state === "opening") return;
  document.body.setAttribute("data-open", "");
  measure();
  drawFoot();
  fill(duty, onDuty(desk));
  drawHead();
  drawBanners();
  if (sheet === "waiting") drawWaiting();
  if (sheet === "help") drawHelp();
  if (sheet === "notices" && desk !== null) drawNotices(desk);
  if (live !== null) live.changed();
  if (state === "revoked") fill(main, [wrongLink(box.waiting().length), footer()]);
  else if (state === "unplanned") fill(main, [noConference(), footer()]);
  else if (desk === null) fill(main, [noNetwork(() => void look()), footer()]);
  else if (desk.sitting === null) fill(main, [noSitting(desk), footer()]);
  else drawQuestions(desk);
  lookAtNotices();
}

function drawFoot() {
  const mayFault = sheet === null && desk !== null && state === "open" && desk.sitting !== null && takesReports(desk);
  // The card of a fault has the number in its own words; with the keypad up the bar must not stand before the sum.
  fill(foot, sheet === "help" ? [] : bar(hotlineOf(desk), mayFault ? openFault : null));
  foot.hidden = foot.childNodes.length === 0;
  foot.className = sheet === "count" ? "lies" : "";
}

function drawHead() {
  if (desk === null) {
    fill(head, [el("h1", {}, t("Điểm cầu"))]);
    return;
  }
  const sitting = desk.sitting;
  const when = sitting === null ? "" : /\d/.test(sitting.name) ? sitting.name.replace(/\/\d{4}\b/, "") : sitting.name + " " + day(instant(sitting.starts_at));
  fill(head, [el("h1", {}, desk.point.name), el("p.note", {}, [desk.point.parent, when].filter(Boolean).join(" · "))]);
}

function drawBanners() {
  const waiting = box.waiting();
  const refused = box.refused();
  const isOverdue = waiting.some((entry) => !isFresh(entry.noted_ms));
  const stands = desk === null ? null : standing(desk, box.list());
  const waits = stands === null ? [] : pressing(stands.notices, read.marks());
  const round = desk === null || stands === null || !takesReports(desk) ? null : reminded(desk, stands);
  fill(over, [sheet !== null && sheet !== "notices" && calledBack(waits, closeSheet)]);
  fill(banners, [
    banner(waits, answering()),
    round !== null && reminder(round, () => openCount(round)),
    ...(desk !== null && state === "open" ? above(desk, { stale_ms: waiting.length > 0 ? null : stale_ms }) : []),
    hasNoDoor && el("p.strip.amber", {}, sign("warning"), el("span", {}, t("Cần có mạng một lần để mở phần này."))),
    hasBrokenOutbox && el("p.strip.red", {}, sign("warning"), el("span", {}, t("Máy giữ quá nhiều báo cáo chưa gửi. Hãy gọi trực ban."))),
    refused.length > 0 &&
      el(
        "button.strip.red",
        { "data-key": waiting.length > 0 ? "refused" : "waiting", onclick: openWaiting },
        sign("warning"),
        el("span", {}, el("strong", {}, t("{n} báo cáo không được nhận", { n: refused.length })), " · " + t("xem lý do")),
        sign("right"),
      ),
    waiting.length > 0 &&
      isOverdue &&
      el(
        "button.strip.amber",
        { "data-key": "waiting", onclick: openWaiting },
        sign("clock"),
        el("span", {}, el("strong", {}, t("Chờ gửi {n}", { n: waiting.length })), " · " + (box.isLasting() ? t("máy tự gửi khi có mạng") : t("đừng đóng trang này"))),
        sign("right"),
      ),
  ]);
}

/** @param {Desk} told */
function drawQuestions(told) {
  const stands = standing(told, box.list());
  const now_ms = clock.now();
  const mayAct = takesReports(told);
  const open = opened || asked(stands, told.round, now_ms);
  if (open === "senses" && stands.senses !== null && Object.keys(chosen).length === 0) chosen = pick(stands.senses);
  /** @type {import("./questions.js").View} */
  const view = { desk: told, stands, now_ms, open, every: every && open === "stage", chosen, ending, isFresh, mayAct };
  /** @type {import("./questions.js").Does} */
  const does = {
    say: (said) => {
      if (said.kind === "perceived") chosen = {};
      void say(said);
    },
    open: (question, all) => {
      opened = question;
      every = all;
      chosen = {};
      draw();
    },
    fold: () => {
      opened = null;
      every = false;
      chosen = {};
      draw();
    },
    choose: (sense, word) => {
      chosen[sense] = word;
      // Where nothing arrives there is no picture and no sound; both can still be set otherwise.
      if (sense === "line" && word === "none") {
        chosen.picture = chosen.picture || "none";
        chosen.sound = chosen.sound || "none";
      }
      draw();
    },
    count: openCount,
    people: (way) => void openDoor(way).catch(withoutDoor),
    stage: (stage) => {
      if (stage === "ended" && stands.stage !== "ended") {
        ending = true;
        opened = "stage";
        draw();
      } else void say({ kind: "stage", stage });
    },
    cancelEnd: () => {
      ending = false;
      opened = null;
      draw();
    },
  };
  const isRehearsal = told.conference.phase === "rehearsal";
  const lines = lineSection(
    { desk: told, tested: stands.tested, measures: isMeasured(told), broadcast: offersBroadcast, isFresh },
    { check: (way) => void openCheck(way).catch(withoutDoor) },
  );
  const rows = faultRows(told, stands, now_ms);
  const isTroubled = rows.some((row) => row.status !== "resolved");
  const faults = faultsSection(rows, { isFresh, mayAct: mayReport(told, stands) }, { mended: (row) => mend(row.trouble), help: openHelp });
  fill(main, [
    isTroubled && faults,
    stageQuestion(view, does),
    isRehearsal && lines,
    sensesQuestion(view, does),
    countQuestion(view, does),
    told.names === true && peopleQuestion(view, does),
    !isRehearsal && lines,
    !isTroubled && faults,
    noticesSection(answeredOf(stands.notices), isFresh, openNotices),
    footer(),
  ]);
}

/** @param {unknown} lost */
function withoutDoor(lost) {
  console.warn("no-door", lost);
  heard.textContent = t("Cần có mạng một lần để mở phần này.");
  hasNoDoor = true;
  draw();
}

/** @param {import("./acts.js").Senses} senses */
function pick({ line, picture, sound }) {
  return { line, picture, sound };
}

function footer() {
  const said = desk === null ? "" : t("Giờ hội trường {time}", { time: hour(clock.now()) });
  return el(
    "footer",
    {},
    el("span", {}, said),
    offerBrowser(() => window.location.origin + "/p/" + encodeURIComponent(handle) + "#" + secret(), draw),
    el(
      "button.plain",
      { "data-key": "language", lang: inVietnamese() ? "en" : "vi", onclick: () => void change() },
      inVietnamese() ? "English" : "Tiếng Việt",
    ),
  );
}

async function change() {
  try {
    await speakIn(inVietnamese() ? "en" : "vi");
  } catch (lost) {
    // The English words did not come through; the page goes on in Vietnamese.
    console.warn("no-english", lost);
  }
  draw();
}

/** @param {string} language */
async function speakIn(language) {
  speak(language === "en" ? (await import("./english.js")).ENGLISH : {});
  document.documentElement.lang = language;
  try {
    shelf.setItem("bridge.language", language);
  } catch (full) {
    console.warn("language-not-kept", full);
  }
}

function tick() {
  draw();
  // At the demo's pace a minute of the hall passes in a second.
  window.setTimeout(tick, Math.max(1000, Math.min(15000, 30000 / clock.speed())));
}

function comeBack() {
  if (document.visibilityState !== "visible" || state === "opening") return;
  sender.wake();
  toCentre.hurry();
  void look();
}

/** In a pocket a page sleeps: it says so, rather than to fall silent. */
function turned() {
  if (document.visibilityState === "hidden") toCentre.leave();
  else comeBack();
}

window.addEventListener("popstate", () => {
  if (sheet !== null) sheetClosed();
});
window.addEventListener("hashchange", () => {
  if (state === "revoked") state = desk === null ? "opening" : "open";
  sender.renew();
  void look();
});
window.addEventListener("resize", measure);
window.addEventListener("online", comeBack);
window.addEventListener("offline", draw);
document.addEventListener("visibilitychange", turned);
window.addEventListener("pagehide", () => toCentre.leave());
window.addEventListener("pageshow", (event) => {
  if (event.persisted) comeBack();
});
window.addEventListener("storage", (event) => {
  if (event.key === "bridge." + handle + ".turn") void box.reread().then(draw);
});
window.setInterval(() => {
  if (document.visibilityState === "visible" && state !== "opening") void look();
}, LOOK_AGAIN_MS);

async function open() {
  window.history.scrollRestoration = "manual";
  await begin();
  if (shelf.getItem("bridge.language") === "en") await change();
  recall();
  tick();
  await look();
}

void open();

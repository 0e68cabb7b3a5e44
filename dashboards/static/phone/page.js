/**
 * The operator's page: one hall, one phone, one question at a time.
 *
 * @file
 */

import { act, inWords } from "./acts.js";
import { countSheet } from "./count.js";
import { asked, receiptOf, standing, takesReports } from "./desk.js";
import { faultSheet, waitingSheet } from "./drawers.js";
import { day, hallClock, hour, instant, stamp } from "./hours.js";
import { link } from "./link.js";
import { above, bar, noConference, noNetwork, noSitting, wrongLink } from "./notices.js";
import { OutboxFull, deviceOf, memoryShelf, numbering, outbox } from "./outbox.js";
import { before, countQuestion, receiptLine, sensesQuestion, stageQuestion } from "./questions.js";
import { el, fill, focusOn, sign } from "./see.js";
import { pause_ms, sending } from "./sending.js";
import { uuid7 } from "./uuid7.js";
import { inVietnamese, speak, t } from "./words.js";

/**
 * @typedef {import("./desk.js").Desk} Desk
 * @typedef {import("./outbox.js").Entry} Entry
 * @typedef {import("./acts.js").Said} Said
 * @typedef {import("./acts.js").Round} Round
 * @typedef {import("./questions.js").Question} Question
 */

const LOOK_AGAIN_MS = 30000;
/** A report that left less than this ago is "being sent"; after that the page says that it waits. */
const LEAVING_MS = 3000;
/** Where the receipt of each kind of answer stands. @type {Record<Said["kind"], string>} */
const SECTION = { stage: "q-stage", perceived: "q-senses", count: "q-count", confirm: "q-count", incident: "q-faults" };
const INCIDENTS_SHOWN = 3;
const INCIDENT_SHOWN_MS = 4 * 3600 * 1000;

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
const sheets = place("sheets");
const heard = place("heard");

/** @returns {import("./outbox.js").Shelf} */
function shelfOf() {
  try {
    window.localStorage.setItem("bridge.try", "1");
    window.localStorage.removeItem("bridge.try");
    return window.localStorage;
  } catch (forbidden) {
    return memoryShelf();
  }
}

const handle = decodeURIComponent(window.location.pathname.split("/").filter(Boolean).pop() || "");
const shelf = shelfOf();
const freshId = () => uuid7(Date.now(), (room) => void window.crypto.getRandomValues(room));
const device = deviceOf(shelf, freshId);
const nextSeq = numbering(shelf);
const box = outbox(shelf, handle);
const clock = hallClock(() => window.performance.now());
const here = link({
  handle,
  secret: () => window.location.hash.slice(1),
  device,
  fetch: (url, init) => window.fetch(url, init),
});

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
/** @type {"count" | "waiting" | "fault" | null} */
let sheet = null;
let opener = "";
let opener_y = 0;
/** What was answered and is not yet shown received. @type {Said["kind"] | null} */
let answered = null;
/** Real milliseconds of the last tap, by which "being sent" turns to "waiting". */
let tapped_ms = 0;
let failures = 0;
let isReading = false;
let hasBrokenOutbox = false;

const sender = sending({
  outbox: box,
  post: async (entries) => {
    const conference = encodeURIComponent(entries.map((entry) => entry.conference)[0] || "");
    const answer = await here.call("POST", "/conferences/" + conference + "/acts", {
      device,
      sent_at: stamp(Date.now()),
      acts: entries.map((entry) => entry.act),
    });
    if (answer.kind === "revoked") state = "revoked";
    return answer;
  },
  settled: (entry) => {
    announce(entry);
    draw();
    // The desk tells what the centre made of it (a grade, a proxy's figure replaced).
    if (box.waiting().length === 0) void look();
  },
  changed: draw,
  now_ms: () => Date.now(),
  later: (work, ms) => window.setTimeout(work, ms),
  random: Math.random,
});

/** @param {Entry} entry */
function announce(entry) {
  const outcome = entry.outcome;
  if (outcome === null) return;
  heard.textContent =
    inWords(entry.act) +
    ": " +
    (outcome.outcome === "accepted" ? t("Đã nhận {time}", { time: hour(outcome.at_ms) }) : t("Không được nhận") + ". " + outcome.message);
}

/** @param {Said} said */
async function say(said) {
  if (desk === null) return;
  opened = null;
  every = false;
  ending = false;
  tapped_ms = Date.now();
  const marked = act(said, { id: freshId(), seq: nextSeq(), at: stamp(Date.now()), point: desk.point.code });
  try {
    await box.add(marked, desk.conference.id, clock.now());
    hasBrokenOutbox = false;
  } catch (reason) {
    if (!(reason instanceof OutboxFull)) throw reason;
    hasBrokenOutbox = true;
  }
  window.setTimeout(draw, LEAVING_MS + 50);
  heard.textContent = inWords(marked) + ": " + t("Đã ghi {time}, đang gửi", { time: hour(clock.now()) });
  answered = said.kind;
  draw();
  reveal();
  sender.wake();
}

/** Brings the receipt of the last answer before the person's eyes, once the page is there again. */
function reveal() {
  if (sheet !== null || answered === null) return;
  const title = document.getElementById(SECTION[answered]);
  answered = null;
  const section = title && title.closest("section");
  if (section) section.scrollIntoView({ block: "nearest" });
}

/** Reads the desk, if nobody is reading it. */
async function look() {
  if (isReading || state === "revoked") return;
  isReading = true;
  const settledBefore = new Set(box.list().filter((entry) => entry.outcome !== null).map((entry) => entry.act.id));
  try {
    if (desk === null) {
      const introduced = await here.introduce();
      if (introduced.kind !== "ok") return missed(introduced);
    }
    const answer = await here.call("GET", "/desk");
    if (answer.kind !== "ok") return missed(answer);
    failures = 0;
    stale_ms = null;
    take(answer.body);
    state = "open";
    // What the desk now shows by itself need not be laid over it any more; reported incidents it does not show.
    await box.forget(
      (entry) =>
        settledBefore.has(entry.act.id) &&
        entry.outcome !== null &&
        entry.outcome.outcome === "accepted" &&
        (entry.act.kind !== "incident" || clock.now() - entry.noted_ms > INCIDENT_SHOWN_MS),
    );
    shelf.setItem("bridge." + handle + ".desk", JSON.stringify({ saved_ms: Date.now(), desk: Object.assign({}, answer.body, { csrf: "" }) }));
    sender.wake();
  } catch (full) {
    console.warn("desk-not-kept", full);
  } finally {
    isReading = false;
    draw();
  }
}

/** @param {import("./link.js").Answer} answer */
function missed(answer) {
  if (answer.kind === "revoked") {
    state = "revoked";
    return;
  }
  failures++;
  if (answer.kind === "refused") state = "unplanned";
  else if (desk === null) state = "offline";
  else if (stale_ms === null) stale_ms = instant(desk.now);
  window.setTimeout(() => void look(), pause_ms(failures, answer.kind === "unknown" ? answer.retry_after_s : null, Math.random) + 500);
}

/** @param {Desk} told */
function take(told) {
  desk = told;
  clock.set(instant(told.now), told.speed || 1);
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

/** @param {"count" | "waiting" | "fault"} name @param {string} from the button to come back to */
function openSheet(name, from) {
  sheet = name;
  opener = from;
  opener_y = window.scrollY;
  // The phone's own way back closes the sheet and not the page; the address keeps its secret.
  window.history.pushState({ sheet: name }, "", window.location.href);
}

function closeSheet() {
  if (sheet !== null) window.history.back();
}

function sheetClosed() {
  sheet = null;
  sheets.textContent = "";
  desktop.hidden = false;
  draw();
  focusOn(document.body, opener);
  window.scrollTo(0, opener_y);
  reveal();
}

/** @param {HTMLElement} node */
function showSheet(node) {
  sheets.textContent = "";
  sheets.appendChild(node);
  desktop.hidden = true;
  window.scrollTo(0, 0);
}

/** @param {Round} round */
function openCount(round) {
  if (desk === null || desk.sitting === null) return;
  const sitting = desk.sitting.id;
  const stands = standing(desk, box.list());
  const now = stands.rounds.find((each) => each.round === round);
  if (now === undefined) return;
  ending = false;
  const known = now.heads;
  const draft = drafts[round] || {
    present: known ? String(known.present) : "",
    excused: known ? String(known.excused) : "",
    unexcused: known ? String(known.unexcused) : "",
    guests: known && known.guests ? String(known.guests) : "",
  };
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
  const node = faultSheet({
    fault: (fault, note) => {
      closeSheet();
      void say({ kind: "incident", fault, note });
    },
    close: closeSheet,
  });
  showSheet(node);
  focusTitle();
}

function openWaiting() {
  openSheet("waiting", "waiting");
  drawWaiting();
  focusTitle();
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
        void box.forget((each) => each === entry).then(() => {
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
  fill(foot, bar(desk && desk.hotline && desk.hotline.phone ? desk.hotline : null, desk && state === "open" && desk.sitting && takesReports(desk) ? openFault : null));
  foot.hidden = foot.childNodes.length === 0;
  drawHead();
  drawBanners();
  if (sheet === "waiting") drawWaiting();
  if (state === "revoked") fill(main, [wrongLink(box.waiting().length), footer()]);
  else if (state === "unplanned") fill(main, [noConference(), footer()]);
  else if (desk === null) fill(main, [noNetwork(() => void look()), footer()]);
  else if (desk.sitting === null) fill(main, [noSitting(desk), footer()]);
  else drawQuestions(desk);
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
  fill(banners, [
    ...(desk !== null && state === "open" ? above(desk, { stale_ms: waiting.length > 0 ? null : stale_ms }) : []),
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
        el("span", {}, el("strong", {}, t("Chờ gửi {n}", { n: waiting.length })), " · " + t("máy tự gửi khi có mạng")),
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
  fill(main, [
    stageQuestion(view, does),
    sensesQuestion(view, does),
    countQuestion(view, does),
    incidents(stands.incidents),
    footer(),
  ]);
}

/** @param {import("./acts.js").Senses} senses */
function pick({ line, picture, sound }) {
  return { line, picture, sound };
}

/** @param {Entry[]} entries */
function incidents(entries) {
  const last = entries.slice(-INCIDENTS_SHOWN).reverse();
  return (
    last.length > 0 &&
    el(
      "section.question",
      { "aria-labelledby": "q-faults" },
      el("h2.past", { id: "q-faults" }, t("Sự cố đã báo")),
      ...last.map((entry) =>
        el(
          "div.incident",
          {},
          el("p.answer", {}, inWords(entry.act)),
          receiptLine(receiptOf(entry), isFresh),
        ),
      ),
    )
  );
}

function footer() {
  const said = desk === null ? "" : t("Giờ hội trường {time}", { time: hour(clock.now()) });
  return el(
    "footer",
    {},
    el("span", {}, said),
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
  if (document.visibilityState !== "visible") return;
  sender.wake();
  void look();
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
document.addEventListener("visibilitychange", comeBack);
window.addEventListener("storage", () => {
  box.reread();
  draw();
});
window.setInterval(() => {
  if (document.visibilityState === "visible") void look();
}, LOOK_AGAIN_MS);

async function open() {
  window.history.scrollRestoration = "manual";
  if (shelf.getItem("bridge.language") === "en") await change();
  recall();
  tick();
  await look();
}

void open();

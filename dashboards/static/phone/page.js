/**
 * The operator's page: one hall, one phone, one question at a time.
 *
 * @file
 */

import { hearing, saying } from "./between.js";
import { bar, hotlineOf, onDuty } from "./calling.js";
import { countSheet, draftOf } from "./count.js";
import { asked, isMeasured, reminded, standing, takesReports } from "./desk.js";
import { lying, waitingSheet, waitingStrips } from "./drawers.js";
import { faultRows, faulting } from "./faults.js";
import { day, hallClock, hour, instant } from "./hours.js";
import { link } from "./link.js";
import { lineSection } from "./measured.js";
import { above, noConference, noNetwork, noSitting, wrongLink } from "./moments.js";
import { banner, calledBack, noticing, reminder } from "./notices.js";
import { keeping, offerBrowser } from "./offline.js";
import { deviceOf } from "./outbox.js";
import { before, countQuestion, peopleQuestion, sensesQuestion, stageQuestion } from "./questions.js";
import { el, fill, sign } from "./see.js";
import { shelfOf, storeOf } from "./store.js";
import { uuid7 } from "./uuid7.js";
import { inVietnamese, speakIn, t } from "./words.js";

/**
 * @typedef {import("./desk.js").Desk} Desk
 * @typedef {import("./acts.js").Said} Said
 * @typedef {import("./acts.js").Round} Round
 * @typedef {import("./questions.js").Question} Question
 */

const LOOK_AGAIN_MS = 30000;
/** Where the receipt of each kind of answer stands; what is taken back is seen already. @type {Partial<Record<Said["kind"], string>>} */
const SECTION = { stage: "q-stage", perceived: "q-senses", count: "q-count", confirm: "q-count", incident: "q-faults", submit: "q-close", correct: "q-close" };

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
const top = place("over");
const duty = place("duty");
const status = place("heard");

const handle = decodeURIComponent(window.location.pathname.split("/").filter(Boolean).pop() || "");
const { shelf, lasting } = shelfOf();
const freshId = () => uuid7(Date.now(), (room) => void window.crypto.getRandomValues(room));
const device = deviceOf(shelf, freshId);
const clock = hallClock(() => window.performance.now());
const offersBroadcast = document.querySelector("meta[name=broadcast]") !== null;

/** @type {import("./store.js").Store} */
let store;
/** @type {import("./link.js").Link} */
let here;
/** @type {import("./offline.js").Keeping} */
let kept;
/** @type {import("./between.js").Saying} */
let hall;
/** @type {import("./between.js").Hearing} */
let centre;
/** @type {ReturnType<typeof faulting>} */
let faults;
/** @type {ReturnType<typeof noticing>} */
let notices;

/** What the person opened by hand; null follows the day. @type {Question | null} */
let opened = null;
let every = false;
let ending = false;
/** @type {Partial<import("./acts.js").Senses>} */
let chosen = {};
/** @type {Partial<Record<Round, import("./count.js").Draft>>} */
let drafts = {};
/** What was answered and is not yet shown received. @type {Said["kind"] | null} */
let answered = null;
/** The last step of the day, once the hall has come so far. @type {typeof import("./closing/laststep.js").lastStep | null} */
let lastStep = null;
/** A part of the page that is fetched when it is wanted could not be. */
let hasNoDoor = false;
let isComing = false;

const over = lying({ page: place("desk"), sheets: place("sheets"), shown: drawFoot, changed: draw, closed: reveal });
const entries = () => hall.box.list();

/** @param {string} words for whoever hears the page */
function heard(words) {
  status.textContent = words;
}

/** The phone's own store first: what was said on an earlier visit is there before anything is asked. */
async function begin() {
  store = await storeOf({ shelf, lasting, database: () => window.indexedDB });
  kept = await keeping(handle, store);
  here = link({ handle, secret: kept.secret, device, fetch: (url, init) => window.fetch(url, init) });
  const phone = { handle, device, freshId, shelf, clock, here };
  hall = saying(phone, {
    store,
    desk: () => centre.desk(),
    isStale: () => centre.stale_ms() !== null,
    revoked: () => centre.revoke(),
    answered: (kind) => {
      fold();
      ending = false;
      answered = kind;
    },
    said: () => {
      draw();
      reveal();
    },
    // The desk tells what the centre made of it (a grade, a proxy's figure replaced).
    settled: () => void centre.look(),
    changed: draw,
    heard,
  });
  centre = hearing(phone, {
    hall,
    kept,
    taken: (told) => {
      notices.turnTo(shelf, handle, told.conference.id);
      document.title = told.point.name + " · " + t("Điểm cầu");
    },
    changed: draw,
    heard,
  });
  faults = faulting({ hall, centre, over, now_ms: clock.now, changed: draw });
  notices = noticing({
    hall,
    over,
    notices: () => {
      const desk = centre.desk();
      return desk === null ? [] : standing(desk, entries()).notices;
    },
    // The bar at the foot covers what lies below it.
    floor_px: () => Math.min(window.innerHeight, foot.hidden ? window.innerHeight : foot.getBoundingClientRect().top),
    changed: draw,
  });
  await hall.box.reread();
}

/** Brings the receipt of the last answer before the person's eyes, once the page is there again. */
function reveal() {
  if (over.name() !== null || answered === null) return;
  const title = document.getElementById(SECTION[answered] || "");
  answered = null;
  const section = title && title.closest("section");
  if (section) section.scrollIntoView({ block: "nearest" });
}

/** @param {Round} round */
function openCount(round) {
  const desk = centre.desk();
  if (desk === null || desk.sitting === null) return;
  const sitting = desk.sitting.id;
  const stands = standing(desk, entries());
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
      sends: t("Gửi báo cáo"),
      expected: desk.expected,
      seats: desk.point.seats,
      before: before(stands, round),
      draft,
    },
    {
      send: (heads) => {
        delete drafts[round];
        over.close();
        void hall.say(Object.assign({ kind: /** @type {"count"} */ ("count"), sitting, round }, heads));
      },
      close: over.close,
    },
  );
  over.open("count", round === desk.round ? "count" : "count-" + round);
  over.show(made.node);
  made.begin();
}

/** What the sheets know that are fetched by those who need them. */
const fetched = () => ({
  desk: () => /** @type {Desk} */ (centre.desk()),
  entries,
  now_ms: clock.now,
  isFresh: hall.isFresh,
  mayAct: () => {
    const desk = centre.desk();
    return desk !== null && takesReports(desk);
  },
  store,
  handle,
  here,
  say: hall.say,
  fault: () => {
    over.turnTo("fault");
    faults.show();
  },
  close: over.close,
  heard,
});

/**
 * @template {import("./drawers.js").Sheet} Way
 * @param {Way} way
 * @param {() => Promise<(way: Way, outside: ReturnType<typeof fetched>) => import("./drawers.js").Live>} fetching
 */
async function openFetched(way, fetching) {
  try {
    const sheet = await fetching();
    hasNoDoor = false;
    if (centre.desk() === null || over.name() !== null) return;
    over.open(way, way);
    over.enliven(sheet(way, fetched()));
    draw();
  } catch (lost) {
    console.warn("no-door", lost);
    heard(t("Cần có mạng một lần để mở phần này."));
    hasNoDoor = true;
    draw();
  }
}

/** The checks of the line. @param {import("./drawers.js").Check} way */
const openCheck = (way) => void openFetched(way, async () => (await import("./check/sheets.js")).checkSheet);

/** The door of the hall. @param {import("./drawers.js").Way} way */
const openDoor = (way) => void openFetched(way, async () => (await import("./door/door.js")).doorSheet);

/** Fetched before the hall needs it: it may have no network by then. @param {Desk} desk @param {number} now_ms */
function comeToTheEnd(desk, now_ms) {
  const last = desk.rounds[desk.rounds.length - 1];
  const isNear = takesReports(desk) ? last !== undefined && instant(last.opens_at) <= now_ms : desk.conference.phase === "closed";
  if (lastStep !== null || isComing || !isNear) return;
  isComing = true;
  import("./closing/laststep.js").then(
    (made) => {
      lastStep = made.lastStep;
      draw();
    },
    (lost) => {
      // The next stroke of the clock tries again.
      console.warn("no-last-step", lost);
      isComing = false;
    },
  );
}

function openWaiting() {
  over.open("waiting", "waiting");
  drawWaiting();
  over.focusTitle();
}

function drawWaiting() {
  const { box } = hall;
  over.draw(
    waitingSheet(box.waiting(), box.refused(), {
      close: over.close,
      sendNow: () => hall.sender.wake(),
      read: (entry) => {
        void box.putAway(entry).then(() => {
          hall.tellTabs();
          if (box.waiting().length + box.refused().length === 0) over.close();
          draw();
        });
      },
    }),
  );
}

/** A media query sees the browser's text size and not the page's own; this sees both. */
function measure() {
  const rem_px = parseFloat(window.getComputedStyle(document.documentElement).fontSize);
  if (window.innerWidth < 15 * rem_px) document.body.setAttribute("data-large", "");
  else document.body.removeAttribute("data-large");
}

function draw() {
  const state = centre.state();
  if (state === "opening") return;
  const desk = centre.desk();
  document.body.setAttribute("data-open", "");
  measure();
  drawFoot();
  fill(duty, onDuty(desk));
  drawHead(desk);
  drawBanners(desk);
  const sheet = over.name();
  if (sheet === "waiting") drawWaiting();
  if (sheet === "help") faults.drawHelp();
  if (sheet === "notices" && desk !== null) notices.drawSheet();
  over.refresh();
  if (state === "revoked") fill(main, [wrongLink(hall.box.waiting().length), footer()]);
  else if (state === "unplanned") fill(main, [noConference(), footer()]);
  else if (desk === null) fill(main, [noNetwork(() => void centre.look()), footer()]);
  else if (desk.sitting === null) fill(main, [noSitting(desk), footer()]);
  else drawQuestions(desk);
  notices.look();
}

function drawFoot() {
  const desk = centre.desk();
  const sheet = over.name();
  const mayFault = sheet === null && desk !== null && centre.state() === "open" && desk.sitting !== null && takesReports(desk);
  // The card of a fault has the number in its own words; with the keypad up the bar must not stand before the sum.
  fill(foot, sheet === "help" ? [] : bar(hotlineOf(desk), mayFault ? faults.open : null));
  foot.hidden = foot.childNodes.length === 0;
  foot.className = sheet === "count" ? "lies" : "";
}

/** @param {Desk | null} desk */
function drawHead(desk) {
  if (desk === null) {
    fill(head, [el("h1", {}, t("Điểm cầu"))]);
    return;
  }
  const sitting = desk.sitting;
  const when = sitting === null ? "" : /\d/.test(sitting.name) ? sitting.name.replace(/\/\d{4}\b/, "") : sitting.name + " " + day(instant(sitting.starts_at));
  fill(head, [el("h1", {}, desk.point.name), el("p.note", {}, [desk.point.parent, when].filter(Boolean).join(" · "))]);
}

/** @param {Desk | null} desk */
function drawBanners(desk) {
  const { box } = hall;
  const waiting = box.waiting();
  const sheet = over.name();
  const waits = notices.waiting();
  const round = desk === null || !takesReports(desk) ? null : reminded(desk, standing(desk, entries()));
  fill(top, [sheet !== null && sheet !== "notices" && calledBack(waits, over.close)]);
  fill(banners, [
    banner(waits, notices.does),
    round !== null && reminder(round, () => openCount(round)),
    ...(desk !== null && centre.state() === "open" ? above(desk, { stale_ms: waiting.length > 0 ? null : centre.stale_ms() }) : []),
    hasNoDoor && el("p.strip.amber", {}, sign("warning"), el("span", {}, t("Cần có mạng một lần để mở phần này."))),
    hall.isFull() && el("p.strip.red", {}, sign("warning"), el("span", {}, t("Máy giữ quá nhiều báo cáo chưa gửi. Hãy gọi trực ban."))),
    ...waitingStrips(waiting, box.refused(), { isOverdue: waiting.some((entry) => !hall.isFresh(entry.noted_ms)), isLasting: box.isLasting() }, openWaiting),
  ]);
}

function fold() {
  opened = null;
  every = false;
}

/** @param {Desk} told */
function drawQuestions(told) {
  const stands = standing(told, entries());
  const now_ms = clock.now();
  const { isFresh } = hall;
  const open = opened || asked(stands, told.round, now_ms);
  if (open === "senses" && stands.senses !== null && Object.keys(chosen).length === 0) {
    const { line, picture, sound } = stands.senses;
    chosen = { line, picture, sound };
  }
  /** @type {import("./questions.js").View} */
  const view = { desk: told, stands, now_ms, open, every: every && open === "stage", chosen, ending, isFresh, mayAct: takesReports(told) };
  /** @type {import("./questions.js").Does} */
  const does = {
    say: (said) => {
      if (said.kind === "perceived") chosen = {};
      void hall.say(said);
    },
    open: (question, all) => {
      opened = question;
      every = all;
      chosen = {};
      draw();
    },
    fold: () => {
      fold();
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
    people: openDoor,
    stage: (stage) => {
      if (stage === "ended" && stands.stage !== "ended") {
        ending = true;
        opened = "stage";
        draw();
      } else void hall.say({ kind: "stage", stage });
    },
    cancelEnd: () => {
      ending = false;
      opened = null;
      draw();
    },
  };
  comeToTheEnd(told, now_ms);
  const step =
    lastStep &&
    lastStep(
      { desk: told, stands, entries: entries(), now_ms, isFresh },
      {
        say: does.say,
        count: openCount,
        correct: () => void openFetched("correct", async () => (await import("./closing/correcting.js")).correctSheet),
      },
    );
  const isRehearsal = told.conference.phase === "rehearsal";
  const lines = lineSection(
    { desk: told, tested: stands.tested, measures: isMeasured(told), broadcast: offersBroadcast, isFresh },
    { check: openCheck },
  );
  const rows = faultRows(told, stands, now_ms);
  const isTroubled = rows.some((row) => row.status !== "resolved");
  const troubles = faults.section(told, stands, rows);
  fill(main, [
    isTroubled && troubles,
    // The day's end is the first thing on the page, asked or answered: whoever opens it in the afternoon comes for nothing else.
    step,
    stageQuestion(view, does),
    isRehearsal && lines,
    sensesQuestion(view, does),
    countQuestion(view, does),
    told.names === true && peopleQuestion(view, does),
    !isRehearsal && lines,
    !isTroubled && troubles,
    notices.section(),
    footer(),
  ]);
}

function footer() {
  return el(
    "footer",
    {},
    el("span", {}, centre.desk() === null ? "" : t("Giờ hội trường {time}", { time: hour(clock.now()) })),
    centre.desk() !== null &&
      el(
        "button.plain",
        { "data-key": "photo", onclick: () => void openFetched("photo", async () => (await import("./photo/sheet.js")).photoSheet) },
        t("Gửi ảnh hội trường"),
      ),
    offerBrowser(() => window.location.origin + "/p/" + encodeURIComponent(handle) + "#" + kept.secret(), draw),
    el(
      "button.plain",
      { "data-key": "language", lang: inVietnamese() ? "en" : "vi", onclick: () => void change() },
      inVietnamese() ? "English" : "Tiếng Việt",
    ),
  );
}

async function change() {
  try {
    await speakIn(inVietnamese() ? "en" : "vi", shelf);
  } catch (lost) {
    // The English words did not come through; the page goes on in Vietnamese.
    console.warn("no-english", lost);
  }
  draw();
}

function tick() {
  draw();
  // At the demo's pace a minute of the hall passes in a second.
  window.setTimeout(tick, Math.max(1000, Math.min(15000, 30000 / clock.speed())));
}

function comeBack() {
  if (document.visibilityState !== "visible" || centre.state() === "opening") return;
  hall.sender.wake();
  centre.hurry();
  void centre.look();
}

/** In a pocket a page sleeps: it says so, rather than to fall silent. */
function turned() {
  if (document.visibilityState === "hidden") centre.leave();
  else comeBack();
}

/** What the browser tells the page. */
function attend() {
  window.addEventListener("popstate", over.wentBack);
  window.addEventListener("hashchange", () => {
    hall.sender.renew();
    centre.renew();
  });
  window.addEventListener("resize", measure);
  window.addEventListener("online", comeBack);
  window.addEventListener("offline", draw);
  document.addEventListener("visibilitychange", turned);
  window.addEventListener("pagehide", centre.leave);
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) comeBack();
  });
  window.addEventListener("storage", (event) => {
    if (event.key === "bridge." + handle + ".turn") void hall.box.reread().then(draw);
  });
  window.setInterval(() => {
    if (document.visibilityState === "visible" && centre.state() !== "opening") void centre.look();
  }, LOOK_AGAIN_MS);
}

async function open() {
  window.history.scrollRestoration = "manual";
  await begin();
  attend();
  if (shelf.getItem("bridge.language") === "en") await change();
  centre.recall();
  tick();
  await centre.look();
}

void open();

/**
 * What passes between the hall and the centre: what the hall says, written down by the phone first, and what the centre
 * tells, kept for the next visit.
 *
 * @file
 */

import { act, inWords } from "./acts.js";
import { reminded, standing } from "./desk.js";
import { hour, instant, stamp } from "./hours.js";
import { line } from "./line.js";
import { merged } from "./notices.js";
import { OutboxFull, outbox } from "./outbox.js";
import { pause_ms, sending, takingTurns } from "./sending.js";
import { ROUND_SHORT, refusal, t } from "./words.js";

/**
 * @typedef {import("./desk.js").Desk} Desk
 * @typedef {import("./acts.js").Said} Said
 * @typedef {import("./outbox.js").Entry} Entry
 * @typedef {{
 *   handle: string, device: string, freshId: () => string, shelf: import("./store.js").Shelf,
 *   clock: ReturnType<typeof import("./hours.js").hallClock>, here: import("./link.js").Link,
 * }} Phone one phone in the hands of one hall
 * @typedef {ReturnType<typeof saying>} Saying
 * @typedef {{
 *   store: import("./store.js").Store,
 *   desk: () => Desk | null,
 *   isStale: () => boolean,
 *   revoked: () => void,
 *   answered: (kind: Said["kind"]) => void,
 *   said: () => void,
 *   settled: () => void,
 *   changed: () => void,
 *   heard: (words: string) => void,
 * }} Page `answered`: a question of the page has its answer; `settled`: the centre has answered everything
 * @typedef {ReturnType<typeof hearing>} Hearing
 * @typedef {{
 *   hall: Saying,
 *   kept: import("./offline.js").Keeping,
 *   taken: (told: Desk) => void,
 *   changed: () => void,
 *   heard: (words: string) => void,
 * }} Known `taken`: there is a desk, old or new
 */

/** A report that left less than this ago is "being sent"; after that the page says that it waits. */
const LEAVING_MS = 3000;
/** What the phone says by itself, or beside the page: nothing on it moves for that. @type {readonly Said["kind"][]} */
const ASIDE = ["scan", "noticed", "line_test"];

/** @param {Said} said @returns {boolean} a confirmation is somebody's word; that a notice was seen is not */
const isWord = (said) => said.kind === "noticed" && said.confirmed;

/** @param {Phone} phone @param {Page} outside */
export function saying({ handle, device, freshId, shelf, clock, here }, outside) {
  /** Real milliseconds when something was said last, by which "being sent" turns to "waiting". */
  let tapped_ms = 0;
  let isFull = false;

  const box = outbox(outside.store, handle, () => Date.now());
  const sender = sending({
    outbox: box,
    post: async (entries) => {
      const conference = encodeURIComponent(entries.map((entry) => entry.conference)[0] || "");
      const answer = await here.call("POST", "/conferences/" + conference + "/acts", {
        device,
        sent_at: stamp(Date.now()),
        acts: entries.map((entry) => entry.act),
      });
      if (answer.kind === "revoked") outside.revoked();
      return answer;
    },
    settled: (entries) => {
      for (const entry of entries) announce(entry);
      tellTabs();
      outside.changed();
      if (box.waiting().length === 0) outside.settled();
    },
    changed: outside.changed,
    alone: takingTurns("bridge.send." + handle, window.navigator),
    now_ms: () => Date.now(),
    later: (work, ms) => window.setTimeout(work, ms),
    random: Math.random,
  });

  /** Another tab of this link shows the same. */
  function tellTabs() {
    try {
      shelf.setItem("bridge." + handle + ".turn", freshId());
    } catch (full) {
      console.warn("tabs-not-told", full);
    }
  }

  /** @param {Entry} entry */
  function announce(entry) {
    const outcome = entry.outcome;
    if (outcome === null || (ASIDE.includes(entry.act.kind) && !isWord(entry.act))) return;
    outside.heard(
      inWords(entry.act) +
        ": " +
        (outcome.outcome === "accepted" ? t("Đã nhận {time}", { time: hour(outcome.at_ms) }) : t("Không được nhận") + ". " + refusal(outcome.code, outcome.message)),
    );
  }

  /** @param {Said} said @returns {Promise<Entry | null>} after the phone has written it down */
  async function say(said) {
    const desk = outside.desk();
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
      isFull = false;
    } catch (reason) {
      if (!(reason instanceof OutboxFull)) throw reason;
      isFull = true;
    }
    tellTabs();
    window.setTimeout(outside.changed, LEAVING_MS + 50);
    const isAside = ASIDE.includes(said.kind);
    if (noted !== null && (!isAside || isWord(said))) {
      outside.heard(inWords(noted.act) + ": " + t("Đã ghi {time}, đang gửi", { time: hour(noted.noted_ms) }));
    }
    if (noted !== null && !isAside) outside.answered(said.kind);
    outside.said();
    sender.wake();
    return noted;
  }

  return {
    say,
    box,
    sender,
    tellTabs,
    /** @returns {boolean} the phone holds more than it takes, and the last word was lost */
    isFull: () => isFull,

    /** @param {number} noted_ms @returns {boolean} whether a report has only just left */
    isFresh(noted_ms) {
      if (sender.isTroubled() || !window.navigator.onLine || outside.isStale()) return false;
      return Date.now() - tapped_ms < LEAVING_MS && clock.now() - noted_ms < LEAVING_MS * 2 * clock.speed();
    },
  };
}

/** A desk that was read so lately tells nothing new of a line that does not come up. */
const JUST_READ_MS = 3000;

/** @param {Phone} phone @param {Known} outside */
export function hearing({ handle, device, shelf, clock, here }, { hall, kept, taken, changed, heard }) {
  const { box } = hall;
  const place = "bridge." + handle + ".desk";
  /** @type {Desk | null} */
  let desk = null;
  /** When the centre last told, by the hall's clock; null while it tells. @type {number | null} */
  let stale_ms = null;
  /** @type {"opening" | "offline" | "revoked" | "unplanned" | "open"} `unplanned`: no conference has this hall */
  let state = "opening";
  let failures = 0;
  let isReading = false;
  /** When the desk was read, by the phone's own time. */
  let read_ms = 0;

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

  /** Reads the desk, if nobody is reading it. */
  async function look() {
    if (isReading || state === "revoked") return;
    isReading = true;
    const settledBefore = new Set(box.list().filter((entry) => entry.outcome !== null).map((entry) => entry.act.id));
    /** @param {Entry} entry */
    const before = (entry) => settledBefore.has(entry.act.id);
    try {
      if (desk === null && kept.secret() !== "") {
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
      keep();
      hall.sender.wake();
      if (document.visibilityState === "visible") toCentre.come();
      void kept.settleIn(answer.body, here);
    } catch (full) {
      console.warn("desk-not-kept", full);
    } finally {
      isReading = false;
      changed();
    }
  }

  /** The page opens with it the next time. Throws when there is no room. */
  function keep() {
    shelf.setItem(place, JSON.stringify({ saved_ms: read_ms, desk: Object.assign({}, desk, { csrf: "" }) }));
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
        heard((frame.urgent === true ? t("Thông báo khẩn") : t("Thông báo")) + ": " + frame.text);
      }
    } else {
      desk.reminder = { sitting: String(frame.sitting), round: frame.round, at: String(frame.at) };
      const round = reminded(desk, standing(desk, box.list()));
      if (round !== null) heard(t("Ban tổ chức đang chờ số liệu {round}", { round: t(ROUND_SHORT[round]).toLowerCase() }));
    }
    try {
      keep();
    } catch (full) {
      console.warn("desk-not-kept", full);
    }
    changed();
  }

  /**
   * What the centre holds, and what this phone holds, brought into line.
   *
   * @param {Desk} told @param {(entry: Entry) => boolean} before
   */
  async function agree(told, before) {
    if (told.journal_epoch) {
      const centre = { conference: told.conference.id, epoch: told.journal_epoch, acked_seq: told.acked_seq };
      if ((await box.compare(centre, before)) > 0) hall.tellTabs();
    }
    // What the desk now shows by itself need not be laid over it any more.
    await box.tell(before);
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

  function revoke() {
    state = "revoked";
    toCentre.leave();
    kept.forget();
  }

  /** @param {Desk} told */
  function take(told) {
    desk = told;
    clock.set(instant(told.now), told.speed || 1);
    taken(told);
  }

  return {
    desk: () => desk,
    state: () => state,
    stale_ms: () => stale_ms,
    look,
    revoke,
    hurry: toCentre.hurry,
    leave: toCentre.leave,

    /** The last desk of this phone: the page opens with it at once, and without a network at all. */
    recall() {
      try {
        const last = JSON.parse(shelf.getItem(place) || "null");
        if (last === null || !last.desk || !last.desk.point) return;
        take(last.desk);
        clock.set(instant(last.desk.now) + (Date.now() - last.saved_ms) * (last.desk.speed || 1), last.desk.speed || 1);
        state = "open";
      } catch (broken) {
        desk = null;
      }
    },

    /** The address holds another secret: what was taken back may be open again. */
    renew() {
      if (state === "revoked") state = desk === null ? "opening" : "open";
      void look();
    },
  };
}

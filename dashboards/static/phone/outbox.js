/**
 * What was said in this link's name, in the order it was said: what waits for an answer, and what was answered.
 *
 * What the centre has acknowledged is kept for a day: should it be restored from a copy, this phone tells it again.
 *
 * @file
 */

/**
 * @typedef {import("./acts.js").Act} Act
 * @typedef {import("./store.js").Store} Store
 * @typedef {{outcome: "accepted" | "refused", code: string, message: string, at_ms: number}} Outcome
 * @typedef {{
 *   act: Act, conference: string, noted_ms: number, outcome: Outcome | null,
 *   sitting?: string, told?: boolean, answered_ms?: number, epoch?: string, again?: string,
 *   key?: number, link?: string,
 * }} Entry
 * `noted_ms` is the hall's hour of the tap, `told` says that the desk shows it by itself, `answered_ms` is the phone's
 * own time, `epoch` the journal that acknowledged it, `again` the restore for which it was sent once more
 * @typedef {ReturnType<typeof outbox>} Outbox
 */

/** Two hours of scans at the door of a large hall; beyond this something is wrong and the person should call. */
export const MOST_WAITING = 2000;
const MOST_REFUSED = 50;
const MOST_ANSWERED = 2000;
export const KEPT_MS = 24 * 3600 * 1000;

/** Thrown when the phone holds more unsent reports than anybody could have meant. Call the hotline. */
export class OutboxFull extends Error {}

/**
 * @param {Store} store
 * @param {string} handle the link whose reports these are
 * @param {() => number} now_ms the phone's own time
 */
export function outbox(store, handle, now_ms) {
  /** @type {Entry[]} */
  let entries = [];
  /** What no store would take: it can still be sent while the page is open. @type {Entry[]} */
  let homeless = [];
  let epoch = "";
  let last = 0;

  async function reread() {
    let stored = entries.filter((entry) => !homeless.includes(entry));
    try {
      stored = await store.read(handle);
    } catch (lost) {
      console.warn("outbox-not-read", lost);
    }
    entries = stored.concat(homeless).sort((one, two) => one.act.seq - two.act.seq);
    last = entries.reduce((most, entry) => Math.max(most, entry.act.seq), last);
  }

  /** @param {Entry[]} changed */
  async function keep(changed) {
    try {
      if (changed.length > 0) await store.change(changed);
    } catch (full) {
      // What is not marked as answered is asked once more, which is harmless.
      console.warn("outbox-not-kept", full);
    }
  }

  /** @param {(entry: Entry) => boolean} gone */
  async function drop(gone) {
    const leaving = entries.filter(gone);
    if (leaving.length === 0) return;
    entries = entries.filter((entry) => !leaving.includes(entry));
    homeless = homeless.filter((entry) => !leaving.includes(entry));
    await store.drop(leaving);
  }

  const waiting = () => entries.filter((entry) => entry.outcome === null);
  const refused = () => entries.filter((entry) => entry.outcome !== null && entry.outcome.outcome === "refused");
  const accepted = () => entries.filter((entry) => entry.outcome !== null && entry.outcome.outcome === "accepted");

  return {
    reread,

    /**
     * @param {(seq: number) => Act} make
     * @param {{conference: string, sitting: string, noted_ms: number}} about
     * @returns {Promise<Entry>} after the phone has written it down
     */
    async add(make, about) {
      if (waiting().length >= MOST_WAITING) throw new OutboxFull("Máy đang giữ " + MOST_WAITING + " báo cáo chờ gửi");
      /** @type {Entry} */
      let entry;
      try {
        entry = await store.add(handle, (seq) => Object.assign({ act: make(seq), outcome: null }, about));
      } catch (full) {
        console.warn("outbox-not-kept", full);
        entry = Object.assign({ act: make(last + 1), outcome: null }, about);
        homeless.push(entry);
      }
      last = Math.max(last, entry.act.seq);
      // A reread while the store was busy may have brought it already.
      if (!entries.some((each) => each.act.id === entry.act.id)) entries.push(entry);
      return entry;
    },

    /** @param {number} most @returns {Entry[]} the oldest that have no answer, all of one conference */
    peek(most) {
      const next = waiting().slice(0, most);
      const turn = next.findIndex((each) => next[0] !== undefined && each.conference !== next[0].conference);
      return turn === -1 ? next : next.slice(0, turn);
    },

    /** @param {{id: string, outcome: Outcome}[]} answers @returns {Promise<Entry[]>} those whose answer was not known yet */
    async settle(answers) {
      const settled = [];
      for (const { id, outcome } of answers) {
        const entry = entries.find((each) => each.act.id === id);
        if (!entry || entry.outcome !== null) continue;
        Object.assign(entry, { outcome, answered_ms: now_ms(), epoch, told: false });
        settled.push(entry);
      }
      await keep(settled);
      const oldest = refused().slice(0, -MOST_REFUSED).concat(accepted().slice(0, -MOST_ANSWERED));
      await drop((each) => oldest.includes(each));
      return settled;
    },

    /** @param {(entry: Entry) => boolean} shown what the desk shows by itself now */
    async tell(shown) {
      const told = accepted().filter((entry) => !entry.told && shown(entry));
      for (const entry of told) entry.told = true;
      await keep(told);
      await drop((entry) => entry.told === true && now_ms() - (entry.answered_ms || 0) > KEPT_MS);
    },

    /**
     * The centre says what it holds of this device; what it has lost waits again.
     *
     * @param {{conference: string, epoch: string, acked_seq: number}} centre
     * @param {(entry: Entry) => boolean} before whether an answer had come before the centre said so
     */
    async compare(centre, before) {
      epoch = centre.epoch;
      const mark = centre.epoch + "/" + centre.acked_seq;
      const lost = accepted().filter(
        (entry) =>
          entry.conference === centre.conference &&
          before(entry) &&
          // Once per restore: a centre that counts otherwise must not be asked for ever.
          entry.again !== mark &&
          ((entry.epoch && entry.epoch !== centre.epoch) || entry.act.seq > centre.acked_seq),
      );
      for (const entry of lost) Object.assign(entry, { outcome: null, told: false, again: mark });
      await keep(lost);
      return lost.length;
    },

    /** @param {Entry} entry a refusal that was read */
    putAway: (entry) => drop((each) => each === entry),

    list: () => entries.slice(),
    waiting,
    refused,
    /** Whether what waits outlives this page. */
    isLasting: () => store.lasting && homeless.every((entry) => entry.outcome !== null),
  };
}

/**
 * @param {import("./store.js").Shelf} shelf
 * @param {() => string} fresh makes a new name
 * @returns {string} this phone's own name, the same on every visit
 */
export function deviceOf(shelf, fresh) {
  const known = shelf.getItem("bridge.device");
  if (known) return known;
  const made = fresh();
  try {
    shelf.setItem("bridge.device", made);
  } catch (full) {
    console.warn("device-not-kept", full);
  }
  return made;
}

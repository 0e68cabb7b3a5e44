/**
 * What was said and not yet answered, in the order it was said: it outlives a reload, and every link has its own.
 *
 * This is the seam for a sturdier store: `add`, `settle` and `forget` may wait for a disk, `list` and `peek` answer at once.
 *
 * @file
 */

/**
 * @typedef {import("./acts.js").Act} Act
 * @typedef {{outcome: "accepted" | "refused", code: string, message: string, at_ms: number}} Outcome
 * @typedef {{act: Act, conference: string, noted_ms: number, outcome: Outcome | null}} Entry `noted_ms` is the hall's hour of the tap
 * @typedef {Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">} Shelf
 * @typedef {ReturnType<typeof outbox>} Outbox
 */

/** A phone that was offline for two hours holds some dozens; beyond this something is wrong and the person should call. */
export const MOST_WAITING = 500;
const MOST_REFUSED = 50;

/** Thrown when the phone holds more unsent reports than anybody could have meant. Call the hotline. */
export class OutboxFull extends Error {}

/**
 * Where a phone has no storage (a private window) what is said lives as long as the page.
 *
 * @returns {Shelf}
 */
export function memoryShelf() {
  /** @type {Map<string, string>} */
  const kept = new Map();
  return {
    getItem: (name) => (kept.has(name) ? /** @type {string} */ (kept.get(name)) : null),
    setItem: (name, text) => void kept.set(name, text),
    removeItem: (name) => void kept.delete(name),
    key: (index) => Array.from(kept.keys())[index] || null,
    get length() {
      return kept.size;
    },
  };
}

/**
 * @param {Shelf} shelf
 * @param {string} handle the link whose reports these are
 */
export function outbox(shelf, handle) {
  // One name per act: two tabs of one phone add and settle without overwriting each other.
  const prefix = "bridge." + handle + ".act.";
  /** @param {number} seq */
  const named = (seq) => prefix + String(seq).padStart(12, "0");

  /** @type {Entry[]} */
  let entries = [];

  function reread() {
    /** @type {Entry[]} */
    const found = [];
    for (let index = 0; index < shelf.length; index++) {
      const name = shelf.key(index);
      if (name === null || !name.startsWith(prefix)) continue;
      const entry = read(shelf.getItem(name));
      if (entry) found.push(entry);
    }
    entries = found.sort((one, two) => one.act.seq - two.act.seq);
  }

  /** @param {Entry} entry */
  function keep(entry) {
    shelf.setItem(named(entry.act.seq), JSON.stringify(entry));
  }

  /** @param {(entry: Entry) => boolean} gone */
  function drop(gone) {
    for (const entry of entries.filter(gone)) shelf.removeItem(named(entry.act.seq));
    entries = entries.filter((entry) => !gone(entry));
  }

  const waiting = () => entries.filter((entry) => entry.outcome === null);
  const refused = () => entries.filter((entry) => entry.outcome !== null && entry.outcome.outcome === "refused");

  reread();
  return {
    reread,

    /** @param {Act} act @param {string} conference @param {number} noted_ms @returns {Promise<Entry>} */
    async add(act, conference, noted_ms) {
      if (waiting().length >= MOST_WAITING) throw new OutboxFull("Máy đang giữ " + MOST_WAITING + " báo cáo chờ gửi");
      /** @type {Entry} */
      const entry = { act, conference, noted_ms, outcome: null };
      try {
        keep(entry);
      } catch (full) {
        // A full or forbidden store must not stop a report that can still be sent while the page is open.
        console.warn("outbox-not-kept", full);
      }
      entries.push(entry);
      return entry;
    },

    /** @param {number} most @returns {Entry[]} the oldest that have no answer, all of one conference */
    peek(most) {
      const next = waiting().slice(0, most);
      const turn = next.findIndex((each) => next[0] !== undefined && each.conference !== next[0].conference);
      return turn === -1 ? next : next.slice(0, turn);
    },

    /** @param {string} id @param {Outcome} outcome @returns {Promise<void>} */
    async settle(id, outcome) {
      const entry = entries.find((each) => each.act.id === id);
      if (!entry) return;
      entry.outcome = outcome;
      try {
        keep(entry);
      } catch (full) {
        console.warn("outbox-not-kept", full);
      }
      const oldest = refused().slice(0, -MOST_REFUSED);
      drop((each) => oldest.includes(each));
    },

    /** @param {(entry: Entry) => boolean} gone @returns {Promise<void>} what need not be shown any more */
    async forget(gone) {
      drop((entry) => entry.outcome !== null && gone(entry));
    },

    list: () => entries.slice(),
    waiting,
    refused,
  };
}

/**
 * @param {string | null} text
 * @returns {Entry | null}
 */
function read(text) {
  try {
    const entry = JSON.parse(text || "null");
    const isWhole =
      entry && entry.act && typeof entry.act.id === "string" && typeof entry.act.seq === "number" && entry.conference;
    return isWhole ? entry : null;
  } catch (broken) {
    return null;
  }
}

/**
 * @param {Shelf} shelf
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

/**
 * @param {Shelf} shelf
 * @returns {() => number} the device's running number; none comes twice, not even when the shelf is full
 */
export function numbering(shelf) {
  let last = 0;
  return () => {
    last = Math.max(last, Number(shelf.getItem("bridge.seq") || "0")) + 1;
    try {
      shelf.setItem("bridge.seq", String(last));
    } catch (full) {
      console.warn("seq-not-kept", full);
    }
    return last;
  };
}

// Asks for something anew when it may have changed: soon, but not more often than it is worth.

const CALM_MS = 1000;
/** Who takes long to answer is asked less often. */
const SHARE = 4;
const AGAIN_MS = 5000;
const MOST_MS = 30_000;

/**
 * @typedef {object} World
 * @property {() => Promise<unknown>} fetch   rejects when nothing was learnt
 * @property {() => number} now               real milliseconds
 * @property {(then: () => void, ms: number) => any} later
 * @property {(timer: any) => void} never
 */

/** `ask` says that something has changed: however often, it is fetched once, and once more if it changed meanwhile.
 * @param {World} world */
export function renewing({ fetch, now, later, never }) {
  /** @type {any} */
  let appointment = null;
  let busy = false;
  let changed = false;
  let stopped = false;
  let rest_ms = CALM_MS;
  let failures = 0;

  const begin = async () => {
    appointment = null;
    changed = false;
    busy = true;
    const began = now();
    try {
      await fetch();
      failures = 0;
    } catch {
      failures += 1;
    }
    busy = false;
    if (stopped) return;
    rest_ms = Math.min(MOST_MS, Math.max(CALM_MS, (now() - began) * SHARE));
    if (failures) appointment = later(begin, Math.min(MOST_MS, AGAIN_MS * failures));
    else if (changed) ask();
  };

  const ask = () => {
    changed = true;
    if (!busy && appointment === null && !stopped) appointment = later(begin, rest_ms);
  };

  return {
    ask,
    /** Now, without waiting: somebody looks. */
    hurry: () => {
      if (busy || stopped) {
        changed = true;
        return;
      }
      never(appointment);
      void begin();
    },
    stop: () => {
      stopped = true;
      never(appointment);
    },
  };
}

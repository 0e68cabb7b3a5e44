/**
 * Brings what waits to the centre: in order, one request at a time, again and again until there is an answer.
 *
 * Answers are three. Accepted and refused settle an act for ever; unknown means the same act, with the same id, once more.
 *
 * @file
 */

/**
 * @typedef {import("./outbox.js").Entry} Entry
 * @typedef {import("./outbox.js").Outcome} Outcome
 * @typedef {import("./link.js").Answer} Answer
 * @typedef {{
 *   outbox: import("./outbox.js").Outbox,
 *   post: (entries: Entry[]) => Promise<Answer>,
 *   settled: (entries: Entry[]) => void,
 *   changed: () => void,
 *   alone: (work: () => Promise<void>) => Promise<void>,
 *   now_ms: () => number,
 *   later: (work: () => void, ms: number) => unknown,
 *   random: () => number,
 * }} Outside `alone` does the work while no other tab of this phone does it for the same link
 */

export const MOST_ACTS = 50;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30000;
const UNREADABLE = [400, 413, 422];

/**
 * Full jitter: hundreds of halls come back at once after an outage, and must not come in step.
 *
 * @param {number} failures in a row, 1 for the first
 * @param {number | null} retry_after_s what the server asked for
 * @param {() => number} random in [0, 1)
 * @returns {number} milliseconds to wait
 */
export function pause_ms(failures, retry_after_s, random) {
  const widest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * Math.pow(2, failures - 1));
  return Math.round((retry_after_s || 0) * 1000 + random() * widest);
}

/** @param {Outside} outside */
export function sending(outside) {
  let running = false;
  let failures = 0;
  let again = false;
  let revoked = false;
  /** How many go into one request: one after the server could not read several, to find the one that it cannot read. */
  let together = MOST_ACTS;
  let not_before_ms = 0;
  let appointment = 0;

  /** @param {{id: string, outcome: Outcome}[]} answers */
  async function settle(answers) {
    const settled = await outside.outbox.settle(answers);
    if (settled.length > 0) outside.settled(settled);
  }

  /**
   * @param {Entry[]} asked @param {Answer} answer
   * @returns {Promise<{known: boolean, retry_after_s: number | null}>}
   */
  async function take(asked, answer) {
    switch (answer.kind) {
      case "ok": {
        const answers = understood(asked, answer.body.outcomes);
        await settle(answers);
        together = MOST_ACTS;
        return { known: answers.length > 0, retry_after_s: null };
      }
      case "refused":
        // What the server could read and still turned away as a whole (a conference it does not hold yet) may pass.
        if (!UNREADABLE.includes(answer.status)) return { known: false, retry_after_s: null };
        if (asked.length > 1) together = 1;
        else {
          const { code, detail } = answer;
          await settle(
            asked.map((only) => ({
              id: only.act.id,
              outcome: { outcome: /** @type {"refused"} */ ("refused"), code, message: detail, at_ms: only.noted_ms },
            })),
          );
        }
        return { known: true, retry_after_s: null };
      case "unknown":
        return { known: false, retry_after_s: answer.retry_after_s };
      case "revoked":
        revoked = true;
        return { known: false, retry_after_s: null };
    }
  }

  /** @param {number} wait_ms */
  function meetAgain(wait_ms) {
    const mine = ++appointment;
    outside.later(() => {
      if (mine === appointment) void run();
    }, wait_ms);
  }

  async function run() {
    if (revoked) return;
    if (running) {
      // What was said while the last answer was being read must not be left lying.
      again = true;
      return;
    }
    const early_ms = not_before_ms - outside.now_ms();
    if (early_ms > 0) {
      meetAgain(early_ms);
      return;
    }
    running = true;
    appointment++;
    try {
      await outside.alone(sendAll);
    } finally {
      running = false;
      outside.changed();
    }
    const more = again && failures === 0;
    again = false;
    if (more) void run();
  }

  async function sendAll() {
    // Another tab may have sent it, or left something.
    await outside.outbox.reread();
    for (let asked = outside.outbox.peek(together); asked.length > 0; asked = outside.outbox.peek(together)) {
      outside.changed();
      const { known, retry_after_s } = await take(asked, await outside.post(asked));
      if (known) {
        failures = 0;
        continue;
      }
      failures++;
      if (revoked) break;
      // Only the server's own wish binds: a person who taps, or a network that returns, may try at once.
      not_before_ms = retry_after_s === null ? 0 : outside.now_ms() + retry_after_s * 1000;
      meetAgain(pause_ms(failures, retry_after_s, outside.random));
      break;
    }
  }

  return {
    /** There is something new, the network returned, or somebody looks at the page again. */
    wake() {
      void run();
    },
    /** The address holds another secret. */
    renew() {
      revoked = false;
      void run();
    },
    isRunning: () => running,
    /** Whether the last attempt brought no answer. */
    isTroubled: () => failures > 0,
  };
}

/**
 * @param {Entry[]} asked
 * @param {unknown} outcomes as the server gave them
 * @returns {{id: string, outcome: Outcome}[]} the answers to what was asked; what is not mentioned stays unknown
 */
function understood(asked, outcomes) {
  /** @type {{id: string, outcome: Outcome}[]} */
  const answers = [];
  for (const each of /** @type {any[]} */ (Array.isArray(outcomes) ? outcomes : [])) {
    const entry = asked.find((one) => one.act.id === each.id);
    if (!entry || (each.outcome !== "accepted" && each.outcome !== "refused")) continue;
    const at_ms = Date.parse(each.at);
    const told = { outcome: each.outcome, code: each.code || "", message: each.message || "" };
    answers.push({ id: each.id, outcome: Object.assign(told, { at_ms: Number.isNaN(at_ms) ? entry.noted_ms : at_ms }) });
  }
  return answers;
}

const LOCK_MS = 25000;

/**
 * Two tabs of one link take turns. Where a browser knows no locks they do not, and the acts' names make that harmless.
 *
 * @param {string} name
 * @param {{locks?: LockManager}} browser
 * @returns {(work: () => Promise<void>) => Promise<void>}
 */
export function takingTurns(name, browser) {
  const locks = browser.locks;
  if (!locks) return (work) => work();
  return async (work) => {
    const stop = new AbortController();
    // A tab that was frozen with the lock in its hand must not stop the others for ever.
    const patience = setTimeout(() => stop.abort(), LOCK_MS);
    let begun = false;
    try {
      await locks.request(name, { signal: stop.signal }, () => {
        begun = true;
        clearTimeout(patience);
        return work();
      });
    } catch (reason) {
      if (begun) throw reason;
      await work();
    } finally {
      clearTimeout(patience);
    }
  };
}

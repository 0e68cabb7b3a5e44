/**
 * The line to the centre while somebody looks at the page: by it a notice is there at once, and the centre sees the hall.
 *
 * Nothing is sent over it but signs of life: reports go by the outbox, which needs an answer to each.
 *
 * @file
 */

/**
 * @typedef {{
 *   send: (text: string) => void, close: (code?: number) => void, bufferedAmount: number,
 *   onopen: any, onmessage: any, onclose: any,
 * }} Socket
 * @typedef {{
 *   open: () => Socket,
 *   hello: () => object,
 *   later: (work: () => void, ms: number) => any,
 *   never: (timer: any) => void,
 *   random: () => number,
 * }} World what the line may not decide by itself; `open` may throw where a browser forbids it
 * @typedef {{
 *   welcomed: (fell: boolean) => void,
 *   told: (frame: any) => void,
 *   shut: (code: number) => void,
 * }} Listener `fell`: the line was up before and something may have been missed; `shut`: the line did not come up, or was closed in a way that the desk can explain
 */

const RETRY_FROM_MS = 500;
const FIRST_CAP_MS = 10000;
const WELCOME_MS = 20000;
/** A frame is bounded on the other side too; what is longer is none of ours. */
const LONGEST_FRAME = 16 * 1024;
const RESTARTING = 1012;

/**
 * Full jitter: anything between nought and the doubled wait. After a restart everybody comes back, so the whole width is used.
 *
 * @param {number} tries @param {number} code the close code @param {number} cap_ms @param {number} random in [0, 1)
 */
export function wait_ms(tries, code, cap_ms, random) {
  return Math.round(random * (code === RESTARTING ? cap_ms : Math.min(cap_ms, RETRY_FROM_MS * Math.pow(2, tries))));
}

/** @param {number} code of a close @returns {boolean} whether it means come again */
export function comesAgain(code) {
  return code < 4500 || code > 4999;
}

/** @param {World} world @param {Listener} listener */
export function line(world, listener) {
  /** @type {Socket | null} */
  let socket = null;
  /** Whether somebody looks at the page. */
  let isWanted = false;
  /** Sent away for good: only a person who comes back to the page tries again. */
  let isBarred = false;
  let isLive = false;
  let fell = false;
  let tries = 0;
  let cap_ms = FIRST_CAP_MS;
  /** @type {any} */
  let retry = null;
  /** @type {any} */
  let pulse = null;

  /** @param {number} every_ms */
  function beat(every_ms) {
    pulse = world.later(() => {
      if (socket === null) return;
      // What was said a whole beat ago lies here still: the line is dead, whatever the browser believes.
      if (socket.bufferedAmount > 0) {
        drop(1006);
        return;
      }
      socket.send(JSON.stringify({ type: "beat" }));
      beat(every_ms);
    }, every_ms);
  }

  /** @param {string} text */
  function heard(text) {
    const frame = understood(text);
    if (frame === null) return;
    if (frame.type !== "welcome") {
      listener.told(frame);
      return;
    }
    isLive = true;
    tries = 0;
    if (frame.retry_cap_s > 0) cap_ms = Math.min(frame.retry_cap_s, 600) * 1000;
    world.never(pulse);
    beat(Math.max(5, Math.min(Number(frame.heartbeat_s) || 30, 120)) * 1000);
    listener.welcomed(fell);
    fell = false;
  }

  /** @param {number} code why the line is gone */
  function gone(code) {
    const wasLive = isLive;
    socket = null;
    isLive = false;
    fell = fell || wasLive;
    world.never(pulse);
    if (!isWanted) return;
    if (!comesAgain(code)) isBarred = true;
    else retry = world.later(connect, wait_ms(tries++, code, cap_ms, world.random()));
    if (!wasLive || isBarred) listener.shut(code);
  }

  /** @param {number} code */
  function drop(code) {
    const old = socket;
    if (old === null) return;
    old.onopen = old.onmessage = old.onclose = null;
    old.close(1000);
    gone(code);
  }

  function connect() {
    retry = null;
    if (!isWanted || isBarred || socket !== null) return;
    try {
      socket = world.open();
    } catch (forbidden) {
      console.warn("no-line", forbidden);
      isBarred = true;
      return;
    }
    const mine = socket;
    mine.onopen = () => mine.send(JSON.stringify(Object.assign({ type: "hello" }, world.hello())));
    mine.onmessage = (/** @type {{data: any}} */ { data }) => heard(data);
    mine.onclose = (/** @type {{code: number}} */ { code }) => gone(code);
    pulse = world.later(() => drop(1006), WELCOME_MS);
  }

  return {
    /** Somebody looks at the page, and the centre knows this phone. */
    come() {
      isWanted = true;
      if (retry === null) connect();
    },
    /** The network is back: nobody waits for what was waited for. */
    hurry() {
      if (retry === null) return;
      world.never(retry);
      tries = 0;
      connect();
    },
    /** Nobody looks at the page any more. It is said, so that nobody is missed. */
    leave() {
      isWanted = isBarred = false;
      tries = 0;
      world.never(retry);
      retry = null;
      if (socket !== null && isLive) socket.send(JSON.stringify({ type: "bye" }));
      drop(1000);
      // Whoever comes back to the page reads the desk first.
      fell = false;
    },
    isLive: () => isLive,
  };
}

/** @param {any} text @returns {any} the frame, or null if it is none */
function understood(text) {
  if (typeof text !== "string" || text.length > LONGEST_FRAME) return null;
  try {
    const frame = JSON.parse(text);
    return frame !== null && typeof frame === "object" ? frame : null;
  } catch (broken) {
    return null;
  }
}

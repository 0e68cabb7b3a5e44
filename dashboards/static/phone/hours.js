/**
 * The hall's clock: Hà Nội's hour on every phone, whatever zone or hour the phone itself believes in.
 *
 * @file
 */

const HANOI_AHEAD_MS = 7 * 3600 * 1000;

/**
 * @param {number} at_ms
 * @returns {string} RFC 3339 at +07:00, to the millisecond
 */
export function stamp(at_ms) {
  return new Date(at_ms + HANOI_AHEAD_MS).toISOString().replace("Z", "+07:00");
}

/**
 * @param {string} stamped RFC 3339
 * @returns {number} milliseconds since the epoch
 */
export function instant(stamped) {
  return Date.parse(stamped);
}

/**
 * @param {number} at_ms
 * @returns {string} "08:02"
 */
export function hour(at_ms) {
  return stamp(at_ms).slice(11, 16);
}

/**
 * @param {number} at_ms
 * @returns {string} "07/03"
 */
export function day(at_ms) {
  const written = stamp(at_ms);
  return written.slice(8, 10) + "/" + written.slice(5, 7);
}

/**
 * A clock that the server sets and the phone's own steady ticking carries on, `speed` hall seconds to a real one.
 *
 * @param {() => number} steady_ms never goes back, as performance.now()
 */
export function hallClock(steady_ms) {
  let shown_ms = Date.now();
  let from_ms = steady_ms();
  let speed = 1;
  return {
    /** @param {number} now_ms @param {number} times */
    set(now_ms, times) {
      shown_ms = now_ms;
      from_ms = steady_ms();
      speed = times;
    },
    now: () => shown_ms + (steady_ms() - from_ms) * speed,
    speed: () => speed,
  };
}

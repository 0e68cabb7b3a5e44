/**
 * The line test: how long the way to the centre and back is, how even, how much is lost on it, and how much it carries.
 *
 * Within ten seconds and three megabytes, whatever the line: a slow one is asked for little, a fast one for a little more.
 *
 * @file
 */

import { refusal } from "../words.js";

/**
 * @typedef {import("../acts.js").Measured} Measured
 * @typedef {"ping" | "down" | "up"} Part
 * @typedef {{
 *   ask: (method: string, path: string, body: Uint8Array<ArrayBuffer> | undefined, signal: AbortSignal) => Promise<Response>,
 *   now_ms: () => number,
 *   later: (work: () => void, ms: number) => any,
 *   never: (timer: any) => void,
 *   fill: (room: Uint8Array<ArrayBuffer>) => void,
 *   part: (part: Part) => void,
 *   stop: AbortSignal,
 * }} Outside `now_ms` never goes back; `stop` ends the whole test
 */

export const MOST_BYTES = 3000000;
const PINGS = 12;
const PING_MS = 2000;
/** All of them; a line that answers none of the first few is asked no more. */
const PINGS_MS = 3000;
const DOWN_MS = 3500;
const UP_MS = 3000;
const FIRST_BYTES = 16 * 1024;
const DOWN_BYTES = 1900000;
const UP_BYTES = 900000;
/** One answer at most, as the centre offers it. */
const AT_ONCE_BYTES = 1024 * 1024;
/** A piece that took so long says enough. */
const ENOUGH_MS = 1200;

/** The test was ended from outside: the page is hidden, or somebody pressed stop. */
export class Stopped extends Error {}

/** The centre does not measure now; `message` is its sentence. */
export class Declined extends Error {}

/**
 * @param {Outside} outside
 * @returns {Promise<Measured>} rejects with Stopped, with Declined, or when the centre cannot be reached at all
 */
export async function measured(outside) {
  outside.part("ping");
  const pings = await pinged(outside);
  outside.part("down");
  const down_kbps = await carried(outside, DOWN_MS, DOWN_BYTES, (bytes, signal) => down(outside, bytes, signal));
  outside.part("up");
  const up_kbps = await carried(outside, UP_MS, UP_BYTES, (bytes, signal) => up(outside, bytes, signal));
  return Object.assign(pings, { down_kbps, up_kbps });
}

/** @param {Outside} outside */
async function pinged(outside) {
  const until_ms = outside.now_ms() + PINGS_MS;
  /** @type {number[]} */
  const took = [];
  let lost = 0;
  while (took.length + lost < PINGS && outside.now_ms() < until_ms) {
    const from_ms = outside.now_ms();
    const answer = await within(outside, PING_MS, (signal) => outside.ask("GET", "/linetest/ping", undefined, signal));
    if (answer === null) lost++;
    else {
      await declined(answer);
      took.push(outside.now_ms() - from_ms);
    }
  }
  if (took.length === 0) throw new Error("no answer to " + lost + " pings");
  const between = took.slice(1).map((each, index) => Math.abs(each - (took[index] || 0)));
  return { rtt_ms: rounded(middle(took)), jitter_ms: rounded(mean(between)), loss: Math.round((lost / (took.length + lost)) * 1000) / 1000 };
}

/**
 * Pieces that grow as far as the line carries them.
 *
 * @param {Outside} outside @param {number} all_ms @param {number} all_bytes
 * @param {(bytes: number, signal: AbortSignal) => Promise<{bytes: number, ms: number}>} piece
 * @returns {Promise<number>} kbit/s of the best piece; what was cut off counts as far as it came
 */
async function carried(outside, all_ms, all_bytes, piece) {
  const until_ms = outside.now_ms() + all_ms;
  let left = all_bytes;
  let best = 0;
  let bytes = FIRST_BYTES;
  while (bytes >= FIRST_BYTES && until_ms - outside.now_ms() > 200) {
    left -= bytes;
    /** @type {{bytes: number, ms: number}} */
    let came = { bytes: 0, ms: 0 };
    const asked = bytes;
    const whole = await within(outside, until_ms - outside.now_ms(), async (signal) => {
      came = await piece(asked, signal);
      return came;
    });
    best = Math.max(best, came.ms > 0 ? (came.bytes * 8) / came.ms : 0);
    if (whole === null || came.bytes < asked || came.ms >= ENOUGH_MS) break;
    const fits = (best / 8) * (until_ms - outside.now_ms()) * 0.5;
    bytes = Math.floor(Math.min(asked * 8, left, AT_ONCE_BYTES, Math.max(fits, FIRST_BYTES)));
  }
  return Math.round(best);
}

/** @param {Outside} outside @param {number} bytes @param {AbortSignal} signal */
async function down(outside, bytes, signal) {
  const from_ms = outside.now_ms();
  const answer = await outside.ask("GET", "/linetest/down?bytes=" + bytes, undefined, signal);
  await declined(answer);
  if (answer.body === null) return { bytes: (await answer.arrayBuffer()).byteLength, ms: outside.now_ms() - from_ms };
  const reader = answer.body.getReader();
  let came = 0;
  try {
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) came += chunk.value.length;
  } catch (cut) {
    if (outside.stop.aborted) throw cut;
  }
  return { bytes: came, ms: Math.max(1, outside.now_ms() - from_ms) };
}

/** @param {Outside} outside @param {number} bytes @param {AbortSignal} signal */
async function up(outside, bytes, signal) {
  const body = new Uint8Array(bytes);
  // The browser gives so many random bytes at once; noise cannot be made smaller on the way.
  for (let at = 0; at < bytes; at += 65536) outside.fill(body.subarray(at, Math.min(bytes, at + 65536)));
  const from_ms = outside.now_ms();
  try {
    await declined(await outside.ask("POST", "/linetest/up", body, signal));
  } catch (cut) {
    if (outside.stop.aborted || cut instanceof Declined || !signal.aborted) throw cut;
    // How much of it went out nobody tells; what a piece before this one showed stands.
    return { bytes: 0, ms: 0 };
  }
  return { bytes, ms: Math.max(1, outside.now_ms() - from_ms) };
}

/**
 * @template T
 * @param {Outside} outside @param {number} ms @param {(signal: AbortSignal) => Promise<T>} work
 * @returns {Promise<T | null>} null when it did not come in time, or broke on the way
 */
async function within(outside, ms, work) {
  if (outside.stop.aborted) throw new Stopped();
  const over = new AbortController();
  const end = () => over.abort();
  const patience = outside.later(end, Math.max(0, ms));
  outside.stop.addEventListener("abort", end);
  try {
    return await work(over.signal);
  } catch (lost) {
    if (outside.stop.aborted) throw new Stopped();
    if (lost instanceof Declined) throw lost;
    return null;
  } finally {
    outside.never(patience);
    outside.stop.removeEventListener("abort", end);
  }
}

/** @param {Response} answer @returns {Promise<void>} */
async function declined(answer) {
  if (answer.ok) return;
  const problem = await answer.json().catch(() => ({}));
  throw new Declined(typeof problem.detail === "string" ? refusal(problem.code, problem.detail) : "");
}

/** @param {number[]} numbers */
function middle(numbers) {
  const ordered = numbers.slice().sort((one, two) => one - two);
  return ordered[Math.floor((ordered.length - 1) / 2)] || 0;
}

/** @param {number[]} numbers */
const mean = (numbers) => (numbers.length === 0 ? 0 : numbers.reduce((sum, each) => sum + each, 0) / numbers.length);

/** @param {number} ms */
const rounded = (ms) => Math.round(ms * 10) / 10;

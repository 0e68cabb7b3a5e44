/**
 * Does the broadcast arrive? Its playlist is read twice, a little apart: a broadcast that goes on has new segments by then.
 *
 * @file
 */

/**
 * @typedef {"playing" | "standing" | "ended" | "unreachable" | "unreadable"} Found `unreadable`: it answers, but lets no page read it
 * @typedef {{
 *   fetch: (url: string, init: RequestInit) => Promise<Response>,
 *   pause: (ms: number) => Promise<void>,
 *   later: (work: () => void, ms: number) => any,
 *   never: (timer: any) => void,
 *   stop: AbortSignal,
 * }} Outside `pause` rejects when `stop` ends it
 * @typedef {{last: number, target_s: number, isOver: boolean}} Media `last`: the number of the newest segment
 */

const MOST_LETTERS = 1024 * 1024;
const PATIENCE_MS = 8000;
/** A list may stand still for one segment and a half, RFC 8216 says, before something is wrong. */
const PATIENT_TARGETS = 1.5;
const LONGEST_WAIT_S = 15;
const SHORTEST_WAIT_S = 3;

/**
 * @param {string} url of the broadcast's playlist
 * @param {Outside} outside
 * @returns {Promise<Found>} rejects only when it was stopped
 */
export async function checked(url, outside) {
  const first = await read(url, outside, 1);
  if (typeof first === "string") return first;
  if (first.media.isOver) return "ended";
  const wait_s = Math.max(SHORTEST_WAIT_S, Math.min(first.media.target_s * PATIENT_TARGETS, LONGEST_WAIT_S));
  await outside.pause(wait_s * 1000);
  const second = await read(first.url, outside, 0);
  if (typeof second === "string") return second;
  if (second.media.last > first.media.last) return "playing";
  return second.media.isOver ? "ended" : "standing";
}

/**
 * @param {string} url @param {Outside} outside @param {number} levels how many menus may stand before the list of segments
 * @returns {Promise<{url: string, media: Media} | Found>}
 */
async function read(url, outside, levels) {
  const got = await text(url, outside);
  if (got === null) return (await answers(url, outside)) ? "unreadable" : "unreachable";
  const variant = levels > 0 ? lightest(got.text, got.url) : null;
  if (variant !== null) return read(variant, outside, levels - 1);
  const media = mediaOf(got.text);
  return media === null ? "unreachable" : { url: got.url, media };
}

/** @param {string} url @param {Outside} outside @returns {Promise<{text: string, url: string} | null>} */
function text(url, outside) {
  return patiently(outside, async (signal) => {
    const answer = await outside.fetch(url, { signal, cache: "no-store", credentials: "omit" });
    if (!answer.ok || Number(answer.headers.get("Content-Length") || 0) > MOST_LETTERS) return null;
    return { text: await bounded(answer), url: answer.url || url };
  });
}

/** @param {string} url @param {Outside} outside @returns {Promise<boolean>} whether anything at all is there */
async function answers(url, outside) {
  return (await patiently(outside, (signal) => outside.fetch(url, { signal, mode: "no-cors", cache: "no-store", credentials: "omit" }))) !== null;
}

/**
 * @template T
 * @param {Outside} outside @param {(signal: AbortSignal) => Promise<T>} work
 * @returns {Promise<T | null>} null where it fails or takes too long; rejects when the whole check is stopped
 */
async function patiently(outside, work) {
  const over = new AbortController();
  const end = () => over.abort();
  const patience = outside.later(end, PATIENCE_MS);
  outside.stop.addEventListener("abort", end);
  try {
    return await work(over.signal);
  } catch (lost) {
    if (outside.stop.aborted) throw lost;
    return null;
  } finally {
    outside.never(patience);
    outside.stop.removeEventListener("abort", end);
  }
}

/** @param {Response} answer @returns {Promise<string>} throws when it is longer than any playlist */
async function bounded(answer) {
  if (answer.body === null) return answer.text();
  const reader = answer.body.getReader();
  const decoder = new TextDecoder();
  let got = "";
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    got += decoder.decode(chunk.value, { stream: true });
    if (got.length > MOST_LETTERS) {
      void reader.cancel();
      throw new Error("no playlist is so long");
    }
  }
  return got;
}

/**
 * @param {string} menu @param {string} base
 * @returns {string | null} the address of the lightest rendition; null where this is no menu
 */
export function lightest(menu, base) {
  const lines = menu.split(/\r?\n/);
  /** @type {{bandwidth: number, url: string} | null} */
  let least = null;
  for (let at = 0; at < lines.length; at++) {
    const found = /^#EXT-X-STREAM-INF:(?:.*[:,])?BANDWIDTH=(\d+)/.exec(lines[at] || "");
    if (found === null) continue;
    const address = lines.slice(at + 1).find((line) => line.trim() !== "" && line[0] !== "#");
    const bandwidth = Number(found[1]);
    if (address !== undefined && (least === null || bandwidth < least.bandwidth)) least = { bandwidth, url: new URL(address.trim(), base).href };
  }
  return least === null ? null : least.url;
}

/** @param {string} list @returns {Media | null} null where this is no list of segments */
export function mediaOf(list) {
  if (!/^\uFEFF?#EXTM3U/.test(list)) return null;
  const target = /^#EXT-X-TARGETDURATION:(\d+)/m.exec(list);
  if (target === null) return null;
  const first = /^#EXT-X-MEDIA-SEQUENCE:(\d+)/m.exec(list);
  const segments = (list.match(/^#EXTINF:/gm) || []).length;
  return { last: Number(first === null ? 0 : first[1]) + segments - 1, target_s: Number(target[1]), isOver: /^#EXT-X-ENDLIST/m.test(list) };
}

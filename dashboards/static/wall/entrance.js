// How a screen on a wall comes in: by the link in its address, exchanged once for a session that lasts; or by the session alone.
import { signal } from '../vendor/signals.mjs';

/** @typedef {{name: string, unit: string | null, unit_name: string, views: import('./turning.js').Shown[], theme: string, language: string}} Wall */

/** What this screen shows; null before it is let in. @type {import('../vendor/signals.mjs').Signal<Wall | null>} */
export const wall = signal(null);
/** By how much the server's clock goes before this device's, whose own may be years behind. @type {import('../vendor/signals.mjs').Signal<number>} */
export const ahead_ms = signal(0);
/** Whether its link opens nothing any more. */
export const shut = signal(false);

const [first = '', ...rest] = location.hash.slice(1).split('.');
export let handle = /^[a-z0-9]{4,32}$/.test(first) ? first : '';
let secret = rest.join('.');

/** The server did not say yes or no. */
export class Unanswered extends Error {}
/** The link opens nothing any more. */
export class Shut extends Error {}

const PATIENCE_MS = 20_000;

/** @param {string} path @param {RequestInit} [init] */
export async function asked(path, init) {
  try {
    return await fetch(`/api/v1${path}`, {
      ...init,
      cache: 'no-store',
      headers: { Accept: 'application/json', 'Bridge-Wall': handle, ...init?.headers },
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  } catch (lost) {
    throw new Unanswered(String(lost));
  }
}

/** @param {Response} answer @returns {Promise<any>} */
export async function understood(answer) {
  // A hotel's login page or a proxy's notice is no answer of ours.
  if (!/json/.test(answer.headers.get('Content-Type') ?? '')) throw new Unanswered(String(answer.status));
  try {
    return await answer.json();
  } catch (broken) {
    throw new Unanswered(String(broken));
  }
}

/** What it shows, unless that is what it shows already: a view that is on starts anew only where something else is to be seen. @param {Wall} told */
function shows(told) {
  if (JSON.stringify(told) !== JSON.stringify(wall.peek())) wall.value = told;
}

/** From now on it comes in by the session that it has of this wall, and finds it again when it is switched on. @param {string} given */
export function hangBy(given) {
  handle = given;
  secret = '';
  // Whoever reads the address bar from across the room must not come in by it.
  history.replaceState(null, '', `${location.pathname}${location.search}#${handle}`);
}

/** Comes in, or comes in again. Throws Shut where its link opens nothing any more, Unanswered where nobody has said. */
export async function enter() {
  const exchange = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ secret }) };
  const answer = secret ? await asked(`/walls/${handle}/session`, exchange) : await asked('/wall');
  const body = await understood(answer);
  if (answer.ok) {
    shows(body);
    shut.value = false;
    if (secret) hangBy(handle);
    return;
  }
  if ([401, 404, 422].includes(answer.status)) {
    wall.value = null;
    shut.value = true;
    throw new Shut();
  }
  throw new Unanswered(String(body.detail ?? answer.status));
}

/** Asks anew what it shows: the office may have changed its mind. */
export async function lookUp() {
  shows((await ask('/wall')).body);
}

/** What the server says of something, and when it said so by its own clock. Comes in again by itself where its session is gone.
 * @param {string} path @returns {Promise<{body: any, at_ms: number}>} */
export async function ask(path) {
  let answer = await asked(path);
  if (answer.status === 401) {
    await enter();
    answer = await asked(path);
  }
  const body = await understood(answer);
  if (!answer.ok) throw Object.assign(new Unanswered(String(body.detail ?? answer.status)), { status: answer.status });
  const at_ms = Date.parse(answer.headers.get('Date') ?? '') || Date.now();
  ahead_ms.value = at_ms - Date.now();
  return { body, at_ms };
}

// What this reader has decided lately, and what the server said to it.
import { signal } from '../vendor/signals.mjs';
import { toLogin } from '../leaving.js';
import { conference } from './conference.js';
import { renewSession, session } from './reader.js';
import { desk } from './sending.js';
import { hallNow } from './store.js';

/** @typedef {import('./sending.js').Deed} Deed @typedef {import('./sending.js').Said} Said */

/** @type {import('../vendor/signals.mjs').Signal<readonly Deed[]>} */
export const deeds = signal([]);

const PATIENCE_MS = 8000;
/** How long an act may be taken back, by the hall's clock; the server has the last word. */
export const UNDO_MS = 600_000;
/** What is taken back by an `undo`; everything else is asked about before it is done. */
const UNDOABLE = ['count', 'correct', 'stage', 'perceived'];

/** What this browser keeps; where it keeps nothing, the page remembers. */
const remembered = new Map();
const keep = {
  /** @param {string} name */
  get(name) {
    try {
      return localStorage.getItem(name) ?? remembered.get(name) ?? null;
    } catch {
      return remembered.get(name) ?? null;
    }
  },
  /** @param {string} name @param {string} text */
  set(name, text) {
    remembered.set(name, text);
    try {
      localStorage.setItem(name, text);
    } catch {
      // Full or forbidden: until the page is closed it is remembered here.
    }
  },
};

/** @param {string} id @param {object} body @returns {Promise<import('./sending.js').Answer | null>} */
async function post(id, body) {
  try {
    const answer = await fetch(`/api/v1/conferences/${encodeURIComponent(id)}/acts`, {
      method: 'POST',
      headers: { Accept: 'application/json', 'Content-Type': 'application/json', 'X-CSRF-Token': session.peek()?.csrf ?? '' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (answer.status === 401) toLogin();
    return { status: answer.status, body: await answer.json().catch(() => ({})), retry_after_s: Number(answer.headers.get('Retry-After')) || null };
  } catch {
    return null;
  }
}

/** @type {ReturnType<typeof desk> | null} */
let mine = null;

/** Once it is known who reads: what was left unanswered goes on. */
export function takeUp() {
  const user = session.peek()?.user.username;
  if (mine || !user) return;
  mine = desk(user, {
    post,
    renew: renewSession,
    keep,
    hall: () => hallNow.peek() || Date.now(),
    real: () => Date.now(),
    later: (then, ms) => setTimeout(then, ms),
    chance: Math.random,
    fill: (room) => void crypto.getRandomValues(room),
    changed: (all) => {
      deeds.value = all;
    },
  });
  mine.resume();
}

/** Decides something for a hall; false when too much waits for the server already.
 * @param {string} point @param {readonly Said[]} said @param {Record<string, any>} [told] */
export const decide = (point, said, told) => mine?.decide(conference.peek()?.id ?? '', point, said, told) != null;

/** @param {string} id */
export const dismiss = (id) => mine?.dismiss(id);

export const hurryDeeds = () => mine?.hurry();

/** @param {Deed} deed @param {number} now_ms the hall's */
export const mayUndo = (deed, now_ms) =>
  deed.state === 'accepted' && deed.code !== 'waiting' && deed.acts.length === 1 && UNDOABLE.includes(deed.acts[0]?.kind ?? '') && now_ms - (deed.at_ms ?? 0) <= UNDO_MS;

/** @param {Deed} deed */
export const undo = (deed) => decide(deed.point, [{ kind: 'undo', act: deed.id }], { undid: deed.acts[0]?.kind });

/** The ones to show for a hall, newest first: what waits or was refused, and receipts as long as they can be of use.
 * @param {string} point */
export const ofHall = (point) =>
  deeds.value
    .filter((each) => each.point === point && each.conference === conference.value?.id)
    .filter((each) => each.state !== 'accepted' || hallNow.value - (each.at_ms ?? 0) <= UNDO_MS)
    .slice(-3)
    .reverse();

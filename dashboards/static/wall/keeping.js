// Keeps the wall on what goes on, for days: the right conference, after a restart, after an update, until the link is taken back.
import { effect } from '../vendor/signals.mjs';
import { chosen } from './choosing.js';
import { ask, enter, handle, shut, Shut, Unanswered, wall } from './entrance.js';
import { conference, plan } from '../board/conference.js';
import { enterBy, hurry, line, rest, state, unit, watch } from '../board/store.js';

const LOOK_MS = 30_000;
const RETRY_MS = 5_000;
const SAME_PAGE_MS = 3_600_000;

/** @type {ReturnType<typeof setTimeout> | undefined} */
let next;
let looking = false;
let followed = '';

/** @param {number} ms */
function later(ms) {
  clearTimeout(next);
  // Never all walls at once.
  next = setTimeout(() => void look(), ms * (0.75 + Math.random() / 2));
}

/** The link was taken back: nothing of anybody's stays on the screen. */
function clear() {
  clearTimeout(next);
  followed = '';
  rest();
  conference.value = null;
  plan.value = null;
}

/** @param {import('./choosing.js').Conference | null} one */
async function turnTo(one) {
  const standing = one && one.phase !== 'draft' ? one.id : '';
  const same = standing === followed && conference.peek()?.id === one?.id;
  conference.value = one;
  if (same) return;
  rest();
  plan.value = null;
  followed = standing;
  if (!standing || !one) return;
  watch();
  const { body } = await ask(`/conferences/${encodeURIComponent(one.id)}`);
  if (followed === one.id) plan.value = { sittings: [], ...body };
}

/** Which conference is it now, and may we still look? */
export async function look() {
  if (looking) return;
  looking = true;
  let again = LOOK_MS;
  try {
    if (wall.peek() === null) await enter();
    unit.value = wall.peek()?.unit ?? '';
    const { body, at_ms } = await ask('/conferences');
    await turnTo(chosen(body.conferences, at_ms));
  } catch (error) {
    if (error instanceof Shut) {
      clear();
      return;
    }
    if (!(error instanceof Unanswered)) throw error;
    again = RETRY_MS;
  } finally {
    looking = false;
  }
  later(again);
}

const PAGE = document.querySelector('script[type=module]')?.getAttribute('src') ?? '';

/** After an update the server speaks of things that this page does not know: it is loaded anew, once the new one is there. */
async function samePage() {
  try {
    const answer = await fetch(location.pathname + location.search, { cache: 'no-store' });
    if (answer.ok && !(await answer.text()).includes(PAGE)) location.reload();
  } catch {
    // The server is away: the line says so.
  }
}

/** From now on. */
export function keepOn() {
  enterBy({ query: { wall: handle }, refused: () => later(500) });
  let before = '';
  effect(() => {
    const now = line.value;
    if (now === 'stopped') {
      // Sent away, or spoken to in a way that is out of date: nothing is left standing while it is asked why.
      followed = '';
      rest();
      void samePage();
      later(1_500);
    }
    if (now === 'live' && before !== '' && before !== 'live') void samePage();
    before = now;
  });
  let phase = '';
  effect(() => {
    const now = state.value?.totals.phase ?? '';
    if (now === 'closed' && phase && phase !== now) later(2_000);
    phase = now;
  });
  setInterval(() => void samePage(), SAME_PAGE_MS);
  addEventListener('online', () => {
    hurry();
    if (shut.peek() === '') void look();
  });
  return look();
}

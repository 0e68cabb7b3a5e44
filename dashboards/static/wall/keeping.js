// Keeps the wall on what goes on, for days: the right conference, after a restart, after an update, until the link is taken back.
import { effect } from '../vendor/signals.mjs';
import { chosen } from './choosing.js';
import { ask, enter, handle, lookUp, shut, Shut, Unanswered, wall } from './entrance.js';
import { takenIn } from './pairing.js';
import { speakAs } from './speaking.js';
import { conference, plan } from '../board/conference.js';
import { enterBy, hurry, line, rest, state, unit, watch } from '../board/store.js';

const LOOK_MS = 30_000;
const WITHOUT_LINE_MS = 8_000; // nobody says then that the link shows something else from now on, or nothing
const RETRY_MS = 5_000;
const SAME_PAGE_MS = 3_600_000;

/** @type {ReturnType<typeof setTimeout> | undefined} */
let next;
let looking = false;
let wanted = false;
/** Of which conference and unit there is a line. */
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
  const standing = one && one.phase !== 'draft' ? `${one.id} ${unit.peek()}` : '';
  const same = standing === followed && conference.peek()?.id === one?.id;
  conference.value = one;
  if (same) return;
  rest();
  plan.value = null;
  followed = standing;
  if (!standing || !one) return;
  watch();
  const { body } = await ask(`/conferences/${encodeURIComponent(one.id)}`);
  if (followed === standing) plan.value = { sittings: [], ...body };
}

/** Which conference is it now, and may we still look? */
export async function look() {
  wanted = true;
  if (looking) return;
  looking = true;
  let again = LOOK_MS;
  try {
    wanted = false;
    if (wall.peek() === null) await enter();
    else await lookUp();
    await speakAs(wall.peek()?.language ?? '');
    unit.value = wall.peek()?.unit ?? '';
    const { body, at_ms } = await ask('/conferences');
    await turnTo(chosen(body.conferences, at_ms));
    if (!followed) again = WITHOUT_LINE_MS;
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
  // What was asked for meanwhile may have come too late for the answer.
  later(wanted ? 0 : again);
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
export async function keepOn() {
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
  // Another link was opened in the same window.
  addEventListener('hashchange', () => location.reload());
  addEventListener('online', () => {
    hurry();
    if (handle && !shut.peek()) void look();
  });
  if (!handle) await takenIn();
  // Whose link shows something else from now on is sent away and comes again.
  enterBy({ query: { wall: handle }, refused: () => later(500), returned: () => later(0) });
  await look();
}

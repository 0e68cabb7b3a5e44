// The call sheet as the server keeps it: asked for anew when something that it says may have changed, never by the clock alone.
import { computed, effect, signal } from '../vendor/signals.mjs';
import { claimOf } from './affairs.js';
import { ask, conference, plan } from './conference.js';
import { instant } from './format.js';
import { may, session } from './reader.js';
import { renewing } from './renewing.js';
import { affairs, cell, hallSecond, listeners, state } from './store.js';

/** @typedef {{role: string, name: string, phone: string}} Contact */
/**
 * @typedef {object} Row
 * @property {string} point
 * @property {string} name
 * @property {string} parent
 * @property {readonly string[]} why  the weightiest first
 * @property {number} since_s
 * @property {number} expected
 * @property {readonly Contact[]} contacts
 * @property {{by_name: string, at_s: number, outcome: string, note: string} | null} last
 * @property {number} tries
 * @property {boolean} [answered]  it is on the sheet no more, but the reader still holds it
 */

/** @type {import('../vendor/signals.mjs').Signal<{rows: readonly Row[], count: number} | null>} */
const told = signal(null);

/** The rows that the reader has taken, as they last stood: whom one is talking to is not forgotten when the row goes.
 * @type {Map<string, Row>} */
const held = new Map();

/** Columns that may put a hall on the sheet, or take it off. */
const MATTERS = ['link', 'stream', 'picture', 'sound', 'line', 'stage', 'report', 'differs', 'incident', 'expected', 'mode'];
/** Before a round is due, and before a sitting, halls begin to be looked for. */
const LEADS_MS = [0, 15 * 60_000, 30 * 60_000];

/** @param {any} frame whether the sheet may be another one after it */
const concerns = (frame) =>
  frame.type === 'snapshot' ||
  Boolean(frame.affairs?.incidents?.length) ||
  Object.keys(frame.affairs?.calls ?? {}).length > 0 ||
  Object.values(frame.points).some((change) => MATTERS.some((column) => column in /** @type {object} */ (change)));

const renewal = renewing({
  fetch: async () => {
    const asked = conference.peek()?.id;
    const found = await ask('GET', '/calls');
    if (conference.peek()?.id !== asked) return;
    told.value = found;
    for (const row of found.rows) if (mine(row.point)) held.set(row.point, row);
  },
  now: () => performance.now(),
  later: (then, ms) => setTimeout(then, ms),
  never: (timer) => clearTimeout(timer),
});

let missed = false;
const changed = () => {
  if (!may('coordinate')) return;
  // Who does not look needs no sheet; it is asked for when they do.
  if (document.hidden) missed = true;
  else renewal.ask();
};

/** From now on the sheet is kept, for who may see it. */
export function keepSheet() {
  listeners.add((frame) => concerns(frame) && changed());
  document.addEventListener('visibilitychange', () => {
    if (document.hidden || !missed) return;
    missed = false;
    renewal.hurry();
  });
  // Who is looked for depends on the hour too: how many of the day's moments have passed.
  const moments = computed(() =>
    (plan.value?.sittings ?? []).flatMap((/** @type {any} */ sitting) =>
      [sitting.starts_at, sitting.ends_at, ...(sitting.rounds ?? []).flatMap((/** @type {any} */ round) => [round.opens_at, round.due_at])].flatMap((at) => {
        const ms = instant(at);
        return ms === null ? [] : LEADS_MS.map((lead) => ms - lead);
      }),
    ),
  );
  const passed = computed(() => moments.value.filter((ms) => ms <= hallSecond.value * 1000).length);
  const phase = computed(() => state.value?.totals.phase);
  effect(() => {
    if (passed.value >= 0 && phase.value) changed();
  });
}

/** Now, not in a while: the reader has just done something. */
const hurrySheet = () => may('coordinate') && renewal.hurry();

/** Of the halls on this board, the most urgent first; null until it is known. */
export const rows = computed(() => {
  const points = state.value?.points;
  return told.value && points ? told.value.rows.filter(({ point }) => points.has(point)) : null;
});

/** How many there are in truth: the sheet is bounded. */
export const count = computed(() => {
  const shown = rows.value?.length ?? 0;
  const all = told.value;
  return all && shown === all.rows.length ? all.count : shown;
});

/** Who phones a hall now. @param {string} code */
export const claim = (code) => claimOf(affairs.value, code, hallSecond.value);

const me = () => session.value?.user.username ?? '';

/** Whether it is the reader who has this hall. @param {string} code */
export const mine = (code) => {
  const held = claim(code);
  return held !== null && held.by === me();
};

/** Halls that the reader holds and that need no call any more: how the call ended is still to be said. */
export const answered = computed(() => {
  const listed = new Set(rows.value?.map(({ point }) => point));
  const now_s = hallSecond.value;
  return [...affairs.value.calls]
    .filter(([code, by]) => by.by === me() && by.until_s > now_s && !listed.has(code))
    .flatMap(([code]) => {
      const point = cell(code)?.peek();
      const blank = { point: code, name: point?.name ?? code, parent: '', why: [], since_s: 0, expected: point?.expected ?? 0, contacts: [], last: null, tries: 0 };
      return point ? [/** @type {Row} */ ({ ...blank, ...held.get(code), answered: true })] : [];
    });
});

/** What the reader does about a hall's call.
 * @param {string} code @param {{do: 'claim' | 'let_go'} | {do: 'end', outcome: string, note: string}} deed */
export async function call(code, deed) {
  try {
    await ask('POST', `/calls/${encodeURIComponent(code)}`, deed);
  } finally {
    hurrySheet();
  }
}

// What the board shows at this moment: signals that the components read, fed by the line to the server.
import { batch, computed, signal } from '../vendor/signals.mjs';
import { t } from '../language.js';
import { inOrder, NOTHING } from './affairs.js';
import { chosen, conference, conferences, learnPlan, rounds } from './conference.js';
import { browser, follow, STALE_MS } from './feed.js';
import { instant } from './format.js';
import { HALLS_ACT } from './phases.js';
import { api, session } from './reader.js';
import { afterDelta, fromSnapshot, rollUp } from './state.js';
import { shortName, sought } from './vietnamese.js';

/** @typedef {import('./state.js').State} State @typedef {import('./state.js').Point} Point */

/** @type {import('../vendor/signals.mjs').Signal<State | null>} */
export const state = signal(null);
/** @type {import('../vendor/signals.mjs').Signal<import('./feed.js').Line>} */
export const line = signal('connecting');
/** @type {import('../vendor/signals.mjs').Signal<number>} */
export const closeCode = signal(0);
/** @type {import('../vendor/signals.mjs').Signal<string>} */
export const notice = signal('');
/** The trouble that keeps the page from starting. @type {import('../vendor/signals.mjs').Signal<string>} */
export const trouble = signal('');

// How the reader looks at it.
/** @type {import('../vendor/signals.mjs').Signal<string>} */
export const unit = signal('');
/** @type {import('../vendor/signals.mjs').Signal<string | null>} */
export const open = signal(null);
/** What stands beside the wall, where no hall does. @type {import('../vendor/signals.mjs').Signal<import('./go.js').Side | null>} */
export const side = signal(null);
/** @type {import('../vendor/signals.mjs').Signal<'link' | 'count'>} */
export const colouring = signal('link');
/** @type {import('../vendor/signals.mjs').Signal<'wall' | 'list'>} */
export const view = signal('wall');
export const zoom = signal(0);
/** @type {import('../vendor/signals.mjs').Signal<string | null>} */
export const only = signal(null);
/** @type {import('../vendor/signals.mjs').Signal<'now' | 'calls' | 'points' | 'find'>} */
export const tab = signal('now');

/** One signal a hall, so that a change redraws one tile. @type {Map<string, import('../vendor/signals.mjs').Signal<Point>>} */
const cells = new Map();

/** @param {string} code */
export const cell = (code) => cells.get(code);

/**
 * @typedef {object} Group
 * @property {string} code
 * @property {string} name
 * @property {string} short
 * @property {boolean} leads  whether it is a unit with a board of its own, and not this one
 * @property {readonly string[]} members
 * @property {import('../vendor/signals.mjs').ReadonlySignal<import('./state.js').RollUp>} sums
 */
/** @type {import('../vendor/signals.mjs').Signal<readonly Group[]>} */
export const groups = signal([]);

/** The sums of everything on this board. */
export const whole = computed(() => rollUp(state.value?.points.values() ?? []));

/** A conference that is being prepared: there is no board of it yet. */
export const preparing = computed(() => conference.value?.phase === 'draft' && state.value === null);

/** Whether the conference's halls may be acted for now. */
export const acting = computed(() => HALLS_ACT.includes(state.value?.totals.phase ?? ''));
/** Whether figures may be corrected: also after they were closed. */
export const correcting = computed(() => acting.value || state.value?.totals.phase === 'closed');

/** What makes a silent hall a hall to call: the conference runs, the round that is shown is due. */
export const circumstances = computed(() => {
  const totals = state.value?.totals;
  const due = rounds.value.get(`${totals?.sitting}/${totals?.round}`)?.due_ms;
  return {
    live: totals?.phase === 'live' || totals?.phase === 'closing',
    due: due === undefined ? totals?.phase === 'live' || totals?.phase === 'closing' : (instant(totals?.at) ?? 0) >= due,
  };
});

/** What the search looks through; renewed with a snapshot, as names do not change in between. */
/** @type {import('../vendor/signals.mjs').Signal<readonly (import('./vietnamese.js').Sought & {kind: 'point' | 'unit'})[]>} */
export const places = signal([]);

/** The hall's time, in milliseconds, moving between frames. */
export const hallNow = signal(0);
/** The same in whole seconds: what counts them is drawn once each. */
export const hallSecond = computed(() => Math.floor(hallNow.value / 1000));
/** Real milliseconds since the server last spoke. */
export const silence = signal(0);

/** Incidents, calls and notices. */
export const affairs = computed(() => state.value?.affairs ?? NOTHING);
/** In the order in which one looks at them. */
export const incidents = computed(() => inOrder(affairs.value, hallNow.peek() / 1000));

/** Who is told of every frame that was adopted. @type {Set<(frame: any) => void>} */
export const listeners = new Set();

/** Says anew how old the figures are: once a second, for what moves all the time is not read. */
export function age() {
  if (!state.peek()) return;
  silence.value = performance.now() - heardAt;
  news.value = state.peek()?.news ?? [];
}

/** The last news, at most once a second: a line that jumps away cannot be read. */
/** @type {import('../vendor/signals.mjs').Signal<readonly import('./state.js').News[]>} */
export const news = signal([]);

let heardAt = 0;
/** @type {ReturnType<typeof follow> | null} */
let feed = null;

/** Sets the clock forward; called a few times a second. */
export function tick() {
  const now = state.peek();
  if (!now) return;
  const since = performance.now() - heardAt;
  // A demo's clock is driven: it may stand still, so it is never guessed far ahead of the last frame, nor set back.
  const guessed = (instant(now.at) ?? 0) + (now.speed === 1 ? since : Math.min(since, STALE_MS / 2)) * now.speed;
  hallNow.value = hallNow.peek() - guessed > 600_000 ? guessed : Math.max(hallNow.peek(), guessed);
}

/** Where a hall belongs, said beside its name: names repeat in a city. @param {Point} point */
export function parentName(point) {
  const now = state.peek();
  const own = groups.peek().find(({ code }) => code === point.group);
  // «Trực thuộc» or «Phường» is a heading and no place.
  const group = own && now?.units.has(own.code) ? own.short : '';
  const name = now?.units.get(point.unit)?.name ?? '';
  if (group && group !== point.name && group !== shortName(point.name)) return group;
  return name === point.name ? '' : name;
}

/** @param {State} next */
function adoptSnapshot(next) {
  const groupNames = next.groups.map((group) => shortName(group.name));
  batch(() => {
    /** @type {Map<string, string[]>} */
    const members = new Map(next.groups.map(({ code }) => [code, []]));
    for (const [code, point] of next.points) {
      const known = cells.get(code);
      if (!known) cells.set(code, signal(point));
      else if (JSON.stringify(known.peek()) !== JSON.stringify(point)) known.value = point;
      const list = members.get(point.group);
      if (list) list.push(code);
      else members.set(point.group, [code]);
    }
    for (const code of [...cells.keys()]) if (!next.points.has(code)) cells.delete(code);

    const before = groups.peek();
    const sameShape =
      before.length === next.groups.length &&
      before.every((group, i) => group.code === next.groups[i]?.code && group.members.join() === members.get(group.code)?.join());
    if (!sameShape) {
      groups.value = next.groups.map(({ code, name }) => {
        const mine = members.get(code) ?? [];
        const short = shortName(name);
        return {
          code,
          name,
          short: groupNames.filter((other) => other === short).length > 1 ? name : short,
          leads: code !== unit.peek() && Boolean(next.units.get(code)?.parent),
          members: mine,
          sums: computed(() => rollUp(mine.flatMap((each) => cells.get(each)?.value ?? []))),
        };
      });
    }
    state.value = next;
    places.value = placesOf(next);
  });
}

/** What can be found by its name. A unit with one hall and nothing below is found as that hall. @param {State} now */
function placesOf(now) {
  /** @type {Map<string, number>} */
  const wide = new Map();
  for (const { unit: code } of now.points.values()) wide.set(code, (wide.get(code) ?? 0) + 1);
  for (const { parent } of now.units.values()) if (parent) wide.set(parent, 2);
  return [
    ...[...now.units.values()].filter(({ code }) => (wide.get(code) ?? 0) > 1 && code !== unit.peek()).map((each) => ({
      kind: /** @type {const} */ ('unit'),
      ...sought({ code: each.code, name: each.name, parent: now.units.get(each.parent ?? '')?.name ?? '' }),
    })),
    ...[...now.points.values()].map((point) => ({
      kind: /** @type {const} */ ('point'),
      ...sought({ code: point.code, name: point.name, parent: parentName(point) }),
    })),
  ];
}

// Frames are adopted at once and shown with the next picture: in a storm a screen draws sixty times a second, not eight hundred.
/** @type {State | null} */
let latest = null;
/** @type {Set<string>} */
const touched = new Set();
let drawing = false;

const STORM = 40;
/** Whether single changes can be followed by eye; in a storm they are not marked one by one. */
export let calm = true;

function show() {
  drawing = false;
  const next = latest;
  if (!next || next === state.peek()) return;
  calm = touched.size <= STORM;
  batch(() => {
    for (const code of touched) {
      const point = next.points.get(code);
      const known = cells.get(code);
      if (point && known) known.value = point;
    }
    touched.clear();
    state.value = next;
  });
  tick();
}

function soon() {
  if (drawing) return;
  drawing = true;
  if (document.hidden) setTimeout(show, 250);
  else requestAnimationFrame(show);
}

/** @param {any} frame */
function take(frame) {
  if (frame.type === 'snapshot') {
    latest = fromSnapshot(frame);
    touched.clear();
    heardAt = performance.now();
    hallNow.value = instant(frame.at) ?? 0;
    adoptSnapshot(latest);
    tick();
    age();
    for (const listener of listeners) listener(frame);
    return true;
  }
  if (frame.type === 'delta') {
    const after = latest && afterDelta(latest, frame);
    if (!after) return false;
    latest = after.state;
    for (const code of after.changed) touched.add(code);
    heardAt = performance.now();
    soon();
    for (const listener of listeners) listener(frame);
    return true;
  }
  if (frame.type === 'notice') notice.value = String(frame.message ?? frame.text ?? '');
  return true;
}

/** How a screen without a person comes in, in the place of the reader's session.
 * @type {{query: Record<string, string>, refused: () => void, returned: () => void} | null} */
let entrance = null;

/** @param {NonNullable<typeof entrance>} given */
export const enterBy = (given) => {
  entrance = given;
};

/** Follows nothing any more, and shows nothing. */
export function rest() {
  feed?.stop();
  feed = null;
  latest = null;
  touched.clear();
  batch(() => {
    state.value = null;
    groups.value = [];
    cells.clear();
    news.value = [];
    line.value = 'connecting';
  });
}

/** Follows the chosen conference and unit from now on. */
export function watch() {
  feed?.stop();
  const id = conference.peek()?.id;
  if (!id) return;
  latest = null;
  trouble.value = '';
  const query = new URLSearchParams({ conference: id, ...entrance?.query });
  if (unit.peek()) query.set('unit', unit.peek());
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  line.value = 'connecting';
  feed = follow(browser(`${scheme}://${location.host}/ws/board?${query}`), {
    take,
    known: () => latest && { epoch: latest.epoch, offset: latest.offset },
    line: (next, code) => {
      line.value = next;
      if (code !== undefined) closeCode.value = code;
    },
    refused: () => (entrance ? entrance.refused() : void whyRefused()),
    returned: () => entrance?.returned(),
  });
}

export const hurry = () => feed?.hurry();

/** The line was refused before it opened: are we signed out, or is there no such unit for us? */
async function whyRefused() {
  try {
    session.value = await api('/session');
    if (!unit.peek()) return;
    await api(`/conferences/${conference.peek()?.id}/totals?unit=${encodeURIComponent(unit.peek())}`);
  } catch (error) {
    // No answer at all: the line's own retries will tell.
    if (/** @type {any} */ (error).status !== 404) return;
    feed?.stop();
    trouble.value = t('Không có đơn vị này, hoặc không thuộc phạm vi của bạn.');
  }
}

/** Who am I, which conference, and from then on what happens. @param {string | null} asked */
export async function start(asked) {
  session.value = await api('/session');
  const { conferences: all } = await api('/conferences');
  batch(() => {
    conferences.value = all;
    conference.value = chosen(all, asked ?? conference.peek()?.id ?? null);
  });
  // Before it is opened, a conference has no board to follow.
  if (conference.peek()?.phase !== 'draft') watch();
  if (conference.peek()) void learnPlan();
}

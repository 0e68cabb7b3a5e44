// What the board knows: a snapshot, then changes on top of it. Plain values in, plain values out.
import { adopted, NOTHING } from './affairs.js';

/**
 * @typedef {'none' | 'fine' | 'warned' | 'quarantined'} Report
 * @typedef {object} Point
 * @property {string} code
 * @property {string} name
 * @property {string} unit
 * @property {string} group
 * @property {string} type
 * @property {string} mode
 * @property {number | null} seats
 * @property {string} stage
 * @property {number | null} stage_at_s
 * @property {string} link
 * @property {number | null} link_at_s
 * @property {string | null} picture
 * @property {string | null} sound
 * @property {string | null} line
 * @property {number | null} expected
 * @property {number | null} present
 * @property {number | null} excused
 * @property {number | null} unexcused
 * @property {number | null} unreported
 * @property {number | null} guests
 * @property {Report} report
 * @property {number | null} reported_at_s
 * @property {boolean | null} [on_time]  null while there is no figure
 * @property {boolean | null} [differs]  two sources say different numbers
 * @property {boolean | null} [proxy]    somebody else entered the figure
 * @property {number | null} [scanned]   people who checked in one by one; null where names are off
 * @property {number | null} [stayed]    closing less opening count; null until both are known
 * @property {'not_followed' | 'fresh' | 'behind' | 'stalled' | 'gone' | null} [stream]  whether the broadcast itself arrives
 * @property {number | null} [incident]  its gravest open incident
 *
 * @typedef {{code: string, name: string, level: string, parent: string | null}} Unit
 * @typedef {{code: string, name: string}} Group
 * @typedef {{position: number, at_s: number, point: string | null, kind: string, [more: string]: any}} News
 * @typedef {{columns: string[], rows: any[][]}} Table
 * @typedef {{expected: number | null, present: number | null, excused: number | null, unexcused: number | null,
 *            unreported: number | null, guests: number | null}} People
 * @typedef {{phase: string, sitting: any, round: string | null, people: People, at: any,
 *            points: {total: number, by_stage: Record<string, number>, by_link: Record<string, number>},
 *            reports: {due: number, received: number, on_time?: number, quarantined: number, differing?: number}, scanned?: number | null,
 *            incidents?: {open: number, acknowledged: number},
 *            asked?: {sitting: string, round: string, due_at: any, due: number, received: number} | null}} Totals  `asked`: the round that
 *            is being reported already, while the one before is shown
 * @typedef {{type: 'snapshot', epoch: any, offset: number, at: any, totals: Totals, units: Table, groups: Table,
 *            points: Table, news: News[], speed?: number, affairs?: import('./affairs.js').Told}} Snapshot
 * @typedef {{type: 'delta', epoch: any, prev: number, offset: number, at: any, totals?: Totals,
 *            points: Record<string, Partial<Point>>, news?: News[], affairs?: import('./affairs.js').Told | null}} Delta
 *
 * @typedef {object} State
 * @property {any} epoch
 * @property {number} offset
 * @property {any} at        the hall's time of the last frame, as the server wrote it
 * @property {number} speed  hall seconds in a real one
 * @property {Totals} totals
 * @property {ReadonlyMap<string, Unit>} units
 * @property {readonly Group[]} groups
 * @property {ReadonlyMap<string, Point>} points
 * @property {readonly News[]} news  newest first
 * @property {readonly News[]} missed  what the calendar did not do, newest first: it is not pushed out by other news
 * @property {import('./affairs.js').Affairs} affairs
 */

const MOST_NEWS = 30;
const MOST_MISSED = 20;

/** @param {readonly News[]} news */
const missedOf = (news) => news.filter(({ kind }) => kind === 'job-missed').slice(0, MOST_MISSED);

/** @param {Table} table @returns {any[]} */
const rowsOf = ({ columns, rows }) => rows.map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i]])));

/** The board as a snapshot tells it.
 * @param {Snapshot} frame @returns {State} */
export function fromSnapshot(frame) {
  return {
    epoch: frame.epoch,
    offset: frame.offset,
    at: frame.at,
    speed: frame.speed ?? 1,
    totals: frame.totals,
    units: new Map(rowsOf(frame.units).map((unit) => [unit.code, unit])),
    groups: rowsOf(frame.groups),
    points: new Map(rowsOf(frame.points).map((point) => [point.code, point])),
    news: frame.news.slice(0, MOST_NEWS),
    missed: missedOf(frame.news),
    affairs: adopted(NOTHING, frame.affairs),
  };
}

/** The board after a change, and whose tiles it touched; null when the change does not follow on what we have (ask again).
 * @param {State} state @param {Delta} frame
 * @returns {{state: State, changed: readonly string[]} | null} */
export function afterDelta(state, frame) {
  if (frame.epoch !== state.epoch || frame.prev !== state.offset) return null;
  const changed = Object.keys(frame.points);
  /** @type {Map<string, Point> | null} */
  let points = null;
  for (const code of changed) {
    const before = state.points.get(code);
    if (before === undefined) return null;
    points ??= new Map(state.points);
    points.set(code, { ...before, ...frame.points[code] });
  }
  return {
    changed,
    state: {
      ...state,
      offset: frame.offset,
      at: frame.at,
      totals: frame.totals ?? state.totals,
      points: points ?? state.points,
      news: frame.news?.length ? [...frame.news, ...state.news].slice(0, MOST_NEWS) : state.news,
      missed: frame.news?.some(({ kind }) => kind === 'job-missed') ? missedOf([...frame.news, ...state.missed]) : state.missed,
      affairs: adopted(state.affairs, frame.affairs),
    },
  };
}

/**
 * What a tile shows of a hall's line. `ended` and `not_opened` are the hall's doing, `ours` is ours to answer for.
 * @typedef {'steady' | 'not_receiving' | 'faulty' | 'unstable' | 'reconnecting' | 'lost' | 'ours' | 'not_opened' | 'not_measured' | 'ended'} Look
 * And what it shows of a hall's report.
 * @typedef {'on_time' | 'late' | 'warned' | 'quarantined' | 'differs' | 'silent'} CountLook
 */

/** @type {Record<string, Look>} */
const LOOK_OF_LINK = {
  never_seen: 'not_opened',
  steady: 'steady',
  unstable: 'unstable',
  reconnecting: 'reconnecting',
  lost: 'lost',
  unknown: 'ours',
  not_measured: 'not_measured',
};

/** The hall says that nothing comes: no picture or no sound. @param {Point} point */
const deafOrBlind = (point) => point.picture === 'none' || point.sound === 'none' || point.line === 'none';

/** Its line is there, and the broadcast does not come. @param {Point} point */
const notReceiving = (point) => point.stream === 'stalled' || point.stream === 'gone';

/** @param {Point} point @returns {Look} */
export function look(point) {
  const seen = LOOK_OF_LINK[point.link] ?? 'not_opened';
  // A hall that has ended goes home: its silence is not a fault, and it is measured no more.
  if (point.stage === 'ended' && point.link !== 'steady' && point.link !== 'unstable') return 'ended';
  if (seen !== 'steady') return seen;
  // A hall to which nothing comes sees and hears nothing either: the cause is said before what follows from it.
  return notReceiving(point) ? 'not_receiving' : deafOrBlind(point) ? 'faulty' : 'steady';
}

/** Whether a figure of the hall counts. @param {Point} point */
export const reported = (point) => point.report !== 'none' && point.present != null;

/** What somebody must settle hides whether it came in time. @param {Point} point @returns {CountLook} */
export function countLook(point) {
  if (point.report === 'quarantined') return 'quarantined';
  if (point.differs) return 'differs';
  if (!reported(point)) return 'silent';
  if (point.report === 'warned') return 'warned';
  return point.on_time === false ? 'late' : 'on_time';
}

/** Whether a hall is one of those that a filter leaves: a state of its line, of its report, in an incident, or entered by proxy.
 * @param {Point} point @param {string | null} only */
export function isOf(point, only) {
  if (only === null) return true;
  if (only === 'proxy') return point.proxy === true;
  if (only === 'incident') return point.incident != null;
  return look(point) === only || countLook(point) === only;
}

/** @typedef {ReturnType<typeof rollUp>} RollUp */

/** The sums of some halls. `answered` is expected less not yet known: a silent hall never lowers a rate.
 * @param {Iterable<Point>} points */
export function rollUp(points) {
  /** @type {Record<Look, number>} */
  const looks = { steady: 0, not_receiving: 0, faulty: 0, unstable: 0, reconnecting: 0, lost: 0, ours: 0, not_opened: 0, not_measured: 0, ended: 0 };
  /** @type {Record<CountLook, number>} */
  const counts = { on_time: 0, late: 0, warned: 0, quarantined: 0, differs: 0, silent: 0 };
  const sum = { total: 0, opened: 0, connected: 0, reported: 0, on_time: 0, proxy: 0, in_incident: 0, expected: 0, present: 0, excused: 0, unexcused: 0, unreported: 0, guests: 0 };
  // These say nothing until somebody has said something: null is not nought.
  /** @type {{scanned: number | null, gap: number | null, stayed: number | null}} */
  const said = { scanned: null, gap: null, stayed: null };
  for (const point of points) {
    sum.total += 1;
    if (point.stage !== 'not_opened') sum.opened += 1;
    looks[look(point)] += 1;
    counts[countLook(point)] += 1;
    if (point.link === 'steady' || point.link === 'unstable') sum.connected += 1;
    // A figure that waits to be checked is not one yet.
    if (reported(point)) sum.reported += 1;
    if (reported(point) && point.on_time !== false) sum.on_time += 1;
    if (point.proxy) sum.proxy += 1;
    if (point.incident != null) sum.in_incident += 1;
    if (point.scanned != null) {
      said.scanned = (said.scanned ?? 0) + point.scanned;
      // A hall that has not counted heads has nothing to differ from.
      if (point.present != null) said.gap = (said.gap ?? 0) + point.scanned - point.present;
    }
    if (point.stayed != null) said.stayed = (said.stayed ?? 0) + point.stayed;
    sum.expected += point.expected ?? 0;
    sum.present += point.present ?? 0;
    sum.excused += point.excused ?? 0;
    sum.unexcused += point.unexcused ?? 0;
    sum.unreported += point.unreported ?? 0;
    sum.guests += point.guests ?? 0;
  }
  return { ...sum, ...said, looks, counts, answered: sum.expected - sum.unreported };
}

/** What the organiser looks at first, heaviest first; each a number that should be nought. @param {RollUp} sums */
const lineTroubles = ({ looks }) => [looks.lost, looks.not_receiving, looks.faulty, looks.reconnecting + looks.unstable, looks.ours];

/** @param {RollUp} sums */
const countTroubles = ({ looks, counts }) => [counts.quarantined + counts.differs, looks.not_opened, counts.silent, counts.warned, counts.late];

/** Worse stands first, by what one looks at; equals keep the order they came in (the Vietnamese one).
 * @param {RollUp} one @param {RollUp} other @param {'link' | 'count'} [by] */
export function worseFirst(one, other, by = 'link') {
  const [first, then] = by === 'link' ? [lineTroubles, countTroubles] : [countTroubles, lineTroubles];
  const here = [...first(one), ...then(one)];
  const there = [...first(other), ...then(other)];
  for (let i = 0; i < here.length; i += 1) {
    const more = (there[i] ?? 0) - (here[i] ?? 0);
    if (more) return more;
  }
  return 0;
}

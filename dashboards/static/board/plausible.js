// Whether a head count adds up and can be believed: the server's table, so that one is warned while typing.
import { t } from '../language.js';
import { figure } from './format.js';

/**
 * @typedef {{present: number, excused: number, unexcused: number, guests: number, substitutes?: number,
 *            reasons?: Record<string, number>, categories?: Record<string, number>}} Said  as the hall says it
 * @typedef {{expected: number | null, seats: number | null, before: number | null}} Known  `before`: present in the round before
 * @typedef {{grade: 'fine' | 'warned' | 'quarantined', why: string}} Verdict
 */

const MOST_HEADS = 1_000_000;

/** @param {Said} said */
export const answered = ({ present, excused, unexcused }) => present + excused + unexcused;

/** How the figure counts: who is beyond the expected is a guest until somebody settles it.
 * @param {number | null} expected @param {Said} said */
export function ledger(expected, said) {
  const all = expected ?? 0;
  const surplus = Math.min(Math.max(answered(said) - all, 0), said.present);
  const present = said.present - surplus;
  const excused = Math.min(said.excused, all - present);
  const unexcused = Math.min(said.unexcused, all - present - excused);
  return { expected: all, present, excused, unexcused, unreported: all - present - excused - unexcused, guests: said.guests + surplus };
}

/** The first row that applies decides, so they stand from grave to slight.
 * @type {readonly {grade: 'warned' | 'quarantined', applies: (said: Said, inside: number, known: Known) => boolean, why: (said: Said, inside: number, known: Known) => string}[]} */
const RULES = [
  {
    grade: 'quarantined',
    applies: (_said, inside, { expected, seats }) => {
      const most = Math.max(2 * (expected ?? 0), seats ?? 0);
      return most > 0 && inside > most;
    },
    why: (_said, inside, { expected }) => t('{n} người, gấp hơn hai lần {expected} triệu tập', { n: figure(inside), expected: figure(expected ?? 0) }),
  },
  {
    grade: 'warned',
    applies: (said, _inside, { expected }) => answered(said) > (expected ?? 0),
    why: (said, _inside, { expected }) => t('Thừa {n}, tính là khách mời', { n: figure(answered(said) - (expected ?? 0)) }),
  },
  {
    grade: 'warned',
    applies: (_said, inside, { seats }) => seats !== null && inside > seats,
    why: (_said, inside, { seats }) => t('{n} người, nhiều hơn {seats} chỗ ngồi', { n: figure(inside), seats: figure(seats) }),
  },
  {
    grade: 'warned',
    applies: (said, _inside, { before }) => before !== null && 2 * said.present < before,
    why: (_said, _inside, { before }) => t('Chưa bằng nửa đợt trước ({n} có mặt)', { n: figure(before) }),
  },
];

/** @param {Said} said @param {Known} known @returns {Verdict} */
export function judge(said, known) {
  const inside = said.present + said.guests;
  const rule = RULES.find(({ applies }) => applies(said, inside, known));
  return rule ? { grade: rule.grade, why: rule.why(said, inside, known) } : { grade: 'fine', why: '' };
}

/** What stands in a field: null while it is empty, NaN when it is no number of people.
 * @param {string} typed @returns {number | null} */
export function heads(typed) {
  const text = typed.trim();
  if (text === '') return null;
  return /^\d{1,7}$/.test(text) && Number(text) <= MOST_HEADS ? Number(text) : NaN;
}

/** Parts that still fit into their wholes go along with a correction; others would be wrong now.
 * @param {Said} said @param {Said | null} before @returns {Said} */
export function withParts(said, before) {
  if (!before) return said;
  /** @param {Record<string, number> | undefined} parts */
  const sum = (parts) => Object.values(parts ?? {}).reduce((all, each) => all + each, 0);
  return {
    ...said,
    ...(before.substitutes ? { substitutes: before.substitutes } : {}),
    ...(sum(before.reasons) > 0 && sum(before.reasons) <= said.excused ? { reasons: before.reasons } : {}),
    ...(sum(before.categories) > 0 && sum(before.categories) <= said.present ? { categories: before.categories } : {}),
  };
}

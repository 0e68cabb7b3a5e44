/**
 * Whether a head count adds up and can be believed: the centre's table, so that a phone warns without a network too.
 *
 * @file
 */

import { t } from "./words.js";

/**
 * @typedef {import("./acts.js").Heads} Heads
 * @typedef {{expected: number | null, seats: number | null, before: number | null}} Known `before`: present in the last round
 * @typedef {"fine" | "warned" | "quarantined" | "blocked"} Grade
 * @typedef {{grade: Grade, why: string, sum: number, missing: number | null}} Judgement `missing` is negative when too many, null when nobody knows
 */

const MOST = 1000000;

/** @param {number} n */
const isHeads = (n) => Number.isInteger(n) && n >= 0 && n <= MOST;

/** @param {{[each: string]: number | undefined} | undefined} parts @returns {number} NaN if one of them is no number */
const sumOf = (parts) => Object.keys(parts || {}).reduce((sum, each) => sum + Number((parts || {})[each] || 0), 0);

/** @param {{[each: string]: number | undefined} | undefined} parts */
const areParts = (parts) => Object.keys(parts || {}).every((each) => isHeads(Number((parts || {})[each])));

/**
 * The first row that applies decides, so they stand from grave to slight.
 *
 * @type {readonly {grade: Grade, applies: (heads: Heads, known: Known, sum: number) => boolean, why: (heads: Heads, known: Known, sum: number) => string}[]}
 */
const RULES = [
  {
    grade: "blocked",
    applies: (heads) =>
      ![heads.present, heads.excused, heads.unexcused, heads.guests].every(isHeads) ||
      !areParts(heads.reasons) ||
      !areParts(heads.categories),
    why: () => t("Chỉ nhập số nguyên từ 0 trở lên"),
  },
  {
    grade: "blocked",
    applies: (heads) => sumOf(heads.reasons) > heads.excused,
    why: (heads) => t("Các lý do cộng lại {n}, nhiều hơn {whole} vắng có lý do", { n: sumOf(heads.reasons), whole: heads.excused }),
  },
  {
    grade: "blocked",
    applies: (heads) => sumOf(heads.categories) > heads.present,
    why: (heads) => t("Các thành phần cộng lại {n}, nhiều hơn {whole} có mặt", { n: sumOf(heads.categories), whole: heads.present }),
  },
  {
    grade: "quarantined",
    applies: (heads, known) => {
      const inside = heads.present + heads.guests;
      return known.expected !== null && inside > 2 * known.expected && inside > (known.seats || 0);
    },
    why: (heads, known) =>
      t("{inside} người, gấp hơn hai lần số triệu tập {expected}", {
        inside: heads.present + heads.guests,
        expected: known.expected || 0,
      }),
  },
  {
    grade: "warned",
    applies: (heads, known, sum) => known.expected !== null && sum > known.expected,
    why: (heads, known, sum) => t("Thừa {n}, tính là khách mời", { n: sum - (known.expected || 0) }),
  },
  {
    grade: "warned",
    applies: (heads, known) => known.seats !== null && heads.present + heads.guests > known.seats,
    why: (heads, known) =>
      t("{inside} người, nhiều hơn {seats} chỗ ngồi", { inside: heads.present + heads.guests, seats: known.seats || 0 }),
  },
  {
    grade: "warned",
    applies: (heads, known) => known.before !== null && 2 * heads.present < known.before,
    why: (heads, known) => t("Chưa bằng nửa lượt trước ({before} có mặt)", { before: known.before || 0 }),
  },
];

/**
 * @param {Heads} heads
 * @param {Known} known
 * @returns {Judgement}
 */
export function judge(heads, known) {
  const sum = heads.present + heads.excused + heads.unexcused;
  const missing = known.expected === null ? null : known.expected - sum;
  const rule = RULES.find((each) => each.applies(heads, known, sum));
  return rule
    ? { grade: rule.grade, why: rule.why(heads, known, sum), sum, missing }
    : { grade: "fine", why: "", sum, missing };
}

/**
 * @param {string} typed what stands in a field
 * @returns {number} NaN when it is no count of people; an empty field is nobody
 */
export function headsTyped(typed) {
  const text = typed.trim();
  if (text === "") return 0;
  return /^\d{1,7}$/.test(text) ? Number(text) : NaN;
}

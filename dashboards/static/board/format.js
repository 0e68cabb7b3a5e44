// Figures, shares and times as the hall writes them, wherever the reader's device stands.
import { foreign, t } from '../language.js';

const HALL_MS = 7 * 3600 * 1000; // Asia/Ho_Chi_Minh, no summer time

const vietnamese = new Intl.NumberFormat('vi-VN');
const english = new Intl.NumberFormat('en-GB');

/** 52614 -> "52.614"; what is not known is a dash, never a nought.
 * @param {number | null | undefined} figure */
export const figure = (figure) => (figure == null ? '–' : (foreign() ? english : vietnamese).format(figure));

/** One decimal with the language's own comma: 95,3.
 * @param {number} value */
const tenth = (value) => value.toFixed(1).replace('.', foreign() ? '.' : ',');

/** 95,3%. Less than the whole never reads 100,0%, and somebody never reads 0,0%.
 * @param {number | null | undefined} part @param {number | null | undefined} whole */
export function share(part, whole) {
  if (part == null || !whole) return '–';
  const percent = (part / whole) * 100;
  if (part < whole && percent > 99.9) return `${tenth(99.9)}%`;
  if (part > 0 && percent < 0.1) return `${tenth(0.1)}%`;
  return `${tenth(percent)}%`;
}

/** @param {number} number */
const two = (number) => String(number).padStart(2, '0');

/** Milliseconds since the epoch -> the parts of the hall's clock.
 * @param {number} ms */
const hall = (ms) => new Date(ms + HALL_MS);

/** "08:24:16" @param {number} ms */
export const clock = (ms) => {
  const at = hall(ms);
  return `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
};

/** "08:24" @param {number} ms */
export const minute = (ms) => clock(ms).slice(0, 5);

/** "07/03/2026" @param {number} ms */
export const date = (ms) => {
  const at = hall(ms);
  return `${two(at.getUTCDate())}/${two(at.getUTCMonth() + 1)}/${at.getUTCFullYear()}`;
};

/** "4 phút 11 giây", "1 giờ 05 phút"; two parts are enough to act on. @param {number} seconds */
export function lasting(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return t('{n} giây', { n: whole });
  if (whole < 3600) return t('{m} phút {s} giây', { m: Math.floor(whole / 60), s: whole % 60 });
  return t('{h} giờ {m} phút', { h: Math.floor(whole / 3600), m: two(Math.floor((whole % 3600) / 60)) });
}

/** "19 phút", "1 giờ 05 phút": for what is not counted by the second. @param {number} seconds */
export const roughly = (seconds) => (seconds < 3600 ? t('{n} phút', { n: Math.max(1, Math.floor(seconds / 60)) }) : lasting(seconds));

/** "0,2 giây trước" below ten seconds, whole ones after. @param {number} ms */
export function ago(ms) {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 10) return t('{s} giây trước', { s: tenth(seconds) });
  return t('{time} trước', { time: lasting(seconds) });
}

/** What the server calls a time: RFC 3339, or a number of milliseconds or of seconds.
 * @param {string | number | null | undefined} at @returns {number | null} */
export function instant(at) {
  if (at == null || at === '') return null;
  if (typeof at === 'string') {
    const ms = Date.parse(at);
    return Number.isNaN(ms) ? null : ms;
  }
  return at < 1e11 ? at * 1000 : at;
}

/** What a telephone dials: "tel:0900000141". @param {string} number */
export const tel = (number) => `tel:${number.replace(/[^+\d]/g, '')}`;

/** "0900 000 141": a phone number in groups that can be read aloud. @param {string} number */
export const dialled = (number) => number.replace(/\D/g, '').replace(/^(\d{4})(\d{3})(\d{3,4})$/, '$1 $2 $3') || number;

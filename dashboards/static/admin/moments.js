// Days and hours as the office writes them.
import { date, instant, minute } from '../board/format.js';

/** "08:02 07/03/2026"; a dash where it never was. @param {string | null | undefined} at */
export function moment(at) {
  const ms = instant(at);
  return ms === null ? '–' : `${minute(ms)} ${date(ms)}`;
}

/** "07/03/2026" @param {string | null | undefined} at */
export function day(at) {
  const ms = instant(at);
  return ms === null ? '–' : date(ms);
}

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

// The browser's own field would write a day as the browser's country does.
export const DAY = '\\s*\\d{1,2}[\\/.\\-]\\d{1,2}[\\/.\\-]\\d{4}\\s*';

/** "7/3/2026" -> "2026-03-07"; "" where it is no day. @param {string} text */
export function dayOf(text) {
  const [, d = '', m = '', y = ''] = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/.exec(text.trim()) ?? [];
  const day = `${y}-${m.padStart(2, '0')}-${d.padStart(2, '0')}`;
  const ms = Date.parse(`${day}T00:00:00Z`);
  // The 31st of February is another day to some browsers.
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(day) ? day : '';
}

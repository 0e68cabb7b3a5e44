// The duty roster as values: who answers the phone when, and the hours as they are typed.
import { date, minute } from './format.js';

/** @typedef {{name: string, phone: string, what: string, from: string, to: string, unit: string | null}} Shift */
/** A shift as it stands in a form; `days` is how many days after its first one it ends.
 * @typedef {{name: string, phone: string, what: string, day: string, from: string, to: string, days: number, unit: string}} Typed */

const DAY_MS = 86_400_000;
const HOUR = /^([01]?\d|2[0-3])[:.h]?([0-5]\d)$/;
const DAY = /^(\d\d)\/(\d\d)\/(\d{4})$/;

/** @param {Shift} shift @param {number} now_ms */
export const isOn = ({ from, to }, now_ms) => Date.parse(from) <= now_ms && now_ms < Date.parse(to);

/** "08:00" from "8:00", "0800", "8h00"; null when it is no hour. @param {string} typed */
export function hourOf(typed) {
  const found = HOUR.exec(typed.trim());
  return found ? `${String(found[1]).padStart(2, '0')}:${found[2]}` : null;
}

/** @param {Shift} shift @returns {Typed} */
export function typedOf({ name, phone, what, from, to, unit }) {
  const [begins, ends] = [Date.parse(from), Date.parse(to)];
  const midnight = Date.parse(`${isoDay(date(begins))}T00:00:00+07:00`);
  return { name, phone, what, day: date(begins), from: minute(begins), to: minute(ends), days: Math.floor((ends - midnight) / DAY_MS), unit: unit ?? '' };
}

/** "07/03/2026" -> "2026-03-07"; empty when it is no day. @param {string} day */
function isoDay(day) {
  const found = DAY.exec(day.trim());
  return found ? `${found[3]}-${found[2]}-${found[1]}` : '';
}

/** The shift that was typed; or which field is wrong. Whoever ends before they begin ends on the next day.
 * @param {Typed} typed @returns {{shift: Shift} | {wrong: 'name' | 'phone' | 'day' | 'from' | 'to'}} */
export function shiftOf({ name, phone, what, day, from, to, days, unit }) {
  if (!name.trim()) return { wrong: 'name' };
  if (phone.replace(/\D/g, '').length < 3) return { wrong: 'phone' };
  const midnight = Date.parse(`${isoDay(day)}T00:00:00+07:00`);
  // The 31st of February is a day for the browser, and none for us.
  if (Number.isNaN(midnight) || date(midnight) !== day.trim()) return { wrong: 'day' };
  const [begins, ends] = [hourOf(from), hourOf(to)];
  if (!begins) return { wrong: 'from' };
  if (!ends) return { wrong: 'to' };
  const after = days === 0 && ends <= begins ? 1 : days;
  return {
    shift: {
      name: name.trim(),
      phone: phone.trim(),
      what: what.trim(),
      from: `${isoDay(day)}T${begins}:00+07:00`,
      to: `${isoDay(date(midnight + after * DAY_MS))}T${ends}:00+07:00`,
      unit: unit || null,
    },
  };
}

/** Whether two rosters are the same: somebody else may have changed it meanwhile. @param {readonly Shift[]} one @param {readonly Shift[]} other */
export const same = (one, other) => JSON.stringify(one.map(plain)) === JSON.stringify(other.map(plain));

/** @param {Shift} shift */
const plain = ({ name, phone, what, from, to, unit }) => [name, phone, what, Date.parse(from), Date.parse(to), unit];

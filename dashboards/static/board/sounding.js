// When the board may be heard: once for a new incident that is grave, and then not again for a while.
import { gravity, over } from './affairs.js';

const GRAVE = 2;
export const COOL_DOWN_MS = 60_000;

/** @typedef {{told: ReadonlySet<number>, last_ms: number}} Heard  incidents that are known to be grave, and when it last sounded */

/** @param {Iterable<import('./affairs.js').Incident>} incidents */
const grave = (incidents) => [...incidents].filter((each) => !over(each) && gravity(each) >= GRAVE).map(({ number }) => number);

/** What stood there when the page was opened is no news. @param {Iterable<import('./affairs.js').Incident>} incidents @returns {Heard} */
export const opened = (incidents) => ({ told: new Set(grave(incidents)), last_ms: -Infinity });

/** Whether to sound now, and what is known after. An incident that grows does not sound twice; one in the quiet minute not at all.
 * @param {Heard} before @param {Iterable<import('./affairs.js').Incident>} incidents @param {number} now_ms @param {boolean} wished  whether anything may be heard
 * @returns {{heard: Heard, sounds: boolean}} */
export function listened(before, incidents, now_ms, wished) {
  const fresh = grave(incidents).filter((number) => !before.told.has(number));
  if (fresh.length === 0) return { heard: before, sounds: false };
  const sounds = wished && now_ms - before.last_ms >= COOL_DOWN_MS;
  return { heard: { told: new Set([...before.told, ...fresh]), last_ms: sounds ? now_ms : before.last_ms }, sounds };
}

// Which view is shown, and for how long: they take turns, unless somebody holds one. Plain values; the clock comes in.

/** @typedef {'numbers' | 'units' | 'tiles' | 'attention'} View
 * @typedef {{view: View, seconds: number}} Shown
 * @typedef {{at: number, since: number, held: boolean}} Turn  `since` in real milliseconds */

/** @type {readonly View[]} */
export const VIEWS = ['numbers', 'units', 'tiles', 'attention'];
const LEAST_S = 5;
const MOST_S = 3600;
const USUAL_S = 20;
const MOST_VIEWS = 8;

/** @param {number} seconds */
const bounded = (seconds) => (Number.isFinite(seconds) && seconds > 0 ? Math.min(MOST_S, Math.max(LEAST_S, Math.round(seconds))) : USUAL_S);

/** "numbers:30,tiles" as an address says it: those of the link where it says nothing that we know.
 * @param {string | null} said @param {readonly Shown[]} ofLink @returns {readonly Shown[]} */
export function asked(said, ofLink) {
  /** @type {Shown[]} */
  const found = [];
  for (const each of (said ?? '').split(',')) {
    const [name = '', seconds = ''] = each.trim().split(':');
    const view = VIEWS.find((known) => known === name);
    if (view && found.length < MOST_VIEWS) found.push({ view, seconds: bounded(Number(seconds)) });
  }
  return found.length > 0 ? found : ofLink;
}

/** @param {number} now @returns {Turn} */
export const begun = (now) => ({ at: 0, since: now, held: false });

/** Whether the next one's time has come. @param {Turn} turn @param {readonly Shown[]} views @param {number} now */
export const due = ({ at, since, held }, views, now) => !held && views.length > 1 && now - since >= (views[at]?.seconds ?? USUAL_S) * 1000;

/** So many further, or back. @param {Turn} turn @param {readonly Shown[]} views @param {number} by @param {number} now @returns {Turn} */
export const moved = (turn, views, by, now) => ({ ...turn, at: (turn.at + by + views.length) % Math.max(1, views.length), since: now });

/** Somebody holds it, or lets go: then it stays its whole time from there. @param {Turn} turn @param {number} now @returns {Turn} */
export const heldOrNot = (turn, now) => ({ ...turn, held: !turn.held, since: now });

/** Something louder was shown: what stood before comes back for its whole time. @param {Turn} turn @param {number} now @returns {Turn} */
export const anew = (turn, now) => ({ ...turn, since: now });

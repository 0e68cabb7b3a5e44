// Which conference a wall shows: the one that is going on, else the one that has just been, else the next, else the last.

/** @typedef {import('../board/conference.js').Conference & {ends_at?: string}} Conference */

const JUST_BEEN_MS = 18 * 3600 * 1000; // until the next morning the figures of the day are what people come to see

/** @param {string | undefined} at */
const ms = (at) => (at ? Date.parse(at) : 0) || 0;

/** @param {readonly Conference[]} all @param {number} now_ms @returns {Conference | null} */
export function chosen(all, now_ms) {
  /** @param {readonly string[]} phases */
  const of = (phases) => all.filter(({ phase }) => phases.includes(phase));
  /** @param {readonly Conference[]} some */
  const newest = (some) => [...some].sort((a, b) => ms(b.starts_at) - ms(a.starts_at))[0];
  /** @param {readonly Conference[]} some */
  const nearest = (some) => [...some].sort((a, b) => Math.abs(ms(a.starts_at) - now_ms) - Math.abs(ms(b.starts_at) - now_ms))[0];
  const closed = of(['closed']);
  return (
    newest(of(['live', 'closing'])) ??
    nearest(of(['open', 'rehearsal'])) ??
    newest(closed.filter(({ ends_at }) => now_ms - ms(ends_at) < JUST_BEEN_MS)) ??
    nearest(of(['draft']).filter(({ ends_at }) => ms(ends_at) > now_ms)) ??
    newest(closed) ??
    newest(all) ??
    null
  );
}

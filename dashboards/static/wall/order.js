// What stands in a list, the worst first: put in order when a view comes up, when it must be, and seldom after.
import { useEffect, useRef, useState } from '../vendor/hooks.mjs';
import { computed } from '../vendor/signals.mjs';
import { cell, groups } from '../board/store.js';
import { rollUp, worseFirst } from '../board/state.js';

/** @typedef {{code: string, short: string, hall: boolean, sums: import('../vendor/signals.mjs').ReadonlySignal<import('../board/state.js').RollUp>}} Place */

/** What nobody may overlook because of the order it had before. @param {Place} place */
const grave = ({ sums }) => sums.value.looks.lost + sums.value.looks.not_receiving + sums.value.looks.ours > 0;

/** Units with boards of their own; where there are none, as in a district, its halls. */
const places = computed(() => {
  const all = groups.value;
  /** @type {readonly Place[]} */
  const found = all.some(({ leads }) => leads)
    ? all.map(({ code, short, sums }) => ({ code, short, hall: false, sums }))
    : all.flatMap(({ members }) =>
        members.map((code) => {
          const point = cell(code);
          return { code, short: point?.peek().name ?? code, hall: true, sums: computed(() => rollUp(point ? [point.value] : [])) };
        }),
      );
  return found;
});

/** Nothing moves under the eyes of who reads it, but another one that goes dark is never left out.
 * @param {number} every_ms @returns {readonly Place[]} */
export function useWorstFirst(every_ms) {
  const [turn, setTurn] = useState(0);
  const kept = useRef(/** @type {{turn: number, all: readonly Place[], dark: string, order: readonly Place[]} | null} */ (null));
  useEffect(() => {
    const timer = setInterval(() => setTurn((/** @type {number} */ before) => before + 1), every_ms);
    return () => clearInterval(timer);
  }, []);
  const all = places.value;
  const dark = all.filter(grave).map(({ code }) => code).join();
  const before = kept.current;
  if (before && before.turn === turn && before.all === all && before.dark === dark) return before.order;
  const order = [...all].sort((a, b) => worseFirst(a.sums.peek(), b.sums.peek()));
  kept.current = { turn, all, dark, order };
  return order;
}

// What is worked out when a view comes up, when it must be, and seldom after: nothing moves under the eyes of who reads it.
import { useEffect, useRef, useState } from '../vendor/hooks.mjs';
import { groups } from '../board/store.js';
import { worseFirst } from '../board/state.js';

/** @typedef {import('../board/store.js').Group} Group */

/** What nobody may overlook because of the order it had before. @param {Group} group */
const grave = ({ sums }) => sums.value.looks.lost + sums.value.looks.not_receiving + sums.value.looks.ours > 0;

/** The units, the worst first; put in order anew at once where another one goes dark. @param {number} every_ms @returns {readonly Group[]} */
export function useWorstFirst(every_ms) {
  const [turn, setTurn] = useState(0);
  const kept = useRef(/** @type {{turn: number, all: readonly Group[], dark: string, order: readonly Group[]} | null} */ (null));
  useEffect(() => {
    const timer = setInterval(() => setTurn((/** @type {number} */ before) => before + 1), every_ms);
    return () => clearInterval(timer);
  }, []);
  const all = groups.value;
  const dark = all.filter(grave).map(({ code }) => code).join();
  const before = kept.current;
  if (before && before.turn === turn && before.all === all && before.dark === dark) return before.order;
  const order = [...all].sort((a, b) => worseFirst(a.sums.peek(), b.sums.peek()));
  kept.current = { turn, all, dark, order };
  return order;
}

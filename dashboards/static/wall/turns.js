// What is on the screen now: one of the views in its turn, or what is louder than all of them.
import { computed, effect, signal } from '../vendor/signals.mjs';
import { affairs, hallSecond, state } from '../board/store.js';
import { over } from '../board/affairs.js';
import { wall } from './entrance.js';
import { anew, asked, begun, due, heldOrNot, moved } from './turning.js';

const LOOK_MS = 250;
const STAYS_MS = 12_000; // what was shown across the room must have been read, also where a demo's minute is a second

const query = new URLSearchParams(location.search);

export const views = computed(() => asked(query.get('views'), wall.value?.views ?? []));
/** @type {import('../vendor/signals.mjs').Signal<import('./turning.js').Turn>} */
export const turn = signal(begun(performance.now()));
export const view = computed(() => views.value[turn.value.at]?.view ?? 'numbers');

/** The outage of ours that goes on, or the last one that was over a moment ago. */
const going = computed(() => [...affairs.value.incidents.values()].filter((each) => each.trouble === 'centre' && !over(each)).at(-1));
/** @type {import('../vendor/signals.mjs').Signal<import('../board/affairs.js').Incident | null>} */
export const loud = signal(null);
let loudSince = 0;
/** The hall's time of what was last taken for news: an outage that was over before we came is none. */
let known = -1;

/** @param {number} now */
function listen(now) {
  const open = going.peek();
  const shown = loud.peek();
  if (open) {
    if (shown?.number !== open.number) loudSince = now;
    if (shown !== open) loud.value = open;
  } else if (shown) {
    const after = affairs.peek().incidents.get(shown.number);
    if (!state.peek() || now - loudSince > STAYS_MS) {
      loud.value = null;
      turn.value = anew(turn.peek(), now);
    } else if (after && after !== shown) {
      // How it ended stays as long again.
      if (!over(shown)) loudSince = now;
      loud.value = after;
    }
  } else if (state.peek()) {
    // One so short that it was over before the screen looked.
    const newest = [...affairs.peek().incidents.values()].filter((each) => each.trouble === 'centre' && known >= 0 && each.moved_at_s > known).at(-1);
    if (newest) {
      loud.value = newest;
      loudSince = now;
    }
  }
  known = state.peek() ? hallSecond.peek() : -1;
}

/** @param {number} by */
export const go = (by) => {
  turn.value = moved(turn.peek(), views.peek(), by, performance.now());
};
export const hold = () => {
  turn.value = heldOrNot(turn.peek(), performance.now());
};
export function fill() {
  if (document.fullscreenElement) void document.exitFullscreen();
  else document.documentElement.requestFullscreen?.().catch(() => {});
}

/** @type {Record<string, () => void>} */
const KEYS = { ArrowRight: () => go(1), ArrowLeft: () => go(-1), ' ': hold, f: fill };

export function turnOn() {
  effect(() => {
    // The link shows fewer views than before.
    if (turn.peek().at >= Math.max(1, views.value.length)) turn.value = begun(performance.now());
  });
  addEventListener('keydown', (event) => {
    const does = KEYS[event.key];
    // A button has its own idea of the space bar.
    if (!does || event.ctrlKey || event.altKey || event.metaKey || (event.key === ' ' && event.target instanceof HTMLButtonElement)) return;
    event.preventDefault();
    does();
  });
  setInterval(() => {
    const now = performance.now();
    listen(now);
    if (!loud.peek() && state.peek() && due(turn.peek(), views.peek(), now)) go(1);
  }, LOOK_MS);
}

// Where the reader is: the address says which unit and which hall are open, and what stands beside the wall, so that it can be sent to a colleague.
import { batch } from '../vendor/signals.mjs';
import { only, open, side, tab, unit, watch } from './store.js';

const UNIT = /^\/units\/([^/]+)$/;
const POINT = /^\/points\/([^/]+)$/;
const SIDE = /^#(incidents|calls|notices|duty)(?:\/([\w-]+))?$/;

/** What stands beside the wall: a list, or one of it. @typedef {{what: 'incidents' | 'calls' | 'notices' | 'duty', of: string}} Side */

/** @param {string} path */
const placeOf = (path) => ({
  unit: decodeURIComponent(UNIT.exec(path)?.[1] ?? ''),
  point: decodeURIComponent(POINT.exec(path)?.[1] ?? '') || null,
});

/** @param {string} hash @returns {Side | null} */
function sideOf(hash) {
  const found = SIDE.exec(hash);
  return found ? { what: /** @type {Side['what']} */ (found[1]), of: found[2] ?? '' } : null;
}

export const toUnit = (/** @type {string} */ code) => (code ? `/units/${encodeURIComponent(code)}` : '/');
export const toPoint = (/** @type {string} */ code) => `/points/${encodeURIComponent(code)}`;
/** @param {Side['what']} what @param {string | number} [of] */
export const toSide = (what, of = '') => `${toUnit(unit.peek())}#${what}${of === '' ? '' : `/${of}`}`;

/** Shows what the address says. A hall opens beside the unit one was looking at, and before what stood there. */
function arrive() {
  const place = placeOf(location.pathname);
  const scope = place.point ? (history.state?.unit ?? unit.peek()) : place.unit;
  const moved = scope !== unit.peek();
  const beside = sideOf(location.hash);
  batch(() => {
    unit.value = scope;
    open.value = place.point;
    if (beside?.what !== side.peek()?.what || beside?.of !== side.peek()?.of) side.value = beside;
    if (moved) only.value = null;
  });
  if (moved) watch();
}

/** What stands beside the wall stays, unless the path says otherwise: "…#" takes it away. @param {string} path */
export function go(path) {
  const [where = '/', hash] = path.split('#');
  const beside = hash === undefined ? (sideOf(location.hash) ? location.hash : '') : hash && `#${hash}`;
  if (where + beside === location.pathname + location.hash) return;
  history.pushState({ unit: unit.peek() }, '', where + location.search + beside);
  arrive();
}

/** Closes the hall and goes back to the unit around it. */
export const closePoint = () => go(toUnit(unit.peek()));

/** @param {string} code */
export const openPoint = (code) => go(toPoint(code));

/** @param {Side['what']} what @param {string | number} [of] */
export const openSide = (what, of) => go(toSide(what, of));

export const closeSide = () => go(`${toUnit(unit.peek())}#`);

/** Reads the address the page was opened with. */
export function arriveFirst() {
  const place = placeOf(location.pathname);
  unit.value = place.point ? (history.state?.unit ?? '') : place.unit;
  open.value = place.point;
  side.value = sideOf(location.hash);
  addEventListener('popstate', arrive);
  // Our own links are ordinary ones: they can be copied and opened elsewhere, but need no new page here.
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!link || link.target || link.origin !== location.origin) return;
    if (link.pathname !== '/' && !UNIT.test(link.pathname) && !POINT.test(link.pathname)) return;
    if (link.hash && !SIDE.test(link.hash)) return;
    event.preventDefault();
    if (UNIT.test(link.pathname) && tab.peek() === 'find') tab.value = 'points';
    go(link.pathname + link.hash);
  });
}

// Where the reader is: the address says which unit and which hall are open, so that it can be sent to a colleague.
import { batch } from '../vendor/signals.mjs';
import { only, open, tab, unit, watch } from './store.js';

const UNIT = /^\/units\/([^/]+)$/;
const POINT = /^\/points\/([^/]+)$/;

/** @param {string} path */
const placeOf = (path) => ({
  unit: decodeURIComponent(UNIT.exec(path)?.[1] ?? ''),
  point: decodeURIComponent(POINT.exec(path)?.[1] ?? '') || null,
});

export const toUnit = (/** @type {string} */ code) => (code ? `/units/${encodeURIComponent(code)}` : '/');
export const toPoint = (/** @type {string} */ code) => `/points/${encodeURIComponent(code)}`;

/** Shows what the address says. A hall opens beside the unit one was looking at. */
function arrive() {
  const place = placeOf(location.pathname);
  const scope = place.point ? (history.state?.unit ?? unit.peek()) : place.unit;
  const moved = scope !== unit.peek();
  batch(() => {
    unit.value = scope;
    open.value = place.point;
    if (moved) only.value = null;
  });
  if (moved) watch();
}

/** @param {string} path */
export function go(path) {
  if (path === location.pathname) return;
  history.pushState({ unit: unit.peek() }, '', path + location.search);
  arrive();
}

/** Closes the hall and goes back to the unit around it. */
export const closePoint = () => go(toUnit(unit.peek()));

/** @param {string} code */
export const openPoint = (code) => go(toPoint(code));

/** Reads the address the page was opened with. */
export function arriveFirst() {
  const place = placeOf(location.pathname);
  unit.value = place.point ? (history.state?.unit ?? '') : place.unit;
  open.value = place.point;
  addEventListener('popstate', arrive);
  // Our own links are ordinary ones: they can be copied and opened elsewhere, but need no new page here.
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!link || link.target || link.origin !== location.origin) return;
    if (link.pathname !== '/' && !UNIT.test(link.pathname) && !POINT.test(link.pathname)) return;
    event.preventDefault();
    if (UNIT.test(link.pathname) && tab.peek() === 'find') tab.value = 'points';
    go(link.pathname);
  });
}

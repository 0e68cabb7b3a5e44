/**
 * Puts things on the page: elements, a handful of signs, and a redraw that touches only what changed.
 *
 * @file
 */

/**
 * @typedef {string | Node | null | undefined | false} Child
 * @typedef {Record<string, string | boolean | null | (() => void)>} Props functions are click handlers
 */

/**
 * @param {string} tag "p.answer"
 * @param {Props} props
 * @param {...Child} children
 * @returns {HTMLElement}
 */
export function el(tag, props, ...children) {
  const [name = "div", ...classes] = tag.split(".");
  const node = document.createElement(name);
  if (classes.length > 0) node.className = classes.join(" ");
  if (name === "button") node.setAttribute("type", "button");
  for (const key of Object.keys(props)) {
    const value = props[key];
    if (typeof value === "function") node.addEventListener("click", value);
    else if (value === true) node.setAttribute(key, "");
    else if (typeof value === "string") node.setAttribute(key, value);
  }
  for (const child of children) if (child) node.appendChild(typeof child === "string" ? document.createTextNode(child) : child);
  return node;
}

const SIGNS = {
  check: "M4 13l5 5L20 6",
  clock: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7v5l3 2",
  right: "M9 5l7 7-7 7",
  left: "M15 5l-7 7 7 7",
  warning: "M12 4L2.5 20h19zM12 10v5M12 17.4v.2",
  cross: "M6 6l12 12M18 6L6 18",
  back: "M9 7L4 12l5 5M4 12h11a5 5 0 0 1 0 10",
  torch: "M8 3h8v5l-2 3v10h-4V11L8 8z",
  bell: "M6 17V11a6 6 0 0 1 12 0v6l2 2H4zM10 22h4",
  person: "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4 21a8 8 0 0 1 16 0",
  call: "M6 3h3l2 5-2.5 2a12 12 0 0 0 5.5 5.5l2-2.5 5 2v3a2 2 0 0 1-2 2A16 16 0 0 1 4 5a2 2 0 0 1 2-2z",
};

/**
 * A sign never stands without a word beside it, so it says nothing aloud.
 *
 * @param {keyof typeof SIGNS} name
 * @returns {SVGElement}
 */
export function sign(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "sign");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", SIGNS[name]);
  svg.appendChild(path);
  return svg;
}

/** @type {WeakMap<Element, string>} */
const shown = new WeakMap();

/**
 * Draws a region anew if it would look different; who stood on a button stands on it afterwards.
 *
 * @param {Element} region
 * @param {Child[]} children
 */
export function fill(region, children) {
  const next = document.createElement("div");
  for (const child of children) if (child) next.appendChild(typeof child === "string" ? document.createTextNode(child) : child);
  const looks = next.innerHTML;
  if (shown.get(region) === looks) return;
  shown.set(region, looks);

  const active = document.activeElement;
  const key = active && region.contains(active) ? active.getAttribute("data-key") : null;
  region.textContent = "";
  while (next.firstChild) region.appendChild(next.firstChild);
  if (key) focusOn(region, key);
}

/** @param {Element} region whatever stood in it is forgotten, so that the same can be drawn again */
export function empty(region) {
  region.textContent = "";
  shown.delete(region);
}

/**
 * @param {Element} region
 * @param {string} key
 */
export function focusOn(region, key) {
  /** @type {HTMLElement | null} */
  const node = region.querySelector('[data-key="' + key + '"]');
  if (node) node.focus({ preventScroll: true });
}

// How large the tiles may be so that the whole wall is seen at once.

/** @typedef {{columns: number, tile: number, gap: number, between: number, fits: boolean}} Fit  pixels; `fits`: whether all of it is seen at once */

const LEAST = 12;
const MOST = 26;
const GAP_SHARE = 0.2;
const BETWEEN = 22;
const ROOMY = 1.2; // a row's last gap lies outside of it
const SPARE = 6; // given back to the columns: a heading may be a little wider than its tiles

/** The least height at which these blocks, kept in order, stand in so many columns.
 * @param {readonly number[]} heights @param {number} columns */
function balanced(heights, columns) {
  let low = Math.max(...heights);
  let high = heights.reduce((sum, height) => sum + height, 0);
  while (high - low > 1) {
    const middle = (low + high) / 2;
    let used = 1;
    let filled = 0;
    for (const height of heights) {
      if (filled + height > middle) {
        used += 1;
        filled = 0;
      }
      filled += height;
    }
    if (used <= columns) high = middle;
    else low = middle;
  }
  return high;
}

/** The largest tiles of whole steps with which groups of these sizes fit into the room; the smallest ones when none do.
 * @param {readonly number[]} sizes  halls in each group, in order
 * @param {number} width @param {number} height @param {number} around  what a group's heading and foot take
 * @param {number} narrowest  a heading with its two figures
 * @param {number} [least]  where there may be more halls than anybody could point at
 * @param {number} [most]  where there may be few
 * @param {number} [step]  a pixel of the screen, where the room is measured in others: a tile that begins between two is blurred
 * @returns {Fit | null} */
export function fit(sizes, width, height, around, narrowest, least = LEAST, most = MOST, step = 1) {
  if (sizes.length === 0 || width < narrowest) return null;
  /** @type {{fit: Fit, tall: number} | null} */
  let best = null;
  const halls = sizes.reduce((sum, size) => sum + size, 0);
  const smallest = Math.max(2, Math.ceil(least / (1 - GAP_SHARE) / step));
  // Larger ones have not even room side by side, without a heading; with fewer to try, a country's wall stands at once.
  const largest = Math.min(Math.round(most / (1 - GAP_SHARE) / step), Math.ceil(Math.sqrt((ROOMY * width * height) / halls) / step));
  for (let steps = Math.max(smallest, largest); steps >= smallest; steps -= 1) {
    const pitch = steps * step;
    const tile = Math.min(steps - 1, Math.round(steps * (1 - GAP_SHARE))) * step;
    const gap = pitch - tile;
    // As many as a heading takes, where they are the smallest.
    const widest = Math.max(40, Math.ceil(narrowest / pitch) + 20);
    for (let across = 5; across <= widest; across += 1) {
      const column = across * pitch - gap;
      if (column < narrowest) continue;
      const columns = Math.min(sizes.length, Math.floor((width + BETWEEN) / (column + BETWEEN)));
      if (columns < 1) break;
      const heights = sizes.map((size) => around + Math.max(1, Math.ceil(size / across)) * pitch);
      if (best && heights.reduce((sum, height) => sum + height, 0) / columns >= best.tall) continue;
      const tall = balanced(heights, columns);
      const between = columns > 1 ? Math.max(BETWEEN - SPARE, Math.min(BETWEEN * 2.5, Math.floor((width - columns * column) / (columns - 1)) - SPARE)) : BETWEEN;
      if (!best || tall < best.tall) best = { fit: { columns, tile, gap, between, fits: tall <= height }, tall };
    }
    if (best && best.tall <= height) break;
  }
  return best?.fit ?? null;
}

// How large the tiles may be so that the whole wall is seen at once.

/** @typedef {{columns: number, tile: number, gap: number, between: number}} Fit  pixels */

const LEAST = 12;
const MOST = 26;
const GAP_SHARE = 0.2;
const BETWEEN = 22;
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

/** The largest whole-pixel tiles with which groups of these sizes fit into the room; the smallest ones when none do.
 * @param {readonly number[]} sizes  halls in each group, in order
 * @param {number} width @param {number} height @param {number} around  what a group's heading and foot take
 * @param {number} narrowest  a heading with its two figures
 * @param {number} [least]  where there may be more halls than anybody could point at
 * @param {number} [most]  where there may be few
 * @returns {Fit | null} */
export function fit(sizes, width, height, around, narrowest, least = LEAST, most = MOST) {
  if (sizes.length === 0 || width < narrowest) return null;
  /** @type {{fit: Fit, tall: number} | null} */
  let best = null;
  for (let pitch = Math.round(most / (1 - GAP_SHARE)); pitch >= least / (1 - GAP_SHARE); pitch -= 1) {
    const tile = Math.round(pitch * (1 - GAP_SHARE));
    const gap = pitch - tile;
    // As many as a heading takes, where they are the smallest.
    const widest = Math.max(40, Math.ceil(narrowest / pitch) + 20);
    for (let across = 5; across <= widest; across += 1) {
      const column = across * pitch - gap;
      if (column < narrowest) continue;
      const columns = Math.min(sizes.length, Math.floor((width + BETWEEN) / (column + BETWEEN)));
      if (columns < 1) break;
      const tall = balanced(sizes.map((size) => around + Math.max(1, Math.ceil(size / across)) * pitch), columns);
      const between = columns > 1 ? Math.max(BETWEEN - SPARE, Math.min(BETWEEN * 2.5, Math.floor((width - columns * column) / (columns - 1)) - SPARE)) : BETWEEN;
      if (tall <= height) {
        if (!best || best.tall > height || tall < best.tall) best = { fit: { columns, tile, gap, between }, tall };
      } else if (!best || (best.tall > height && tall < best.tall)) {
        best = { fit: { columns, tile, gap, between }, tall };
      }
    }
    if (best && best.tall <= height) break;
  }
  return best?.fit ?? null;
}

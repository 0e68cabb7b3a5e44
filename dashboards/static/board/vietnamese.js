// How Vietnamese names are found without their marks, and in which order they stand.

const MARKS = /[\u0300-\u036f]/g;

/** Without marks, in small letters, single spaces: "Đống  Đa" -> "dong da". NFD leaves đ alone, so it is named.
 * @param {string} text */
export function fold(text) {
  return text.normalize('NFD').replace(MARKS, '').replace(/[đĐ]/g, 'd').toLowerCase().replace(/\s+/g, ' ').trim();
}

const collator = new Intl.Collator('vi', { numeric: true, sensitivity: 'variant' });

/** The order of a Vietnamese dictionary: a ă â ... d đ e ê, tones only break ties.
 * @param {string} one @param {string} other */
export const inOrder = (one, other) => collator.compare(one, other);

const KINDS = /^(Tỉnh|Quận|Huyện|Thị xã|Thành phố|Thị trấn|Phường|Xã|Đặc khu) (?=\p{L})/u;

/** "Huyện Ba Vì" -> "Ba Vì", where room is short and the kind is plain from the place.
 * @param {string} name */
export const shortName = (name) => name.replace(KINDS, '');

/**
 * @typedef {object} Sought
 * @property {string} code
 * @property {string} name
 * @property {string} parent
 * @property {string} exact   small letters with marks
 * @property {string} folded
 * @property {string} around  folded parent and code
 */

/** @param {{code: string, name: string, parent: string}} place @returns {Sought} */
export const sought = ({ code, name, parent }) => ({
  code,
  name,
  parent,
  exact: name.normalize('NFC').toLowerCase(),
  folded: fold(name),
  around: `${fold(parent)} ${code.toLowerCase()}`,
});

/** How well a place answers; smaller is better, null is not at all.
 * @param {Sought} place @param {string} exact @param {string} folded */
function closeness(place, exact, folded) {
  const words = folded.split(' ');
  if (!words.every((word) => place.folded.includes(word) || place.around.includes(word))) return null;
  const bare = fold(shortName(place.name));
  const rank =
    bare === folded ? 0
    : bare.startsWith(folded) || place.folded.startsWith(folded) ? 1
    : ` ${place.folded}`.includes(` ${folded}`) ? 2
    : place.folded.includes(folded) ? 3
    : words.some((word) => place.folded.includes(word)) ? 4
    : 5;
  // Whoever typed the marks means them: "hoà" and "hòa" are one, "Đông" is not "Đống".
  return rank * 2 + (place.exact.includes(exact) ? 0 : 1);
}

/** The places that answer, best first, then in Vietnamese order.
 * @param {readonly Sought[]} places @param {string} query @param {number} [most] */
export function find(places, query, most = 20) {
  const folded = fold(query);
  if (!folded) return [];
  const exact = query.normalize('NFC').toLowerCase().trim();
  return places
    .flatMap((place) => {
      const rank = closeness(place, exact, folded);
      return rank === null ? [] : [{ rank, place }];
    })
    .sort((a, b) => a.rank - b.rank || inOrder(a.place.name, b.place.name) || inOrder(a.place.parent, b.place.parent))
    .slice(0, most)
    .map(({ place }) => place);
}

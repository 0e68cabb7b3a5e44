// Where the reader is among the places of a page: `/admin#links`. What they may not do has no place.
import { signal } from '../vendor/signals.mjs';

/** @typedef {{key: string, name: string, does: string, shown: () => boolean}} Place */

/** The places that the reader has of these, and the one to which the address leads. @param {readonly Place[]} all */
export function placed(all) {
  /** "" is the list of places, which a wide screen has beside it. @type {import('../vendor/signals.mjs').Signal<string>} */
  const place = signal('');
  const places = () => all.filter(({ shown }) => shown());

  const asked = () => {
    // What stands behind a slash is the place's own affair.
    const key = location.hash.slice(1).split('/')[0] ?? '';
    return places().some((each) => each.key === key) ? key : '';
  };

  function arriveFirst() {
    place.value = asked();
    addEventListener('hashchange', () => {
      place.value = asked();
      scrollTo(0, 0);
    });
  }

  return { place, places, arriveFirst };
}

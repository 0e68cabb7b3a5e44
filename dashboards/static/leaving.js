// The way to the login page: gone once, however many answers say at one moment that the session is over.
let gone = false;

/** @param {string} address */
function go(address) {
  // A second call would break off the first, and with it what the browser has already begun to fetch.
  if (gone) return;
  gone = true;
  // Whoever comes back by the browser's own button finds the page as it was left.
  addEventListener('pageshow', () => (gone = false), { once: true });
  location.assign(address);
}

/** Who is not signed in any more signs in, and comes back to this very place. */
export const toLogin = () => go(`/login?next=${encodeURIComponent(location.pathname + location.search + location.hash)}`);

/** Who has signed out is done here: the next one begins where they like. */
export const signedOut = () => go('/login');

// What a small page asks of the house: who is signed in, which conference, and answers in words.

/** @typedef {{csrf: string, may?: string[], user: {username: string, name: string, role: string}}} Session */
/** @typedef {{id: string, title: string, phase: string}} Conference */

/** @type {Session | null} */
let session = null;

/** Fetches from our API; who is signed out goes to the login page.
 * @param {string} path @param {unknown} [body] @returns {Promise<any>} */
export async function api(path, body) {
  const headers = { Accept: 'application/json', 'X-CSRF-Token': session?.csrf ?? '' };
  const answer = await fetch(`/api/v1${path}`, body === undefined ? { headers } : { method: 'POST', headers: { ...headers, 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  if (answer.status === 401) {
    location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
    throw new Error('signed out');
  }
  const told = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(told.detail ?? answer.statusText), { status: answer.status, code: told.code });
  return told;
}

/** @returns {Promise<Session>} */
export async function signedIn() {
  const found = /** @type {Session} */ (await api('/session'));
  session = found;
  return found;
}

/** The conference that the address names, else the one that goes on, else the newest that is not a plan.
 * @returns {Promise<Conference | undefined>} */
export async function meant() {
  /** @type {Conference[]} */
  const all = (await api('/conferences')).conferences;
  const named = new URLSearchParams(location.search).get('conference');
  return (
    all.find(({ id }) => id === named) ??
    all.find(({ phase }) => phase === 'live' || phase === 'closing') ??
    all.find(({ phase }) => phase !== 'draft')
  );
}

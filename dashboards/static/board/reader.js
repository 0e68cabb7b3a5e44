// Who reads the board, what they may do, and what is asked of the server in their name.
import { signal } from '../vendor/signals.mjs';
import { refusal } from '../language.js';
import { signedOut, toLogin } from '../leaving.js';
import { may as allowed } from './rights.js';

/** @typedef {{csrf: string, user: {username: string, name: string, role: string}, units?: {code: string, name: string}[]}} Session */

/** @type {import('../vendor/signals.mjs').Signal<Session | null>} */
export const session = signal(null);

/** What the reader may do. @param {import('./rights.js').Right} right */
export const may = (right) => allowed(session.value?.user.role, right);

/** Fetches from our API; who is signed out goes to the login page.
 * @param {string} path @param {RequestInit} [init] @returns {Promise<any>} */
export async function api(path, init) {
  const answer = await fetch(`/api/v1${path}`, {
    ...init,
    headers: { Accept: 'application/json', 'X-CSRF-Token': session.peek()?.csrf ?? '', ...init?.headers },
  });
  if (answer.status === 401) {
    toLogin();
    throw new Error('signed out');
  }
  if (answer.status === 204) return null;
  const body = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(refusal(body) || answer.statusText), { status: answer.status, code: body.code });
  return body;
}

/** The session's token may have been renewed in another window. */
export async function renewSession() {
  try {
    session.value = await api('/session');
  } catch {
    // Tried again with the next attempt.
  }
}

export async function signOut() {
  await api('/session', { method: 'DELETE' });
  signedOut();
}

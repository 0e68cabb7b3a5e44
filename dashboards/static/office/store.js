// Who sits before the office's pages, and what these say to them.
import { signal } from '../vendor/signals.mjs';
import { toLogin } from '../leaving.js';

/**
 * @typedef {{csrf: string, user: {username: string, name: string, role: string}, units?: {code: string, name: string}[], may: string[], appoints: string[], lends: string[]}} Session
 */

/** @type {import('../vendor/signals.mjs').Signal<Session | null>} */
export const session = signal(null);
/** What keeps the page from starting. @type {import('../vendor/signals.mjs').Signal<string>} */
export const trouble = signal('');
/** What was done last, said once below the page. @type {import('../vendor/signals.mjs').Signal<string>} */
export const receipt = signal('');

/** What the gate allows the reader: the server says it, no table of ours. @param {string} action */
export const may = (action) => Boolean(session.value?.may.includes(action));

/** Whether accounts of this role are the reader's to make. @param {string} role */
export const appoints = (role) => Boolean(session.value?.appoints.includes(role));

export async function learnWho() {
  const answer = await fetch('/api/v1/session');
  if (answer.status === 401) toLogin();
  if (!answer.ok) throw new Error(String(answer.status));
  session.value = await answer.json();
}

const RECEIPT_MS = 8000;
let turn = 0;

/** @param {string} sentence */
export function tell(sentence) {
  turn += 1;
  const mine = turn;
  receipt.value = sentence;
  setTimeout(() => {
    if (mine === turn) receipt.value = '';
  }, RECEIPT_MS);
}

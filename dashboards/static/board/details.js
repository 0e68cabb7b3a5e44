// Everything about one hall, as the server tells it: asked for when somebody looks, and good for a moment.
import { conference } from './conference.js';
import { api } from './reader.js';

/** @typedef {{role: string, name: string, phone: string}} Contact */

/** @type {Map<string, {asked: number, details: Promise<any>}>} */
const known = new Map();
const MOST_KNOWN = 200;

/** Everything about one hall; an answer is good for `patience_ms`.
 * @param {string} code @param {number} [patience_ms] @returns {Promise<any>} */
export function details(code, patience_ms = 0) {
  const key = `${conference.peek()?.id}/points/${encodeURIComponent(code)}`;
  const before = known.get(key);
  if (before && performance.now() - before.asked < patience_ms) return before.details;
  const asked = api(`/conferences/${key}`);
  if (known.size >= MOST_KNOWN) known.delete(known.keys().next().value ?? '');
  known.set(key, { asked: performance.now(), details: asked });
  asked.catch(() => known.delete(key));
  return asked;
}

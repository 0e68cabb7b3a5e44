// Moves the conference on to another phase, and says who did so before the reader.
import { ask, conference } from './conference.js';
import { state, watch } from './store.js';

/** The conference goes on to another phase, if it still stands where the reader saw it.
 * @param {string} phase @param {number} version */
export async function changePhase(phase, version) {
  const now = conference.peek();
  if (!now) return;
  const answer = await ask('POST', '/phase', { phase, version });
  conference.value = { ...now, phase: answer.phase, version: answer.version };
  if (!state.peek()) watch();
}

/** So many pages of the journal are read for a name; there are two thousand events on each. */
const PAGES = 5;

/** Who moved the conference on after this position of its journal, as they sign in; empty when it cannot be told.
 * @param {number} after */
export async function whoMovedIt(after) {
  let who = '';
  try {
    for (let page = 0, from = after; page < PAGES; page += 1) {
      const { events, next } = await ask('GET', `/events?after=${from}&limit=2000`);
      for (const each of events) if (each.event?.event === 'phase-changed') who = String(each.by).replace(/^user:/, '');
      if (events.length === 0 || next === from) break;
      from = next;
    }
  } catch {
    // Then it is said without a name.
  }
  return who;
}

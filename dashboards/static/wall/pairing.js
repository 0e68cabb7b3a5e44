// A screen without a link shows a code, and comes in by itself once somebody has taken it in by that.
import { signal } from '../vendor/signals.mjs';
import { asked, hangBy, Unanswered, understood } from './entrance.js';

const RETRY_MS = 5_000;
const CROWDED_S = 60;

/** What it shows meanwhile; null where it does not wait.
 * @typedef {{code: string, trouble: '' | 'away' | 'crowded'}} Waits  `away`: the server does not answer; `crowded`: too many wait already
 * @type {import('../vendor/signals.mjs').Signal<Waits | null>} */
export const waits = signal(null);

/** @param {number} ms */
const after = (ms) => new Promise((done) => setTimeout(done, ms));

/** @param {string} path @param {unknown} [body] */
async function posted(path, body) {
  const answer = await asked(path, { method: 'POST', ...(body === undefined ? {} : { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }) });
  return { status: answer.status, again_s: Number(answer.headers.get('Retry-After')), told: await understood(answer) };
}

/** Another code, whatever it takes. @returns {Promise<{code: string, secret: string, ask_every_s: number}>} */
async function begun() {
  for (;;) {
    try {
      const { status, again_s, told } = await posted('/pairings');
      if (status === 201) return told;
      waits.value = { code: '', trouble: status === 429 ? 'crowded' : 'away' };
      await after(status === 429 ? 1000 * (again_s || CROWDED_S) : RETRY_MS);
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error;
      waits.value = { code: '', trouble: 'away' };
      await after(RETRY_MS);
    }
  }
}

/** Whether somebody took it in before its code was over. @param {{code: string, secret: string, ask_every_s: number}} begun */
async function entered({ code, secret, ask_every_s }) {
  for (;;) {
    await after(1000 * ask_every_s);
    try {
      const { status, told } = await posted('/pairings/session', { secret });
      if (status === 200) {
        hangBy(told.handle);
        return true;
      }
      if (status === 404) return false;
      waits.value = { code, trouble: status >= 500 ? 'away' : '' };
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error;
      waits.value = { code, trouble: 'away' };
    }
  }
}

/** Comes back when it was taken in. */
export async function takenIn() {
  waits.value = { code: '', trouble: '' };
  for (;;) {
    const one = await begun();
    waits.value = { code: one.code, trouble: '' };
    if (await entered(one)) break;
  }
  waits.value = null;
}

// Which conference the board shows, what was planned of it, and what is asked below it.
import { batch, computed, signal } from '../vendor/signals.mjs';
import { instant } from './format.js';
import { api } from './reader.js';

/** @typedef {{id: string, title: string, phase: string, version: number, unit?: string, starts_at?: string, points?: number}} Conference */
/** @typedef {{round: string, opens_at: string, due_at: string}} PlannedRound */
/** @typedef {Conference & {names?: boolean, sittings: {id: string, name: string, rehearsal?: boolean, rounds: PlannedRound[]}[]}} Plan */

/** @type {import('../vendor/signals.mjs').Signal<Conference[] | null>} */
export const conferences = signal(null);
/** @type {import('../vendor/signals.mjs').Signal<Conference | null>} */
export const conference = signal(null);
/** Everything that was planned of it. @type {import('../vendor/signals.mjs').Signal<Plan | null>} */
export const plan = signal(null);

/** When each round of the conference opens and is due, in milliseconds, by "sitting/round". */
export const rounds = computed(
  () =>
    new Map(
      (plan.value?.sittings ?? []).flatMap((sitting) =>
        (sitting.rounds ?? []).map((each) => [`${sitting.id}/${each.round}`, { opens_ms: instant(each.opens_at) ?? 0, due_ms: instant(each.due_at) ?? 0 }]),
      ),
    ),
);

/** Asks below the conference that is shown, or says something to it.
 * @param {'GET' | 'POST' | 'PUT' | 'DELETE'} method @param {string} path @param {unknown} [body] @returns {Promise<any>} */
export const ask = (method, path, body) =>
  api(`/conferences/${encodeURIComponent(conference.peek()?.id ?? '')}${path}`, {
    method,
    ...(body === undefined ? {} : { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
  });

const LIVELY = ['live', 'closing', 'open', 'rehearsal', 'closed', 'draft'];

/** The conference that is going on, or the one asked for. @param {Conference[]} all @param {string | null} asked */
export const chosen = (all, asked) =>
  all.find(({ id }) => id === asked) ?? [...all].sort((a, b) => LIVELY.indexOf(a.phase) - LIVELY.indexOf(b.phase))[0] ?? null;

/** Asks anew what the conference is and which version of it stands. @returns {Promise<Plan | null>} */
export async function learnPlan() {
  const id = conference.peek()?.id;
  if (!id) return null;
  try {
    const found = await api(`/conferences/${encodeURIComponent(id)}`);
    batch(() => {
      plan.value = { sittings: [], ...found };
      const now = conference.peek();
      if (now?.id === id) conference.value = { ...now, phase: found.phase ?? now.phase, version: found.version ?? now.version };
    });
    return plan.peek();
  } catch {
    // Without the deadlines every silent hall of a live conference is one to call.
    return null;
  }
}

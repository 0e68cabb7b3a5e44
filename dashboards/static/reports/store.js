// Which conference is closed up here, how far it has come, and what the reader may do about it.
import { computed, signal } from '../vendor/signals.mjs';
import { api, why } from '../office/asking.js';
import { learnWho, trouble } from '../office/store.js';

/** @typedef {{id: string, title: string, phase: string, version: number}} Conference */
/** @typedef {{present: number, excused: number, unexcused: number, guests: number, substitutes: number}} Count */
/** @typedef {{by_name: string, at: string, reason: string}} Returned */
/** @typedef {{unit: string, name: string, points: number, submitted: number, checked: {by_name: string, at: string, without: number, holds: boolean} | null, returned: Returned | null}} Unit */
/** @typedef {{point: string, name: string, unit: string, parent_name: string, stage: string, reported: boolean, returned: Returned | null}} Missing */
/** @typedef {{id: string, name: string, points: number, submitted: number, missing: Missing[], missing_left_out: number, units: Unit[]}} Sitting */
/**
 * @typedef {object} Correction
 * @property {number} number
 * @property {string} point
 * @property {string} name
 * @property {string} parent_name
 * @property {string} sitting
 * @property {string} round
 * @property {Count | null} before
 * @property {Count} count
 * @property {string} grade
 * @property {boolean} late
 * @property {string} reason
 * @property {string} asked_as
 * @property {string} asked_by_name
 * @property {string} asked_at
 * @property {string} status
 * @property {string} settled_by_name
 * @property {string | null} settled_at
 * @property {string} why
 * @property {number | null} version
 * @property {boolean} yours_to_approve
 */
/** @typedef {{number: number, position: number, signed_by_name: string, signed_at: string, figures_sha256: string, corrections: number[]}} Version */
/**
 * @typedef {object} Ladder
 * @property {string} phase
 * @property {number} phase_version
 * @property {string | null} closed_at
 * @property {string | null} grace_until
 * @property {string} now
 * @property {number} version
 * @property {Sitting[]} sittings
 * @property {Correction[]} corrections
 * @property {number} corrections_count
 * @property {Version[]} versions
 * @property {number} kept
 */

/** @type {import('../vendor/signals.mjs').Signal<readonly Conference[] | null>} */
export const conferences = signal(null);
/** @type {import('../vendor/signals.mjs').Signal<Conference | null>} */
export const conference = signal(null);
/** @type {import('../vendor/signals.mjs').Signal<Ladder | null>} */
export const ladder = signal(null);
/** Why the ladder could not be asked for anew; what is shown is then as old as it says. @type {import('../vendor/signals.mjs').Signal<string>} */
export const stale = signal('');

/** Corrections that wait for somebody. */
export const waiting = computed(() => (ladder.value?.corrections ?? []).filter(({ status }) => status === 'waiting'));

/** An address below the conference. @param {string} path */
export const of = (path) => `/conferences/${encodeURIComponent(conference.peek()?.id ?? '')}${path}`;

const LIVELY = ['closing', 'live', 'closed', 'open', 'rehearsal', 'draft'];

/** The one that is asked for, else the one that is nearest to its report.
 * @param {readonly Conference[]} all @param {string | null} asked */
const chosen = (all, asked) =>
  all.find(({ id }) => id === asked) ?? [...all].sort((a, b) => LIVELY.indexOf(a.phase) - LIVELY.indexOf(b.phase))[0] ?? null;

export async function learn() {
  if (!conference.peek() || conference.peek()?.phase === 'draft') return;
  try {
    ladder.value = await api(of('/closing'));
    stale.value = '';
  } catch (error) {
    stale.value = why(error);
  }
}

/** @param {string | null} asked */
export async function start(asked) {
  try {
    await learnWho();
    const { conferences: all } = await api('/conferences');
    conferences.value = all;
    conference.value = chosen(all, asked);
    await learn();
  } catch (error) {
    trouble.value = why(error);
  }
}

const LOOK_AGAIN_MS = 10_000;

/** While somebody looks, halls go on submitting. */
export function keepLooking() {
  setInterval(() => {
    if (!document.hidden) void learn();
  }, LOOK_AGAIN_MS);
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) void learn();
  });
}

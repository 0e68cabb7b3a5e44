// Carries what the staff decide to the server: once each, in order, again under the same id until there is an answer.
import { stamp } from '../phone/hours.js';
import { uuid7 } from '../phone/uuid7.js';

/**
 * @typedef {{kind: string, [more: string]: any}} Said  an act before it has a name
 * @typedef {Said & {id: string, seq: number, at: string, point: string}} Act
 * @typedef {object} Deed   one decision: an act, or two that belong together
 * @property {string} id    its first act's
 * @property {string} user
 * @property {string} conference
 * @property {string} point
 * @property {readonly Act[]} acts
 * @property {Record<string, any>} told  what its receipt says beside the acts; never sent
 * @property {'sending' | 'unknown' | 'accepted' | 'refused'} state
 * @property {number | null} at_ms  the hall's time on the receipt
 * @property {string} code
 * @property {string} message
 * @property {number} noted_ms  by this device's clock
 *
 * @typedef {{status: number, body: any, retry_after_s: number | null}} Answer
 * @typedef {object} World
 * @property {(conference: string, body: object) => Promise<Answer | null>} post  null: nobody answered
 * @property {() => Promise<void>} renew   asks for the session's token anew
 * @property {{get(name: string): string | null, set(name: string, text: string): void}} keep
 * @property {() => number} hall   the hall's time in milliseconds
 * @property {() => number} real   this device's
 * @property {(then: () => void, ms: number) => any} later
 * @property {() => number} chance  0 up to 1
 * @property {(room: Uint8Array<ArrayBuffer>) => void} fill  random bytes
 * @property {(deeds: readonly Deed[]) => void} changed
 */

const DEEDS = 'bridge.deeds';
const DEVICE = 'bridge.device';
const SEQ = 'bridge.seq';
const MOST_KEPT = 60;
export const MOST_WAITING = 20;
const RETRY_FROM_MS = 1000;
const RETRY_CAP_MS = 10_000;
/** Older than this the server would no longer believe the time on it. */
const OLDEST_MS = 72 * 3600 * 1000;

/** @param {Deed} deed */
export const waiting = (deed) => deed.state === 'sending' || deed.state === 'unknown';

/** Full jitter. @param {number} tries @param {number} chance */
const pause = (tries, chance) => chance * Math.min(RETRY_CAP_MS, RETRY_FROM_MS * 2 ** tries);

/** @param {string} user @param {World} world */
export function desk(user, world) {
  /** @type {Deed[]} */
  let deeds = [];
  /** Put away here, so that another tab's copy does not bring it back. @type {Set<string>} */
  const away = new Set();
  let running = false;
  let tries = 0;
  let appointment = 0;

  /** @returns {Deed[]} */
  function kept() {
    try {
      const found = JSON.parse(world.keep.get(DEEDS) ?? '[]');
      return Array.isArray(found) ? found : [];
    } catch {
      return [];
    }
  }

  function device() {
    const known = world.keep.get(DEVICE);
    if (known) return known;
    const made = `board-${uuid7(world.real(), world.fill)}`;
    world.keep.set(DEVICE, made);
    return made;
  }

  function nextSeq() {
    const seq = (Number(world.keep.get(SEQ)) || 0) + 1;
    world.keep.set(SEQ, String(seq));
    return seq;
  }

  /** Writes mine beside what other tabs and other people on this computer have there; settled ones give way first. */
  function save() {
    const mine = new Set(deeds.map(({ id }) => id));
    const others = kept().filter((each) => !mine.has(each.id) && !away.has(each.id));
    const all = [...others, ...deeds].filter((each) => world.real() - each.noted_ms < OLDEST_MS);
    const spare = Math.max(0, MOST_KEPT - all.filter(waiting).length);
    const settled = all.filter((each) => !waiting(each)).slice(-spare);
    world.keep.set(DEEDS, JSON.stringify(all.filter((each) => waiting(each) || settled.includes(each))));
    world.changed(deeds);
  }

  /** @param {Deed} deed @param {Partial<Deed>} change */
  function become(deed, change) {
    deeds = deeds.map((each) => (each.id === deed.id ? { ...each, ...change } : each));
    save();
  }

  /** @param {Deed} deed @param {Answer | null} answer @returns {boolean} whether it is settled */
  function settle(deed, answer) {
    if (!answer || answer.status === 429 || answer.status >= 500 || answer.status === 401) return false;
    if (answer.status !== 200) {
      if (answer.body?.code === 'csrf') return false;
      become(deed, { state: 'refused', code: answer.body?.code ?? '', message: answer.body?.detail ?? '' });
      return true;
    }
    const outcomes = /** @type {any[]} */ (answer.body?.outcomes ?? []);
    const mine = deed.acts.map(({ id }) => outcomes.find((each) => each.id === id));
    if (mine.some((each) => !each)) return false;
    const worst = mine.find(({ outcome }) => outcome === 'refused') ?? mine[0];
    const at_ms = Date.parse(worst.at);
    become(deed, {
      state: worst.outcome === 'refused' ? 'refused' : 'accepted',
      at_ms: Number.isNaN(at_ms) ? world.hall() : at_ms,
      code: worst.code ?? '',
      message: worst.message ?? '',
    });
    const undone = deed.acts[0]?.kind === 'undo' && worst.outcome === 'accepted' ? deed.acts[0].act : '';
    if (undone) putAway(deeds.filter(({ acts }) => acts.some(({ id }) => id === undone)));
    return true;
  }

  /** @param {readonly Deed[]} gone */
  function putAway(gone) {
    if (gone.length === 0) return;
    for (const { id } of gone) away.add(id);
    deeds = deeds.filter((each) => !gone.includes(each));
    save();
  }

  async function pump() {
    if (running) return;
    running = true;
    appointment += 1;
    try {
      for (let deed = deeds.find(waiting); deed; deed = deeds.find(waiting)) {
        const body = { device: device(), sent_at: stamp(world.hall()), acts: deed.acts };
        const answer = await world.post(deed.conference, body);
        if (settle(deed, answer)) {
          tries = 0;
          continue;
        }
        become(deed, { state: 'unknown' });
        if (answer?.body?.code === 'csrf') await world.renew();
        const mine = appointment;
        const at_least = (answer?.retry_after_s ?? 0) * 1000;
        world.later(() => mine === appointment && void pump(), at_least + pause(tries, world.chance()));
        tries += 1;
        break;
      }
    } finally {
      running = false;
    }
  }

  return {
    /** Takes up what was left without an answer, by this person, when the page was closed. */
    resume() {
      deeds = kept().filter((each) => each.user === user && world.real() - each.noted_ms < OLDEST_MS);
      world.changed(deeds);
      void pump();
    },
    /** Decides; null when too much waits for an answer already.
     * @param {string} conference @param {string} point @param {readonly Said[]} said @param {Record<string, any>} [told]
     * @returns {string | null} the decision's id */
    decide(conference, point, said, told = {}) {
      if (deeds.filter(waiting).length >= MOST_WAITING) return null;
      const at = stamp(world.hall());
      const acts = said.map((each) => ({ ...each, id: uuid7(world.real(), world.fill), seq: nextSeq(), at, point }));
      const id = acts[0]?.id ?? '';
      const settled = deeds.filter((each) => !waiting(each)).slice(-MOST_KEPT);
      deeds = [
        ...deeds.filter((each) => waiting(each) || settled.includes(each)),
        { id, user, conference, point, acts, told, state: 'sending', at_ms: null, code: '', message: '', noted_ms: world.real() },
      ];
      save();
      void pump();
      return id;
    },
    /** The reader has seen it. @param {string} id */
    dismiss: (id) => putAway(deeds.filter((each) => each.id === id && !waiting(each))),
    /** The network is back, or somebody looks. */
    hurry() {
      if (deeds.some(waiting)) void pump();
    },
  };
}

// What goes on beside the halls: incidents, who phones where, what was said to whom. Plain values in, plain values out.

/**
 * @typedef {'minor' | 'major' | 'critical'} Severity
 * @typedef {{code: string, name: string, began_at_s: number, eased_at_s: number | null}} Hit
 * @typedef {object} Incident
 * @property {number} number
 * @property {string} trouble
 * @property {'alone' | 'area' | 'provider' | 'feeder' | 'centre'} bond
 * @property {string} bond_name
 * @property {readonly Hit[]} points  the failing ones first; bounded, `count` is the truth
 * @property {number} count
 * @property {number} failing
 * @property {number} spread_s
 * @property {number} began_at_s  the first time
 * @property {number | null} again_at_s  since when it is open again; null: it was never over
 * @property {number} earlier_s  how long it had been open before that
 * @property {number} noticed_at_s
 * @property {'open' | 'acknowledged' | 'resolved'} status
 * @property {number} moved_at_s
 * @property {string | null} owner
 * @property {string | null} owner_name
 * @property {string} cause
 * @property {number} level
 * @property {Severity} severity
 * @property {boolean} by_itself
 * @property {number} reopened
 * @property {string} note
 * @property {number} expected
 * @property {number | null} into
 *
 * @typedef {{by: string | null, by_name: string | null, since_s: number, until_s: number}} Claim
 * @typedef {{number: number, text: string, urgent: boolean, confirm: boolean, to: string[] | null, count: number, seen: number,
 *            confirmed: number, by_name: string, at_s: number, withdrawn: boolean}} Notice
 * @typedef {{incidents?: Incident[], calls?: Record<string, Claim | null>, notices?: Notice[]}} Told  what a frame says of them
 * @typedef {{incidents: ReadonlyMap<number, Incident>, calls: ReadonlyMap<string, Claim>, notices: ReadonlyMap<number, Notice>}} Affairs
 */

/** @type {Affairs} */
export const NOTHING = { incidents: new Map(), calls: new Map(), notices: new Map() };

const RESOLVED_SHOWN_S = 6 * 3600;
/** As many as a snapshot tells: a page that stays open for days does not know more than one that was just opened. */
const RESOLVED_KEPT = 100;
const NOTICES_KEPT = 50;

/** @type {readonly Severity[]} */
const GRAVITY = ['minor', 'major', 'critical'];

/** How grave, as a number: 1, 2 or 3. @param {Incident} incident */
export const gravity = ({ severity }) => GRAVITY.indexOf(severity) + 1;

/** @param {Incident} incident */
export const over = ({ status }) => status === 'resolved';

/** @template {{number: number}} T @param {ReadonlyMap<number, T>} before @param {readonly T[]} told @returns {Map<number, T>} */
const renewed = (before, told) => new Map([...before, ...told.map((each) => /** @type {[number, T]} */ ([each.number, each]))].sort(([a], [b]) => a - b));

/** @param {ReadonlyMap<number, Incident>} incidents */
function bounded(incidents) {
  const resolved = [...incidents.values()].filter(over);
  if (resolved.length <= RESOLVED_KEPT) return incidents;
  const oldest = resolved.sort((a, b) => a.moved_at_s - b.moved_at_s).slice(0, resolved.length - RESOLVED_KEPT);
  const left = new Map(incidents);
  for (const { number } of oldest) left.delete(number);
  return left;
}

/** The affairs after a frame: each that it tells stands in the place of the earlier one.
 * @param {Affairs} before @param {Told | undefined | null} told @returns {Affairs} */
export function adopted(before, told) {
  if (!told) return before;
  let { incidents, calls, notices } = before;
  if (told.incidents?.length) incidents = bounded(renewed(incidents, told.incidents));
  if (told.calls && Object.keys(told.calls).length) {
    const next = new Map(calls);
    for (const [code, claim] of Object.entries(told.calls)) {
      if (claim) next.set(code, claim);
      else next.delete(code);
    }
    calls = next;
  }
  if (told.notices?.length) {
    const all = renewed(notices, told.notices);
    notices = new Map([...all].slice(-NOTICES_KEPT));
  }
  return { incidents, calls, notices };
}

/** Whom nobody has taken in hand first, then the gravest, then the newest; what is over stands last, the newest first.
 * @param {Incident} one @param {Incident} other */
const byWeight = (one, other) =>
  Number(over(one)) - Number(over(other)) ||
  (over(one) ? other.moved_at_s - one.moved_at_s : Number(Boolean(one.owner)) - Number(Boolean(other.owner)) || gravity(other) - gravity(one)) ||
  other.number - one.number;

/** The incidents in the order in which they are looked at, without those that were over hours ago.
 * @param {Affairs} affairs @param {number} now_s */
export const inOrder = ({ incidents }, now_s) =>
  [...incidents.values()].filter((each) => !over(each) || now_s - each.moved_at_s < RESOLVED_SHOWN_S).sort(byWeight);

/** Since when it goes on, this time. @param {Incident} incident */
export const since_s = ({ began_at_s, again_at_s }) => again_at_s ?? began_at_s;

/** How long it goes on, this time; of what is over, how long it went on in all: what lay in between nobody waited for.
 * @param {Incident} incident @param {number} now_s */
export const lasted = (incident, now_s) =>
  over(incident) ? incident.earlier_s + Math.max(0, incident.moved_at_s - since_s(incident)) : Math.max(0, now_s - since_s(incident));

/** Who phones a hall now; whose time has lapsed holds nobody up.
 * @param {Affairs} affairs @param {string} code @param {number} now_s */
export function claimOf({ calls }, code, now_s) {
  const claim = calls.get(code);
  return claim && claim.until_s > now_s ? claim : null;
}

/** The shape that an incident has in common with the tiles of its halls. @type {Record<string, string>} */
const LOOKS = {
  lost: 'lost',
  power_cut: 'lost',
  flapping: 'unstable',
  no_picture: 'faulty',
  no_sound: 'faulty',
  not_receiving: 'not_receiving',
  centre: 'ours',
  other: 'warned',
};

/** @param {string} trouble */
export const troubleLook = (trouble) => LOOKS[trouble] ?? 'warned';

/** @param {Incident} incident */
export const incidentLook = (incident) => (over(incident) ? 'ended' : troubleLook(incident.trouble));

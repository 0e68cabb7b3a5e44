/**
 * What the centre knows of this hall, with what the phone has said since laid over it.
 *
 * @file
 */

import { instant } from "./hours.js";

/**
 * @typedef {import("./acts.js").Stage} Stage
 * @typedef {import("./acts.js").Round} Round
 * @typedef {import("./acts.js").Senses} Senses
 * @typedef {import("./acts.js").Heads} Heads
 * @typedef {import("./outbox.js").Entry} Entry
 * @typedef {Heads & {substitutes: number, at: string, received_at: string, grade: "fine" | "warned" | "quarantined", by: "own" | "proxy", act: string, device?: string}} Figure
 * @typedef {{round: Round, opens_at: string, due_at: string, figure: Figure | null, differing?: Figure | null}} DeskRound
 * @typedef {{number: number, text: string, urgent: boolean, confirm: boolean, at: string, by: string, seen: boolean, confirmed: boolean}} Notice
 * @typedef {{number: number, trouble: import("./words.js").Trouble, status: "open" | "acknowledged", owner_name: string, began_at: string}} OpenIncident
 * @typedef {{
 *   owed: boolean, submitted_at: string | null, returned: {at: string, reason: string} | null, closed_at: string | null, signed: number,
 *   corrections: {number: number, round: Round, count: Heads, late: boolean, at: string, status: string, settled_at: string | null, why: string}[],
 * }} Closing how far the sitting's figures have come up the tree
 * @typedef {{
 *   csrf: string,
 *   conference: {id: string, title: string, phase: "draft" | "rehearsal" | "open" | "live" | "closing" | "closed"},
 *   point: {code: string, name: string, parent: string, address: string, mode: string, seats: number | null},
 *   sitting: {id: string, name: string, starts_at: string, ends_at: string} | null,
 *   expected: number | null,
 *   round: Round | null,
 *   rounds: DeskRound[],
 *   stage: {stage: Stage, at: string | null} | null,
 *   perceived: (Senses & {at: string}) | null,
 *   hotline: {name: string, phone: string} | null,
 *   duty?: {name: string, phone: string, what: string}[],
 *   notices?: Notice[],
 *   reminder?: {sitting: string, round: Round, at: string} | null,
 *   open_incidents?: OpenIncident[],
 *   now: string,
 *   speed: number,
 *   acked_seq: number,
 *   journal_epoch?: string,
 *   names?: boolean,
 *   scanned?: number,
 *   undo_s?: number,
 *   closing?: Closing | null,
 * }} Desk
 *
 * @typedef {{kind: "received", at_ms: number} | {kind: "waiting", noted_ms: number}} Receipt
 * @typedef {{entry: Entry, undo: Entry | null}} Own an act of this phone that stands, and the undo that was asked for since
 * @typedef {{heads: Heads, at_ms: number, act: string}} Said what one of two phones said
 * @typedef {{
 *   round: Round, opens_ms: number, due_ms: number, heads: Heads | null, receipt: Receipt | null,
 *   grade: "fine" | "warned" | "quarantined", proxy: string | null, late: boolean,
 *   standing: string | null, own: Own | null, differing: [Said, Said] | null,
 * }} RoundStands `standing`: the act that the desk shows; `proxy`: the act of a coordinator that the hall may confirm; `differing`: two phones, two numbers
 * @typedef {{
 *   number: number, text: string, urgent: boolean, confirm: boolean, by: string, at_ms: number,
 *   seen: boolean, confirmed: boolean, own: boolean, receipt: Receipt | null,
 * }} NoticeStands `own`: this phone has answered it; `receipt`: of its confirmation
 * @typedef {{
 *   stage: Stage | null, stageReceipt: Receipt | null, stageOwn: Own | null,
 *   senses: Senses | null, sensesReceipt: Receipt | null, sensesOwn: Own | null,
 *   rounds: RoundStands[],
 *   incidents: Entry[],
 *   scanned: number,
 *   notices: NoticeStands[],
 *   tested: Entry | null,
 * }} Standing `notices`: the newest first; `tested`: this phone's newest line test
 */

/**
 * @param {Entry} entry
 * @returns {Receipt}
 */
export function receiptOf(entry) {
  return entry.outcome
    ? { kind: "received", at_ms: entry.outcome.at_ms }
    : { kind: "waiting", noted_ms: entry.noted_ms };
}

/** @param {Entry} entry */
const isRefused = (entry) => entry.outcome !== null && entry.outcome.outcome === "refused";

/**
 * @param {Entry[]} entries
 * @returns {Map<string, Entry>} which act was taken back by which undo
 */
export function takenBack(entries) {
  /** @type {Map<string, Entry>} */
  const undone = new Map();
  for (const entry of entries) if (entry.act.kind === "undo" && !isRefused(entry)) undone.set(entry.act.act, entry);
  return undone;
}

/**
 * @param {Desk} desk
 * @param {Entry[]} entries what this phone said, oldest first
 * @returns {Standing}
 */
export function standing(desk, entries) {
  const sitting = desk.sitting ? desk.sitting.id : "";
  const undone = takenBack(entries);
  /** @type {Standing} */
  const stands = {
    stage: desk.stage && desk.stage.stage !== "not_opened" ? desk.stage.stage : null,
    stageReceipt: desk.stage && desk.stage.at ? { kind: "received", at_ms: instant(desk.stage.at) } : null,
    stageOwn: null,
    senses: desk.perceived,
    sensesReceipt: desk.perceived ? { kind: "received", at_ms: instant(desk.perceived.at) } : null,
    sensesOwn: null,
    rounds: desk.rounds.map(roundStands),
    incidents: [],
    scanned: desk.scanned || 0,
    notices: [],
    tested: null,
  };
  /** @type {Entry[]} */
  const answers = [];
  for (const entry of entries) {
    if (isRefused(entry) || entry.conference !== desk.conference.id) continue;
    const said = entry.act;
    const undo = undone.get(said.id) || null;
    // What was taken back, and the desk knows it, is no longer anybody's word.
    if (undo !== null && undo.told) continue;
    const own = { entry, undo };
    switch (said.kind) {
      case "stage":
        if (!entry.told) {
          stands.stage = said.stage;
          stands.stageReceipt = receiptOf(entry);
        }
        // Another phone may have gone on since; then there is nothing of ours to take back.
        stands.stageOwn = stands.stage === said.stage ? own : null;
        break;
      case "perceived":
        if (!entry.told) {
          stands.senses = { line: said.line, picture: said.picture, sound: said.sound };
          stands.sensesReceipt = receiptOf(entry);
        }
        stands.sensesOwn = stands.senses !== null && isSame(stands.senses, said) ? own : null;
        break;
      case "count":
        // What came after the close moves nothing until somebody approves it.
        if (said.sitting === sitting && !(entry.outcome && entry.outcome.code === "late" && desk.conference.phase === "closed")) counted(stands, own, said);
        break;
      case "confirm":
        if (!entry.told) confirmed(stands, entry, said.act);
        break;
      case "incident":
        stands.incidents.push(entry);
        break;
      case "scan":
        if (!entry.told && undo === null && entry.sitting === sitting && !(entry.outcome && entry.outcome.code)) stands.scanned++;
        break;
      case "line_test":
        stands.tested = entry;
        break;
      case "noticed":
        answers.push(entry);
        break;
      case "undo":
        break;
    }
  }
  stands.notices = (desk.notices || []).map((notice) => noticeStands(notice, answers));
  return stands;
}

/** @param {Notice} notice @param {Entry[]} answers this phone's own, oldest first @returns {NoticeStands} */
function noticeStands({ number, text, urgent, confirm, at, by, seen, confirmed }, answers) {
  const own = answers.filter(({ act }) => act.kind === "noticed" && act.notice === number);
  const confirmation = own.filter(({ act }) => act.kind === "noticed" && act.confirmed).pop();
  return {
    number,
    text,
    urgent,
    confirm,
    by,
    at_ms: instant(at),
    seen: seen || own.length > 0,
    confirmed: confirmed || confirmation !== undefined,
    own: own.length > 0,
    receipt: confirmation === undefined ? null : receiptOf(confirmation),
  };
}

/** @param {Senses} one @param {Senses} two */
const isSame = (one, two) => one.line === two.line && one.picture === two.picture && one.sound === two.sound;

/** @param {Standing} stands @param {Own} own @param {import("./acts.js").CountSaid & {id: string}} said */
function counted(stands, own, said) {
  const round = stands.rounds.find((each) => each.round === said.round);
  if (!round) return;
  const { entry } = own;
  if (entry.told) {
    // The desk names the act that stands; it is ours or another phone's.
    if (round.own === null && round.standing === said.id) round.own = own;
    return;
  }
  const code = entry.outcome ? entry.outcome.code : "";
  round.heads = said;
  round.receipt = receiptOf(entry);
  round.grade = code === "quarantined" || code === "warned" ? code : "fine";
  round.late = code === "late";
  round.proxy = null;
  round.differing = null;
  round.own = own;
}

/** @param {Standing} stands @param {Entry} entry @param {string} act */
function confirmed(stands, entry, act) {
  for (const round of stands.rounds) {
    const chosen = round.differing ? round.differing.find((each) => each.act === act) : undefined;
    if (round.proxy !== act && chosen === undefined) continue;
    if (chosen !== undefined) round.heads = chosen.heads;
    round.receipt = receiptOf(entry);
    round.proxy = null;
    round.differing = null;
  }
}

/**
 * @param {DeskRound} round
 * @returns {RoundStands}
 */
function roundStands({ round, opens_at, due_at, figure, differing }) {
  const due_ms = instant(due_at);
  const received_ms = figure ? instant(figure.received_at) : 0;
  return {
    round,
    opens_ms: instant(opens_at),
    due_ms,
    heads: figure,
    receipt: figure ? { kind: "received", at_ms: received_ms } : null,
    grade: figure ? figure.grade : "fine",
    proxy: figure && figure.by === "proxy" ? figure.act : null,
    late: figure !== null && instant(figure.at) > due_ms,
    standing: figure ? figure.act : null,
    own: null,
    differing: figure && differing ? [saidBy(figure), saidBy(differing)] : null,
  };
}

/** @param {Figure} figure @returns {Said} */
const saidBy = (figure) => ({ heads: figure, at_ms: instant(figure.received_at), act: figure.act });

/**
 * The question that the page asks now; the others stay folded and one tap away.
 *
 * @param {Standing} stands
 * @param {Round | null} round the one asked for
 * @param {number} now_ms the hall's hour
 * @returns {"stage" | "senses" | "count" | null}
 */
export function asked(stands, round, now_ms) {
  const count = stands.rounds.find((each) => each.round === round);
  const countOpen = count !== undefined && count.opens_ms <= now_ms && count.heads === null;
  if (count !== undefined && count.grade === "quarantined") return "count";
  if (stands.stage === null) return "stage";
  if (stands.stage === "ended") return null;
  if (stands.stage === "on_site" && !countOpen) return "stage";
  if (stands.senses === null) return "senses";
  if (countOpen) return "count";
  return stands.stage === "in_session" ? null : "stage";
}

/** @param {Desk} desk @param {Standing} stands @returns {Round | null} the count that the organisers have asked for once more */
export function reminded(desk, stands) {
  const asked = desk.reminder;
  if (!asked || desk.sitting === null || asked.sitting !== desk.sitting.id) return null;
  const round = stands.rounds.find((each) => each.round === asked.round);
  return round !== undefined && round.heads === null ? round.round : null;
}

/** @param {Desk} desk @returns {boolean} a hall that watches television or listens to radio has no line of ours */
export function isMeasured(desk) {
  return desk.point.mode !== "tv" && desk.point.mode !== "radio";
}

/** @param {Desk} desk @returns {boolean} whether the conference takes reports from halls */
export function takesReports(desk) {
  const phase = desk.conference.phase;
  return phase === "rehearsal" || phase === "open" || phase === "live" || phase === "closing";
}

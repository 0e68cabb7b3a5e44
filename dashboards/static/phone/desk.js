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
 * @typedef {Heads & {substitutes: number, at: string, received_at: string, grade: "fine" | "warned" | "quarantined", by: "own" | "proxy", act: string}} Figure
 * @typedef {{round: Round, opens_at: string, due_at: string, figure: Figure | null}} DeskRound
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
 *   now: string,
 *   speed: number,
 *   acked_seq: number,
 * }} Desk
 *
 * @typedef {{kind: "received", at_ms: number} | {kind: "waiting", noted_ms: number}} Receipt
 * @typedef {{
 *   round: Round, opens_ms: number, due_ms: number, heads: Heads | null, receipt: Receipt | null,
 *   grade: "fine" | "warned" | "quarantined", proxy: string | null, late: boolean,
 * }} RoundStands `proxy`: the act of a coordinator that the hall may confirm
 * @typedef {{
 *   stage: Stage | null, stageReceipt: Receipt | null,
 *   senses: Senses | null, sensesReceipt: Receipt | null,
 *   rounds: RoundStands[],
 *   incidents: Entry[],
 * }} Standing
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

/**
 * @param {Desk} desk
 * @param {Entry[]} entries what this phone said, oldest first
 * @returns {Standing}
 */
export function standing(desk, entries) {
  const sitting = desk.sitting ? desk.sitting.id : "";
  /** @type {Standing} */
  const stands = {
    stage: desk.stage && desk.stage.stage !== "not_opened" ? desk.stage.stage : null,
    stageReceipt: desk.stage && desk.stage.at ? { kind: "received", at_ms: instant(desk.stage.at) } : null,
    senses: desk.perceived,
    sensesReceipt: desk.perceived ? { kind: "received", at_ms: instant(desk.perceived.at) } : null,
    rounds: desk.rounds.map(roundStands),
    incidents: [],
  };
  for (const entry of entries) {
    if (entry.outcome && entry.outcome.outcome === "refused") continue;
    const said = entry.act;
    switch (said.kind) {
      case "stage":
        stands.stage = said.stage;
        stands.stageReceipt = receiptOf(entry);
        break;
      case "perceived":
        stands.senses = { line: said.line, picture: said.picture, sound: said.sound };
        stands.sensesReceipt = receiptOf(entry);
        break;
      case "count": {
        const round = stands.rounds.find((each) => each.round === said.round && said.sitting === sitting);
        if (!round) break;
        const code = entry.outcome ? entry.outcome.code : "";
        round.heads = said;
        round.receipt = receiptOf(entry);
        round.grade = code === "quarantined" || code === "warned" ? code : "fine";
        round.late = code === "late";
        round.proxy = null;
        break;
      }
      case "confirm": {
        const round = stands.rounds.find((each) => each.proxy === said.act);
        if (!round) break;
        round.receipt = receiptOf(entry);
        round.proxy = null;
        break;
      }
      case "incident":
        stands.incidents.push(entry);
        break;
    }
  }
  return stands;
}

/**
 * @param {DeskRound} round
 * @returns {RoundStands}
 */
function roundStands({ round, opens_at, due_at, figure }) {
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
  };
}

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

/** @param {Desk} desk @returns {boolean} a hall that watches television or listens to radio has no line of ours */
export function isMeasured(desk) {
  return desk.point.mode !== "tv" && desk.point.mode !== "radio";
}

/** @param {Desk} desk @returns {boolean} whether the conference takes reports from halls */
export function takesReports(desk) {
  const phase = desk.conference.phase;
  return phase === "rehearsal" || phase === "open" || phase === "live" || phase === "closing";
}

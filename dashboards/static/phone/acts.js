/**
 * What an operator can tell the centre: each act as it is sent, and as it is said back to the person.
 *
 * @file
 */

import { FAULT, ROUND_SHORT, SENSE, STAGE, WORD, t } from "./words.js";

/**
 * @typedef {import("./words.js").Stage} Stage
 * @typedef {import("./words.js").Word} Word
 * @typedef {import("./words.js").Round} Round
 * @typedef {import("./words.js").Fault} Fault
 * @typedef {import("./words.js").Reason} Reason
 * @typedef {import("./words.js").Category} Category
 * @typedef {{
 *   present: number, excused: number, unexcused: number, guests: number,
 *   reasons?: {[each in Reason]?: number}, categories?: {[each in Category]?: number},
 * }} Heads parts that nobody gave are left out
 * @typedef {{picture: Word, sound: Word, line: Word}} Senses
 *
 * @typedef {{kind: "stage", stage: Stage}} StageSaid
 * @typedef {{kind: "perceived"} & Senses} PerceivedSaid
 * @typedef {{kind: "count", sitting: string, round: Round} & Heads} CountSaid
 * @typedef {{kind: "incident", fault: Fault, note: string}} IncidentSaid
 * @typedef {{kind: "confirm", act: string}} ConfirmSaid
 * @typedef {{kind: "undo", act: string}} UndoSaid
 * @typedef {{kind: "scan", badge?: string, person?: string}} ScanSaid
 * @typedef {{rtt_ms: number, jitter_ms: number, loss: number, down_kbps: number, up_kbps: number}} Measured
 * @typedef {{kind: "line_test"} & Measured} LineTestSaid
 * @typedef {{kind: "noticed", notice: number, confirmed: boolean}} NoticedSaid
 * @typedef {{kind: "submit", sitting: string}} SubmitSaid
 * @typedef {{kind: "correct", act: string, reason: string} & Heads} CorrectSaid
 * @typedef {StageSaid | PerceivedSaid | CountSaid | IncidentSaid | ConfirmSaid | UndoSaid | ScanSaid | LineTestSaid | NoticedSaid | SubmitSaid | CorrectSaid} Said what a person said, not yet an act
 * @typedef {Said & {id: string, seq: number, at: string, point: string}} Act
 */

/** @type {readonly Stage[]} */
export const STAGES = ["on_site", "line_tested", "chair_present", "in_session", "ended"];

/** @type {readonly (keyof Senses)[]} */
export const SENSES = ["line", "picture", "sound"];

/** @type {readonly Word[]} */
export const WORDS = ["good", "poor", "none"];

/** @type {readonly Fault[]} */
export const FAULTS = ["no_picture", "no_sound", "connection_lost", "power_cut", "other"];

/** @type {readonly Reason[]} */
export const REASONS = ["sick", "business", "study", "family", "other"];

/** @type {readonly Category[]} */
export const CATEGORIES = ["leader", "member", "staff", "other"];

/** A report must fit 2 KB with room for everything around the note; Vietnamese letters take up to three bytes. */
export const NOTE_LENGTH = 300;

/**
 * A hall that watches television has no line of its own to test.
 *
 * @param {Stage | null} stage
 * @param {boolean} measured
 * @returns {Stage | null} the step that normally comes next
 */
export function nextStage(stage, measured) {
  const steps = measured ? STAGES : STAGES.filter((each) => each !== "line_tested");
  const reached = STAGES.indexOf(stage || "not_opened");
  return steps.find((each) => STAGES.indexOf(each) > reached) || null;
}

/** @type {Senses} */
export const ALL_GOOD = { line: "good", picture: "good", sound: "good" };

/**
 * @param {Said} said
 * @param {{id: string, seq: number, at: string, point: string}} mark
 * @returns {Act}
 */
export function act(said, mark) {
  return Object.assign({}, mark, said);
}

/**
 * @param {Senses} senses
 * @returns {string} "Tất cả tốt", or the worst first: "Không có: hình ảnh · Tốt: tín hiệu, âm thanh"
 */
export function sensesInWords(senses) {
  if (SENSES.every((sense) => senses[sense] === "good")) return t("Tất cả tốt");
  return WORDS.slice()
    .reverse()
    .map((word) => ({ word, of: SENSES.filter((sense) => senses[sense] === word) }))
    .filter(({ of }) => of.length > 0)
    .map(({ word, of }) => t(WORD[word]) + ": " + of.map((sense) => t(SENSE[sense]).toLowerCase()).join(", "))
    .join(" · ");
}

/**
 * @param {Heads} heads
 * @returns {string} "60 có mặt · 3 có lý do · 1 không lý do"
 */
export function headsInWords(heads) {
  const parts = [
    t("{n} có mặt", { n: heads.present }),
    t("{n} có lý do", { n: heads.excused }),
    t("{n} không lý do", { n: heads.unexcused }),
  ];
  if (heads.guests > 0) parts.push(t("{n} khách mời", { n: heads.guests }));
  return parts.join(" · ");
}

/**
 * @param {Heads} heads
 * @param {number | null} expected
 * @returns {string} who is not here, or here besides: "3 có lý do · 1 không lý do · 2 chưa rõ"
 */
export function othersInWords(heads, expected) {
  const unknown = expected === null ? 0 : expected - heads.present - heads.excused - heads.unexcused;
  return [
    heads.excused > 0 && t("{n} có lý do", { n: heads.excused }),
    heads.unexcused > 0 && t("{n} không lý do", { n: heads.unexcused }),
    unknown > 0 && t("{n} chưa rõ", { n: unknown }),
    heads.guests > 0 && t("{n} khách mời", { n: heads.guests }),
  ]
    .filter(Boolean)
    .join(" · ");
}

/**
 * @param {Said} said
 * @returns {string} what a person would recognise as their own report
 */
export function inWords(said) {
  switch (said.kind) {
    case "stage":
      return t(STAGE[said.stage]);
    case "perceived":
      return sensesInWords(said);
    case "count":
      return t(ROUND_SHORT[said.round]) + ": " + headsInWords(said);
    case "incident":
      return t(FAULT[said.fault]) + (said.note ? ": " + said.note : "");
    case "confirm":
      return t("Xác nhận số liệu");
    case "undo":
      return t("Hoàn tác");
    case "scan":
      return t("Điểm danh một người");
    case "line_test":
      return t("Đo đường truyền");
    case "noticed":
      return said.confirmed ? t("Xác nhận thông báo") : t("Đã xem thông báo");
    case "submit":
      return t("Nộp số liệu");
    case "correct":
      return t("Đề nghị đính chính") + ": " + headsInWords(said);
  }
}

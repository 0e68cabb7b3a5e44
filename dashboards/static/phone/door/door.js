/**
 * The door of the hall: people one by one, by badge, from the list, or with their own phones.
 *
 * @file
 */

import { takenBack } from "../desk.js";
import { hour } from "../hours.js";
import { refusal, t } from "../words.js";
import { codeSheet } from "./hallcode.js";
import { listSheet } from "./list.js";
import { personOf, refreshed, rosterOf } from "./roster.js";
import { scanSheet } from "./scanning.js";

/**
 * @typedef {import("../outbox.js").Entry} Entry
 * @typedef {import("../acts.js").ScanSaid} ScanSaid
 * @typedef {import("./roster.js").Person} Person
 * @typedef {{
 *   desk: () => import("../desk.js").Desk,
 *   entries: () => Entry[],
 *   now_ms: () => number,
 *   isFresh: (noted_ms: number) => boolean,
 *   store: import("../store.js").Store,
 *   handle: string,
 *   here: import("../link.js").Link,
 *   say: (said: import("../acts.js").Said) => Promise<Entry | null>,
 *   close: () => void,
 *   heard: (words: string) => void,
 * }} Outside
 * @typedef {import("../drawers.js").Live} Live
 * @typedef {"in" | "again" | "no"} Tone
 * @typedef {{tone: Tone, title: string, line: string, more: string}} Result what the person at the door is told, large
 * @typedef {ReturnType<typeof door>} Door
 */

/** @type {Record<import("../drawers.js").Way, (door: Door) => Live>} */
const SHEET = { scan: scanSheet, list: listSheet, code: codeSheet };

/**
 * @param {import("../drawers.js").Way} way
 * @param {Outside} outside
 * @returns {Live}
 */
export function doorSheet(way, outside) {
  return SHEET[way](door(outside));
}

/** @param {Outside} outside */
function door(outside) {
  /** @type {Map<string, Person>} */
  let people = new Map();

  /** @param {Entry} entry @returns {string} */
  function personIn({ act }) {
    return act.kind === "scan" ? act.person || personOf(act.badge || "") || "" : "";
  }

  /** @returns {Entry[]} who was let in by this phone in this sitting, the newest first; what was taken back is not among them */
  function scans() {
    const { sitting, conference } = outside.desk();
    const entries = outside.entries();
    const undone = takenBack(entries);
    return entries
      .filter(
        (entry) =>
          entry.act.kind === "scan" &&
          entry.conference === conference.id &&
          entry.sitting === (sitting ? sitting.id : "") &&
          !undone.has(entry.act.id),
      )
      .reverse();
  }

  async function recall() {
    people = new Map((await rosterOf(outside.store, outside.handle)).map((each) => [each.person, each]));
  }

  return {
    outside,
    personIn,
    scans,
    people: () => Array.from(people.values()),

    /** The names, as the phone keeps them, and then as the centre has them. @param {() => void} changed */
    async learn(changed) {
      await recall();
      changed();
      await refreshed(outside.store, outside.handle, outside.here);
      await recall();
      changed();
    },

    /** @param {string} person @returns {Entry | null} this phone's scan of them that was not refused */
    already: (person) =>
      scans().find((entry) => personIn(entry) === person && !(entry.outcome && entry.outcome.outcome === "refused")) || null,

    /** @param {string} person @returns {Person | null} */
    named: (person) => people.get(person) || null,

    /** @param {Entry} entry @returns {Result} */
    resultOf(entry) {
      const person = people.get(personIn(entry));
      const title = person ? person.name : t("Đại biểu ngoài danh sách hội trường");
      const more = person ? person.position : "";
      const { outcome } = entry;
      if (outcome === null) {
        const time = hour(entry.noted_ms);
        const line = outside.isFresh(entry.noted_ms) ? t("Đã ghi {time}, đang gửi", { time }) : t("Đã ghi {time}, chờ gửi", { time });
        return { tone: "in", title, line, more };
      }
      if (outcome.outcome === "refused") return { tone: "no", title: person ? title : t("Không được nhận"), line: refusal(outcome.code, outcome.message), more };
      if (outcome.code === "already_in" || outcome.code === "elsewhere") return { tone: "again", title, line: refusal(outcome.code, outcome.message), more };
      return { tone: "in", title, line: t("Đã nhận {time}", { time: hour(outcome.at_ms) }), more };
    },

    /** @param {Entry} entry somebody who was let in by this phone before @returns {Result} */
    seenBefore(entry) {
      const person = people.get(personIn(entry));
      const title = person ? person.name : t("Đại biểu ngoài danh sách hội trường");
      return { tone: "again", title, line: t("Đã điểm danh lúc {time}", { time: hour(entry.noted_ms) }), more: person ? person.position : "" };
    },

    /** @returns {string} "Đã quét 41 / 64" */
    counter() {
      const { scanned, expected } = outside.desk();
      const unknown = scans().filter((entry) => !entry.told && !(entry.outcome && (entry.outcome.code || entry.outcome.outcome === "refused")));
      return t("Đã quét {n}", { n: (scanned || 0) + unknown.length }) + (expected === null ? "" : " / " + expected);
    },
  };
}

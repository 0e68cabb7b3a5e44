/**
 * Who was summoned to this hall by name, kept on the phone so that a name is known without a network too.
 *
 * @file
 */

/**
 * @typedef {{person: string, name: string, position: string, category: string, unit?: string}} Person
 * @typedef {{conference: string, people: Person[]}} Roster
 * @typedef {import("../store.js").Store} Store
 */

const FRESH_MS = 10 * 60 * 1000;
const MARKS = /[\u0300-\u036f]/g;
let asked_ms = -Infinity;
let asking = Promise.resolve();

/** @param {string} handle */
const named = (handle) => "people." + handle;

/**
 * Asks the centre, if nobody has lately; who comes while another asks waits for the same answer.
 *
 * @param {Store} store @param {string} handle @param {import("../link.js").Link} link
 */
export function refreshed(store, handle, link) {
  if (Date.now() - asked_ms >= FRESH_MS) {
    asked_ms = Date.now();
    asking = asked(store, handle, link);
  }
  return asking;
}

/** @param {Store} store @param {string} handle @param {import("../link.js").Link} link */
async function asked(store, handle, link) {
  const answer = await link.call("GET", "/desk/people");
  if (answer.kind === "ok" && Array.isArray(answer.body.people)) {
    await store.keep(named(handle), { conference: answer.body.conference, people: answer.body.people });
  } else asked_ms = -Infinity;
}

/**
 * @param {Store} store @param {string} handle
 * @returns {Promise<Person[]>}
 */
export async function rosterOf(store, handle) {
  /** @type {Roster | undefined} */
  const kept = await store.value(named(handle));
  return kept ? kept.people : [];
}

const BADGE = /^DB1\.([0-9A-Z]{10})[0-9A-Z]{20}$/;

/**
 * Only what looks like a badge of ours goes anywhere: an identity card shown by mistake holds a whole person.
 *
 * @param {string} text what stood in a QR code
 * @returns {string | null} the person whose badge this claims to be; the centre alone knows whether it is true
 */
export function personOf(text) {
  const found = BADGE.exec(text.trim());
  return found ? found[1] || null : null;
}

/** @param {string} text @returns {string} without marks: "dong da" finds Đống Đa */
export const fold = (text) => text.normalize("NFD").replace(MARKS, "").replace(/[đĐ]/g, "d").toLowerCase().trim();

/**
 * @param {Person[]} people in the order of the list
 * @param {string} typed
 * @returns {Person[]} those whose names hold what was typed, exact marks first
 */
export function found(people, typed) {
  const exact = typed.normalize("NFC").toLowerCase().trim();
  const folded = fold(typed);
  if (folded === "") return people;
  const all = people.filter((each) => fold(each.name).includes(folded));
  const first = all.filter((each) => each.name.normalize("NFC").toLowerCase().includes(exact));
  return first.concat(all.filter((each) => !first.includes(each)));
}

/**
 * Whom to call: the hotline on every screen, and the people who are on duty now.
 *
 * @file
 */

import { el, sign } from "./see.js";
import { t } from "./words.js";

/**
 * @typedef {import("./desk.js").Desk} Desk
 * @typedef {import("./see.js").Child} Child
 */

/** @param {string} phone as people write it @returns {string} */
export const dialled = (phone) => "tel:" + phone.replace(/[^\d+]/g, "");

/** @param {Desk | null} desk @returns {string} the hotline's number, or none */
export const hotlineOf = (desk) => (desk && desk.hotline && desk.hotline.phone) || "";

/**
 * @param {string} phone @param {string} words what stands above the number @param {string} key
 * @returns {HTMLElement}
 */
export function callButton(phone, words, key) {
  return el(
    "a.call",
    { href: dialled(phone), "data-key": key },
    sign("call"),
    el("span", {}, el("small", {}, words + " "), el("strong", {}, phone)),
  );
}

/**
 * @param {string} phone the hotline, or none
 * @param {(() => void) | null} fault
 * @returns {Child[]}
 */
export function bar(phone, fault) {
  return [
    fault && el("button.quiet.fault", { "data-key": "fault", onclick: fault }, t("Báo sự cố")),
    phone !== "" && callButton(phone, t("Gọi trực ban"), "call"),
  ];
}

/** @param {Desk | null} desk @returns {Child[]} who answers the phone for this hall now, the nearest first */
export function onDuty(desk) {
  const people = (desk && desk.duty) || [];
  if (people.length === 0) return [];
  return [
    el("h2.past", { id: "duty-title" }, t("Người trực lúc này")),
    el(
      "ul",
      { "aria-labelledby": "duty-title" },
      ...people.map(({ name, phone, what }) =>
        el(
          "li",
          {},
          el(
            "a.person",
            { href: dialled(phone) },
            sign("call"),
            el("span", {}, el("strong", {}, name), what !== "" && el("small", {}, " " + what)),
            el("span.number", {}, " " + phone),
          ),
        ),
      ),
    ),
  ];
}

/**
 * The sheets of the two checks: is the line good enough, and does the broadcast arrive.
 *
 * @file
 */

import { receiptOf } from "../desk.js";
import { sheet } from "../drawers.js";
import { gradeInWords, gradeOf, megabits, percent, sendsToo } from "../measured.js";
import { receiptLine } from "../receipts.js";
import { el, fill, sign } from "../see.js";
import { refusal, t } from "../words.js";
import { checked } from "./broadcast.js";
import { Declined, Stopped, measured } from "./measuring.js";

/**
 * @typedef {import("../outbox.js").Entry} Entry
 * @typedef {import("../drawers.js").Live} Live
 * @typedef {import("../acts.js").Measured} Measured
 * @typedef {import("./measuring.js").Part} Part
 * @typedef {import("./broadcast.js").Found} Found
 * @typedef {{
 *   desk: () => import("../desk.js").Desk,
 *   entries: () => Entry[],
 *   isFresh: (noted_ms: number) => boolean,
 *   mayAct: () => boolean,
 *   here: import("../link.js").Link,
 *   say: (said: import("../acts.js").Said) => Promise<Entry | null>,
 *   fault: () => void,
 *   close: () => void,
 *   heard: (words: string) => void,
 * }} Outside
 * @typedef {{words: string, tone: "good" | "careful" | "bad"}} Verdict
 */

/** @param {"measure" | "broadcast"} way @param {Outside} outside @returns {Live} */
export function checkSheet(way, outside) {
  return way === "measure" ? lineSheet(outside) : broadcastSheet(outside);
}

/** @type {readonly Part[]} */
const PARTS = ["ping", "down", "up"];

/** @param {Part} part */
function doing(part) {
  switch (part) {
    case "ping":
      return t("Đang đo độ trễ…");
    case "down":
      return t("Đang đo tải xuống…");
    case "up":
      return t("Đang đo tải lên…");
  }
}

/**
 * Something that runs while its sheet is open, and stops with it or when nobody looks any more.
 *
 * @template T
 * @param {{work: (stop: AbortSignal) => Promise<T>, changed: () => void, broken: (why: unknown) => string}} outside
 */
function run(outside) {
  /** @type {AbortController | null} */
  let going = null;
  /** @type {T | null} */
  let result = null;
  let trouble = "";

  function hidden() {
    if (document.visibilityState === "hidden" && going !== null) stop(t("Đã dừng vì trang bị che. Giữ trang mở rồi làm lại."));
  }

  /** @param {string} why */
  function stop(why) {
    if (going === null) return;
    trouble = why;
    going.abort();
    going = null;
    outside.changed();
  }

  return {
    async begin() {
      if (going !== null) return;
      const mine = new AbortController();
      going = mine;
      result = null;
      trouble = "";
      outside.changed();
      try {
        const found = await outside.work(mine.signal);
        if (going !== mine) return;
        result = found;
      } catch (why) {
        if (going !== mine) return;
        trouble = outside.broken(why);
      }
      going = null;
      outside.changed();
    },
    stop,
    open: () => document.addEventListener("visibilitychange", hidden),
    end() {
      document.removeEventListener("visibilitychange", hidden);
      if (going !== null) going.abort();
      going = null;
    },
    isGoing: () => going !== null,
    result: () => result,
    trouble: () => trouble,
  };
}

/** @param {Verdict} verdict @param {string} more */
function card({ words, tone }, more) {
  return el(
    "div.result-card." + (tone === "good" ? "in" : tone === "careful" ? "again" : "no"),
    { role: "status" },
    sign(tone === "good" ? "check" : tone === "careful" ? "warning" : "cross"),
    el("div", {}, el("strong", {}, words), more),
  );
}

/** @param {Outside} outside @returns {Live} */
function lineSheet(outside) {
  const place = el("div", {});
  const node = sheet(t("Đo đường truyền"), outside.close, [place]);
  /** @type {Part} */
  let part = "ping";
  /** @type {Entry | null} */
  let told = null;

  const test = run({
    work: async (stop) => {
      told = null;
      part = "ping";
      // Also wakes a session that has ended, so that what follows measures the line and nothing else.
      const first = await outside.here.call("GET", "/linetest/ping");
      if (stop.aborted) throw new Stopped();
      if (first.kind === "refused") throw new Declined(refusal(first.code, first.detail));
      const line = await measured({
        ask: outside.here.bare,
        now_ms: () => window.performance.now(),
        later: (work, ms) => window.setTimeout(work, ms),
        never: (timer) => window.clearTimeout(timer),
        fill: (room) => void window.crypto.getRandomValues(room),
        part: (next) => {
          part = next;
          draw();
        },
        stop,
      });
      outside.heard(gradeInWords(gradeOf(line, sendsToo(outside.desk()))));
      if (outside.mayAct()) told = await outside.say(Object.assign({ kind: /** @type {"line_test"} */ ("line_test") }, line));
      return line;
    },
    changed: draw,
    broken: (why) => (why instanceof Declined && why.message !== "" ? why.message : t("Chưa đo được: không tới được trung tâm. Kiểm tra mạng rồi đo lại.")),
  });

  function draw() {
    const line = test.result();
    const trouble = test.trouble();
    fill(place, [
      el("p.lead", {}, t("Đo chừng 10 giây, tốn không quá 3 MB. Nên nối máy này vào mạng của hội trường.")),
      ...(test.isGoing() ? going() : []),
      ...(line === null ? [] : found(line)),
      trouble !== "" && el("p.careful", { role: "status" }, sign("warning"), el("span", {}, trouble)),
      !test.isGoing() && el("button.big", { "data-key": "again", onclick: () => void test.begin() }, t("Đo lại")),
    ]);
  }

  function going() {
    return [
      el("p.doing", { role: "status" }, doing(part)),
      el("progress", { max: "4", value: String(PARTS.indexOf(part) + 1), "aria-label": t("Đo đường truyền") }),
      el("button.quiet", { "data-key": "stop", onclick: () => test.stop(t("Đã dừng.")) }, t("Dừng")),
    ];
  }

  /** @param {Measured} line */
  function found(line) {
    const grade = gradeOf(line, sendsToo(outside.desk()));
    const tone = grade === "good" ? "good" : grade === "usable" ? "careful" : "bad";
    const kept = told === null ? null : outside.entries().find((each) => told !== null && each.act.id === told.act.id) || told;
    return [
      card({ words: gradeInWords(grade), tone }, advice(grade)),
      el(
        "dl.measured",
        {},
        ...figure(t("Độ trễ"), Math.round(line.rtt_ms) + " ms"),
        ...figure(t("Dao động"), Math.round(line.jitter_ms) + " ms"),
        ...figure(t("Mất gói"), percent(line.loss)),
        ...figure(t("Tải xuống"), megabits(line.down_kbps) + " Mb/s"),
        ...figure(t("Tải lên"), megabits(line.up_kbps) + " Mb/s"),
      ),
      kept && receiptLine(receiptOf(kept), outside.isFresh),
    ];
  }

  return {
    node,
    begin: () => {
      test.open();
      draw();
      focusTitle(node);
      void test.begin();
    },
    changed: draw,
    end: test.end,
  };
}

/** @param {import("../measured.js").Grade} grade */
function advice(grade) {
  switch (grade) {
    case "good":
      return t("Đủ để xem và nghe hội nghị.");
    case "usable":
      return t("Hình có thể mờ hoặc dừng. Nên cắm dây mạng thay Wi-Fi.");
    case "poor":
      return t("Chưa đủ cho hội nghị. Cắm dây mạng, tắt máy khác đang tải, rồi đo lại; vẫn kém thì gọi trực ban.");
  }
}

/** @param {string} name @param {string} value */
function figure(name, value) {
  return [el("dt", {}, name), el("dd", {}, value)];
}

/** @param {HTMLElement} node */
function focusTitle(node) {
  const title = node.querySelector("h1");
  if (title !== null) title.focus();
}

/** @param {Outside} outside @returns {Live} */
function broadcastSheet(outside) {
  const place = el("div", {});
  const node = sheet(t("Kiểm tra luồng phát"), outside.close, [place]);
  const check = run({
    /** @param {AbortSignal} stop @returns {Promise<Found>} */
    work: async (stop) => {
      const told = await outside.here.call("GET", "/desk/broadcast");
      if (stop.aborted) throw new Stopped();
      if (told.kind !== "ok") throw new Declined(told.kind === "refused" ? refusal(told.code, told.detail) : "");
      const found = await checked(told.body.url, {
        fetch: (url, init) => window.fetch(url, init),
        pause: (ms) =>
          new Promise((resolve, reject) => {
            const timer = window.setTimeout(resolve, ms);
            stop.addEventListener("abort", () => {
              window.clearTimeout(timer);
              reject(new Stopped());
            });
          }),
        later: (work, ms) => window.setTimeout(work, ms),
        never: (timer) => window.clearTimeout(timer),
        stop,
      });
      outside.heard(verdict(found).words);
      return found;
    },
    changed: draw,
    broken: (why) => (why instanceof Declined && why.message !== "" ? why.message : t("Chưa kiểm tra được: không tới được trung tâm. Kiểm tra mạng rồi làm lại.")),
  });

  function draw() {
    const found = check.result();
    const trouble = check.trouble();
    const isBad = found === "standing" || found === "unreachable";
    fill(place, [
      el("p.lead", {}, t("Máy này xem tín hiệu của hội nghị có đang phát hay không.")),
      ...(check.isGoing()
        ? [
            el("p.doing", { role: "status" }, t("Đang xem luồng phát, chừng 10 giây…")),
            el("progress", { "aria-label": t("Kiểm tra luồng phát") }),
            el("button.quiet", { "data-key": "stop", onclick: () => check.stop(t("Đã dừng.")) }, t("Dừng")),
          ]
        : []),
      found !== null && card(verdict(found), meaning(found)),
      trouble !== "" && el("p.careful", { role: "status" }, sign("warning"), el("span", {}, trouble)),
      isBad && outside.mayAct() && el("button.big", { "data-key": "report", onclick: outside.fault }, t("Báo sự cố")),
      !check.isGoing() && el(isBad ? "button.quiet" : "button.big", { "data-key": "again", onclick: () => void check.begin() }, t("Kiểm tra lại")),
    ]);
  }

  return {
    node,
    begin: () => {
      check.open();
      draw();
      focusTitle(node);
      void check.begin();
    },
    changed: draw,
    end: check.end,
  };
}

/** @param {Found} found @returns {Verdict} */
function verdict(found) {
  switch (found) {
    case "playing":
      return { words: t("Đang phát"), tone: "good" };
    case "standing":
      return { words: t("Đứng, không có tín hiệu mới"), tone: "bad" };
    case "ended":
      return { words: t("Đã phát xong"), tone: "careful" };
    case "unreachable":
      return { words: t("Không vào được"), tone: "bad" };
    case "unreadable":
      return { words: t("Có trả lời, chưa xem được"), tone: "careful" };
  }
}

/** @param {Found} found @returns {string} */
function meaning(found) {
  switch (found) {
    case "playing":
      return t("Tín hiệu tới được máy này. Hội trường không có hình thì lỗi ở máy, dây hoặc máy chiếu của hội trường.");
    case "standing":
      return t("Trung tâm hoặc đường phát đang ngừng. Không cần chỉnh máy của hội trường; báo sự cố và chờ.");
    case "ended":
      return t("Luồng phát đã kết thúc.");
    case "unreachable":
      return t("Máy này không tới được nơi phát. Thử xem máy có mạng không; có mạng thì báo sự cố.");
    case "unreadable":
      return t("Nơi phát có trả lời nhưng không cho trang này xem. Hãy nhìn màn hình của hội trường.");
  }
}

/**
 * The PIN of a hall: asked for before the link opens, on keys that a thumb does not miss.
 *
 * @file
 */

import { el, empty, sign } from "../see.js";
import { inVietnamese, speakIn, t } from "../words.js";

/**
 * @typedef {{why: "pin_needed" | "wrong_pin" | "too_many_tries" | "no_answer", wait_s: number}} Asked
 * @typedef {Awaited<ReturnType<typeof asking>>} Asking
 */

const SHORTEST = 4;
const LONGEST = 8;
const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];

/** A page without its looks still asks. @returns {Promise<void>} */
function dressed() {
  const looks = document.createElement("link");
  looks.rel = "stylesheet";
  looks.href = new URL("pin.css", import.meta.url).href;
  return new Promise((done) => {
    looks.onload = looks.onerror = () => done();
    document.head.appendChild(looks);
  });
}

/** @param {number} left_s */
function left(left_s) {
  const seconds = String(left_s % 60);
  const minutes = Math.floor(left_s / 60);
  return minutes > 0
    ? t("{minutes} phút {seconds} giây", { minutes, seconds: (seconds.length < 2 ? "0" : "") + seconds })
    : t("{n} giây", { n: seconds });
}

/** Lies over everything else until `end`. */
export async function asking() {
  await dressed();
  const over = document.createElement("div");
  over.id = "pin";
  const beneath = Array.from(document.body.children);

  let typed = "";
  /** @type {Asked} */
  let asked = { why: "pin_needed", wait_s: 0 };
  let until_ms = 0;
  let isAway = false;
  let isSent = false;
  let beat = 0;
  /** @type {(pin: string) => void} */
  let answer = () => {};

  const field = document.createElement("input");
  field.id = "pin-digits";
  field.type = "text";
  // The page has keys of its own, larger than those of the phone.
  field.setAttribute("inputmode", "none");
  field.autocomplete = "off";
  field.maxLength = LONGEST;
  field.setAttribute("aria-describedby", "pin-why");
  field.addEventListener("input", () => {
    write(field.value);
  });
  const wrong = el("p.pin-wrong", { role: "alert" });
  const waits = el("p.pin-waits", { role: "timer" });
  const enter = /** @type {HTMLButtonElement} */ (el("button.big", { "data-key": "pin-enter", onclick: send }));

  /** @param {string} next */
  function write(next) {
    typed = next.replace(/\D/g, "").slice(0, LONGEST);
    field.value = typed;
    follow();
  }

  const wait_s = () => Math.max(0, Math.ceil((until_ms - Date.now()) / 1000));

  /** What changes while somebody types or waits. */
  function follow() {
    const still_s = wait_s();
    if (still_s === 0) {
      window.clearInterval(beat);
      if (asked.why === "too_many_tries") wrong.textContent = "";
    }
    waits.textContent = still_s > 0 ? t("Nhập lại được sau {time}.", { time: left(still_s) }) : "";
    enter.disabled = isSent || still_s > 0 || typed.length < SHORTEST;
    enter.textContent = isSent ? t("Đang mở…") : t("Mở trang");
  }

  function send() {
    if (isSent || wait_s() > 0 || typed.length < SHORTEST) return;
    isSent = true;
    wrong.textContent = "";
    follow();
    answer(typed);
  }

  /** @param {KeyboardEvent} event for whoever has keys of their own */
  function struck(event) {
    if (isAway || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" && (event.target === field || event.target === document.body)) {
      event.preventDefault();
      send();
    } else if (event.target !== field && /^\d$/.test(event.key)) write(typed + event.key);
    else if (event.target !== field && event.key === "Backspace") write(typed.slice(0, -1));
  }

  /** @param {boolean} is */
  function cover(is) {
    for (const each of beneath) {
      if (is) each.setAttribute("inert", "");
      else each.removeAttribute("inert");
    }
  }

  function complaint() {
    if (asked.why === "wrong_pin") return t("Mã PIN không đúng. Nhập lại.");
    if (asked.why === "too_many_tries") return t("Nhập sai quá nhiều lần.");
    return asked.why === "no_answer" ? t("Chưa nối được với trung tâm. Kiểm tra mạng rồi bấm lại.") : "";
  }

  /** @param {string} name @param {string} shown @param {() => void} does @param {string} said */
  function key(name, shown, does, said) {
    const button = el("button.pin-key", { "data-key": "pin-" + name, "aria-label": said, onclick: does }, shown);
    // Whoever presses it with a mouse may go on with the keyboard.
    button.addEventListener("mousedown", (event) => event.preventDefault());
    return button;
  }

  function draw() {
    empty(over);
    over.className = isAway ? "pin-away" : "pin-open";
    cover(!isAway);
    if (isAway) {
      over.appendChild(
        el("button.strip.amber", { "data-key": "pin-back", onclick: comeBack }, sign("warning"), el("span", {}, el("strong", {}, t("Cần mã PIN")), " · " + t("bấm để nhập, báo cáo chờ gửi")), sign("right")),
      );
      return;
    }
    over.appendChild(
      el(
        "div.pin-sheet",
        { role: "dialog", "aria-modal": "true", "aria-labelledby": "pin-title" },
        el("h1", { id: "pin-title" }, t("Nhập mã PIN")),
        el("p.note", { id: "pin-why" }, t("Mã của điểm cầu gồm 4 đến 8 chữ số, do ban tổ chức cấp.")),
        el("label.unseen", { for: "pin-digits" }, t("Mã PIN")),
        field,
        wrong,
        waits,
        el(
          "div.pin-keys",
          { role: "group", "aria-label": t("Bàn phím số") },
          ...KEYS.map((digit) => key(digit, digit, () => write(typed + digit), digit)),
          key("clear", t("Xóa hết"), () => write(""), t("Xóa hết")),
          key("0", "0", () => write(typed + "0"), "0"),
          key("back", t("Xóa"), () => write(typed.slice(0, -1)), t("Xóa một chữ số")),
        ),
        enter,
        el("p.note", {}, t("Không có mã, hoặc quên: hỏi ban tổ chức hay trực ban.")),
        el(
          "footer",
          {},
          document.body.hasAttribute("data-open") && el("button.plain", { "data-key": "pin-later", onclick: later }, t("Để sau")),
          el("button.plain", { "data-key": "pin-language", lang: inVietnamese() ? "en" : "vi", onclick: () => void change() }, inVietnamese() ? "English" : "Tiếng Việt"),
        ),
      ),
    );
    follow();
    field.focus();
  }

  /** What waits to be sent goes on waiting. */
  function later() {
    isAway = true;
    draw();
  }

  function comeBack() {
    isAway = false;
    draw();
  }

  async function change() {
    try {
      await speakIn(inVietnamese() ? "en" : "vi", window.localStorage);
    } catch (lost) {
      console.warn("no-english", lost);
    }
    wrong.textContent = complaint();
    draw();
  }

  document.body.insertBefore(over, document.body.firstChild);
  document.addEventListener("keydown", struck);

  return {
    /** @param {Asked} told what the centre said to the last one @returns {Promise<string>} what the person enters */
    ask(told) {
      asked = told;
      isSent = false;
      until_ms = Date.now() + told.wait_s * 1000;
      window.clearInterval(beat);
      if (told.wait_s > 0) beat = window.setInterval(follow, 1000);
      // After a line that broke the same digits are sent again.
      if (told.why === "wrong_pin" || told.why === "too_many_tries") typed = field.value = "";
      draw();
      wrong.textContent = complaint();
      return new Promise((given) => {
        answer = given;
      });
    },

    end() {
      window.clearInterval(beat);
      document.removeEventListener("keydown", struck);
      cover(false);
      over.remove();
    },
  };
}

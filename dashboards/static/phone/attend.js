/**
 * A person checks in with their own phone: the code that the hall shows, and the badge they carry.
 *
 * The badge stays on this phone, so that it is asked for once.
 *
 * @file
 */

import { readPhotograph } from "./door/reading.js";
import { personOf } from "./door/roster.js";
import { hour } from "./hours.js";
import { el, fill, sign } from "./see.js";
import { uuid7 } from "./uuid7.js";
import { refusal, t } from "./words.js";

const BADGE = "bridge.own-badge";
const PATIENCE_MS = 20000;

const main = /** @type {HTMLElement} */ (document.getElementById("main"));
const point = decodeURIComponent(window.location.pathname.split("/").filter(Boolean).pop() || "");

let badge = recalled();
/** One name for one coming: asked again after a lost answer, it counts once. */
let id = fresh();
/** @type {"asking" | "sending" | "in" | "again" | "no" | "unknown" | "old"} */
let state = "asking";
let line = "";
let wrong = "";

const typed = document.createElement("input");
typed.id = "badge";
typed.type = "text";
typed.autocomplete = "off";
typed.maxLength = 60;
typed.setAttribute("autocapitalize", "characters");
typed.setAttribute("spellcheck", "false");
typed.addEventListener("keydown", (event) => {
  if (event.key === "Enter") given(typed.value);
});

const photo = document.createElement("input");
photo.type = "file";
photo.accept = "image/*";
photo.setAttribute("capture", "environment");
photo.id = "badge-photo";
photo.className = "unseen";
photo.addEventListener("change", () => {
  const picture = photo.files && photo.files[0];
  photo.value = "";
  if (picture) void photographed(picture);
});
let isReading = false;

/** @param {File} picture of the person's own badge */
async function photographed(picture) {
  isReading = true;
  draw();
  let text = "";
  try {
    text = (await readPhotograph(picture))[0] || "";
    wrong = text === "" ? t("Không thấy mã trong ảnh") + ". " + t("Chụp gần hơn, đủ sáng, cả mã QR trong khung.") : "";
  } catch (broken) {
    console.warn("photo-not-read", broken);
    wrong = t("Máy chưa đọc được mã");
  }
  isReading = false;
  if (text !== "" && personOf(text) === null) wrong = t("Không phải thẻ đại biểu");
  else if (text !== "") return given(text);
  draw();
}

function fresh() {
  return uuid7(Date.now(), (room) => void window.crypto.getRandomValues(room));
}

function recalled() {
  try {
    return window.localStorage.getItem(BADGE) || "";
  } catch (forbidden) {
    return "";
  }
}

/** @param {string} text */
function keep(text) {
  badge = text;
  try {
    if (text === "") window.localStorage.removeItem(BADGE);
    else window.localStorage.setItem(BADGE, text);
  } catch (forbidden) {
    console.warn("badge-not-kept", forbidden);
  }
}

/** @param {string} text as typed from the badge: small letters and spaces do not matter */
function given(text) {
  const plain = text.replace(/\s+/g, "").toUpperCase();
  if (personOf(plain) === null) {
    wrong = t("Số thẻ bắt đầu bằng DB1. và có 34 ký tự; dễ hơn là chụp mã QR trên thẻ.");
    draw();
    typed.focus();
    return;
  }
  wrong = "";
  keep(plain);
  void send();
}

async function send() {
  state = "sending";
  draw();
  const stop = new AbortController();
  const patience = window.setTimeout(() => stop.abort(), PATIENCE_MS);
  try {
    const answer = await window.fetch("/api/v1/attend", {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify({ id, point, code: window.location.hash.slice(1), badge }),
      credentials: "omit",
      cache: "no-store",
      signal: stop.signal,
    });
    take(answer.status, await answer.json());
  } catch (lost) {
    state = "unknown";
  } finally {
    window.clearTimeout(patience);
  }
  draw();
}

/** @param {number} status @param {any} body */
function take(status, body) {
  if (status === 200 && (body.outcome === "accepted" || body.outcome === "refused")) {
    state = body.outcome === "refused" ? "no" : body.code === "" ? "in" : "again";
    line = body.outcome === "accepted" && body.code === "" ? t("Đã nhận {time}", { time: hour(Date.parse(body.at)) }) : refusal(body.code, body.message);
    return;
  }
  line = refusal(body.code, body.detail || "");
  state = status === 404 ? "old" : status >= 500 || status === 429 || status === 408 ? "unknown" : "no";
}

const CARD = {
  in: { tone: "in", icon: /** @type {"check"} */ ("check"), title: () => t("Đã điểm danh") },
  again: { tone: "again", icon: /** @type {"warning"} */ ("warning"), title: () => t("Đã điểm danh trước đó") },
  no: { tone: "no", icon: /** @type {"cross"} */ ("cross"), title: () => t("Không được nhận") },
  old: { tone: "no", icon: /** @type {"cross"} */ ("cross"), title: () => t("Mã đã hết hạn") },
  unknown: { tone: "again", icon: /** @type {"warning"} */ ("warning"), title: () => t("Chưa có mạng") },
};

function draw() {
  if (state === "asking") fill(main, [question()]);
  else if (state === "sending") fill(main, [el("section.question", {}, el("p.answer", { role: "status" }, t("Đang gửi…")))]);
  else {
    const { tone, icon, title } = CARD[state];
    fill(main, [
      el(
        "section.question",
        {},
        el("div.result-card." + tone, { role: "status" }, sign(icon), el("div", {}, el("strong", {}, title()), el("p", {}, said()))),
        state === "unknown" && el("button.big", { "data-key": "again", onclick: () => void send() }, t("Thử lại ngay")),
        state !== "in" && el("button.plain", { "data-key": "other", onclick: other }, t("Dùng thẻ khác")),
      ),
    ]);
  }
}

function said() {
  if (state === "unknown") return t("Chưa gửi được. Bấm thử lại, hoặc điểm danh tại bàn của hội trường.");
  if (state === "old") return t("Quét lại mã đang hiện trên màn hình hội trường.");
  return line;
}

function other() {
  keep("");
  id = fresh();
  state = "asking";
  draw();
  typed.focus();
}

function question() {
  return el(
    "section.question.open",
    {},
    el("h2", {}, t("Thẻ đại biểu của bạn")),
    el("p.note", {}, t("Chỉ hỏi một lần; máy này nhớ lại.")),
    photo,
    el("div", {}, el("label.big.quiet", { for: "badge-photo" }, isReading ? t("Đang đọc ảnh…") : t("Chụp mã QR trên thẻ"))),
    el("p.why", { role: "alert" }, wrong),
    el("div.other", {}, el("label", { for: "badge" }, t("Hoặc nhập số thẻ")), typed),
    el("button.quiet", { "data-key": "send", onclick: () => given(typed.value) }, t("Điểm danh")),
  );
}

// Another code of the hall was scanned while this page stood open: another coming.
window.addEventListener("hashchange", () => {
  id = fresh();
  if (badge !== "") void send();
});

if (badge !== "") void send();
else draw();

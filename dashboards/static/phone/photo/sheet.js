/**
 * A photo of the hall, for whoever compares it with the head count: taken or chosen, made small on the phone, sent, received.
 *
 * @file
 */

import { sheet } from "../drawers.js";
import { hour, instant } from "../hours.js";
import { el, fill, sign } from "../see.js";
import { refusal, t } from "../words.js";

/**
 * @typedef {{
 *   desk: () => import("../desk.js").Desk, here: import("../link.js").Link, mayAct: () => boolean, close: () => void, now_ms: () => number,
 * }} Outside
 */

const SIDE = 1600;
const QUALITY = 0.8;
const PATIENCE_MS = 90000;

/**
 * Three megabytes of a camera are minutes on a slow line, and the centre keeps no more than this anyway.
 *
 * @param {File} file
 * @returns {Promise<Blob>} as it is, where the browser cannot make it smaller
 */
function smaller(file) {
  return new Promise((done) => {
    const image = new Image();
    const reader = new FileReader();
    const as_it_is = () => done(file);
    image.onload = () => {
      const scale = Math.min(1, SIDE / Math.max(image.naturalWidth, image.naturalHeight));
      const paper = document.createElement("canvas");
      paper.width = Math.max(1, Math.round(image.naturalWidth * scale));
      paper.height = Math.max(1, Math.round(image.naturalHeight * scale));
      const pen = paper.getContext("2d");
      if (pen === null) return as_it_is();
      pen.drawImage(image, 0, 0, paper.width, paper.height);
      paper.toBlob((blob) => done(blob === null || blob.size > file.size ? file : blob), "image/jpeg", QUALITY);
    };
    image.onerror = reader.onerror = as_it_is;
    // Written out as text: the page may show no other pictures than its own and such.
    reader.onload = () => (image.src = String(reader.result));
    reader.readAsDataURL(file);
  });
}

/**
 * @param {string} _way
 * @param {Outside} outside
 * @returns {import("../drawers.js").Live}
 */
export function photoSheet(_way, outside) {
  /** @type {AbortController | null} */
  let going = null;
  /** @type {Blob | null} */
  let chosen = null;
  let received = "";
  let trouble = "";
  const state = el("div", { "aria-live": "polite" });
  const file = document.createElement("input");
  file.type = "file";
  file.id = "photo-file";
  file.accept = "image/*";
  file.hidden = true;
  file.addEventListener("change", () => {
    const picked = file.files && file.files[0];
    file.value = "";
    if (picked) void send(picked);
  });

  /** @param {File} picked */
  async function send(picked) {
    received = trouble = "";
    going = new AbortController();
    draw();
    chosen = await smaller(picked);
    await again();
  }

  async function again() {
    const desk = outside.desk();
    if (chosen === null || desk.sitting === null) return;
    const mine = going || new AbortController();
    going = mine;
    trouble = "";
    draw();
    const patience = setTimeout(() => mine.abort(), PATIENCE_MS);
    const asked = "point=" + encodeURIComponent(desk.point.code) + "&sitting=" + encodeURIComponent(desk.sitting.id);
    try {
      // Its own kind and name say nothing: the centre looks into it.
      const sent = new Blob([chosen], { type: /^image\/(jpeg|png|webp)$/.test(chosen.type) ? chosen.type : "image/jpeg" });
      const answer = await outside.here.bare("POST", "/conferences/" + encodeURIComponent(desk.conference.id) + "/photos?" + asked, sent, mine.signal);
      const told = await answer.json();
      if (answer.ok) received = hour(instant(told.at));
      else trouble = refusal(told.code, told.detail) || t("Chưa gửi được ảnh; hãy thử lại.");
      // Whoever has to sign in again, or to wait, need not take it again.
      if (answer.ok || (answer.status >= 400 && answer.status < 500 && ![401, 408, 429].includes(answer.status))) chosen = null;
    } catch (lost) {
      trouble = t("Chưa gửi được ảnh; hãy thử lại.");
    } finally {
      clearTimeout(patience);
      going = null;
      draw();
    }
  }

  function draw() {
    fill(state, [
      received !== "" && el("p.receipt", {}, sign("check"), el("span", {}, t("Đã nhận ảnh {time}", { time: received }))),
      trouble !== "" && el("p.answer", { role: "alert" }, trouble),
      going !== null && el("p.note", {}, t("Đang gửi ảnh…")),
      going === null && chosen !== null && el("button.big", { "data-key": "photo-again", onclick: () => void again() }, t("Gửi lại")),
      going === null &&
        chosen === null &&
        el("button.big", { "data-key": "photo-take", onclick: () => file.click() }, received === "" ? t("Chụp hoặc chọn ảnh") : t("Gửi ảnh khác")),
    ]);
  }

  const node = sheet(t("Ảnh hội trường"), outside.close, [
    el("p.note", {}, t("Chụp từ cuối phòng, thấy hết các hàng ghế. Vị trí và thông tin máy trong ảnh bị xóa; ảnh được xóa khi hết thời hạn lưu.")),
    file,
    state,
  ]);
  draw();
  return {
    node,
    begin: () => {
      const title = node.querySelector("h1");
      if (title !== null) title.focus();
    },
    changed: () => {},
    end: () => {
      if (going !== null) going.abort();
    },
  };
}

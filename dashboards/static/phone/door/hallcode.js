/**
 * The hall's own code, large, for people to scan with their own phones; another one every few seconds.
 *
 * @file
 */

import { sheet } from "../drawers.js";
import { el } from "../see.js";
import { refusal, t } from "../words.js";

const AGAIN_MS = 3000;

/**
 * @param {import("./door.js").Door} door
 * @returns {import("../drawers.js").Live}
 */
export function codeSheet(door) {
  const { outside } = door;
  const image = document.createElement("img");
  image.alt = t("Mã QR của hội trường");
  const paper = el("div.hallcode", { hidden: true }, image);
  const words = el("p.answer", { role: "status" }, t("Đang lấy mã…"));
  const counter = el("p.note.counter", {});
  let isEnded = false;
  let drawn_ms = -Infinity;
  let step_ms = 20000;

  async function show() {
    if (isEnded) return;
    const told = await outside.here.call("GET", "/desk/hall-code");
    const drawing = told.kind === "ok" ? await outside.here.call("GET", "/desk/hall-code.svg") : told;
    if (isEnded) return;
    let again_ms = AGAIN_MS;
    if (told.kind === "ok" && drawing.kind === "ok" && typeof drawing.body === "string") {
      image.src = "data:image/svg+xml," + encodeURIComponent(drawing.body);
      paper.hidden = false;
      words.textContent = t("Đại biểu quét mã này bằng điện thoại của mình.");
      drawn_ms = Date.now();
      step_ms = told.body.step_s * 1000;
      again_ms = Math.max(500, told.body.seconds_left * 1000 + 200);
    } else if (told.kind === "refused") {
      words.textContent = refusal(told.code, told.detail) || t("Hội nghị này không điểm danh từng người.");
      return;
    } else if (Date.now() - drawn_ms > 2 * step_ms) {
      // An old code lets nobody in, so it is not shown.
      paper.hidden = true;
      words.textContent = t("Mã cần có mạng. Lúc này hãy quét thẻ hoặc chọn tên.");
    }
    window.setTimeout(() => void show(), again_ms);
  }

  function changed() {
    counter.textContent = door.counter();
  }

  return {
    node: sheet(t("Mã của hội trường"), outside.close, [counter, paper, words]),
    begin: () => {
      changed();
      void show();
    },
    changed,
    end: () => {
      isEnded = true;
    },
  };
}

/**
 * Scanning badges at the door: the camera looks, the answer is large, green or amber, with the person's name.
 *
 * @file
 */

import { sheet } from "../drawers.js";
import { mayUndo } from "../receipts.js";
import { el, fill, sign } from "../see.js";
import { t } from "../words.js";
import { hasCamera, looking } from "./camera.js";
import { readPhotograph } from "./reading.js";
import { personOf } from "./roster.js";
import { sounder } from "./sounds.js";

/**
 * @typedef {import("./door.js").Door} Door
 * @typedef {import("./door.js").Result} Result
 */

const LAST_SHOWN = 5;
/** The same badge held before the camera is one scan, not ten. */
const SAME_MS = 4000;
const SIGN = { in: /** @type {"check"} */ ("check"), again: /** @type {"warning"} */ ("warning"), no: /** @type {"cross"} */ ("cross") };

/**
 * @param {Door} door
 * @returns {import("../drawers.js").Live}
 */
export function scanSheet(door) {
  const { outside } = door;
  const sounds = sounder();
  /** What the last scan became: the entry, whose answer may still come, or something that needs none. @type {import("../outbox.js").Entry | null} */
  let entry = null;
  /** @type {Result | null} */
  let instead = null;
  /** @type {{text: string, until_ms: number}} */
  let last = { text: "", until_ms: 0 };
  /** @type {{torch: ((on: boolean) => Promise<void>) | null, stop: () => void} | null} */
  let eye = null;
  let isLit = false;
  let isEnded = false;
  let isReading = false;
  /** @type {"starting" | "looking" | "none"} */
  let camera = "starting";
  let trouble = "";

  const video = document.createElement("video");
  video.muted = true;
  video.setAttribute("playsinline", "");
  video.setAttribute("aria-label", t("Hình từ máy ảnh"));
  const window_ = el("div.eye", {}, video, el("i", {}));
  const counter = el("p.note.counter", {});
  const result = el("div.result-of", { role: "status" });
  const tools = el("div", {});
  const list = el("div", {});

  const file = document.createElement("input");
  file.type = "file";
  file.accept = "image/*";
  file.setAttribute("capture", "environment");
  file.id = "badge-photo";
  file.className = "unseen";
  file.addEventListener("change", () => {
    const picture = file.files && file.files[0];
    file.value = "";
    if (picture) void photographed(picture);
  });

  /** @param {File} picture */
  async function photographed(picture) {
    isReading = true;
    changed();
    try {
      const [text] = await readPhotograph(picture);
      isReading = false;
      if (text === undefined) told({ tone: "no", title: t("Không thấy mã trong ảnh"), line: t("Chụp gần hơn, đủ sáng, cả mã QR trong khung."), more: "" });
      else {
        last = { text: "", until_ms: 0 };
        await seen(text);
      }
    } catch (broken) {
      console.warn("photo-not-read", broken);
      isReading = false;
      told({ tone: "no", title: t("Máy chưa đọc được mã"), line: t("Cần có mạng một lần để tải bộ đọc mã. Lúc này hãy chọn tên trong danh sách."), more: "" });
    }
  }

  /** @param {Result} said */
  function told(said) {
    entry = null;
    instead = said;
    sounds.play(said.tone);
    outside.heard(said.title + ". " + said.line);
    changed();
  }

  /** @param {string} text what stood in a code */
  async function seen(text) {
    const now_ms = Date.now();
    if (text === last.text && now_ms < last.until_ms) {
      last.until_ms = now_ms + SAME_MS;
      return;
    }
    last = { text, until_ms: now_ms + SAME_MS };
    const person = personOf(text);
    if (person === null) {
      told({ tone: "no", title: t("Không phải thẻ đại biểu"), line: t("Mã này không phải của hội nghị; không gửi đi đâu cả."), more: "" });
      return;
    }
    const before = door.already(person);
    if (before !== null) {
      told(door.seenBefore(before));
      return;
    }
    sounds.play("in");
    instead = null;
    entry = await outside.say({ kind: "scan", badge: text.trim() });
    if (entry !== null) outside.heard(door.resultOf(entry).title);
    changed();
  }

  function changed() {
    counter.textContent = door.counter();
    fill(result, [large()]);
    window_.hidden = camera === "none";
    fill(tools, [
      trouble !== "" && el("p.careful", {}, sign("warning"), el("span", {}, trouble)),
      el(
        "div.pair",
        {},
        el("label.quiet", { for: "badge-photo" }, isReading ? t("Đang đọc ảnh…") : t("Chụp ảnh thẻ")),
        eye !== null && eye.torch !== null && el("button.quiet", { "data-key": "torch", "aria-pressed": String(isLit), onclick: light }, sign("torch"), t("Đèn")),
      ),
    ]);
    fill(list, [lastOnes()]);
  }

  /** @returns {HTMLElement} */
  function large() {
    const now = entry === null ? null : outside.entries().find((each) => entry !== null && each.act.id === entry.act.id) || entry;
    const said = now === null ? instead : door.resultOf(now);
    if (said === null) {
      const words = camera === "none" ? t("Chụp ảnh thẻ để điểm danh.") : t("Đưa mã QR trên thẻ vào khung.");
      return el("p.result-card", {}, el("span", {}, words));
    }
    return el(
      "div.result-card." + said.tone,
      {},
      sign(SIGN[said.tone]),
      el("div", {}, el("strong", {}, said.title), said.more !== "" && el("p", {}, said.more), el("p", {}, said.line)),
    );
  }

  function lastOnes() {
    const scans = door.scans().slice(0, LAST_SHOWN);
    if (scans.length === 0) return null;
    const view = { desk: outside.desk(), now_ms: outside.now_ms() };
    return el(
      "ul.rounds",
      {},
      ...scans.map((each, place) => {
        const said = door.resultOf(each);
        const isOurs = each.outcome === null || (each.outcome.outcome === "accepted" && each.outcome.code === "");
        return el(
          "li",
          {},
          el("div.said", {}, el("p", {}, el("strong", {}, said.title)), el("p.note", {}, said.line)),
          // Only the newest: the centre takes no other back.
          place === 0 &&
            isOurs &&
            mayUndo(each, view) &&
            el(
              "button.change",
              {
                "data-key": "undo-scan",
                "aria-label": t("Hoàn tác") + ": " + said.title,
                onclick: () => {
                  entry = null;
                  instead = null;
                  last = { text: "", until_ms: 0 };
                  void outside.say({ kind: "undo", act: each.act.id }).then(changed);
                },
              },
              t("Hoàn tác"),
            ),
        );
      }),
    );
  }

  function light() {
    if (eye === null || eye.torch === null) return;
    isLit = !isLit;
    void eye.torch(isLit).catch(() => {
      isLit = false;
    });
    changed();
  }

  async function open() {
    if (!hasCamera()) {
      camera = "none";
      changed();
      return;
    }
    try {
      const opened = await looking(video, (text) => void seen(text));
      if (isEnded) opened.stop();
      else {
        eye = opened;
        camera = "looking";
      }
    } catch (refused) {
      console.warn("no-camera", refused);
      camera = "none";
      trouble = t("Máy ảnh chưa mở được. Cho phép dùng máy ảnh, hoặc chụp ảnh thẻ.");
    }
    changed();
  }

  const node = sheet(t("Quét thẻ"), outside.close, [counter, window_, result, file, tools, list]);
  return {
    node,
    begin: () => {
      sounds.wake();
      void door.learn(changed);
      void open();
      changed();
    },
    changed,
    end: () => {
      isEnded = true;
      if (eye !== null) eye.stop();
      sounds.end();
    },
  };
}

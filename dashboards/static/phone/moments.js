/**
 * What the page says when there is no question to ask: what has happened, what to do, and whom to call.
 *
 * @file
 */

import { hour } from "./hours.js";
import { el, sign } from "./see.js";
import { t } from "./words.js";

/**
 * @typedef {import("./desk.js").Desk} Desk
 * @typedef {import("./see.js").Child} Child
 */

/**
 * @param {string} title
 * @param {string[]} lines
 * @param {HTMLElement | null} action
 */
function notice(title, lines, action) {
  return el("section.notice", {}, el("h2", {}, title), ...lines.map((line) => el("p", {}, line)), action);
}

/** @param {number} waiting how many reports the phone still holds */
export function wrongLink(waiting) {
  return notice(
    t("Đường dẫn này không dùng được"),
    [
      t("Có thể địa chỉ bị cắt thiếu khi chép, hoặc đường dẫn đã được thay bằng đường dẫn mới."),
      t("Mở lại đúng tin nhắn có đường dẫn và bấm vào đó. Vẫn không được thì xin trực ban gửi lại đường dẫn."),
      ...(waiting > 0 ? [t("Máy vẫn giữ {n} báo cáo chưa gửi; mở đúng đường dẫn thì máy gửi tiếp.", { n: waiting })] : []),
    ],
    null,
  );
}

/** @param {() => void} again */
export function noNetwork(again) {
  return notice(
    t("Chưa nối được với trung tâm"),
    [t("Trang tự mở khi có mạng, cứ để yên trang này."), t("Cần gấp thì gọi trực ban.")],
    el("button.big", { "data-key": "again", onclick: again }, t("Thử lại ngay")),
  );
}

export function noConference() {
  return notice(
    t("Điểm cầu chưa có trong hội nghị nào"),
    [t("Đường dẫn vẫn đúng. Trang tự mở khi ban tổ chức đưa điểm cầu vào hội nghị; cần thì hỏi trực ban.")],
    null,
  );
}

/** @param {Desk} desk */
export function noSitting(desk) {
  return notice(
    desk.conference.phase === "draft" ? t("Hội nghị chưa mở") : t("Hiện không có buổi họp"),
    [desk.conference.title, t("Chưa cần báo gì. Trang tự mở khi đến buổi họp; giữ lại đường dẫn này.")],
    null,
  );
}

/**
 * What stands above the questions, when something does.
 *
 * @param {Desk} desk
 * @param {{stale_ms: number | null}} freshness when the centre last told us, if it does not tell now
 * @returns {Child[]}
 */
export function above(desk, { stale_ms }) {
  return [
    desk.conference.phase === "rehearsal" &&
      el("p.strip", {}, el("strong", {}, t("Chạy thử")), " · " + t("không tính vào kết quả hội nghị")),
    desk.conference.phase === "closed" &&
      el("p.strip", {}, el("strong", {}, t("Hội nghị đã chốt số liệu")), " · " + t("cần sửa thì đề nghị đính chính")),
    desk.conference.phase === "closing" &&
      el("p.strip", {}, el("strong", {}, t("Đang chốt số liệu")), " · " + t("kiểm tra lại quân số")),
    stale_ms !== null &&
      el(
        "p.strip.amber",
        {},
        sign("clock"),
        el("span", {}, el("strong", {}, t("Chưa nối được trung tâm")), " · " + t("số liệu lúc {time}, vẫn báo được", { time: hour(stale_ms) })),
      ),
  ];
}

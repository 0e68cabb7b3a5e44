/**
 * What the hall can do by itself: one card per fault, a few short steps, and then whom to call.
 *
 * For somebody who also runs the projector: one thing to do in each step, in the words that stand on the devices.
 *
 * @file
 */

import { callButton } from "./calling.js";
import { sheet } from "./drawers.js";
import { receiptLine } from "./receipts.js";
import { el, sign } from "./see.js";
import { FAULT, t } from "./words.js";

/** @typedef {import("./acts.js").Fault} Fault */

/** @type {Partial<Record<Fault, () => string[]>>} */
const STEPS = {
  no_picture: () => [
    t("Xem máy chiếu hoặc tivi có sáng đèn không. Chưa sáng thì bấm nút nguồn, chờ một phút."),
    t("Cầm điều khiển của máy chiếu, bấm SOURCE hoặc INPUT, chọn cổng đang cắm dây (thường là HDMI)."),
    t("Rút dây hình ở máy tính và ở máy chiếu, cắm lại cho chặt."),
    t("Trên máy tính, giữ phím có hình cửa sổ và bấm P, chọn Duplicate (Nhân đôi)."),
    t("Máy tính có hình mà hội nghị không có: bấm F5 để tải lại, hoặc thoát ra rồi vào lại."),
  ],
  no_sound: () => [
    t("Trên máy tính, bấm hình cái loa ở góc dưới bên phải, kéo âm lượng lên. Có gạch chéo thì bấm vào để bỏ."),
    t("Xem loa và âm ly đã bật chưa, núm âm lượng có đang vặn nhỏ không."),
    t("Rút dây tiếng ở máy tính, cắm lại vào lỗ màu xanh hoặc lỗ có hình tai nghe."),
    t("Bấm hình cái loa lần nữa, chọn đúng loa của hội trường."),
    t("Trong cửa sổ hội nghị, xem có đang tắt tiếng không. Vẫn im thì bấm F5 để tải lại."),
  ],
  connection_lost: () => [
    t("Xem bộ phát mạng (modem, Wi-Fi) có sáng đèn không. Tắt hết thì xem lại ổ điện."),
    t("Rút dây mạng ở máy tính, cắm lại đến khi nghe tiếng “tách”."),
    t("Tắt bộ phát mạng, đếm đến 30, bật lại, chờ hai phút."),
    t("Vẫn không có mạng: bật phát Wi-Fi 4G trên điện thoại, nối máy tính vào đó."),
    t("Có mạng rồi thì vào lại hội nghị bằng đường dẫn cũ."),
  ],
};

/**
 * Nobody calls back for what they have not heard of.
 *
 * @param {{receipt: import("./desk.js").Receipt | null, isFresh: (noted_ms: number) => boolean}} known
 */
function lead({ receipt, isFresh }) {
  if (receipt === null) return t("Làm lần lượt từng bước.");
  if (receipt.kind === "waiting" && !isFresh(receipt.noted_ms)) {
    return t("Trực ban chưa nhận được, cần ngay thì gọi. Trong lúc chờ, làm lần lượt từng bước.");
  }
  return t("Trực ban sẽ gọi lại. Trong lúc chờ, làm lần lượt từng bước.");
}

/** @param {Fault | null} fault @returns {boolean} */
export const hasHelp = (fault) => fault !== null && fault in STEPS;

/**
 * @param {Fault} fault
 * @param {{receipt: import("./desk.js").Receipt | null, isFresh: (noted_ms: number) => boolean, hotline: string}} known
 * @param {{mended: (() => void) | null, close: () => void}} does
 */
export function helpSheet(fault, known, does) {
  const steps = STEPS[fault];
  return sheet(t(FAULT[fault]), does.close, [
    receiptLine(known.receipt, known.isFresh),
    el("p.lead", {}, lead(known)),
    el("ol.help", {}, ...(steps ? steps() : []).map((step) => el("li", {}, step))),
    el(
      "div.foot",
      {},
      does.mended && el("button.big", { "data-key": "mended", onclick: does.mended }, sign("check"), el("span", {}, t("Đã hết"))),
      known.hotline !== "" && callButton(known.hotline, t("Vẫn chưa được: gọi hỗ trợ"), "call-help"),
    ),
  ]);
}

/**
 * What the page says: Vietnamese is written in the code, English is fetched only by those who choose it.
 *
 * @file
 */

/**
 * @typedef {"not_opened" | "on_site" | "line_tested" | "chair_present" | "in_session" | "ended"} Stage
 * @typedef {"good" | "poor" | "none"} Word
 * @typedef {"line" | "picture" | "sound"} Sense
 * @typedef {"opening" | "middle" | "closing"} Round
 * @typedef {"no_picture" | "no_sound" | "connection_lost" | "power_cut" | "other"} Fault
 * @typedef {"lost" | "power_cut" | "flapping" | "no_picture" | "no_sound" | "not_receiving" | "centre" | "other"} Trouble
 * @typedef {"sick" | "business" | "study" | "family" | "other"} Reason
 * @typedef {"leader" | "member" | "staff" | "other"} Category
 */

/** @type {Record<string, string>} */
let other = {};
/** @type {Record<string, string>} */
let refusals = {};

/**
 * @param {string} said the Vietnamese sentence, `{name}` where a value goes
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function t(said, values = {}) {
  const sentence = other[said] || said;
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/**
 * What the centre did not take, or takes with a word: in English by its code, else in the centre's own words.
 *
 * @param {string} code @param {string} message
 * @returns {string}
 */
export function refusal(code, message) {
  // That a thing was taken, and nothing more, the receipt says already.
  return refusals[code] || (code === "" && !inVietnamese() ? "" : message);
}

/** @param {Record<string, string>} catalogue an empty one is Vietnamese @param {Record<string, string>} [codes] */
export function speak(catalogue, codes = {}) {
  other = catalogue;
  refusals = codes;
}

/**
 * @param {string} language "en" or "vi" @param {Pick<Storage, "setItem">} shelf where the choice is kept for the next visit
 * @returns {Promise<void>} rejected when the English words did not come through
 */
export async function speakIn(language, shelf) {
  if (language === "en") {
    const { ENGLISH, REFUSALS } = await import("./english.js");
    speak(ENGLISH, REFUSALS);
  } else speak({});
  document.documentElement.lang = language;
  try {
    shelf.setItem("bridge.language", language);
  } catch (full) {
    console.warn("language-not-kept", full);
  }
}

/** @returns {boolean} */
export function inVietnamese() {
  return Object.keys(other).length === 0;
}

/** @type {Record<Stage, string>} */
export const STAGE = {
  not_opened: "Chưa mở",
  on_site: "Kỹ thuật đã đến",
  line_tested: "Đã thử đường truyền",
  chair_present: "Chủ trì có mặt",
  in_session: "Đang họp",
  ended: "Đã kết thúc",
};

/** @type {Record<Word, string>} */
export const WORD = { good: "Tốt", poor: "Kém", none: "Không có" };

/** @type {Record<Sense, string>} */
export const SENSE = { line: "Tín hiệu", picture: "Hình ảnh", sound: "Âm thanh" };

/** @type {Record<Fault, string>} */
export const FAULT = {
  no_picture: "Mất hình",
  no_sound: "Mất tiếng",
  connection_lost: "Mất kết nối",
  power_cut: "Mất điện",
  other: "Sự cố khác",
};

/** What the centre calls it, where the hall has not said it in its own words. @type {Record<Trouble, string>} */
export const TROUBLE = {
  lost: "Mất tín hiệu",
  power_cut: "Mất điện",
  flapping: "Chập chờn",
  no_picture: "Mất hình",
  no_sound: "Mất tiếng",
  not_receiving: "Không có tín hiệu phát",
  centre: "Gián đoạn tại trung tâm",
  other: "Sự cố khác",
};

/** @type {Record<Round, string>} */
export const ROUND = { opening: "Quân số đầu giờ", middle: "Quân số giữa giờ", closing: "Quân số cuối giờ" };

/** @type {Record<Round, string>} */
export const ROUND_SHORT = { opening: "Đầu giờ", middle: "Giữa giờ", closing: "Cuối giờ" };

/** @type {Record<Reason, string>} */
export const REASON = { sick: "Ốm", business: "Công tác", study: "Đi học", family: "Việc gia đình", other: "Lý do khác" };

/** @type {Record<Category, string>} */
export const CATEGORY = { leader: "Chủ chốt", member: "Đảng viên", staff: "Cán bộ", other: "Khác" };

export const PARTS = { reasons: "Lý do vắng", categories: "Thành phần có mặt" };

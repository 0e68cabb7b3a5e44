// What a conference may become, and what follows from it, said before it is done.
import { N } from '../language.js';

/** @typedef {'draft' | 'rehearsal' | 'open' | 'live' | 'closing' | 'closed'} Phase */

/** In the order of the day. @type {readonly Phase[]} */
export const ORDER = ['draft', 'rehearsal', 'open', 'live', 'closing', 'closed'];

/** @type {Readonly<Record<Phase, readonly Phase[]>>} */
export const NEXT = {
  draft: ['rehearsal', 'open'],
  rehearsal: ['open'],
  open: ['rehearsal', 'live'],
  live: ['closing'],
  closing: ['live', 'closed'],
  closed: [],
};

/** In these phases halls report; once closed, only staff correct. @type {readonly string[]} */
export const HALLS_ACT = ['rehearsal', 'open', 'live', 'closing'];

/** The step as one asks for it. @type {Readonly<Record<string, string>>} */
export const STEPS = {
  'draft>rehearsal': N('Tổng duyệt trước'),
  'draft>open': N('Mở hội nghị'),
  'rehearsal>open': N('Mở điểm danh'),
  'open>rehearsal': N('Quay lại tổng duyệt'),
  'open>live': N('Bắt đầu hội nghị'),
  'live>closing': N('Bắt đầu chốt số liệu'),
  'closing>live': N('Quay lại diễn ra'),
  'closing>closed': N('Chốt số liệu'),
};

/** What it brings. @type {Readonly<Record<string, string>>} */
export const CONSEQUENCES = {
  'draft>rehearsal': N('Danh sách điểm cầu, cây đơn vị và số triệu tập được chốt; sửa danh bạ sau đó không đổi hội nghị này. Các điểm cầu bắt đầu kết nối và báo thử.'),
  'draft>open': N('Danh sách điểm cầu, cây đơn vị và số triệu tập được chốt; sửa danh bạ sau đó không đổi hội nghị này. Các điểm cầu bắt đầu kết nối và báo cáo.'),
  'rehearsal>open': N('Các điểm cầu điểm danh và báo cáo chính thức.'),
  'open>rehearsal': N('Các điểm cầu vẫn kết nối; số đã báo được giữ nguyên.'),
  'open>live': N('Từ lúc này điểm cầu chưa mở hoặc chưa báo đúng hạn được đưa vào danh sách cần gọi.'),
  'live>closing': N('Các điểm cầu vẫn báo và sửa được; số của ngày là số điểm cầu đã tham gia.'),
  'closing>live': N('Hội nghị tiếp tục diễn ra; số đã báo được giữ nguyên.'),
  'closing>closed': N('Số liệu không đổi nữa: báo cáo đến muộn được giữ lại chờ duyệt, sửa số phải có lý do và người khác duyệt.'),
};

/** Steps after which there is no way back. @type {readonly string[]} */
export const FOR_GOOD = ['draft>rehearsal', 'draft>open', 'open>live', 'closing>closed'];

/** @param {string} from @param {string} to */
export const step = (from, to) => `${from}>${to}`;

/** @param {string} phase @returns {readonly Phase[]} */
export const nextOf = (phase) => NEXT[/** @type {Phase} */ (phase)] ?? [];

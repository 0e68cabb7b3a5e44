// Where the reader is on the way from the last hall to the signed report: `/reports#corrections`.
import { signal } from '../vendor/signals.mjs';
import { N } from '../language.js';
import { may } from '../office/store.js';

/** @typedef {{key: string, name: string, does: string, shown: () => boolean}} Place */

/** In the order of the day's end. @type {readonly Place[]} */
export const PLACES = [
  { key: 'closing', name: N('Chốt số liệu'), does: N('Nơi nào đã nộp, đơn vị nào đã kiểm tra'), shown: () => true },
  { key: 'corrections', name: N('Đề nghị đính chính'), does: N('Đề nghị đang chờ, đã duyệt, đã từ chối'), shown: () => true },
  { key: 'papers', name: N('Báo cáo tổng hợp'), does: N('Lập, xem, ký, tải về'), shown: () => true },
  { key: 'flash', name: N('Tin nhanh'), does: N('Một câu và một ảnh để gửi vào nhóm'), shown: () => true },
  { key: 'judged', name: N('Khen, phê bình'), does: N('Danh sách theo quy tắc, kèm bằng chứng'), shown: () => may('coordinate') },
  { key: 'sources', name: N('Nguồn thứ hai'), does: N('Số kiểm tra tại chỗ khác số đã báo'), shown: () => may('spot_check') },
  { key: 'templates', name: N('Mẫu văn bản'), does: N('Mẫu Word của cơ quan'), shown: () => may('govern') },
];

/** Where the address leads; "" is the list of places, which a wide screen has beside it. @type {import('../vendor/signals.mjs').Signal<string>} */
export const place = signal('');

export const places = () => PLACES.filter(({ shown }) => shown());

const asked = () => {
  const key = location.hash.slice(1).split('/')[0] ?? '';
  return places().some((each) => each.key === key) ? key : '';
};

export function arriveFirst() {
  place.value = asked();
  addEventListener('hashchange', () => {
    place.value = asked();
    scrollTo(0, 0);
  });
}

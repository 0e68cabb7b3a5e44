// The places on the way from the last hall to the signed report: `/reports#corrections`.
import { N } from '../language.js';
import { placed } from '../office/places.js';
import { may } from '../office/store.js';

/** In the order of the day's end. @type {readonly import('../office/places.js').Place[]} */
const PLACES = [
  { key: 'closing', name: N('Chốt số liệu'), does: N('Nơi nào đã nộp, đơn vị nào đã kiểm tra'), shown: () => true },
  { key: 'corrections', name: N('Đề nghị đính chính'), does: N('Đề nghị đang chờ, đã duyệt, đã từ chối'), shown: () => true },
  { key: 'papers', name: N('Báo cáo tổng hợp'), does: N('Lập, xem, ký, tải về'), shown: () => true },
  { key: 'flash', name: N('Tin nhanh'), does: N('Một câu và một ảnh để gửi vào nhóm'), shown: () => true },
  { key: 'judged', name: N('Khen, phê bình'), does: N('Danh sách theo quy tắc, kèm bằng chứng'), shown: () => may('coordinate') },
  { key: 'sources', name: N('Nguồn thứ hai'), does: N('Số kiểm tra tại chỗ khác số đã báo'), shown: () => may('spot_check') },
  { key: 'templates', name: N('Mẫu văn bản'), does: N('Mẫu Word của cơ quan'), shown: () => may('govern') },
];

export const { place, places, arriveFirst } = placed(PLACES);

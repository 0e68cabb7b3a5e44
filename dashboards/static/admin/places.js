// The places of the office: `/admin#links`.
import { N } from '../language.js';
import { placed } from '../office/places.js';
import { may, session } from '../office/store.js';

/** @type {readonly import('../office/places.js').Place[]} */
const PLACES = [
  { key: 'accounts', name: N('Tài khoản'), does: N('Cán bộ, vai trò, mật khẩu một lần'), shown: () => may('appoint') },
  { key: 'clusters', name: N('Cụm'), does: N('Đơn vị nào do ai theo dõi cùng nhau'), shown: () => may('appoint') },
  { key: 'links', name: N('Đường dẫn điểm cầu'), does: N('Phiếu in, mã QR, mã PIN, mã cho máy, màn hình treo'), shown: () => may('grant_links') },
  { key: 'registry', name: N('Danh bạ'), does: N('Đơn vị, điểm cầu, hội nghị; nhập và xuất Excel'), shown: () => may('govern') },
  { key: 'audit', name: N('Nhật ký'), does: N('Ai đã đổi gì, lúc nào, vì sao'), shown: () => may('administer') },
  { key: 'people', name: N('Dữ liệu cá nhân'), does: N('Xem, xóa, thời hạn giữ họ tên'), shown: () => may('administer') || may('govern') },
  { key: 'backups', name: N('Sao lưu'), does: N('Bản mới nhất, sao lưu ngay'), shown: () => may('administer') },
  { key: 'own', name: N('Của tôi'), does: N('Mật khẩu, xác thực hai lớp, phiên, mã API'), shown: () => session.value !== null },
];

export const { place, places, arriveFirst } = placed(PLACES);

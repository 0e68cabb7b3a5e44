// The fields of the registry as its Excel tables call them.
import { N, t } from '../language.js';

/** @type {Record<string, string>} */
const FIELDS = {
  name: N('Tên'),
  level: N('Cấp'),
  parent: N('Cấp trên'),
  parent_code: N('Cấp trên'),
  valid_from: N('Có từ ngày'),
  valid_to: N('Đến hết ngày'),
  unit_code: N('Mã đơn vị'),
  type: N('Loại'),
  address: N('Địa chỉ'),
  seats: N('Số chỗ ngồi'),
  mode: N('Hình thức tiếp nhận'),
  area: N('Khu vực'),
  provider: N('Nhà mạng'),
  feeder: N('Lộ điện'),
  contacts: N('Người liên hệ'),
  phone: N('Số điện thoại'),
  expected: N('Số triệu tập'),
  role: N('Vai trò'),
  scope: N('Nơi phụ trách'),
  keep_days: N('Số ngày giữ họ tên'),
  views: N('Lần lượt hiện'),
  theme: N('Giao diện'),
  language: N('Ngôn ngữ'),
  paired_from: N('Màn hình được ghép'),
};

/** @param {string} field */
export const fieldWords = (field) => t(FIELDS[field] ?? field);

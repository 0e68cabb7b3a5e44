// The roles of the staff as the office says them, and which of them watch over a place.
import { N, t } from '../language.js';

/** @type {Record<string, string>} */
const ROLES = {
  admin: N('Quản trị'),
  organiser: N('Ban tổ chức'),
  coordinator: N('Điều phối'),
  inspector: N('Kiểm tra'),
  viewer: N('Người xem'),
};
/** @type {Record<string, string>} */
const MEANINGS = {
  admin: N('Lập tài khoản, cấp đường dẫn, xem nhật ký, sao lưu; không thay số liệu'),
  organiser: N('Điều hành hội nghị, danh bạ, chốt và ký số liệu'),
  coordinator: N('Theo dõi, đôn đốc, nhập thay trong phạm vi của mình'),
  inspector: N('Xem và kiểm tra tại chỗ, không thấy họ tên'),
  viewer: N('Chỉ xem số liệu, không thấy họ tên'),
};

/** @param {string} role */
export const roleWords = (role) => t(ROLES[role] ?? role);
/** @param {string} role */
export const roleMeaning = (role) => t(MEANINGS[role] ?? '');
/** Whether somebody of this role has everything and needs no place. @param {string} role */
export const everywhere = (role) => role === 'admin' || role === 'organiser';
/** @param {readonly string[]} roles @returns {[string, string][]} */
export const roleChoices = (roles) => Object.keys(ROLES).filter((role) => roles.includes(role)).map((role) => [role, roleWords(role)]);

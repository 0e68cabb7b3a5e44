// What the board says of the closing up, in the words of the hall.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { whyCall } from '../../dashboards/static/board/troubles.js';
import { newsWords } from '../../dashboards/static/board/words.js';

const told = (kind, more) => newsWords({ kind, sitting: '2026-03-07-am', ...more });

test('who has handed in, and what came back, is told with the sitting and the reason', () => {
  assert.equal(told('figures-submitted'), 'Đã nộp số liệu, buổi sáng');
  assert.equal(told('figures-returned', { reason: 'Thiếu khách mời', by_name: 'Bình' }), 'Bị trả lại số liệu đã nộp, buổi sáng: thiếu khách mời, Bình');
  assert.equal(told('unit-checked', { unit_name: 'Quận Ba Đình', without: 2, by_name: 'Bình' }), 'Quận Ba Đình đã kiểm tra và nộp, buổi sáng, thiếu 2 điểm cầu, Bình');
  assert.equal(told('unit-checked', { unit_name: 'Quận Ba Đình', without: 0, by_name: '' }), 'Quận Ba Đình đã kiểm tra và nộp, buổi sáng');
  assert.equal(told('unit-returned', { unit_name: 'Quận Ba Đình', reason: '', by_name: '' }), 'Trả lại Quận Ba Đình số liệu đã nộp, buổi sáng');
});

test('a correction says what it would change, what came late says so, and nobody takes a request for a change', () => {
  assert.equal(told('correction-asked', { correction: 3, before: 60, present: 59, late: false, reason: 'Đếm lại', by_name: 'Ann' }), 'Đề nghị đính chính 60 thành 59 có mặt, chờ duyệt (số 3): đếm lại, Ann');
  assert.equal(told('correction-asked', { correction: 4, before: null, present: 1045, late: true, reason: '' }), 'Báo sau khi chốt: – thành 1.045 có mặt, chờ duyệt (số 4)');
  assert.equal(told('correction-approved', { correction: 3, before: 60, present: 59, reason: 'Đúng danh sách ký' }), 'Duyệt đính chính số 3: 60 thành 59 có mặt: đúng danh sách ký');
  assert.equal(told('correction-refused', { correction: 4, reason: '', by_name: '' }), 'Từ chối đính chính số 4');
  assert.equal(told('version-signed', { version: 2, by_name: 'Ann' }), 'Đã ký báo cáo, phiên bản 2, Ann');
});

test('the call sheet names what is missing', () => {
  assert.equal(whyCall(['not_submitted:2026-03-07-am']), 'Chưa nộp số liệu');
});

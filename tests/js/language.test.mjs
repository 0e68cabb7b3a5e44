// The words of another language: sentences, refusals by their code, and what the server says with values in it.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { recognised, refusal, speak, t } from '../../dashboards/static/language.js';

afterEach(() => speak({}));

const ENGLISH = {
  'said:Trùng với dòng {1}.': 'The same as row {1}.',
  'said:Trùng với dòng {1}; nếu là hai người, hãy ghi mã riêng.': 'The same as row {1}; give each a code.',
  'said:«{1}» không có trong (danh sách): {2}.': '“{1}” is not one of: {2}.',
  'refused:taken': 'Somebody has it.',
  'said:Vai trò «{1}» chỉ lập được: {2}.': 'The role “{1}” makes: {2}.',
  'named:Ban tổ chức': 'Organiser',
  'named:Điều phối': 'Coordinator',
  'named:nơi nhận, mỗi nơi một dòng': 'recipients, one a line',
  'said:hãy ghi lý do.': 'give a reason.',
  'refused:impossible': 'It cannot be.',
  'refused:invalid': 'Something is not right. {errors}',
  'refused:too_often': 'Again in {wait_s} s.',
  'Mật khẩu quá ngắn.': 'The password is too short.',
};

test('a sentence with values is found by its pattern, the longer one first', () => {
  speak(ENGLISH);
  assert.equal(recognised('Trùng với dòng 3.'), 'The same as row 3.');
  assert.equal(recognised('Trùng với dòng 3; nếu là hai người, hãy ghi mã riêng.'), 'The same as row 3; give each a code.');
  assert.equal(recognised('«$& (x).» không có trong (danh sách): a; b.'), '“$& (x).” is not one of: a; b.');
  assert.equal(recognised('Một câu khác.'), 'Một câu khác.');
});

test('a refusal is told by its sentence, else by its code, else as the server says it', () => {
  speak(ENGLISH);
  assert.equal(refusal({ code: 'weak_password', detail: 'Mật khẩu quá ngắn.' }), 'The password is too short.');
  assert.equal(refusal({ code: 'taken', detail: 'ann đã tiếp nhận.' }), 'Somebody has it.');
  assert.equal(refusal({ code: 'impossible', detail: 'Trùng với dòng $1.' }), 'The same as row $1.');
  assert.equal(refusal({ code: 'impossible', detail: 'Ca trực $1.' }), 'It cannot be.');
  assert.equal(refusal({ code: 'too_often', detail: 'x', wait_s: 7 }), 'Again in 7 s.');
  assert.equal(refusal({ code: 'unheard_of', message: 'Không được.' }), 'Không được.');
});

test('roles and the like are named in the reader’s language inside a sentence, what people wrote stays', () => {
  speak(ENGLISH);
  assert.equal(recognised('Vai trò «Ban tổ chức» chỉ lập được: Điều phối, Thư ký, Ban tổ chức.'), 'The role “Organiser” makes: Coordinator, Thư ký, Organiser.');
  assert.equal(recognised('Vai trò «x» chỉ lập được: nơi nhận, mỗi nơi một dòng.'), 'The role “x” makes: recipients, one a line.');
});

test('fields that were filled in wrongly are named, each with what is wrong with it', () => {
  speak(ENGLISH);
  const detail = 'Nội dung gửi lên không hợp lệ: reason: hãy ghi lý do; name: Field required.';
  const errors = [{ field: 'reason', problem: 'hãy ghi lý do' }, { field: '', problem: 'Field required' }];
  assert.equal(refusal({ code: 'invalid', detail, errors }), 'Something is not right. reason: give a reason. Field required.');
  assert.equal(refusal({ code: 'invalid', detail, errors: [{ sheet: '', row: 2, column: 'Mã', message: 'Trùng với dòng 3.' }] }), 'Something is not right.');
  assert.equal(refusal({ code: 'invalid', detail }), 'Something is not right.');
});

test('in Vietnamese the server is quoted as it speaks', () => {
  assert.equal(refusal({ code: 'taken', detail: 'ann đã tiếp nhận.' }), 'ann đã tiếp nhận.');
  assert.equal(recognised('Trùng với dòng 3.'), 'Trùng với dòng 3.');
  assert.equal(t('Đóng'), 'Đóng');
});

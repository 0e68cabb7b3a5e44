// Names are found without their marks, and stand in the order of a Vietnamese dictionary.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { find, fold, inOrder, shortName, sought } from '../../dashboards/static/board/vietnamese.js';

const place = (name, parent = '', code = name) => sought({ code, name, parent });
const names = (found) => found.map(({ name, parent }) => (parent ? `${name}, ${parent}` : name));

test('marks, case and spaces fall away, and so does the stroke of đ', () => {
  assert.equal(fold('  Đống   Đa '), 'dong da');
  assert.equal(fold('Hoà'), fold('hòa'));
  assert.equal(fold('Đống Đa'.normalize('NFD')), 'dong da');
});

test('"dong da" finds Đống Đa before names that only hold its syllables', () => {
  const places = [place('Xã Đông Dư', 'Gia Lâm'), place('Phường Láng Hạ', 'Đống Đa'), place('Quận Đống Đa')];
  assert.equal(names(find(places, 'dong da'))[0], 'Quận Đống Đa');
});

test('whoever types the marks means them', () => {
  const places = [place('Xã Đông Hội'), place('Xã Đồng Hội')];
  assert.deepEqual(names(find(places, 'đồng hội')), ['Xã Đồng Hội', 'Xã Đông Hội']);
});

test('the same name in three places comes with its parents, in order', () => {
  const places = [place('Phường Minh Khai', 'Hai Bà Trưng'), place('Xã Minh Khai', 'Hoài Đức'), place('Phường Minh Khai', 'Bắc Từ Liêm')];
  assert.deepEqual(names(find(places, 'minh khai')), ['Phường Minh Khai, Bắc Từ Liêm', 'Phường Minh Khai, Hai Bà Trưng', 'Xã Minh Khai, Hoài Đức']);
});

test('a name with its parent, and a code, find the one hall', () => {
  const places = [place('Phường Minh Khai', 'Hai Bà Trưng', '00289-01'), place('Xã Minh Khai', 'Hoài Đức', '09838-01')];
  assert.deepEqual(names(find(places, 'minh khai hoai duc')), ['Xã Minh Khai, Hoài Đức']);
  assert.deepEqual(names(find(places, '00289')), ['Phường Minh Khai, Hai Bà Trưng']);
});

test('nothing asked, nothing found', () => {
  assert.deepEqual(find([place('Quận Đống Đa')], '   '), []);
  assert.deepEqual(find([place('Quận Đống Đa')], 'xyz'), []);
});

test('tones only break ties: Ba Đình before Ba Vì, Dương Nội, Đại Mỗ, Đống Đa', () => {
  const order = ['Ba Đình', 'Ba Vì', 'Dương Nội', 'Đại Mỗ', 'Đống Đa', 'Phường 2', 'Phường 10'];
  assert.deepEqual(order.toReversed().sort(inOrder), order);
});

test('a kind is left away only where a name follows', () => {
  assert.equal(shortName('Huyện Ba Vì'), 'Ba Vì');
  assert.equal(shortName('Thị xã Sơn Tây'), 'Sơn Tây');
  assert.equal(shortName('Đảng ủy Khối Doanh nghiệp'), 'Đảng ủy Khối Doanh nghiệp');
});

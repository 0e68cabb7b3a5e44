// Figures and times as the hall writes them, on whatever device.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { ago, clock, date, dialled, figure, instant, lasting, minute, share } from '../../dashboards/static/board/format.js';
import { speak } from '../../dashboards/static/language.js';

afterEach(() => speak({}));

test('thousands have points, shares a comma, and the unknown is a dash', () => {
  assert.equal(figure(52614), '52.614');
  assert.equal(figure(0), '0');
  assert.equal(figure(null), '–');
  assert.equal(share(52614, 55200), '95,3%');
  assert.equal(share(null, 64), '–');
  assert.equal(share(0, 0), '–');
});

test('less than everybody never reads as everybody, and somebody never as nobody', () => {
  assert.equal(share(99999, 100000), '99,9%');
  assert.equal(share(100, 100), '100,0%');
  assert.equal(share(1, 100000), '0,1%');
  assert.equal(share(0, 64), '0,0%');
});

test('the English page writes English figures', () => {
  speak({ 'Có mặt': 'Present' });
  assert.equal(figure(52614), '52,614');
  assert.equal(share(52614, 55200), '95.3%');
});

test('times are the hall’s wherever the device stands', () => {
  const at = Date.parse('2026-03-07T01:24:16Z');
  const zone = process.env.TZ;
  for (const elsewhere of ['UTC', 'America/New_York', 'Asia/Ho_Chi_Minh']) {
    process.env.TZ = elsewhere;
    assert.equal(clock(at), '08:24:16');
    assert.equal(minute(at), '08:24');
    assert.equal(date(Date.parse('2026-03-06T17:00:00Z')), '07/03/2026');
  }
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

test('an age says tenths while it is young', () => {
  assert.equal(ago(200), '0,2 giây trước');
  assert.equal(ago(9940), '9,9 giây trước');
  assert.equal(ago(12_300), '12 giây trước');
  assert.equal(ago(64_000), '1 phút 4 giây trước');
});

test('a length of time has two parts at most', () => {
  assert.equal(lasting(251), '4 phút 11 giây');
  assert.equal(lasting(3900), '1 giờ 05 phút');
  assert.equal(lasting(-3), '0 giây');
});

test('a time comes as RFC 3339, seconds or milliseconds, or not at all', () => {
  const ms = 1772846656000;
  assert.equal(instant('2026-03-07T08:24:16.000+07:00'), ms);
  assert.equal(instant(ms), ms);
  assert.equal(instant(ms / 1000), ms);
  assert.equal(instant(null), null);
  assert.equal(instant('hôm qua'), null);
});

test('a phone number is grouped to be read aloud', () => {
  assert.equal(dialled('0900000141'), '0900 000 141');
  assert.equal(dialled('0900 000 141'), '0900 000 141');
  assert.equal(dialled(''), '');
});

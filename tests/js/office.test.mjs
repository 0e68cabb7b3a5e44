// What an inspector's phone keeps, and what was refused for good; and where an address leads.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refused, unanswered } from '../../dashboards/static/office/asking.js';
import { placed } from '../../dashboards/static/office/places.js';

test('what nobody has answered, or not for good, is sent again; what was refused is not', () => {
  const refused = (/** @type {number} */ status) => new Refused(status, { code: 'so', detail: 'như thế' }, 0);
  assert.ok(unanswered(new TypeError('Failed to fetch')));
  for (const status of [401, 408, 429, 500, 503]) assert.ok(unanswered(refused(status)), String(status));
  for (const status of [400, 403, 404, 409, 422]) assert.ok(!unanswered(refused(status)), String(status));
});

test('an address leads to a place that the reader has, whatever stands behind its slash, and else to the list', () => {
  let moved = () => {};
  Object.assign(globalThis, { location: { hash: '#papers/3' }, scrollTo() {}, addEventListener: (_, listener) => (moved = listener) });
  const { place, places, arriveFirst } = placed([
    { key: 'papers', name: 'Báo cáo', does: '', shown: () => true },
    { key: 'audit', name: 'Nhật ký', does: '', shown: () => false },
  ]);
  arriveFirst();
  assert.deepEqual([place.value, places().map(({ key }) => key)], ['papers', ['papers']]);
  for (const [hash, leads] of [['#audit', ''], ['#papers', 'papers'], ['', '']]) {
    globalThis.location.hash = hash;
    moved();
    assert.equal(place.value, leads, hash);
  }
});

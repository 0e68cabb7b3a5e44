// What an inspector's phone keeps, and what was refused for good.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refused, unanswered } from '../../dashboards/static/office/asking.js';

test('what nobody has answered, or not for good, is sent again; what was refused is not', () => {
  const refused = (/** @type {number} */ status) => new Refused(status, { code: 'so', detail: 'như thế' }, 0);
  assert.ok(unanswered(new TypeError('Failed to fetch')));
  for (const status of [401, 408, 429, 500, 503]) assert.ok(unanswered(refused(status)), String(status));
  for (const status of [400, 403, 404, 409, 422]) assert.ok(!unanswered(refused(status)), String(status));
});

// A head count is judged while it is typed; whether by the server's own table, tests/pages/test_same_rules.py asks.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { heads, judge, ledger, withParts } from '../../dashboards/static/board/plausible.js';

const HALL = { expected: 64, seats: 80, before: null };
const said = (present, excused = 0, unexcused = 0, guests = 0) => ({ present, excused, unexcused, guests });

test('640 of 64 waits, and the sentence says why', () => {
  assert.deepEqual(judge(said(640), HALL), { grade: 'quarantined', why: '640 người, gấp hơn hai lần 64 triệu tập' });
});

test('the surplus counts as guests, and the sum is the expected', () => {
  const counted = ledger(64, said(70, 3, 1, 2));
  assert.deepEqual(counted, { expected: 64, present: 60, excused: 3, unexcused: 1, unreported: 0, guests: 12 });
});

test('an empty field is nothing yet, a word is no number', () => {
  assert.deepEqual(['', ' 60 ', '0', '-1', '6o', '1.5', '1000001'].map(heads), [null, 60, 0, NaN, NaN, NaN, NaN]);
});

test('a correction keeps the parts that still fit, and drops those that do not', () => {
  const before = { ...said(60, 4), substitutes: 2, reasons: { sick: 3 }, categories: { leader: 60 } };
  assert.deepEqual(withParts(said(58, 4), before), { ...said(58, 4), substitutes: 2, reasons: { sick: 3 } });
});

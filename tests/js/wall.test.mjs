// A screen on a wall: which conference, which view, for how long; nobody sits before it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chosen } from '../../dashboards/static/wall/choosing.js';
import { worn } from '../../dashboards/static/wall/awake.js';
import { anew, asked, begun, due, heldOrNot, moved } from '../../dashboards/static/wall/turning.js';

const LINK = [{ view: 'numbers', seconds: 20 }, { view: 'tiles', seconds: 40 }];
const at = (day, hour = 8) => `2026-03-${day}T0${hour}:00:00+07:00`;
const one = (id, phase, day) => ({ id, phase, title: id, version: 1, starts_at: at(day), ends_at: at(day, 9) });
const NOW = Date.parse(at('07'));

test('views take turns, each for its own time, and come round', () => {
  let turn = begun(0);
  assert.equal(due(turn, LINK, 19_999), false);
  assert.equal(due(turn, LINK, 20_000), true);
  turn = moved(turn, LINK, 1, 20_000);
  assert.equal(due(turn, LINK, 59_000), false);
  assert.equal(due(turn, LINK, 60_000), true);
  assert.equal(moved(turn, LINK, 1, 60_000).at, 0);
  assert.equal(moved(begun(0), LINK, -1, 0).at, 1);
});

test('a view that is held stays, and has its whole time when it is let go or when something louder is over', () => {
  const held = heldOrNot(begun(0), 5_000);
  assert.equal(due(held, LINK, 9_000_000), false);
  assert.equal(due(heldOrNot(held, 9_000_000), LINK, 9_019_999), false);
  assert.equal(due(anew(begun(0), 15_000), LINK, 34_000), false);
  assert.equal(due(begun(0), [LINK[0]], 9_000_000), false);
});

test('an address may say which views and for how long; what it says wrongly is as if it were not said', () => {
  assert.equal(asked(null, LINK), LINK);
  assert.equal(asked('audit,<script>', LINK), LINK);
  assert.deepEqual(asked('tiles:45, numbers', LINK), [{ view: 'tiles', seconds: 45 }, { view: 'numbers', seconds: 20 }]);
  assert.deepEqual(asked('tiles:0,units:1,attention:99999,numbers:x', LINK).map(({ seconds }) => seconds), [20, 5, 3600, 20]);
  assert.equal(asked(Array(50).fill('tiles').join(), LINK).length, 8);
});

test('the conference that goes on is shown, else the one of the day, else the next, else the last', () => {
  const [last, today, next, far] = [one('last', 'closed', '01'), one('today', 'closed', '06'), one('next', 'draft', '10'), one('far', 'draft', '20')];
  assert.equal(chosen([far, next, today, last, one('now', 'live', '07')], NOW)?.id, 'now');
  assert.equal(chosen([far, next, today, last, one('soon', 'open', '08')], NOW)?.id, 'soon');
  assert.equal(chosen([far, next, { ...today, ends_at: at('07', 7) }, last], NOW)?.id, 'today');
  assert.equal(chosen([far, next, today, last], NOW)?.id, 'next');
  assert.equal(chosen([today, last], NOW)?.id, 'today');
  assert.equal(chosen([one('never held', 'draft', '01')], NOW)?.id, 'never held');
  assert.equal(chosen([], NOW), null);
});

test('it is light by day and dark by night where the link says so', () => {
  assert.deepEqual([5, 6, 17, 18].map((hour) => worn('hour', hour)), ['dark', 'light', 'light', 'dark']);
  assert.equal(worn('light', 23), 'light');
  assert.equal(worn('dark', 12), 'dark');
});

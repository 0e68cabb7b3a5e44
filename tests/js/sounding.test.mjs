// The board is heard for what is new and grave, once, and then it is quiet for a minute.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COOL_DOWN_MS, listened, opened } from '../../dashboards/static/board/sounding.js';

const incident = (number, severity = 'major', status = 'open') => ({ number, severity, status });

/** @returns how often it sounds as these pictures follow each other, each so long after the one before */
function sounds(first, ...then) {
  let heard = opened(first);
  let now = 0;
  let n = 0;
  for (const [ms, incidents] of then) {
    now += ms;
    const after = listened(heard, incidents, now, true);
    heard = after.heard;
    n += Number(after.sounds);
  }
  return n;
}

test('what stood there when the page was opened is not heard', () => {
  assert.equal(sounds([incident(1)], [1, [incident(1)]]), 0);
});

test('a new major or critical one is heard, a minor one is not', () => {
  assert.equal(sounds([], [1, [incident(1)]]), 1);
  assert.equal(sounds([], [1, [incident(1, 'critical')]]), 1);
  assert.equal(sounds([], [1, [incident(1, 'minor')]]), 0);
});

test('one that grows until it is grave is heard then, and no more for those that join', () => {
  assert.equal(sounds([], [1, [incident(1, 'minor')]], [1, [incident(1, 'major')]], [COOL_DOWN_MS, [incident(1, 'critical')]]), 1);
});

test('after a sound it is quiet for a minute, and what came in that minute is not heard later', () => {
  const [one, two, three] = [incident(1), incident(2), incident(3)];
  assert.equal(sounds([], [1, [one]], [COOL_DOWN_MS - 1, [one, two]], [1, [one, two]]), 1);
  assert.equal(sounds([], [1, [one]], [COOL_DOWN_MS - 1, [one, two]], [1, [one, two, three]]), 2);
});

test('what came while it was switched off leaves no quiet minute behind, and is not heard later', () => {
  const off = listened(opened([]), [incident(1)], 5, false);
  assert.equal(off.sounds, false);
  assert.equal(listened(off.heard, [incident(1)], 6, true).sounds, false);
  assert.equal(listened(off.heard, [incident(1), incident(2)], 6, true).sounds, true);
});

test('what is over is not heard', () => {
  assert.equal(sounds([], [1, [incident(1, 'critical', 'resolved')]]), 0);
});

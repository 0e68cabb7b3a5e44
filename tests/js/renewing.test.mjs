// The call sheet is asked for when something has changed, and not more often than it is worth: on a clock turned by hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renewing } from '../../dashboards/static/board/renewing.js';

/** A world whose clock a test turns, and where a fetch takes as long as it says. */
function world(takes_ms = 10) {
  const timers = new Map();
  let now = 0;
  let next = 1;
  const here = {
    fetches: [],
    fails: false,
    fetch: () =>
      new Promise((resolve, reject) => {
        here.fetches.push(now);
        here.later(here.fails ? () => reject(new Error('away')) : resolve, takes_ms);
      }),
    now: () => now,
    later: (then, ms) => {
      timers.set(next, { then, at: now + ms });
      next += 1;
      return next - 1;
    },
    never: (timer) => timers.delete(timer),
    async pass(ms) {
      const until = now + ms;
      for (;;) {
        const [timer, due] = [...timers].filter(([, { at }]) => at <= until).sort((a, b) => a[1].at - b[1].at)[0] ?? [];
        if (!due) break;
        timers.delete(timer);
        now = due.at;
        due.then();
        for (let turn = 0; turn < 8; turn += 1) await Promise.resolve();
      }
      now = until;
    },
  };
  return here;
}

test('nothing is asked while nothing changes', async () => {
  const here = world();
  renewing(here);
  await here.pass(3_600_000);
  assert.deepEqual(here.fetches, []);
});

test('a storm of changes is asked about once a second', async () => {
  const here = world();
  const renewal = renewing(here);
  for (let n = 0; n < 100; n += 1) {
    renewal.ask();
    await here.pass(50);
  }
  await here.pass(5000);
  assert.ok(here.fetches.length >= 4 && here.fetches.length <= 6, String(here.fetches));
  assert.equal(here.fetches[0], 1000);
});

test('what changed while the answer was on its way is asked about once more', async () => {
  const here = world(400);
  const renewal = renewing(here);
  renewal.ask();
  await here.pass(1100);
  renewal.ask();
  await here.pass(60_000);
  assert.equal(here.fetches.length, 2);
});

test('who takes long to answer is asked less often', async () => {
  const here = world(2000);
  const renewal = renewing(here);
  for (let n = 0; n < 600; n += 1) {
    renewal.ask();
    await here.pass(100);
  }
  assert.ok(here.fetches.length <= 7, String(here.fetches));
});

test('after a failure it is tried again by itself, ever more slowly', async () => {
  const here = world();
  here.fails = true;
  const renewal = renewing(here);
  renewal.ask();
  await here.pass(31_500);
  assert.equal(here.fetches.length, 4);
  here.fails = false;
  await here.pass(60_000);
  assert.equal(here.fetches.length, 5);
});

test('whoever has just done something does not wait', async () => {
  const here = world();
  const renewal = renewing(here);
  renewal.ask();
  renewal.hurry();
  await here.pass(60_000);
  assert.deepEqual(here.fetches, [0]);
});

test('nothing is asked any more once nobody looks', async () => {
  const here = world();
  const renewal = renewing(here);
  renewal.ask();
  renewal.stop();
  renewal.ask();
  await here.pass(60_000);
  assert.deepEqual(here.fetches, []);
});

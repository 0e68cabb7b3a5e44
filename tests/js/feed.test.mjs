// The line to the server, on a clock that a test turns by hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BLINK_MS, comeAgain, follow, wait } from '../../dashboards/static/board/feed.js';

/** A world with a clock, and sockets that a test opens, speaks through and closes. */
function world() {
  const sockets = [];
  const timers = new Map();
  let now = 0;
  let next = 1;
  return {
    sockets,
    get last() {
      return sockets.at(-1);
    },
    open() {
      const socket = {
        sent: [],
        send: (text) => socket.sent.push(JSON.parse(text)),
        close: () => socket.onclose({ code: 1006 }),
        says: (frame) => socket.onmessage({ data: JSON.stringify(frame) }),
      };
      sockets.push(socket);
      return socket;
    },
    now: () => now,
    chance: () => 0.5,
    later: (then, ms) => {
      timers.set(next, { then, at: now + ms });
      next += 1;
      return next - 1;
    },
    never: (timer) => timers.delete(timer),
    pass(ms) {
      const until = now + ms;
      for (;;) {
        const [timer, due] = [...timers].filter(([, { at }]) => at <= until).sort((a, b) => a[1].at - b[1].at)[0] ?? [];
        if (!due) break;
        timers.delete(timer);
        now = due.at;
        due.then();
      }
      now = until;
    },
  };
}

function listener() {
  const heard = { lines: [], frames: [], refusals: 0, offset: null, follows: true };
  return {
    heard,
    take: (frame) => {
      heard.frames.push(frame);
      if (heard.follows && 'offset' in frame) heard.offset = frame.offset;
      return heard.follows;
    },
    known: () => (heard.offset === null ? null : { epoch: 'e', offset: heard.offset }),
    line: (line, code) => heard.lines.push(code === undefined ? line : [line, code]),
    refused: () => {
      heard.refusals += 1;
    },
  };
}

test('it asks for the board, and is live with the first frame', () => {
  const there = world();
  const me = listener();
  follow(there, me);
  there.last.onopen();
  assert.deepEqual(there.last.sent, [{ type: 'watch' }]);
  there.last.says({ type: 'snapshot', epoch: 'e', offset: 4 });
  assert.deepEqual(me.heard.lines, ['live']);
});

test('a frame that does not follow makes it ask anew, without its offset', () => {
  const there = world();
  const me = listener();
  follow(there, me);
  there.last.onopen();
  me.heard.follows = false;
  there.last.says({ type: 'delta', epoch: 'e', prev: 9, offset: 10 });
  assert.deepEqual(there.last.sent.at(-1), { type: 'watch' });
});

test('after a drop it comes back with what it knows', () => {
  const there = world();
  const me = listener();
  follow(there, me);
  there.last.onopen();
  there.last.says({ type: 'snapshot', epoch: 'e', offset: 4 });
  there.last.onclose({ code: 1012 });
  there.pass(10_000);
  assert.equal(there.sockets.length, 2);
  there.last.onopen();
  assert.deepEqual(there.last.sent, [{ type: 'watch', epoch: 'e', offset: 4 }]);
});

test('a server that goes away is said to be away a second later, and not twelve', () => {
  const there = world();
  const me = listener();
  follow(there, me);
  there.last.onopen();
  there.last.says({ type: 'snapshot', epoch: 'e', offset: 4 });
  there.last.onclose({ code: 1012 });
  // It answers nobody yet: every try fails.
  for (let ms = 0; ms < BLINK_MS; ms += 100) {
    there.pass(100);
    if (there.sockets.length > 1) there.last.onclose({ code: 1006 });
  }
  assert.deepEqual(me.heard.lines, ['live', 'connecting']);
  there.pass(10_000);
  there.last.onopen();
  there.last.says({ type: 'snapshot', epoch: 'f', offset: 1 });
  assert.equal(me.heard.lines.at(-1), 'live');
});

test('one that is back within the second was never away', () => {
  const there = world();
  const me = listener();
  follow(there, me);
  there.last.onopen();
  there.last.says({ type: 'snapshot', epoch: 'e', offset: 4 });
  there.last.onclose({ code: 1012 });
  there.pass(BLINK_MS - 1);
  there.last.onopen();
  there.last.says({ type: 'snapshot', epoch: 'e', offset: 4 });
  there.pass(10_000);
  assert.deepEqual(me.heard.lines, ['live']);
});

test('twelve seconds of silence are said aloud, and the next word heals them', () => {
  const there = world();
  const me = listener();
  follow(there, me);
  there.last.onopen();
  there.last.says({ type: 'snapshot', epoch: 'e', offset: 4 });
  there.pass(11_000);
  assert.deepEqual(me.heard.lines, ['live']);
  there.pass(2000);
  assert.deepEqual(me.heard.lines, ['live', 'stale']);
  there.last.says({ type: 'delta', epoch: 'e', prev: 4, offset: 5 });
  assert.deepEqual(me.heard.lines, ['live', 'stale', 'live']);
});

test('a socket that stays silent is given up for a new one', () => {
  const there = world();
  follow(there, listener());
  there.last.onopen();
  there.pass(40_000);
  assert.ok(there.sockets.length > 1);
});

test('a close that means "do not come back" stops it, and says with which code', () => {
  const there = world();
  const me = listener();
  follow(there, me);
  there.last.onopen();
  there.last.onclose({ code: 4503 });
  there.pass(60_000);
  assert.equal(there.sockets.length, 1);
  assert.deepEqual(me.heard.lines, [['stopped', 4503]]);
});

test('a door that does not open asks why', () => {
  const there = world();
  const me = listener();
  follow(there, me);
  there.last.onclose({ code: 1006 });
  assert.equal(me.heard.refusals, 1);
});

test('the network is back: no waiting', () => {
  const there = world();
  const feed = follow(there, listener());
  there.last.onclose({ code: 1006 });
  feed.hurry();
  assert.equal(there.sockets.length, 2);
  feed.hurry();
  assert.equal(there.sockets.length, 2);
});

test('nothing comes after it was stopped', () => {
  const there = world();
  const me = listener();
  const feed = follow(there, me);
  there.last.onopen();
  const socket = there.last;
  feed.stop();
  socket.says({ type: 'snapshot', epoch: 'e', offset: 4 });
  there.pass(60_000);
  assert.deepEqual(me.heard.frames, []);
  assert.equal(there.sockets.length, 1);
});

test('waits are jittered over their whole length and have a cap', () => {
  assert.equal(wait(0, 0), 0);
  assert.equal(wait(2, 0.5), 1000);
  assert.equal(wait(30, 1), 10_000);
});

test('the codes that mean come again are those below 4500', () => {
  for (const code of [1001, 1006, 1012, 4000, 4008, 4499]) assert.ok(comeAgain(code), String(code));
  for (const code of [4500, 4501, 4502, 4503, 4504, 4999]) assert.ok(!comeAgain(code), String(code));
});

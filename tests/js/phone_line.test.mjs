import assert from "node:assert/strict";
import test from "node:test";

import { comesAgain, line, wait_ms } from "../../dashboards/static/phone/line.js";

/** A line whose sockets and hours the test holds in its hands. */
function stretched() {
  const sockets = [];
  const appointments = [];
  const heard = { welcomed: [], told: [], shut: [] };
  const up = line(
    {
      open: () => {
        const socket = { sent: [], closed: [], bufferedAmount: 0, send: (text) => socket.sent.push(JSON.parse(text)), close: (code) => socket.closed.push(code) };
        sockets.push(socket);
        return socket;
      },
      hello: () => ({ device: "phone" }),
      later: (work, ms) => appointments.push({ work, ms }) - 1,
      never: (timer) => {
        if (appointments[timer]) appointments[timer].work = () => {};
      },
      random: () => 0.5,
    },
    { welcomed: (fell) => heard.welcomed.push(fell), told: (frame) => heard.told.push(frame), shut: (code) => heard.shut.push(code) },
  );
  const newest = () => sockets[sockets.length - 1];
  const says = (frame) => newest().onmessage({ data: typeof frame === "string" ? frame : JSON.stringify(frame) });
  const welcome = (more = {}) => {
    newest().onopen();
    says({ type: "welcome", heartbeat_s: 10, retry_cap_s: 30, ...more });
  };
  return { up, sockets, appointments, heard, newest, says, welcome, next: () => appointments[appointments.length - 1] };
}

test("a phone greets, and beats as often as it was asked to", () => {
  const { up, newest, welcome, heard, next } = stretched();
  up.come();
  welcome();
  assert.deepEqual(newest().sent, [{ type: "hello", device: "phone" }]);
  assert.deepEqual(heard.welcomed, [false]);
  assert.equal(next().ms, 10_000);
  next().work();
  next().work();
  assert.deepEqual(newest().sent.slice(1), [{ type: "beat" }, { type: "beat" }]);
});

test("what the centre says is handed on, and what is no frame is not", () => {
  const { up, says, welcome, heard } = stretched();
  up.come();
  welcome();
  says({ type: "notice", number: 1, text: "Kiểm tra loa" });
  says("no frame");
  says("null");
  says(JSON.stringify({ type: "notice", text: "x".repeat(20_000) }));
  assert.deepEqual(heard.told, [{ type: "notice", number: 1, text: "Kiểm tra loa" }]);
});

test("after a fall everybody waits anything between nought and a doubled time, and never longer than the centre allows", () => {
  const { up, sockets, newest, appointments, welcome, next } = stretched();
  up.come();
  welcome({ retry_cap_s: 2 });
  const waits = [];
  for (let fall = 0; fall < 5; fall++) {
    newest().onclose({ code: 1006 });
    waits.push(next().ms);
    next().work();
    assert.equal(sockets.length, fall + 2);
  }
  assert.deepEqual(waits, [250, 500, 1000, 1000, 1000]);
  assert.ok(appointments.length < 20);
});

test("a restart spreads all phones over the whole time at once", () => {
  assert.equal(wait_ms(0, 1012, 10_000, 0.9), 9000);
  assert.equal(wait_ms(0, 1006, 10_000, 0.9), 450);
});

test("only the codes that say so keep a phone away", () => {
  assert.deepEqual([1000, 1006, 1012, 4000, 4401, 4499, 5000].map(comesAgain), Array(7).fill(true));
  assert.deepEqual([4500, 4501, 4502, 4503, 4504, 4999].map(comesAgain), Array(6).fill(false));
});

test("a phone that another one has replaced comes back only when somebody looks at it again", () => {
  const { up, sockets, newest, welcome, heard } = stretched();
  up.come();
  welcome();
  newest().onclose({ code: 4501 });
  up.come();
  up.hurry();
  assert.equal(sockets.length, 1);
  assert.deepEqual(heard.shut, [4501]);
  up.leave();
  up.come();
  assert.equal(sockets.length, 2);
});

test("who puts the phone away says so, and nothing runs on", () => {
  const { up, sockets, newest, welcome, next } = stretched();
  up.come();
  welcome();
  const beat = next();
  up.leave();
  assert.deepEqual(newest().sent.pop(), { type: "bye" });
  assert.deepEqual(newest().closed, [1000]);
  beat.work();
  assert.equal(newest().sent.length, 1);
  assert.equal(sockets.length, 1);
});

test("a beat that still lies there after a whole beat means a dead line", () => {
  const { up, sockets, newest, welcome, next } = stretched();
  up.come();
  welcome();
  newest().bufferedAmount = 20;
  const dead = newest();
  next().work();
  assert.deepEqual(dead.closed, [1000]);
  next().work();
  assert.equal(sockets.length, 2);
});

test("a door that does not open is told, so that the desk can say why", () => {
  const { up, newest, heard } = stretched();
  up.come();
  newest().onclose({ code: 1006 });
  assert.deepEqual(heard.shut, [1006]);
});

test("a line that was up before and is up again says so: something may have been missed", () => {
  const { up, newest, welcome, heard, next } = stretched();
  up.come();
  welcome();
  newest().onclose({ code: 1006 });
  next().work();
  newest().onclose({ code: 1006 });
  next().work();
  welcome();
  up.leave();
  up.come();
  welcome();
  assert.deepEqual(heard.welcomed, [false, true, false]);
});

test("a network that is back waits for nothing", () => {
  const { up, sockets, newest, welcome } = stretched();
  up.come();
  welcome();
  newest().onclose({ code: 1006 });
  up.hurry();
  assert.equal(sockets.length, 2);
});

test("a browser that forbids sockets leaves the page as it is", (t) => {
  t.mock.method(console, "warn", () => {});
  let tries = 0;
  const up = line(
    {
      open: () => {
        tries++;
        throw new Error("forbidden");
      },
      hello: () => ({}),
      later: () => 0,
      never: () => {},
      random: () => 0,
    },
    { welcomed: () => {}, told: () => {}, shut: () => {} },
  );
  up.come();
  up.come();
  assert.equal(tries, 1);
});

import assert from "node:assert/strict";
import test from "node:test";

import { link } from "../../dashboards/static/phone/link.js";
import { KEPT_MS, MOST_WAITING, OutboxFull, deviceOf, outbox } from "../../dashboards/static/phone/outbox.js";
import { MOST_ACTS, pause_ms, sending, takingTurns } from "../../dashboards/static/phone/sending.js";
import { memoryShelf, shelfStore, storeOf } from "../../dashboards/static/phone/store.js";

let now_ms = 1_000_000;
const stage = (seq) => ({ id: "act-" + seq, seq, at: "2026-03-07T08:00:00.000+07:00", point: "00004-01", kind: "stage", stage: "on_site" });
const about = (conference) => ({ conference, sitting: "am", noted_ms: 0 });
const boxOn = (shelf, handle = "tan-linh") => outbox(shelfStore(shelf, true), handle, () => now_ms);
const ids = (entries) => entries.map((entry) => entry.act.id);
const ACCEPTED = { outcome: "accepted", code: "", message: "", at_ms: 1 };
const settled = (...names) => names.map((id) => ({ id, outcome: ACCEPTED }));
const accept = (entries) => ({
  kind: "ok",
  body: { outcomes: entries.map((entry) => ({ id: entry.act.id, outcome: "accepted", code: "", message: "", at: "2026-03-07T08:02:00+07:00" })) },
});
const LOST = { kind: "unknown", retry_after_s: null };

/** A desk clerk with a script: what the centre answers, one line per request; afterwards it accepts. */
function office(script, acts = 1) {
  const box = boxOn(memoryShelf());
  const told = { posts: [], settled: [], appointments: [], open: 0, most: 0, now_ms: 0 };
  const sender = sending({
    outbox: box,
    post: async (entries) => {
      told.posts.push(entries.map((entry) => entry.act.id));
      told.open += 1;
      told.most = Math.max(told.most, told.open);
      await null;
      told.open -= 1;
      const line = script.shift();
      return line === undefined ? accept(entries) : typeof line === "function" ? line(entries) : line;
    },
    settled: (entries) => told.settled.push(...entries.map((entry) => [entry.act.id, entry.outcome.outcome])),
    changed: () => {},
    alone: (work) => work(),
    now_ms: () => told.now_ms,
    later: (work, ms) => told.appointments.push({ work, ms }),
    random: () => 0.5,
  });
  const ready = (async () => {
    for (let seq = 1; seq <= acts; seq++) await box.add(stage, about("c-1"));
  })();
  /** Until the sender neither runs nor has anything to say. */
  const quiet = async () => {
    for (let turn = 0; turn < 200; turn++) await null;
    assert.equal(sender.isRunning(), false);
  };
  const meet = async () => {
    const { work, ms } = told.appointments.shift();
    told.now_ms += ms;
    work();
    await quiet();
  };
  return { box, told, sender, ready, quiet, meet };
}

test("what was said goes out in order, at most fifty acts to a request, one request at a time", async () => {
  const { told, sender, ready, quiet, box } = office([], 105);
  await ready;
  sender.wake();
  sender.wake();
  await quiet();
  assert.deepEqual(told.posts.map((ids) => ids.length), [MOST_ACTS, MOST_ACTS, 5]);
  assert.deepEqual(told.posts.flat(), Array.from({ length: 105 }, (_, place) => "act-" + (place + 1)));
  assert.equal(told.most, 1);
  assert.equal(box.waiting().length, 0);
});

test("an answer that was lost brings the same act again, with the same name", async () => {
  const { told, sender, ready, quiet, meet } = office([LOST, LOST]);
  await ready;
  sender.wake();
  await quiet();
  assert.equal(sender.isTroubled(), true);
  await meet();
  await meet();
  assert.deepEqual(told.posts, [["act-1"], ["act-1"], ["act-1"]]);
  assert.deepEqual(told.settled, [["act-1", "accepted"]]);
  assert.equal(sender.isTroubled(), false);
});

test("a network that returns is tried at once, but a server that asked for time gets it", async () => {
  const impatient = office([LOST]);
  await impatient.ready;
  impatient.sender.wake();
  await impatient.quiet();
  impatient.sender.wake();
  await impatient.quiet();
  assert.equal(impatient.told.posts.length, 2);

  const asked = office([{ kind: "unknown", retry_after_s: 7 }]);
  await asked.ready;
  asked.sender.wake();
  await asked.quiet();
  asked.sender.wake();
  await asked.quiet();
  assert.equal(asked.told.posts.length, 1);
  asked.told.now_ms += 7000;
  asked.sender.wake();
  await asked.quiet();
  assert.equal(asked.told.posts.length, 2);
});

test("pauses grow to half a minute, and chance spreads them over their whole width", () => {
  assert.deepEqual([1, 2, 3, 9].map((failures) => pause_ms(failures, null, () => 0.999999)), [1000, 2000, 4000, 30000]);
  assert.equal(pause_ms(9, null, () => 0), 0);
  assert.equal(pause_ms(1, 5, () => 0), 5000);
});

test("one act that the server cannot read is refused alone, and the others arrive", async () => {
  const malformed = { kind: "refused", status: 422, code: "malformed", detail: "không đọc được" };
  const { told, sender, ready, quiet, box } = office([malformed, (entries) => accept(entries), malformed], 2);
  await ready;
  sender.wake();
  await quiet();
  assert.deepEqual(told.posts, [["act-1", "act-2"], ["act-1"], ["act-2"]]);
  assert.deepEqual(told.settled, [["act-1", "accepted"], ["act-2", "refused"]]);
  assert.deepEqual(box.refused().map((entry) => entry.outcome.message), ["không đọc được"]);
});

test("a request that is turned away as a whole costs nobody a report", async () => {
  const { told, sender, ready, quiet, box, meet } = office([{ kind: "refused", status: 404, code: "not_found", detail: "" }]);
  await ready;
  sender.wake();
  await quiet();
  assert.equal(box.waiting().length, 1);
  await meet();
  assert.deepEqual(told.settled, [["act-1", "accepted"]]);
});

test("an act that the answer does not mention stays unknown and is asked again", async () => {
  const { told, sender, ready, quiet } = office([(entries) => accept(entries.slice(0, 1))], 2);
  await ready;
  sender.wake();
  await quiet();
  assert.deepEqual(told.posts, [["act-1", "act-2"], ["act-2"]]);
});

test("a link that was taken back stops the sending and keeps what waits; a new address goes on", async () => {
  const { told, sender, ready, quiet, box } = office([{ kind: "revoked" }]);
  await ready;
  sender.wake();
  await quiet();
  sender.wake();
  await quiet();
  assert.equal(told.posts.length, 1);
  assert.equal(box.waiting().length, 1);
  sender.renew();
  await quiet();
  assert.equal(box.waiting().length, 0);
});

test("what waits outlives a reload, in its order, and belongs to its link alone", async () => {
  const shelf = memoryShelf();
  const box = boxOn(shelf);
  for (let turn = 0; turn < 11; turn++) await box.add(stage, about("c-1"));
  await box.settle(settled("act-10"));
  const again = boxOn(shelf);
  await again.reread();
  assert.deepEqual(ids(again.waiting()), ["act-1", "act-2", "act-3", "act-4", "act-5", "act-6", "act-7", "act-8", "act-9", "act-11"]);
  const other = boxOn(shelf, "van-thang");
  await other.reread();
  assert.deepEqual(other.list(), []);
});

test("what waits from yesterday's conference goes there, and not with today's", async () => {
  const box = boxOn(memoryShelf());
  for (const conference of ["yesterday", "today", "today"]) await box.add(stage, about(conference));
  assert.deepEqual(ids(box.peek(20)), ["act-1"]);
  await box.settle(settled("act-1"));
  assert.deepEqual(ids(box.peek(20)), ["act-2", "act-3"]);
});

test("two tabs of one phone neither overwrite each other nor give a number twice", async () => {
  const shelf = memoryShelf();
  const [one, two] = [boxOn(shelf), boxOn(shelf)];
  await one.add(stage, about("c-1"));
  await two.add(stage, about("c-1"));
  await one.settle(settled("act-1"));
  await two.reread();
  assert.deepEqual(ids(two.waiting()), ["act-2"]);
});

test("a phone whose storage is full still sends while the page is open, and says that it must stay open", async () => {
  const full = { ...memoryShelf(), length: 0, setItem: () => { throw new Error("quota"); }, getItem: () => null };
  const box = boxOn(full);
  await box.add(stage, about("c-1"));
  await box.add(stage, about("c-1"));
  await box.reread();
  assert.deepEqual(ids(box.waiting()), ["act-1", "act-2"]);
  assert.equal(box.isLasting(), false);
  await box.settle(settled("act-1", "act-2"));
  assert.equal(box.isLasting(), true);
});

test("a browser without a database goes on with the older shelf", async () => {
  const shelf = memoryShelf();
  const forbidden = () => { throw new Error("denied"); };
  for (const database of [() => undefined, forbidden]) {
    const store = await storeOf({ shelf, lasting: true, database });
    await outbox(store, "tan-linh", () => now_ms).add(stage, about("c-1"));
  }
  const box = boxOn(shelf);
  await box.reread();
  assert.deepEqual(ids(box.waiting()), ["act-1", "act-2"]);
});

test("the outbox has a bound, and says so", async () => {
  const box = boxOn(memoryShelf());
  for (let turn = 1; turn <= MOST_WAITING; turn++) await box.add(stage, about("c-1"));
  await assert.rejects(box.add(stage, about("c-1")), OutboxFull);
});

test("a broken entry on the shelf does not stop the others", async () => {
  const shelf = memoryShelf();
  await boxOn(shelf).add(stage, about("c-1"));
  shelf.setItem("bridge.tan-linh.act.000000000002", "{");
  const box = boxOn(shelf);
  await box.reread();
  assert.equal(box.waiting().length, 1);
});

test("a phone keeps its name over visits", () => {
  const shelf = memoryShelf();
  assert.equal(deviceOf(shelf, () => "phone-1"), deviceOf(shelf, () => "phone-2"));
});

// --- what the centre has lost

async function acknowledged(count, epoch = "e-1") {
  const box = boxOn(memoryShelf());
  await box.compare({ conference: "c-1", epoch, acked_seq: 0 }, () => true);
  for (let turn = 0; turn < count; turn++) await box.add(stage, about("c-1"));
  await box.settle(settled(...ids(box.waiting())));
  await box.tell(() => true);
  return box;
}

test("a centre restored from a copy hears again what it lost, once", async () => {
  const box = await acknowledged(3);
  const restored = { conference: "c-1", epoch: "e-1", acked_seq: 1 };
  assert.equal(await box.compare(restored, () => true), 2);
  assert.deepEqual(ids(box.waiting()), ["act-2", "act-3"]);
  await box.settle(settled("act-2", "act-3"));
  assert.equal(await box.compare(restored, () => true), 0);
});

test("under a new journal everything of the day is told again, whatever the centre believes to have", async () => {
  const box = await acknowledged(3);
  assert.equal(await box.compare({ conference: "c-1", epoch: "e-2", acked_seq: 3 }, () => true), 3);
  await box.settle(settled("act-1", "act-2", "act-3"));
  assert.equal(await box.compare({ conference: "c-1", epoch: "e-2", acked_seq: 3 }, () => true), 0);
});

test("a centre that has everything is told nothing again, and another conference's acts are not its own", async () => {
  const box = await acknowledged(3);
  assert.equal(await box.compare({ conference: "c-1", epoch: "e-1", acked_seq: 3 }, () => true), 0);
  assert.equal(await box.compare({ conference: "c-2", epoch: "e-9", acked_seq: 0 }, () => true), 0);
});

test("an answer that came after the centre counted is not taken for lost", async () => {
  const box = await acknowledged(3);
  assert.equal(await box.compare({ conference: "c-1", epoch: "e-1", acked_seq: 2 }, (entry) => entry.act.seq <= 2), 0);
});

test("what was acknowledged is kept for a day and no longer", async () => {
  const box = await acknowledged(2);
  now_ms += KEPT_MS;
  await box.tell(() => true);
  assert.equal(box.list().length, 2);
  now_ms += 1;
  await box.tell(() => true);
  assert.equal(box.list().length, 0);
});

// --- two tabs

test("two tabs take turns where there are locks, and work all the same where there are none", async () => {
  const order = [];
  let held = Promise.resolve();
  const locks = {
    request: (_name, _options, work) => {
      held = held.then(() => work());
      return held;
    },
  };
  const work = (name) => async () => {
    order.push(name + " begins");
    await null;
    order.push(name + " ends");
  };
  const alone = takingTurns("send", { locks });
  await Promise.all([alone(work("one")), alone(work("two"))]);
  assert.deepEqual(order, ["one begins", "one ends", "two begins", "two ends"]);
  await takingTurns("send", {})(work("three"));
  assert.deepEqual(order.slice(4), ["three begins", "three ends"]);
});

test("a tab that never gets the lock sends in the end, for a frozen one must not hold it for ever", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const locks = { request: (_name, { signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))) };
  let isDone = false;
  const waited = takingTurns("send", { locks })(async () => {
    isDone = true;
  });
  context.mock.timers.tick(25_000);
  await waited;
  assert.equal(isDone, true);
});

// --- the link

const json = (body, status = 200, headers = {}) =>
  new Response(JSON.stringify(body), { status, headers: { "Content-Type": status < 400 ? "application/json" : "application/problem+json", ...headers } });

function door(script, secret = "s3cret") {
  const calls = [];
  const opened = link({
    handle: "tan-linh",
    secret: () => secret,
    device: "phone-1",
    fetch: async (url, init) => {
      calls.push(init.method + " " + url);
      const line = script.shift();
      if (line instanceof Error) throw line;
      return line;
    },
  });
  return { calls, opened };
}

test("a session that ended is exchanged anew, once, and the request goes again", async () => {
  const { calls, opened } = door([json({ code: "signed_out" }, 401), json({ csrf: "c" }), json({ now: "x" })]);
  assert.deepEqual(await opened.call("GET", "/desk"), { kind: "ok", body: { now: "x" } });
  assert.deepEqual(calls, ["GET /api/v1/desk", "POST /api/v1/links/tan-linh/session", "GET /api/v1/desk"]);
});

test("a link that the server does not know is wrong or taken back", async () => {
  const { opened } = door([json({ code: "signed_out" }, 401), json({ code: "unknown_link" }, 404)]);
  assert.deepEqual(await opened.call("GET", "/desk"), { kind: "revoked" });
  assert.deepEqual(await door([], "").opened.introduce(), { kind: "revoked" });
});

test("a dropped line, a hotel's login page and a busy server are all unknown, not refused", async () => {
  const page = new Response("<html>Đăng nhập Wi-Fi</html>", { headers: { "Content-Type": "text/html" } });
  assert.deepEqual(await door([new TypeError("Failed to fetch")]).opened.call("GET", "/desk"), LOST);
  assert.deepEqual(await door([page]).opened.call("GET", "/desk"), LOST);
  const busy = json({ code: "busy" }, 503, { "Retry-After": "4" });
  assert.deepEqual(await door([busy]).opened.call("GET", "/desk"), { kind: "unknown", retry_after_s: 4 });
  const often = json({ code: "too_often" }, 429, { "Retry-After": "30" });
  assert.deepEqual(await door([often]).opened.introduce(), { kind: "unknown", retry_after_s: 30 });
});

test("requests that meet a closed door together knock once", async () => {
  const { calls, opened } = door([json({ csrf: "c" }), json({ outcomes: [] }), json({ outcomes: [] })]);
  await Promise.all([opened.call("POST", "/a", {}), opened.call("POST", "/b", {})]);
  assert.equal(calls.filter((call) => call.endsWith("/session")).length, 1);
});

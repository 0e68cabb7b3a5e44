import assert from "node:assert/strict";
import test from "node:test";

import { checked, lightest, mediaOf } from "../../dashboards/static/phone/check/broadcast.js";
import { Declined, MOST_BYTES, Stopped, measured } from "../../dashboards/static/phone/check/measuring.js";
import { gradeOf, lineInWords } from "../../dashboards/static/phone/measured.js";

// --- the line

/** A line of so many kbit/s each way, on a clock of its own that moves with what is carried. */
function air({ rtt_ms = 40, kbps = 8000, up_kbps = kbps, loses = () => false, stop = new AbortController(), refuses = null } = {}) {
  const told = { now_ms: 0, down: 0, up: 0, pings: 0, parts: [] };
  const timers = new Map();
  let last = 0;
  function pass(ms) {
    const until = told.now_ms + ms;
    for (;;) {
      const due = [...timers.entries()].filter(([, timer]) => timer.at <= until).sort(([, one], [, two]) => one.at - two.at)[0];
      if (!due) break;
      told.now_ms = due[1].at;
      timers.delete(due[0]);
      due[1].work();
    }
    told.now_ms = until;
  }
  /** Until it has passed, or somebody has had enough. */
  function carry(ms, signal) {
    const until = told.now_ms + ms;
    while (told.now_ms < until && !signal.aborted) pass(Math.min(5, until - told.now_ms));
    if (signal.aborted) throw new DOMException("cut", "AbortError");
  }
  async function ask(method, path, body, signal) {
    if (refuses) return Response.json({ detail: refuses }, { status: 429 });
    if (path.endsWith("/ping")) {
      told.pings++;
      carry(loses(told.pings) ? 60_000 : rtt_ms, signal);
      return Response.json({});
    }
    carry(rtt_ms, signal);
    if (method === "POST") {
      carry((body.length * 8) / up_kbps, signal);
      told.up += body.length;
      return Response.json({ bytes: body.length });
    }
    let left = Number(/bytes=(\d+)/.exec(path)[1]);
    const stream = new ReadableStream(
      {
        pull(controller) {
          const piece = Math.min(left, 1024);
          carry((piece * 8) / kbps, signal);
          told.down += piece;
          left -= piece;
          controller.enqueue(new Uint8Array(piece));
          if (left === 0) controller.close();
        },
      },
      { highWaterMark: 0 },
    );
    return new Response(stream);
  }
  const outside = {
    ask,
    now_ms: () => told.now_ms,
    later: (work, ms) => {
      timers.set(++last, { work, at: told.now_ms + ms });
      return last;
    },
    never: (timer) => timers.delete(timer),
    fill: (room) => room.fill(7),
    part: (part) => told.parts.push(part),
    stop: stop.signal,
  };
  return { outside, told, stop };
}

const near = (found, wanted, share) => assert.ok(Math.abs(found - wanted) <= wanted * share, `${found} is not near ${wanted}`);

test("an ordinary line is measured as it is, in its three parts", async () => {
  const { outside, told } = air({ rtt_ms: 40, kbps: 8000, up_kbps: 2000 });
  const found = await measured(outside);
  assert.deepEqual([found.rtt_ms, found.jitter_ms, found.loss], [40, 0, 0]);
  near(found.down_kbps, 8000, 0.15);
  near(found.up_kbps, 2000, 0.15);
  assert.deepEqual(told.parts, ["ping", "down", "up"]);
});

test("whatever the line, it takes about ten seconds and at most three megabytes", async () => {
  for (const kbps of [20, 64, 500, 3000, 50_000, 1_000_000]) {
    for (const rtt_ms of [1, 80, 900]) {
      const { outside, told } = air({ kbps, rtt_ms });
      await measured(outside);
      assert.ok(told.now_ms <= 11_000, `${kbps} kbps at ${rtt_ms} ms took ${told.now_ms} ms`);
      assert.ok(told.down + told.up <= MOST_BYTES, `${kbps} kbps at ${rtt_ms} ms took ${told.down + told.up} bytes`);
    }
  }
});

test("a slow line is told by what came, though its first piece never came whole", async () => {
  const found = await measured(air({ kbps: 40, up_kbps: 40 }).outside);
  near(found.down_kbps, 40, 0.2);
});

test("pings that find no answer are lost", async () => {
  const found = await measured(air({ loses: (ping) => ping === 3, rtt_ms: 20 }).outside);
  assert.ok(found.loss > 0 && found.loss <= 0.5);
  assert.equal(found.rtt_ms, 20);
});

test("a centre that declines is heard", async () => {
  await assert.rejects(measured(air({ refuses: "Hãy đo lại sau 30 giây." }).outside), (why) => why instanceof Declined && why.message === "Hãy đo lại sau 30 giây.");
});

test("where nothing answers there is no result", async () => {
  await assert.rejects(measured(air({ loses: () => true }).outside), /no answer/);
});

test("who hides the page stops the test", async () => {
  const stop = new AbortController();
  const { outside, told } = air({ stop, kbps: 500 });
  const part = outside.part;
  outside.part = (name) => {
    part(name);
    if (name === "down") stop.abort();
  };
  await assert.rejects(measured(outside), Stopped);
  assert.deepEqual(told.parts, ["ping", "down"]);
  assert.equal(told.up, 0);
});

test("the words for a line follow from its worst figure, and a hall that only watches needs no way up", () => {
  const good = { rtt_ms: 40, jitter_ms: 5, loss: 0, down_kbps: 8000, up_kbps: 3000 };
  assert.equal(gradeOf(good, true), "good");
  assert.equal(gradeOf({ ...good, up_kbps: 700 }, true), "usable");
  assert.equal(gradeOf({ ...good, up_kbps: 700 }, false), "good");
  assert.equal(gradeOf({ ...good, down_kbps: 1000 }, false), "poor");
  assert.equal(gradeOf({ ...good, loss: 0.05 }, false), "usable");
  assert.equal(gradeOf({ ...good, rtt_ms: 900 }, false), "poor");
  assert.equal(lineInWords(good), "40 ms · xuống 8,0 · lên 3,0 Mb/s");
});

// --- the broadcast

const MENU = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=2400000,AVERAGE-BANDWIDTH=100\nbig/list.m3u8\n#EXT-X-STREAM-INF:AVERAGE-BANDWIDTH=90,BANDWIDTH=800000\n\nsmall/list.m3u8?x=1\n";
const list = (first, segments = 3, more = "") =>
  `#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-MEDIA-SEQUENCE:${first}\n` + Array.from({ length: segments }, (_, at) => `#EXTINF:4,\n${first + at}.ts\n`).join("") + more;

/** An origin that answers each address with the next of its answers, the last one for ever. */
function origin(pages) {
  const asked = [];
  const waits = [];
  const stop = new AbortController();
  return {
    asked,
    waits,
    stop,
    outside: {
      fetch: async (url, init) => {
        asked.push([url, init.mode || "cors"]);
        const answers = pages[url];
        const answer = answers === undefined ? new TypeError("unreachable") : answers.length > 1 ? answers.shift() : answers[0];
        if (answer instanceof Error) {
          if (init.mode === "no-cors" && answer.message === "cors") return Response.json({});
          throw answer;
        }
        const response = new Response(answer);
        Object.defineProperty(response, "url", { value: url });
        return response;
      },
      pause: async (ms) => void waits.push(ms),
      later: () => 0,
      never: () => {},
      stop: stop.signal,
    },
  };
}

const AT = "https://phat.example.vn/hoinghi/master.m3u8";
const SMALL = "https://phat.example.vn/hoinghi/small/list.m3u8?x=1";

test("a broadcast whose list goes on is on the air; one request more than needed is never made", async () => {
  const { outside, asked, waits } = origin({ [AT]: [MENU], [SMALL]: [list(100), list(101)] });
  assert.equal(await checked(AT, outside), "playing");
  assert.deepEqual(asked.map(([url]) => url), [AT, SMALL, SMALL]);
  assert.deepEqual(waits, [6000]);
});

test("a list that stands still means that nothing new comes", async () => {
  assert.equal(await checked(AT, origin({ [AT]: [list(100)] }).outside), "standing");
});

test("a list that has ended is over, not standing", async () => {
  assert.equal(await checked(AT, origin({ [AT]: [list(100, 3, "#EXT-X-ENDLIST\n")] }).outside), "ended");
  assert.equal(await checked(AT, origin({ [AT]: [list(100), list(100, 3, "#EXT-X-ENDLIST\n")] }).outside), "ended");
});

test("nothing there, a page that is no list, and a menu of menus cannot be watched", async () => {
  assert.equal(await checked(AT, origin({}).outside), "unreachable");
  assert.equal(await checked(AT, origin({ [AT]: ["<html>Đăng nhập Wi-Fi</html>"] }).outside), "unreachable");
  assert.equal(await checked(AT, origin({ [AT]: [MENU], [SMALL]: [MENU] }).outside), "unreachable");
});

test("an origin that lets no page read is not called broken", async () => {
  const { outside, asked } = origin({ [AT]: [new TypeError("cors")] });
  assert.equal(await checked(AT, outside), "unreadable");
  assert.deepEqual(asked.map(([, mode]) => mode), ["cors", "no-cors"]);
});

test("a list without end is not read to its end", async () => {
  let sent = 0;
  const endless = new ReadableStream({
    pull(controller) {
      sent += 65536;
      controller.enqueue(new TextEncoder().encode("#".repeat(65536)));
    },
  });
  assert.equal(await checked(AT, origin({ [AT]: [endless] }).outside), "unreachable");
  assert.ok(sent < 2_000_000);
});

test("the lightest rendition is enough to know that it arrives", () => {
  assert.equal(lightest(MENU, AT), SMALL);
  assert.equal(lightest(list(1), AT), null);
  assert.deepEqual(mediaOf(list(7, 3)), { last: 9, target_s: 4, isOver: false });
  assert.equal(mediaOf("#EXTM3U\n#EXTINF:4,\n"), null);
});

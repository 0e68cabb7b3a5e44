import assert from "node:assert/strict";
import test from "node:test";

import { asked, standing } from "../../dashboards/static/phone/desk.js";

const at = (clock) => Date.parse("2026-03-07T" + clock + ":00+07:00");
const iso = (clock) => "2026-03-07T" + clock + ":00+07:00";

const FIGURE = {
  present: 60, excused: 3, unexcused: 1, guests: 0, substitutes: 0,
  at: iso("08:01"), received_at: iso("08:02"), grade: "fine", by: "own", act: "a-0",
};

function desk(told = {}) {
  return {
    csrf: "", conference: { id: "c", title: "", phase: "live" },
    point: { code: "00004-01", name: "Xã Tản Lĩnh", parent: "Huyện Ba Vì", address: "", mode: "two_way", seats: 80 },
    sitting: { id: "2026-03-07-am", name: "Buổi sáng", starts_at: iso("08:00"), ends_at: iso("11:30") },
    expected: 64, round: "opening",
    rounds: [
      { round: "opening", opens_at: iso("07:00"), due_at: iso("08:15"), figure: null },
      { round: "middle", opens_at: iso("09:30"), due_at: iso("09:45"), figure: null },
    ],
    stage: null, perceived: null, hotline: null, now: iso("08:02"), speed: 1, acked_seq: 0,
    ...told,
  };
}

const withOpening = (figure) => desk({ rounds: [{ ...desk().rounds[0], figure }, desk().rounds[1]] });
const SENSES = { line: "good", picture: "good", sound: "good", at: iso("07:40") };

let seq = 0;
function entry(said, outcome = null) {
  seq += 1;
  return { act: { id: "a-" + seq, seq, at: "", point: "", ...said }, conference: "c", noted_ms: at("08:21"), outcome };
}
const accepted = (clock, code = "") => ({ outcome: "accepted", code, message: "", at_ms: at(clock) });
const count = (present) => ({ kind: "count", sitting: "2026-03-07-am", round: "opening", present, excused: 0, unexcused: 0, guests: 0 });

const ask = (told, clock, entries = []) => asked(standing(told, entries), told.round, at(clock));

test("the page asks one thing at a time, in the order of the day", () => {
  assert.equal(ask(desk(), "06:50"), "stage");
  assert.equal(ask(desk({ stage: { stage: "on_site", at: iso("06:50") } }), "06:55"), "stage");
  assert.equal(ask(desk({ stage: { stage: "line_tested", at: iso("06:58") } }), "06:59"), "senses");
  const told = { stage: { stage: "chair_present", at: iso("07:50") }, perceived: SENSES };
  assert.equal(ask(desk(told), "08:02"), "count");
  assert.equal(ask({ ...withOpening(FIGURE), ...told }, "08:03"), "stage");
  assert.equal(ask({ ...withOpening(FIGURE), ...told, stage: { stage: "in_session", at: iso("08:05") } }, "08:10"), null);
});

test("a count is not asked for before its round opens", () => {
  const told = { stage: { stage: "in_session", at: iso("06:50") }, perceived: SENSES };
  assert.equal(ask(desk(told), "06:55"), null);
});

test("a figure in quarantine comes before everything else", () => {
  const told = { ...withOpening({ ...FIGURE, present: 640, grade: "quarantined" }), stage: { stage: "on_site", at: iso("07:00") } };
  assert.equal(ask(told, "08:03"), "count");
});

test("what the phone said lies over what the centre knows, until it is received", () => {
  const told = desk({ stage: { stage: "on_site", at: iso("06:50") } });
  const waiting = standing(told, [entry({ kind: "stage", stage: "in_session" })]);
  assert.equal(waiting.stage, "in_session");
  assert.deepEqual(waiting.stageReceipt, { kind: "waiting", noted_ms: at("08:21") });
  const received = standing(told, [entry({ kind: "stage", stage: "in_session" }, accepted("08:22"))]);
  assert.deepEqual(received.stageReceipt, { kind: "received", at_ms: at("08:22") });
});

test("what was refused for ever does not stand on the desk", () => {
  const refused = { outcome: "refused", code: "ended", message: "đã kết thúc", at_ms: 0 };
  assert.equal(standing(withOpening(FIGURE), [entry(count(10), refused)]).rounds[0].heads.present, 60);
});

test("the later of two counts stands, with its own grade", () => {
  const stands = standing(desk(), [entry(count(640), accepted("08:02", "quarantined")), entry(count(64))]);
  assert.equal(stands.rounds[0].heads.present, 64);
  assert.equal(stands.rounds[0].grade, "fine");
});

test("a figure that a coordinator entered waits for the hall's word, and the word settles it", () => {
  const told = withOpening({ ...FIGURE, by: "proxy", act: "a-proxy" });
  assert.equal(standing(told, []).rounds[0].proxy, "a-proxy");
  assert.equal(standing(told, [entry({ kind: "confirm", act: "a-proxy" })]).rounds[0].proxy, null);
});

test("a figure said after its deadline is told to be late", () => {
  assert.equal(standing(withOpening({ ...FIGURE, at: iso("08:16") }), []).rounds[0].late, true);
  assert.equal(standing(withOpening({ ...FIGURE, received_at: iso("08:40") }), []).rounds[0].late, false);
});

test("what is taken back is marked until the desk knows, and then it is gone", () => {
  const told = desk({ stage: { stage: "in_session", at: iso("08:05") } });
  const stage = { ...entry({ kind: "stage", stage: "in_session" }, accepted("08:05")), told: true };
  const undo = entry({ kind: "undo", act: stage.act.id });
  const marked = standing(told, [stage, undo]);
  assert.equal(marked.stage, "in_session");
  assert.equal(marked.stageOwn.undo, undo);
  const known = { ...undo, outcome: accepted("08:06"), told: true };
  const gone = standing(desk({ stage: { stage: "chair_present", at: iso("07:50") } }), [stage, known]);
  assert.equal(gone.stage, "chair_present");
  assert.equal(gone.stageOwn, null);
});

test("an undo that was refused takes nothing back", () => {
  const stage = { ...entry({ kind: "stage", stage: "in_session" }, accepted("08:05")), told: true };
  const undo = entry({ kind: "undo", act: stage.act.id }, { outcome: "refused", code: "too_late", message: "", at_ms: 0 });
  const stands = standing(desk({ stage: { stage: "in_session", at: iso("08:05") } }), [stage, undo]);
  assert.equal(stands.stageOwn.undo, null);
});

test("only a figure that this phone said can be taken back on it", () => {
  const mine = { ...entry(count(60), accepted("08:02")), told: true };
  assert.equal(standing(withOpening({ ...FIGURE, act: mine.act.id }), [mine]).rounds[0].own.entry, mine);
  assert.equal(standing(withOpening({ ...FIGURE, act: "a-of-another" }), [mine]).rounds[0].own, null);
});

test("two phones that differ are both shown until one of them is confirmed", () => {
  const round = { ...desk().rounds[0], figure: FIGURE, differing: { ...FIGURE, present: 58, act: "a-other", received_at: iso("07:58") } };
  const told = desk({ rounds: [round, desk().rounds[1]] });
  const both = standing(told, []).rounds[0].differing;
  assert.deepEqual(both.map((said) => [said.heads.present, said.at_ms]), [[60, at("08:02")], [58, at("07:58")]]);
  const settled = standing(told, [entry({ kind: "confirm", act: "a-other" })]).rounds[0];
  assert.equal(settled.differing, null);
  assert.equal(settled.heads.present, 58);
});

test("scans are counted beside the head count: what the centre has, and what this phone still holds", () => {
  const scan = (outcome, more = {}) => ({ ...entry({ kind: "scan", badge: "DB1." }, outcome), sitting: "2026-03-07-am", ...more });
  const entries = [scan(null), scan(accepted("08:02")), scan(accepted("08:02", "already_in")), scan(accepted("08:01"), { told: true }), scan(null, { sitting: "other" })];
  const stands = standing(desk({ names: true, scanned: 41 }), entries);
  assert.equal(stands.scanned, 43);
  assert.equal(stands.rounds[0].heads, null);
});

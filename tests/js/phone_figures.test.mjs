import assert from "node:assert/strict";
import test from "node:test";

import { NOTE_LENGTH, act, headsInWords, nextStage, sensesInWords } from "../../dashboards/static/phone/acts.js";
import { headsTyped, judge } from "../../dashboards/static/phone/figures.js";

const HALL = { expected: 64, seats: 80, before: null };
const heads = (present, excused = 0, unexcused = 0, guests = 0) => ({ present, excused, unexcused, guests });

test("60 + 3 + 1 is all 64", () => {
  assert.deepEqual(judge(heads(60, 3, 1), HALL), { grade: "fine", why: "", sum: 64, missing: 0 });
});

test("who is not named yet is missing, and the report still counts as fine", () => {
  const judged = judge(heads(58, 2), HALL);
  assert.equal(judged.grade, "fine");
  assert.equal(judged.missing, 4);
});

test("more than were summoned is warned of, with how many", () => {
  const judged = judge(heads(64, 3, 1), HALL);
  assert.equal(judged.grade, "warned");
  assert.equal(judged.missing, -4);
  assert.match(judged.why, /Thừa 4/);
});

test("more people than seats is warned of", () => {
  assert.match(judge(heads(60, 0, 0, 30), { expected: 64, seats: 80, before: null }).why, /90 người, nhiều hơn 80 chỗ/);
});

test("less than half of the last round is warned of, exactly half is not", () => {
  assert.equal(judge(heads(29), { ...HALL, before: 60 }).grade, "warned");
  assert.equal(judge(heads(30), { ...HALL, before: 60 }).grade, "fine");
});

test("640 of 64 is quarantined", () => {
  assert.equal(judge(heads(640), HALL).grade, "quarantined");
});

test("twice the expected is quarantined only beyond the seats too, and guests fill the hall as others do", () => {
  assert.equal(judge(heads(140), { ...HALL, seats: 200 }).grade, "warned");
  assert.equal(judge(heads(64, 0, 0, 100), HALL).grade, "quarantined");
  assert.equal(judge(heads(129), { ...HALL, seats: null }).grade, "quarantined");
});

test("a minus, a word and a fraction are no number of people", () => {
  for (const typed of ["-1", "sáu", "6,5", "6.5", "1e3", "99999999"]) {
    assert.equal(judge(heads(headsTyped(typed)), HALL).grade, "blocked", typed);
  }
  assert.equal(headsTyped(" 064 "), 64);
  assert.equal(headsTyped(""), 0);
});

test("a hall without an expected number is not held against one", () => {
  assert.deepEqual(judge(heads(640), { expected: null, seats: null, before: null }), { grade: "fine", why: "", sum: 640, missing: null });
});

test("the next step is one further, and a hall that watches television has no line to test", () => {
  assert.equal(nextStage(null, true), "on_site");
  assert.equal(nextStage("on_site", true), "line_tested");
  assert.equal(nextStage("on_site", false), "chair_present");
  assert.equal(nextStage("ended", true), null);
});

test("what was said is said back in the hall's words", () => {
  assert.equal(sensesInWords({ line: "good", picture: "good", sound: "good" }), "Tất cả tốt");
  assert.equal(sensesInWords({ line: "good", picture: "none", sound: "good" }), "Không có: hình ảnh · Tốt: tín hiệu, âm thanh");
  assert.equal(headsInWords(heads(60, 3, 1)), "60 có mặt · 3 có lý do · 1 không lý do");
});

test("the longest report fits in 2 KB, its envelope included", () => {
  const note = "ữ".repeat(NOTE_LENGTH);
  const id = "01901234-5678-7fff-bfff-ffffffffffff";
  const longest = act({ kind: "incident", fault: "other", note }, { id, seq: 2 ** 40, at: "2026-03-07T08:02:11.000+07:00", point: "0".repeat(40) });
  const body = JSON.stringify({ device: id, sent_at: "2026-03-07T08:02:11.000+07:00", acts: [longest] });
  assert.ok(new TextEncoder().encode(body).length <= 2048);
});

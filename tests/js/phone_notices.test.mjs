import assert from "node:assert/strict";
import test from "node:test";

import { reminded, standing } from "../../dashboards/static/phone/desk.js";
import { faultRows, mending } from "../../dashboards/static/phone/faults.js";
import { begun, looking, merged, pressing, readMarks } from "../../dashboards/static/phone/notices.js";
import { memoryShelf } from "../../dashboards/static/phone/store.js";

const iso = (clock) => "2026-03-07T" + clock + ":00+07:00";
const at = (clock) => Date.parse(iso(clock));

const said = (number, more = {}) => ({ number, text: "Kiểm tra loa", urgent: false, confirm: false, at: iso("08:00"), by: "Ann", seen: false, confirmed: false, ...more });

function desk(told = {}) {
  return {
    csrf: "", conference: { id: "c", title: "", phase: "live" },
    point: { code: "00004-01", name: "Xã Tản Lĩnh", parent: "", address: "", mode: "two_way", seats: 80 },
    sitting: { id: "2026-03-07-am", name: "Buổi sáng", starts_at: iso("08:00"), ends_at: iso("11:30") },
    expected: 64, round: "opening",
    rounds: [{ round: "opening", opens_at: iso("07:00"), due_at: iso("08:15"), figure: null }],
    stage: null, perceived: null, hotline: null, now: iso("08:22"), speed: 1, acked_seq: 0,
    ...told,
  };
}

let seq = 0;
function entry(act, more = {}) {
  seq += 1;
  return { act: { id: "a-" + seq, seq, at: "", point: "", ...act }, conference: "c", sitting: "2026-03-07-am", noted_ms: at("08:21"), outcome: null, ...more };
}
const accepted = (clock) => ({ outcome: "accepted", code: "", message: "", at_ms: at(clock) });
const seen = (notice, confirmed = false, more = {}) => entry({ kind: "noticed", notice, confirmed }, more);
const stood = (notices, entries = []) => standing(desk({ notices }), entries).notices;

test("urgent ones stand first, then those that came first", () => {
  const notices = stood([said(4, { urgent: true }), said(3), said(2, { urgent: true }), said(1)]);
  assert.deepEqual(pressing(notices, new Set()).map((each) => each.number), [2, 4, 1, 3]);
});

test("a notice stays until somebody has put it away, though it was seen on this very phone", () => {
  const notices = stood([said(1, { seen: true })], [seen(1)]);
  assert.equal(pressing(notices, new Set()).length, 1);
  assert.equal(pressing(notices, new Set([1])).length, 0);
});

test("what another phone of the hall has read does not press on this one", () => {
  assert.deepEqual(pressing(stood([said(1, { seen: true })]), new Set()), []);
});

test("what is to be confirmed presses until it is, here or elsewhere, sent or not", () => {
  const asked = said(1, { confirm: true, seen: true });
  assert.equal(pressing(stood([asked], [seen(1)]), new Set()).length, 1);
  assert.equal(pressing(stood([asked], [seen(1, true)]), new Set()).length, 0);
  assert.equal(pressing(stood([{ ...asked, confirmed: true }]), new Set()).length, 0);
  const [confirmed] = stood([asked], [seen(1, true, { outcome: accepted("08:22") })]);
  assert.deepEqual(confirmed.receipt, { kind: "received", at_ms: at("08:22") });
});

test("a frame of the line stands beside what the desk told, keeps what was answered, and goes when it is withdrawn", () => {
  const frame = { type: "notice", number: 2, text: "Họp lại", urgent: true, confirm: true, at: iso("08:22"), by: "Ann", withdrawn: false };
  const both = merged([said(1)], frame);
  assert.deepEqual(both.map((each) => [each.number, each.urgent, each.seen]), [[2, true, false], [1, false, false]]);
  const again = merged([{ ...both[0], seen: true }, both[1]], frame);
  assert.equal(again[0].seen, true);
  assert.deepEqual(merged(again, { ...frame, withdrawn: true }).map((each) => each.number), [1]);
  assert.equal(merged(again, { type: "notice", number: "2" }), again);
});

test("a phone that is told without end keeps the newest", () => {
  let known = [];
  for (let number = 1; number <= 60; number++) known = merged(known, { number, text: "x", at: iso("08:00"), by: "" });
  assert.deepEqual([known.length, known[0].number], [26, 60]);
});

test("a long notice is begun with whole words, a short one is all there", () => {
  assert.equal(begun("Kiểm tra loa\nrồi báo"), "Kiểm tra loa\nrồi báo");
  const long = "điểm cầu ".repeat(60).trim();
  assert.match(begun(long), /^(điểm cầu ?)+ …$|^(điểm cầu )*điểm …$/);
  assert.ok(begun(long).length < 230);
  assert.equal(begun("một\n".repeat(20)), "một\n".repeat(6).trimEnd() + " …");
});

test("a notice is seen when its last line stood on the screen for a second, and somebody could look", () => {
  let now = 0;
  let lines = [{ number: 1, top: 100, bottom: 200 }, { number: 2, top: 600, bottom: 800 }, { number: 3, top: 0, bottom: 0 }];
  let visible = true;
  const told = [];
  const looker = looking({ lines: () => lines, floor: () => 700, isVisible: () => visible, now_ms: () => now, seen: (number) => told.push(number) });
  looker.look();
  now = 900;
  looker.look();
  assert.deepEqual(told, []);
  visible = false;
  looker.look();
  visible = true;
  now = 1100;
  looker.look();
  assert.deepEqual(told, []);
  now = 2200;
  assert.equal(looker.look(), true);
  assert.deepEqual(told, [1]);
  lines = [];
  assert.equal(looker.look(), false);
});

test("what was put away is remembered, and no more than a hundred of it", (t) => {
  t.mock.method(console, "warn", () => {});
  const shelf = memoryShelf();
  shelf.setItem("read", "broken");
  const marks = readMarks(shelf, "read");
  for (let number = 1; number <= 130; number++) marks.put(number);
  assert.equal(readMarks(shelf, "read").marks().size, 100);
  assert.ok(readMarks(shelf, "read").marks().has(130));
});

test("the reminder of a count goes with the count, sent or waiting, and is of this sitting", () => {
  const asked = { reminder: { sitting: "2026-03-07-am", round: "opening", at: iso("08:20") } };
  const count = entry({ kind: "count", sitting: "2026-03-07-am", round: "opening", present: 60, excused: 0, unexcused: 0, guests: 0 });
  const told = desk(asked);
  assert.equal(reminded(told, standing(told, [])), "opening");
  assert.equal(reminded(told, standing(told, [count])), null);
  const elsewhere = desk({ reminder: { ...asked.reminder, sitting: "2026-03-07-pm" } });
  assert.equal(reminded(elsewhere, standing(elsewhere, [])), null);
  assert.equal(reminded(desk(), standing(desk(), [])), null);
});

// --- faults

const fault = (kind, more = {}) => entry({ kind: "incident", fault: kind, note: "" }, { outcome: accepted("08:21"), ...more });
const open = (trouble, more = {}) => ({ number: 7, trouble, status: "open", owner_name: "", began_at: iso("08:20"), ...more });
const rows = (told, entries) => faultRows(desk(told), standing(desk(told), entries), at("08:25"));

test("a fault goes from sent to new, to somebody's hands, to solved", () => {
  const status = (told, entries) => rows(told, entries).map((row) => [row.status, row.owner]);
  assert.deepEqual(status({}, [fault("no_picture", { outcome: null })]), [["unknown", ""]]);
  assert.deepEqual(status({}, [fault("no_picture")]), [["unknown", ""]]);
  assert.deepEqual(status({ open_incidents: [open("no_picture")] }, [fault("no_picture")]), [["open", ""]]);
  const taken = { open_incidents: [open("no_picture", { status: "acknowledged", owner_name: "Long" })] };
  assert.deepEqual(status(taken, [fault("no_picture", { told: true })]), [["acknowledged", "Long"]]);
  assert.deepEqual(status({}, [fault("no_picture", { told: true })]), [["resolved", ""]]);
});

test("a lost line that turned out to be a power cut is still the hall's own report", () => {
  const [row, ...others] = rows({ open_incidents: [open("power_cut")] }, [fault("connection_lost", { told: true })]);
  assert.deepEqual([row.fault, row.trouble, row.status, others.length], ["connection_lost", "power_cut", "open", 0]);
});

test("reported twice it is one fault, and what the centre noticed by itself stands beside it", () => {
  const told = { open_incidents: [open("no_sound"), open("lost", { number: 8 })] };
  const found = rows(told, [fault("no_sound"), fault("no_sound")]);
  assert.deepEqual(found.map((row) => [row.trouble, row.receipt === null]), [["no_sound", false], ["lost", true]]);
});

test("what is over goes below what is not, and after some hours out of sight", () => {
  const old = fault("no_sound", { told: true, noted_ms: at("08:21") - 5 * 3600_000 });
  const found = rows({ open_incidents: [open("no_sound")] }, [fault("other", { told: true }), fault("no_sound"), fault("no_picture", { told: true }), old]);
  assert.deepEqual(found.map((row) => row.status), ["open", "resolved", "resolved"]);
});

test("to say that it is over says what is good again, and nothing else", () => {
  const senses = { line: "good", picture: "none", sound: "poor" };
  assert.deepEqual(mending("no_picture", senses), { line: "good", picture: "good", sound: "poor" });
  assert.deepEqual(mending("lost", null), { line: "good", picture: "good", sound: "good" });
  assert.equal(mending("centre", senses), null);
});

test("a hall that has said that it is over is not asked again", () => {
  const good = entry({ kind: "perceived", line: "good", picture: "good", sound: "good" }, { noted_ms: at("08:24") });
  const [row] = rows({ open_incidents: [open("lost")] }, [fault("connection_lost"), good]);
  assert.equal(row.mended_ms, at("08:24"));
  const before = { ...good, noted_ms: at("08:10") };
  assert.equal(rows({ open_incidents: [open("lost")] }, [before, fault("connection_lost")])[0].mended_ms, null);
});

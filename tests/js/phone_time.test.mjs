import assert from "node:assert/strict";
import test from "node:test";

// A phone that was never set to Hà Nội's zone.
process.env.TZ = "America/New_York";

const { day, hallClock, hour, instant, stamp } = await import("../../dashboards/static/phone/hours.js");
const { uuid7 } = await import("../../dashboards/static/phone/uuid7.js");

const MORNING = "2026-03-07T08:02:11.000+07:00";

test("every hour is Hà Nội's, whatever zone the phone is set to", () => {
  assert.equal(hour(instant(MORNING)), "08:02");
  assert.equal(day(instant("2026-03-06T23:30:00Z")), "07/03");
  assert.equal(stamp(instant(MORNING)), MORNING);
});

test("the hall's clock starts at the server's hour and runs at the hall's pace", () => {
  let steady = 500;
  const clock = hallClock(() => steady);
  clock.set(instant(MORNING), 60);
  steady += 1000;
  assert.equal(hour(clock.now()), "08:03");
});

test("an act's name is a UUIDv7 that carries its millisecond", () => {
  const fill = (room) => room.fill(0xff);
  const name = uuid7(0x0190_1234_5678, fill);
  assert.equal(name, "01901234-5678-7fff-bfff-ffffffffffff");
  assert.match(uuid7(Date.now(), (room) => crypto.getRandomValues(room)), /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test("acts of the same millisecond have different names", () => {
  const now = Date.now();
  const names = Array.from({ length: 1000 }, () => uuid7(now, (room) => crypto.getRandomValues(room)));
  assert.equal(new Set(names).size, 1000);
});

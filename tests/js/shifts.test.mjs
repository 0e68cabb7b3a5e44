// Shifts as they are typed and as they are kept: the same hour, whatever zone the browser is in.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hourOf, isOn, same, shiftOf, typedOf } from '../../dashboards/static/board/shifts.js';

const SHIFT = { name: 'Tạ Thu Hà', phone: '0900 999 003', what: 'kỹ thuật', from: '2026-03-07T06:30:00.000+07:00', to: '2026-03-07T15:31:00.000+07:00', unit: null };

test('a shift that is opened and kept untouched is the same shift', () => {
  for (const to of ['2026-03-07T15:31:00.000+07:00', '2026-03-08T02:00:00.000+07:00', '2026-03-10T00:00:00.000+07:00'])
    assert.ok(same([shiftOf(typedOf({ ...SHIFT, to })).shift], [{ ...SHIFT, to }]), to);
});

test('who ends before they begin ends on the next day', () => {
  const { shift } = shiftOf({ ...typedOf(SHIFT), from: '22:00', to: '6:00', days: 0 });
  assert.equal(Date.parse(shift.to) - Date.parse(shift.from), 8 * 3_600_000);
});

test('an hour may be typed as people write it', () => {
  assert.deepEqual(['8:00', '08:00', '0800', '8h00', '23.59'].map(hourOf), ['08:00', '08:00', '08:00', '08:00', '23:59']);
  assert.deepEqual(['24:00', '8', 'sáng', ''].map(hourOf), [null, null, null, null]);
});

test('what is missing is named', () => {
  const typed = typedOf(SHIFT);
  for (const wrong of ['name', 'phone', 'day', 'from', 'to']) assert.deepEqual(shiftOf({ ...typed, [wrong]: '' }), { wrong });
  assert.deepEqual(shiftOf({ ...typed, day: '31/02/2026' }), { wrong: 'day' });
});

test('somebody is on duty from their first minute until before their last', () => {
  const at = (clock) => Date.parse(`2026-03-07T${clock}+07:00`);
  assert.deepEqual([isOn(SHIFT, at('06:29:59')), isOn(SHIFT, at('06:30:00')), isOn(SHIFT, at('15:31:00'))], [false, true, false]);
});

// The board's laws: changes on top of a snapshot are the snapshot of the end; sums are sums; the worst stands first.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { afterDelta, countLook, fromSnapshot, isOf, look, rollUp, worseFirst } from '../../dashboards/static/board/state.js';

const COLUMNS = [
  'code', 'name', 'unit', 'group', 'type', 'mode', 'seats', 'stage', 'stage_at_s', 'link', 'link_at_s', 'picture', 'sound', 'line',
  'expected', 'present', 'excused', 'unexcused', 'unreported', 'guests', 'report', 'reported_at_s',
];
const HALL = {
  code: '00001-01', name: 'Xã Tản Lĩnh', unit: '00001', group: '271', type: 'commune', mode: 'two_way', seats: 80, stage: 'in_session', stage_at_s: 1,
  link: 'steady', link_at_s: 1, picture: 'good', sound: 'good', line: 'good', expected: 64, present: 60, excused: 3, unexcused: 1, unreported: 0,
  guests: 0, report: 'fine', reported_at_s: 1,
};
const pick = (of, names) => names.map((name) => of[name]);
const hall = (changes = {}) => ({ ...HALL, ...changes });
const silent = (changes = {}) =>
  hall({ present: null, excused: null, unexcused: null, guests: null, unreported: 64, report: 'none', reported_at_s: null, ...changes });

const snapshot = (halls, offset = 0, news = []) => ({
  type: 'snapshot', epoch: 'e', offset, at: '2026-03-07T08:24:16.000+07:00', speed: 1, totals: { phase: 'live' },
  units: { columns: ['code', 'name', 'level', 'parent'], rows: [['271', 'Huyện Ba Vì', 'district', '01']] },
  groups: { columns: ['code', 'name'], rows: [['271', 'Ba Vì']] },
  points: { columns: COLUMNS, rows: halls.map((each) => COLUMNS.map((column) => each[column])) },
  news,
});
const delta = (prev, points, more = {}) => ({ type: 'delta', epoch: 'e', prev, offset: prev + 1, at: '2026-03-07T08:24:17.000+07:00', points, ...more });

/** A small generator of our own: the same seed makes the same day. */
function chance(seed) {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  };
}

test('a snapshot and every change after it are the snapshot of the end', () => {
  for (let seed = 1; seed <= 50; seed += 1) {
    const random = chance(seed);
    const some = (of) => of[Math.floor(random() * of.length)];
    const halls = Array.from({ length: 12 }, (_, i) => hall({ code: `h${i}` }));
    let state = fromSnapshot(snapshot(halls));
    for (let step = 0; step < 30; step += 1) {
      const points = {};
      for (let n = Math.floor(random() * 4); n > 0; n -= 1) {
        const one = some(halls);
        const change = some([{ link: some(['steady', 'lost', 'unknown']) }, { present: Math.floor(random() * 64), report: 'fine' }, { stage: 'ended' }]);
        Object.assign(one, change);
        points[one.code] = { ...points[one.code], ...change };
      }
      const after = afterDelta(state, delta(step, points, { news: [{ position: step, at_s: step, point: null, kind: 'phase-changed' }] }));
      assert.deepEqual(after.changed.toSorted(), Object.keys(points).toSorted());
      state = after.state;
    }
    const news = Array.from({ length: 30 }, (_, i) => ({ position: 29 - i, at_s: 29 - i, point: null, kind: 'phase-changed' }));
    const end = fromSnapshot(snapshot(halls, 30, news));
    assert.deepEqual({ ...state, at: null }, { ...end, at: null });
  }
});

test('a change that does not follow, is of another day, or names an unknown hall is not adopted', () => {
  const state = fromSnapshot(snapshot([hall()], 7));
  assert.equal(afterDelta(state, delta(8, {})), null);
  assert.equal(afterDelta(state, delta(6, {})), null);
  assert.equal(afterDelta(state, { ...delta(7, {}), epoch: 'other' }), null);
  assert.equal(afterDelta(state, delta(7, { nowhere: { link: 'lost' } })), null);
});

test('an adopted change leaves the state before it untouched', () => {
  const before = fromSnapshot(snapshot([hall()]));
  afterDelta(before, delta(0, { '00001-01': { link: 'lost' } }));
  assert.equal(before.points.get('00001-01').link, 'steady');
  assert.equal(before.offset, 0);
});

test('expected is present, with leave, without leave and not yet known, however many halls are added up', () => {
  const sums = rollUp([hall(), silent(), hall({ present: 50, excused: 10, unexcused: 4 })]);
  assert.equal(sums.expected, sums.present + sums.excused + sums.unexcused + sums.unreported);
  assert.equal(sums.expected, 192);
});

test('a hall that has not reported never lowers a rate', () => {
  const alone = rollUp([hall()]);
  const beside = rollUp([hall(), silent(), silent()]);
  assert.equal(beside.present / beside.answered, alone.present / alone.answered);
});

test('the states of a wall add up to its halls', () => {
  const sums = rollUp([hall(), hall({ link: 'lost' }), hall({ link: 'not_measured' }), hall({ sound: 'none' }), silent({ link: 'never_seen' })]);
  assert.equal(Object.values(sums.looks).reduce((a, b) => a + b), 5);
  assert.equal(Object.values(sums.counts).reduce((a, b) => a + b), 5);
});

test('a tile tells apart what the line, the hall and we are to answer for', () => {
  const looks = [
    [{}, 'steady'], [{ sound: 'none' }, 'faulty'], [{ picture: 'none' }, 'faulty'], [{ picture: 'poor' }, 'steady'], [{ link: 'unstable' }, 'unstable'],
    [{ link: 'reconnecting' }, 'reconnecting'], [{ link: 'lost' }, 'lost'], [{ link: 'unknown' }, 'ours'], [{ link: 'never_seen' }, 'not_opened'],
    [{ link: 'not_measured', sound: 'none' }, 'not_measured'], [{ link: 'lost', stage: 'ended' }, 'ended'],
  ];
  for (const [change, expected] of looks) assert.equal(look(hall(change)), expected, JSON.stringify(change));
});

test('on the wall of counts silence and suspicion are neither full nor empty', () => {
  assert.equal(countLook(silent()), 'silent');
  assert.equal(countLook(hall({ report: 'quarantined', present: null })), 'quarantined');
  assert.equal(countLook(hall({ report: 'quarantined' })), 'quarantined');
  assert.equal(countLook(hall({ differs: true, on_time: false })), 'differs');
  assert.equal(countLook(hall({ report: 'warned', on_time: false })), 'warned');
  assert.equal(countLook(hall({ on_time: false })), 'late');
  assert.equal(countLook(hall({ on_time: true, present: 0 })), 'on_time');
});

test('completeness and punctuality are of every hall, and who waits to be checked has not reported', () => {
  const sums = rollUp([hall({ on_time: true }), hall({ on_time: false }), silent({ on_time: null }), silent({ on_time: null, report: 'quarantined' })]);
  assert.deepEqual([sums.total, sums.reported, sums.on_time], [4, 2, 1]);
});

test('people scanned are a column of their own, compared only where heads were counted', () => {
  assert.deepEqual(pick(rollUp([hall()]), ['scanned', 'gap', 'stayed']), [null, null, null]);
  const sums = rollUp([hall({ scanned: 58, stayed: -2 }), silent({ scanned: 12, stayed: null }), hall({ scanned: 61, stayed: 0 })]);
  assert.deepEqual(pick(sums, ['scanned', 'gap', 'stayed']), [131, -1, -2]);
  assert.equal(sums.present, 120);
});

test('a filter leaves a state of the line, of the report, or what was entered by proxy', () => {
  const halls = { dark: hall({ link: 'lost' }), late: hall({ on_time: false }), proxy: hall({ proxy: true }) };
  for (const [only, left] of [['lost', ['dark']], ['late', ['late']], ['proxy', ['proxy']], [null, ['dark', 'late', 'proxy']]])
    assert.deepEqual(Object.entries(halls).filter(([, each]) => isOf(each, only)).map(([name]) => name), left);
});

test('by the counts, the district with a doubt stands before the one with a dark hall', () => {
  const dark = rollUp([hall({ link: 'lost' })]);
  const doubted = rollUp([hall({ differs: true })]);
  assert.deepEqual([dark, doubted].sort((a, b) => worseFirst(a, b, 'count')), [doubted, dark]);
  assert.deepEqual([doubted, dark].sort((a, b) => worseFirst(a, b)), [dark, doubted]);
});

test('a district with a dark hall stands before one with ten silent ones', () => {
  const dark = rollUp([hall({ link: 'lost' })]);
  const quiet = rollUp(Array.from({ length: 10 }, () => silent()));
  const well = rollUp([hall()]);
  assert.deepEqual([well, quiet, dark].sort(worseFirst), [dark, quiet, well]);
});

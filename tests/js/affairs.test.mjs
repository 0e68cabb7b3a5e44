// What goes on beside the halls: told piece by piece it is what is told at once; who waits stands first; what has lapsed holds nobody up.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adopted, claimOf, inOrder, incidentLook, lasted, NOTHING } from '../../dashboards/static/board/affairs.js';
import { afterDelta, fromSnapshot, isOf, look, rollUp } from '../../dashboards/static/board/state.js';
import { bondWords, callSums, incidentNews, jobWords, titleWords, whyCall, whyWords } from '../../dashboards/static/board/troubles.js';

const INCIDENT = {
  number: 1, trouble: 'lost', bond: 'alone', bond_name: '', points: [{ code: 'a', name: 'Xã Tản Lĩnh', began_at_s: 100, eased_at_s: null }], count: 1, failing: 1,
  spread_s: 0, began_at_s: 100, again_at_s: null, earlier_s: 0, noticed_at_s: 140, status: 'open', moved_at_s: 100, owner: null, owner_name: null, cause: '', level: 0, severity: 'minor',
  by_itself: false, reopened: 0, note: '', expected: 64, into: null,
};
const incident = (number, changes = {}) => ({ ...INCIDENT, number, ...changes });
const claim = (by, until_s) => ({ by, by_name: by.toUpperCase(), since_s: 0, until_s });
const notice = (number, changes = {}) => ({ number, text: 'x', urgent: false, confirm: false, to: null, count: 9, seen: 0, confirmed: 0, by_name: '', at_s: 1, withdrawn: false, ...changes });
const plain = (affairs) => ({ incidents: [...affairs.incidents], calls: [...affairs.calls].sort(), notices: [...affairs.notices] });

test('affairs told one by one are the affairs that a snapshot tells at the end', () => {
  let told = NOTHING;
  told = adopted(told, { incidents: [incident(2), incident(1)] });
  told = adopted(told, { calls: { a: claim('ann', 10), b: claim('binh', 20) } });
  told = adopted(told, { incidents: [incident(2, { status: 'acknowledged', owner: 'ann' })], notices: [notice(1)] });
  told = adopted(told, undefined);
  told = adopted(told, { calls: { a: null }, notices: [notice(1, { seen: 4 })] });
  const whole = { incidents: [incident(1), incident(2, { status: 'acknowledged', owner: 'ann' })], calls: { b: claim('binh', 20) }, notices: [notice(1, { seen: 4 })] };
  assert.deepEqual(plain(told), plain(adopted(NOTHING, whole)));
});

test('a frame that tells of something else leaves each of them the very same', () => {
  const before = adopted(NOTHING, { incidents: [incident(1)], calls: { a: claim('ann', 10) }, notices: [notice(1)] });
  const after = adopted(before, { calls: { b: claim('ann', 10) } });
  assert.equal(after.incidents, before.incidents);
  assert.equal(after.notices, before.notices);
  assert.equal(adopted(before, null), before);
});

test('a page that stays open for days keeps the newest of what is over, and all that goes on', () => {
  let told = adopted(NOTHING, { incidents: [incident(1)] });
  for (let number = 2; number < 300; number += 1) told = adopted(told, { incidents: [incident(number, { status: 'resolved', moved_at_s: number })], notices: [notice(number)] });
  assert.equal(told.incidents.size, 101);
  assert.deepEqual([...told.incidents.keys()].slice(0, 2), [1, 200]);
  assert.deepEqual([told.notices.size, Math.max(...told.notices.keys())], [50, 299]);
});

test('whom nobody has stands first, then the gravest, then the newest, and what is over last', () => {
  const affairs = adopted(NOTHING, {
    incidents: [
      incident(1, { status: 'resolved', moved_at_s: 900 }), incident(2, { severity: 'critical', status: 'acknowledged', owner: 'ann' }), incident(3), incident(4),
      incident(5, { severity: 'major' }), incident(6, { status: 'resolved', moved_at_s: 950 }), incident(7, { status: 'resolved', moved_at_s: 950 - 7 * 3600 }),
    ],
  });
  assert.deepEqual(inOrder(affairs, 1000).map(({ number }) => number), [5, 4, 3, 2, 6, 1]);
});

test('an incident lasts until now, or until it was over', () => {
  assert.equal(lasted(incident(1), 160), 60);
  assert.equal(lasted(incident(1, { status: 'resolved', moved_at_s: 130 }), 1000), 30);
});

test('what came back lasts since it is there again; once it is over, as long as it was open in all', () => {
  const again = { again_at_s: 500, earlier_s: 30, reopened: 1 };
  assert.equal(lasted(incident(1, again), 560), 60);
  assert.equal(lasted(incident(1, { ...again, status: 'resolved', moved_at_s: 560 }), 1000), 90);
});

test('of one hall an incident says what is wrong there; of several how many they are', () => {
  const began = { kind: 'incident-opened', incident: 21, trouble: 'no_sound', bond: 'alone', bond_name: '', position: 1, at_s: 1 };
  assert.equal(incidentNews({ ...began, point: 'a', points: 1 }), 'Sự cố 21: mất tiếng');
  assert.equal(incidentNews({ ...began, point: null, points: 3 }), 'Sự cố 21: 3 điểm mất tiếng');
});

test('a claim holds nobody up once its time is over', () => {
  const affairs = adopted(NOTHING, { calls: { a: claim('ann', 100) } });
  assert.equal(claimOf(affairs, 'a', 99)?.by, 'ann');
  assert.equal(claimOf(affairs, 'a', 100), null);
  assert.equal(claimOf(affairs, 'b', 1), null);
});

test('why several halls are one matter is said as the server says it', () => {
  const many = { count: 14, bond: 'area', bond_name: 'Liên Hà', spread_s: 40 };
  assert.equal(whyWords(incident(1, many)), '14 điểm, cùng khu vực Liên Hà, trong 40 giây');
  assert.equal(whyWords(incident(1, { ...many, bond: 'feeder', bond_name: '371', spread_s: 0 })), '14 điểm, cùng lộ điện 371, cùng lúc');
  assert.equal(whyWords(incident(1, { ...many, bond: 'provider', bond_name: 'VNPT', spread_s: 180, reopened: 2 })), '14 điểm, cùng nhà mạng VNPT, trong 3 phút, tái diễn 2 lần');
  assert.equal(whyWords(incident(1, { ...many, bond: 'alone', bond_name: '' })), '14 điểm, do người trực gộp lại, trong 40 giây');
  assert.equal(whyWords(incident(1)), '1 điểm');
  assert.equal(bondWords(incident(1, { reopened: 2, began_at_s: 1_772_846_580 })), 'tái diễn 2 lần, lần đầu 08:23');
});

test('an incident is called by its hall, or by how many there are', () => {
  assert.equal(titleWords(incident(1)), 'Xã Tản Lĩnh: mất tín hiệu');
  assert.equal(titleWords(incident(1, { trouble: 'power_cut', count: 14 })), '14 điểm mất điện');
  assert.equal(incidentLook(incident(1, { trouble: 'centre' })), 'ours');
  assert.equal(incidentLook(incident(1, { status: 'resolved' })), 'ended');
});

test('a call sheet in one line counts each hall by the weightiest of its reasons', () => {
  assert.equal(callSums([{ why: ['dark', 'silent:opening'] }, { why: ['silent:opening'] }, { why: ['silent:opening'] }]), '1 mất tín hiệu, 2 chưa báo');
  assert.equal(callSums([{ why: ['dark'] }, { why: ['silent:opening'] }, { why: ['quarantined'] }, { why: ['differing'] }], 2), '1 mất tín hiệu, 1 chưa báo, 2 khác');
  assert.equal(whyCall(['dark', 'silent:opening', 'incident:3']), 'Mất tín hiệu, chưa báo đầu giờ');
  assert.equal(whyCall(['incident:3']), 'Trong sự cố 3, chưa ai nhận');
});

test('a job of the calendar has words, and an unknown one its name', () => {
  assert.equal(jobWords('remind:2026-03-07-am:middle:10'), 'Đôn đốc báo giữa giờ');
  assert.equal(jobWords('escalate:3:0:1'), 'Báo lên cấp trên sự cố 3');
  assert.equal(jobWords('something-new'), 'something-new');
});

const HALL = { code: 'a', link: 'steady', stream: 'fresh', stage: 'in_session', picture: 'good', sound: 'good', line: 'good', report: 'none', incident: null };
const board = (halls, news = []) => ({
  type: 'snapshot', epoch: 'e', offset: 0, at: 0, totals: {}, units: { columns: [], rows: [] }, groups: { columns: [], rows: [] }, news,
  points: { columns: Object.keys(HALL), rows: halls.map((each) => Object.values(each)) },
});

test('a hall that is connected and gets nothing is not steady, and not lost either', () => {
  assert.equal(look({ ...HALL, stream: 'stalled' }), 'not_receiving');
  assert.equal(look({ ...HALL, stream: 'gone', sound: 'none' }), 'not_receiving');
  assert.equal(look({ ...HALL, stream: 'behind' }), 'steady');
  assert.equal(look({ ...HALL, stream: 'not_followed' }), 'steady');
  assert.equal(look({ ...HALL, link: 'lost', stream: 'gone' }), 'lost');
  const sums = rollUp([HALL, { ...HALL, stream: 'gone' }]);
  assert.deepEqual([sums.connected, sums.looks.not_receiving, sums.looks.lost], [2, 1, 0]);
});

test('the halls of incidents can be lit alone', () => {
  const halls = [HALL, { ...HALL, incident: 3 }];
  assert.deepEqual(halls.filter((each) => isOf(each, 'incident')), [halls[1]]);
  assert.equal(rollUp(halls).in_incident, 1);
});

test('what the calendar missed is not pushed out by what happens next', () => {
  const line = (position, kind) => ({ position, at_s: position, point: null, kind });
  let state = fromSnapshot(board([HALL], [line(1, 'job-missed')]));
  for (let n = 0; n < 50; n += 1) state = afterDelta(state, { epoch: 'e', prev: n, offset: n + 1, at: 0, points: {}, news: [line(n + 2, 'stage-reached')] }).state;
  assert.equal(state.news.some(({ kind }) => kind === 'job-missed'), false);
  assert.deepEqual(state.missed.map(({ position }) => position), [1]);
});

// What the staff decide arrives once, in order, whatever becomes of the answers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { desk, MOST_WAITING } from '../../dashboards/static/board/sending.js';

const NOON = Date.parse('2026-03-07T12:00:00+07:00');
const UUID7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const COUNT = { kind: 'count', sitting: '2026-03-07-am', round: 'opening', present: 60, excused: 3, unexcused: 1, guests: 0 };

/** A browser's memory that outlives the page. */
const memory = (known = new Map()) => ({ get: (name) => known.get(name) ?? null, set: (name, text) => void known.set(name, text) });

let bytes = 0;

/** A page whose requests are answered one by one by `answers`, and whose waits pass when `wait` says so. */
function page(answers, keep = memory(), user = 'ann') {
  const asked = [];
  const waits = [];
  let seen = [];
  const mine = desk(user, {
    post: async (conference, body) => {
      asked.push({ conference, ...structuredClone(body) });
      const answer = answers.shift();
      return typeof answer === 'function' ? answer(body) : (answer ?? null);
    },
    renew: async () => void asked.push('renewed'),
    keep,
    hall: () => NOON,
    real: () => NOON,
    later: (then, ms) => waits.push({ then, ms }),
    chance: () => 0.5,
    fill: (room) => room.fill((bytes += 1)),
    changed: (deeds) => (seen = deeds),
  });
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return { mine, asked, waits, seen: () => seen, settled, wait: async () => (waits.shift()?.then(), await settled()) };
}
const taken = (more = {}) => (body) => ({
  status: 200, retry_after_s: null, body: { outcomes: body.acts.map(({ id }) => ({ id, outcome: 'accepted', code: '', message: '', at: '2026-03-07T12:00:05.000+07:00', ...more })) },
});
const busy = { status: 503, retry_after_s: 2, body: { code: 'come_again' } };

test('an act carries what the server asks for, and its receipt the hall’s time', async () => {
  const { mine, asked, seen, settled } = page([taken()]);
  const id = mine.decide('c', '00004-01', [COUNT], { round: 'opening' });
  await settled();
  const [{ conference, device, sent_at, acts }] = asked;
  assert.equal(conference, 'c');
  assert.match(device, /^board-/);
  assert.equal(sent_at, '2026-03-07T12:00:00.000+07:00');
  assert.deepEqual(acts, [{ ...COUNT, id, seq: 1, at: '2026-03-07T12:00:00.000+07:00', point: '00004-01' }]);
  assert.match(id, UUID7);
  assert.deepEqual([seen()[0].state, seen()[0].at_ms], ['accepted', NOON + 5000]);
});

test('while nobody has answered, the same act goes again under the same id, later and later', async () => {
  const { mine, asked, waits, seen, settled, wait } = page([null, busy, taken({ duplicate: true })]);
  mine.decide('c', 'p', [COUNT]);
  await settled();
  assert.equal(seen()[0].state, 'unknown');
  assert.equal(waits[0].ms, 500);
  await wait();
  assert.equal(waits[0].ms, 2000 + 1000);
  await wait();
  assert.equal(seen()[0].state, 'accepted');
  assert.equal(new Set(asked.map(({ acts }) => acts[0].id)).size, 1);
  assert.equal(asked.length, 3);
});

test('nothing overtakes what still waits', async () => {
  const { mine, asked, settled, wait } = page([null, taken(), taken()]);
  mine.decide('c', 'p', [COUNT]);
  await settled();
  mine.decide('c', 'p', [{ kind: 'stage', stage: 'ended' }]);
  await settled();
  await wait();
  const kinds = asked.map(({ acts }) => acts[0].kind);
  assert.deepEqual(kinds.slice(-2), ['count', 'stage']);
  assert.deepEqual(asked.at(-1).acts[0].seq, 2);
});

test('a page that is opened again takes up what had no answer, and only its own reader’s', async () => {
  const keep = memory();
  const before = page([null], keep);
  const id = before.mine.decide('c', 'p', [COUNT]);
  await before.settled();
  const stranger = page([], keep, 'binh');
  stranger.mine.resume();
  await stranger.settled();
  assert.deepEqual(stranger.asked, []);
  const after = page([taken({ duplicate: true })], keep);
  after.mine.resume();
  await after.settled();
  assert.equal(after.asked[0].acts[0].id, id);
  assert.equal(after.asked[0].device, before.asked[0].device);
  assert.equal(after.seen()[0].state, 'accepted');
});

test('what two tabs have decided is kept for both', async () => {
  const keep = memory();
  const one = page([null], keep);
  const other = page([null], keep);
  one.mine.decide('c', 'p', [COUNT]);
  other.mine.decide('c', 'q', [{ kind: 'stage', stage: 'ended' }]);
  await one.settled();
  const kept = JSON.parse(keep.get('bridge.deeds')).map(({ point }) => point);
  assert.deepEqual(kept.toSorted(), ['p', 'q']);
});

test('a refusal says why and is not sent again; of two that belong together the refused one counts', async () => {
  const answer = (body) => ({ status: 200, retry_after_s: null, body: { outcomes: body.acts.map(({ id }, i) => ({ id, outcome: i ? 'refused' : 'accepted', code: i ? 'unknown_act' : '', message: i ? 'Không thấy báo cáo.' : '', at: '' })) } });
  const { mine, asked, seen, settled } = page([answer, { status: 422, retry_after_s: null, body: { code: 'malformed', detail: 'Không đọc được.' } }]);
  mine.decide('c', 'p', [{ kind: 'expected', sitting: 's', value: 70, reason: 'r' }, { kind: 'confirm', act: 'a' }]);
  await settled();
  mine.decide('c', 'p', [COUNT]);
  await settled();
  assert.deepEqual(seen().map(({ state, message }) => [state, message]), [['refused', 'Không thấy báo cáo.'], ['refused', 'Không đọc được.']]);
  assert.equal(asked.length, 2);
  mine.dismiss(seen()[0].id);
  assert.equal(seen().length, 1);
});

test('a session that was renewed elsewhere is asked for anew', async () => {
  const { mine, asked, seen, settled, wait } = page([{ status: 403, retry_after_s: null, body: { code: 'csrf' } }, taken()]);
  mine.decide('c', 'p', [COUNT]);
  await settled();
  assert.ok(asked.includes('renewed'));
  await wait();
  assert.equal(seen()[0].state, 'accepted');
});

test('what was taken back leaves only the receipt of taking back', async () => {
  const { mine, seen, settled } = page([taken(), taken()]);
  const id = mine.decide('c', 'p', [COUNT]);
  await settled();
  mine.decide('c', 'p', [{ kind: 'undo', act: id }]);
  await settled();
  assert.deepEqual(seen().map(({ acts }) => acts[0].kind), ['undo']);
});

test('what waits has a bound, and a torn memory is an empty one', async () => {
  const keep = memory(new Map([['bridge.deeds', '{"half'], ['bridge.seq', 'x']]));
  const { mine, settled } = page([], keep);
  mine.resume();
  for (let i = 0; i < MOST_WAITING; i += 1) assert.notEqual(mine.decide('c', 'p', [COUNT]), null);
  assert.equal(mine.decide('c', 'p', [COUNT]), null);
  await settled();
});

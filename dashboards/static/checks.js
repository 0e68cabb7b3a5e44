// Spot checks on an inspector's phone: the halls that were drawn, three numbers, and the receipt.
import { html } from './vendor/html.js';
import { useEffect, useState } from './vendor/hooks.mjs';
import { render } from './vendor/preact.mjs';
import { figure, instant, minute } from './board/format.js';
import { fold } from './board/vietnamese.js';
import { N, speak, t, words } from './language.js';
import { api, unanswered, why } from './office/asking.js';
import { learnWho, session } from './office/store.js';
import { uuid7 } from './phone/uuid7.js';

/** @typedef {{id: string, title: string, phase: string}} Conference */
/** @typedef {{point: string, name: string, parent: string}} Place */
/** @typedef {{source: string, sitting: string, round: string, present: number, excused: number | null, unexcused: number | null, at: string, by_name: string, note: string}} Second */
/** @typedef {Place & {draw?: number, sitting: string, expected: number | null, checks: Second[]}} Drawn */
/** @typedef {{id: string, point: string, sitting: string, round: string, present: number, excused?: number, unexcused?: number, note?: string}} Check */
/** @typedef {{sitting: string | null, round: string | null, sittings: {id: string, name: string, rounds: string[]}[], drawn: Drawn[], differences: any[], counts: Record<string, number>}} Told */

/** @type {Record<string, string>} */
const ROUNDS = { opening: N('Đầu giờ'), middle: N('Giữa giờ'), closing: N('Cuối giờ') };
/** @type {Record<string, string>} */
const SOURCES = { inspector: N('Kiểm tra đột xuất'), chair: N('Chủ trì báo'), photo: N('Đếm trên ảnh') };
const DRAWN = 5;
const RETRY_MS = 5000;
const KEPT = 'checks-unsent';

const time = (/** @type {string} */ at) => minute(instant(at) ?? 0);
const heads = (/** @type {FormData} */ form, /** @type {string} */ name) => (form.get(name) === '' ? undefined : Number(form.get(name)));

/** What was counted and has no receipt yet: kept on this phone until it has. @returns {Check[]} */
function unsent() {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? '[]');
  } catch {
    return [];
  }
}

/** @param {Check[]} checks */
function keep(checks) {
  try {
    localStorage.setItem(KEPT, JSON.stringify(checks));
  } catch {
    // A phone that keeps nothing still sends.
  }
}

/** @param {{path: string, role: string}} props */
function Checks({ path, role }) {
  const [told, setTold] = useState(/** @type {Told | null} */ (null));
  const [open, setOpen] = useState(/** @type {Drawn | null} */ (null));
  const [waiting, setWaiting] = useState(unsent);
  const [receipt, setReceipt] = useState(/** @type {{words: string, more: string} | null} */ (null));
  const [wrong, setWrong] = useState('');

  const look = async () => setTold(await api(`${path}/checks`));

  /** @param {Check[]} checks */
  async function send(checks) {
    /** @type {Set<string>} */
    const done = new Set();
    for (const check of checks) {
      try {
        const arrived = await api(`${path}/checks`, { method: 'POST', body: check });
        setReceipt({ words: t('Đã nhận {time}', { time: time(arrived.at) }), more: arrived.differs ? t('Khác số điểm cầu báo; đã đưa vào danh sách để làm rõ.') : '' });
        setWrong('');
      } catch (error) {
        // Without an answer it stays here and is sent again; what is refused is refused for ever.
        if (unanswered(error)) break;
        setWrong(why(error));
      }
      done.add(check.id);
    }
    // What was counted meanwhile waits too.
    setWaiting((now) => {
      const left = now.filter(({ id }) => !done.has(id));
      keep(left);
      return left;
    });
    if (done.size) await look().catch(() => {});
  }

  useEffect(() => {
    look().catch((error) => setWrong(why(error)));
    if (waiting.length > 0) void send(waiting);
  }, []);
  useEffect(() => {
    if (waiting.length === 0) return;
    const again = setTimeout(() => void send(waiting), RETRY_MS);
    return () => clearTimeout(again);
  }, [waiting]);

  /** @param {SubmitEvent} event @param {Drawn} hall */
  function count(event, hall) {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const [sitting = '', round = ''] = String(form.get('round')).split(' ');
    const id = uuid7(Date.now(), (room) => void crypto.getRandomValues(room));
    /** @type {Check} */
    const check = { id, point: hall.point, sitting, round, present: Number(form.get('present')), note: String(form.get('note')).trim() };
    const [excused, unexcused] = [heads(form, 'excused'), heads(form, 'unexcused')];
    const all = [...waiting, { ...check, ...(excused === undefined ? {} : { excused }), ...(unexcused === undefined ? {} : { unexcused }) }];
    keep(all);
    setWaiting(all);
    setOpen(null);
    setReceipt(null);
    scrollTo(0, 0);
    void send(all);
  }

  /** @param {SubmitEvent} event */
  async function draw(event) {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    try {
      await api(`${path}/checks/draws`, { method: 'POST', body: { sitting: form.get('sitting'), count: Number(form.get('count')) } });
      setWrong('');
      await look();
    } catch (error) {
      setWrong(why(error));
    }
  }

  /** @param {any} each @param {SubmitEvent} event */
  async function settle(each, event) {
    event.preventDefault();
    const reason = String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get('reason')).trim();
    const stands = /** @type {HTMLButtonElement} */ (event.submitter).value;
    const { present, excused, unexcused, source } = each.second;
    const seen = { present, excused, unexcused };
    try {
      await api(`${path}/checks/settlements`, { method: 'POST', body: { point: each.point, sitting: each.sitting, round: each.round, source, stands, seen, reason } });
      setWrong('');
      await look();
    } catch (error) {
      setWrong(why(error));
    }
  }

  if (told === null) return html`<p class="wrong" role="alert">${wrong}</p>`;
  if (open) return html`<${Form} hall=${open} told=${told} close=${() => setOpen(null)} count=${count} />`;
  return html`
    ${receipt && html`<div class="arrived" role="status"><strong>${receipt.words}</strong>${receipt.more && html`<span>${receipt.more}</span>`}</div>`}
    ${waiting.length > 0 && html`<p class="notice" role="status">${t('Chờ gửi {n}; trang tự gửi lại khi có mạng.', { n: waiting.length })}</p>`}
    <p class="wrong" role="alert">${wrong}</p>
    <section aria-labelledby="drawn">
      <h2 id="drawn">${t('Điểm cầu được rút thăm')} <span class="soft">${told.counts.checked}/${told.counts.drawn}</span></h2>
      ${told.drawn.length === 0 && html`<p class="soft">${t('Chưa rút thăm điểm cầu nào. Chọn số lượng rồi bấm Rút thăm.')}</p>`}
      <ul class="drawn-halls">
        ${told.drawn.map((hall) => html`<li key=${`${hall.draw} ${hall.point}`}><${HallButton} hall=${hall} pick=${setOpen} /></li>`)}
      </ul>
      <form class="drawing" onSubmit=${draw}>
        <label>${t('Số điểm cầu')}<input name="count" type="number" inputmode="numeric" min="1" max="200" value=${DRAWN} required /></label>
        <label>${t('Buổi')}<select name="sitting">${told.sittings.map(({ id, name }) => html`<option value=${id} selected=${id === told.sitting}>${name}</option>`)}</select></label>
        <button class="pill">${t('Rút thăm')}</button>
      </form>
      <${Other} told=${told} pick=${setOpen} />
    </section>
    <section aria-labelledby="differences">
      <h2 id="differences">${t('Số liệu khác nhau')} <span class="soft">${t('{n} chờ kết luận', { n: figure(told.counts.waiting) })}</span></h2>
      ${told.differences.length === 0 && html`<p class="soft">${t('Không có chỗ nào khác nhau.')}</p>`}
      <ul class="differing">${told.differences.map((each) => html`<${Difference} key=${`${each.point} ${each.round} ${each.second.source}`} each=${each} settles=${role !== 'inspector'} settle=${settle} />`)}</ul>
    </section>
  `;
}

/** @param {{hall: Drawn, pick: (hall: Drawn) => void}} props */
function HallButton({ hall, pick }) {
  const last = hall.checks.at(-1);
  return html`
    <button class="drawn-hall" onClick=${() => pick(hall)} data-checked=${last !== undefined}>
      <strong>${hall.name}</strong>
      <span class="soft">${[hall.parent, hall.expected == null ? '' : t('{n} triệu tập', { n: figure(hall.expected) })].filter(Boolean).join(' · ')}</span>
      <span>${last ? `✓ ${t('Đã đếm {n} lúc {time}, {round}', { n: figure(last.present), time: time(last.at), round: t(ROUNDS[last.round] ?? '').toLowerCase() })}` : t('Chưa kiểm tra')}</span>
    </button>
  `;
}

/** A hall that nobody drew may be counted too. @param {{told: Told, pick: (hall: Drawn) => void}} props */
function Other({ told, pick }) {
  const [found, setFound] = useState(/** @type {any[]} */ ([]));
  /** @param {InputEvent} event */
  async function seek(event) {
    const asked = /** @type {HTMLInputElement} */ (event.target).value.trim();
    const points = asked.length < 2 ? [] : (await api(`/points?q=${encodeURIComponent(fold(asked))}&per_page=5`)).points;
    setFound(points);
  }
  return html`
    <details>
      <summary>${t('Điểm cầu khác')}</summary>
      <label>${t('Tên hoặc mã điểm cầu')}<input type="search" onInput=${seek} autocomplete="off" /></label>
      <ul class="drawn-halls">
        ${found.map((point) => html`<li key=${point.code}><button class="drawn-hall" onClick=${() => pick({ point: point.code, name: point.name, parent: point.parent_name ?? '', sitting: told.sitting ?? '', expected: null, checks: [] })}><strong>${point.name}</strong><span class="soft">${[point.parent_name, point.code].filter(Boolean).join(' · ')}</span></button></li>`)}
      </ul>
    </details>
  `;
}

/** @param {{hall: Drawn, told: Told, close: () => void, count: (event: SubmitEvent, hall: Drawn) => void}} props */
function Form({ hall, told, close, count }) {
  const asked = `${told.sitting} ${told.round}`;
  const choices = told.sittings.flatMap(({ id, name, rounds }) => rounds.map((round) => ({ value: `${id} ${round}`, label: `${t(ROUNDS[round] ?? round)} · ${name}` })));
  /** @param {string} name @param {string} label @param {boolean} needed */
  const field = (name, label, needed) => html`<label>${label}<input name=${name} type="number" inputmode="numeric" min="0" max="1000000" step="1" required=${needed} autocomplete="off" /></label>`;
  return html`
    <form class="counting" onSubmit=${(/** @type {SubmitEvent} */ event) => count(event, hall)}>
      <h2>${hall.name}</h2>
      <p class="soft">${[hall.parent, hall.expected == null ? hall.point : t('{n} triệu tập', { n: figure(hall.expected) })].filter(Boolean).join(' · ')}</p>
      <label>${t('Đợt')}<select name="round">${choices.map(({ value, label }) => html`<option value=${value} selected=${value === asked}>${label}</option>`)}</select></label>
      ${field('present', t('Đếm được trong hội trường'), true)}
      ${field('excused', t('Vắng có lý do (nếu biết)'), false)}
      ${field('unexcused', t('Vắng không lý do (nếu biết)'), false)}
      <label>${t('Ghi chú')}<input name="note" maxlength="300" autocomplete="off" /></label>
      <button class="pill strong">${t('Gửi')}</button>
      <button type="button" class="other" onClick=${close}>${t('Quay lại')}</button>
    </form>
  `;
}

/** @param {{each: any, settles: boolean, settle: (each: any, event: SubmitEvent) => void}} props */
function Difference({ each, settles, settle }) {
  const { own, second, settled } = each;
  return html`
    <li data-awaits=${each.awaits}>
      <strong>${each.name}</strong> <span class="soft">${[each.parent, t(ROUNDS[each.round] ?? each.round)].filter(Boolean).join(' · ')}</span>
      <dl>
        <div><dt>${t('Điểm cầu báo')}</dt><dd>${own ? figure(own.present) : t('Chưa báo cáo')}</dd>${own && html`<dd class="soft">${time(own.at)}</dd>`}</div>
        <div><dt>${t(SOURCES[second.source] ?? second.source)}</dt><dd>${figure(second.present)}</dd><dd class="soft">${[time(second.at), second.by_name].filter(Boolean).join(', ')}</dd></div>
      </dl>
      ${second.note && html`<p class="soft">${second.note}</p>`}
      ${settled && html`<p>${settled.stands === 'own' ? t('Giữ số của điểm cầu.') : t('Số đếm đúng; điểm cầu còn phải đính chính.')} <span class="soft">${[settled.reason, settled.by_name].filter(Boolean).join(', ')}</span></p>`}
      ${settles && each.awaits && !settled && html`
        <details>
          <summary>${t('Kết luận')}</summary>
          <form class="counting" onSubmit=${(/** @type {SubmitEvent} */ event) => settle(each, event)}>
            <label>${t('Lý do')}<input name="reason" maxlength="500" required autocomplete="off" /></label>
            ${own && html`<button class="pill" name="stands" value="own">${t('Giữ số của điểm cầu')}</button>`}
            <button class="pill" name="stands" value="second">${t('Số đếm đúng, cần đính chính')}</button>
          </form>
        </details>`}
    </li>
  `;
}

/** The conference that the address names, else the one that goes on, else the newest that is not a plan.
 * @param {readonly Conference[]} all @param {string | null} named */
const meant = (all, named) =>
  all.find(({ id }) => id === named) ?? all.find(({ phase }) => phase === 'live' || phase === 'closing') ?? all.find(({ phase }) => phase !== 'draft');

const root = /** @type {HTMLElement} */ (document.getElementById('checks'));
speak(await words(root.dataset.words));
try {
  await learnWho();
  const conference = meant((await api('/conferences')).conferences, new URLSearchParams(location.search).get('conference'));
  render(
    conference
      ? html`<p class="soft">${conference.title}</p><${Checks} path=${`/conferences/${encodeURIComponent(conference.id)}`} role=${session.value?.user.role ?? ''} />`
      : html`<p class="notice">${t('Chưa có hội nghị nào đang diễn ra.')}</p>`,
    root,
  );
} catch (error) {
  render(html`<p class="wrong" role="alert">${why(error)}</p>`, root);
}

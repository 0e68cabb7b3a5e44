// What was said to halls, and which of them have seen and confirmed it.
import { html } from '../vendor/html.js';
import { useEffect, useRef, useState } from '../vendor/hooks.mjs';
import { t } from '../language.js';
import { useAnew } from './anew.js';
import { ask } from './conference.js';
import { clock, figure, instant, minute, share } from './format.js';
import { toPoint, toSide } from './go.js';
import { may } from './reader.js';
import { Remind } from './remind.js';
import { Beside } from './side.js';
import { affairs, cell, parentName, state } from './store.js';
import { wrongWords } from './troubles.js';

/** @typedef {import('./affairs.js').Notice} Notice */

const BREATH_MS = 800; // halls answer by the hundred
const HALLS_AT_FIRST = 20;
const BEGINNING = 120;

/** @param {string} text */
const begun = (text) => (text.length <= BEGINNING ? text : `${text.slice(0, BEGINNING).replace(/\s+\S*$/, '')} …`);

/** "đã xem 412/766, xác nhận 380" @param {Notice} notice */
const reachWords = ({ count, seen, confirm, confirmed }) =>
  [t('đã xem {n}/{all}', { n: figure(seen), all: figure(count) }), confirm && t('xác nhận {n}/{all}', { n: figure(confirmed), all: figure(count) })].filter(Boolean).join(', ');

/** To whom. @param {Notice} notice */
function toWords({ to, count }) {
  if (to === null) return t('tất cả {n} điểm cầu', { n: figure(count) });
  const names = to.slice(0, 3).map((code) => state.peek()?.units.get(code)?.name ?? code);
  if (names.length === 0) return t('{n} điểm cầu', { n: figure(count) });
  return `${names.join(', ')}${to.length > 3 ? ` ${t('và {n} đơn vị khác', { n: to.length - 3 })}` : ''} · ${t('{n} điểm cầu', { n: figure(count) })}`;
}

/** How far it got, as a bar with its figures beside it. @param {{notice: Notice}} props */
const Reach = ({ notice }) => html`
  <progress class="reach" max=${Math.max(1, notice.count)} value=${notice.confirm ? notice.confirmed : notice.seen} aria-label=${reachWords(notice)}></progress>
`;

const newestFirst = () => [...affairs.value.notices.values()].reverse();

/** @param {{notice: Notice}} props */
const Row = ({ notice }) => html`
  <li class="notice-row" data-withdrawn=${notice.withdrawn}>
    <a href=${toSide('notices', notice.number)}>
      ${notice.urgent && html`<b class="urgent">${t('Khẩn')}</b> `}${notice.withdrawn && html`<b>${t('Đã thu hồi')}</b> `}<span>${begun(notice.text)}</span>
      <small>${minute(notice.at_s * 1000)}${notice.by_name && ` · ${notice.by_name}`} · ${reachWords(notice)}</small>
      ${!notice.withdrawn && html`<${Reach} notice=${notice} />`}
    </a>
  </li>
`;

/** Beside the wall: the newest one, and the way to say something. */
export function Notices() {
  const [newest] = newestFirst().filter(({ withdrawn }) => !withdrawn);
  const n = affairs.value.notices.size;
  return html`
    <section class="notices" aria-labelledby="notices-title">
      <h2 id="notices-title"><a href=${toSide('notices')}><b>${t('Thông báo')}</b>${n > 0 && ` · ${t('{n} đã gửi', { n: figure(n) })}`}</a></h2>
      ${newest && html`<ul><${Row} key=${newest.number} notice=${newest} /></ul>`}
      ${may('coordinate') && html`<a class="more" href=${toSide('notices', 'new')}>${t('Soạn thông báo')}</a>`}
    </section>
  `;
}

export function NoticeList() {
  const all = newestFirst();
  return html`
    <${Beside} title=${t('Thông báo')} name="notices">
      ${
        may('coordinate') &&
        html`<div class="pills tools">
          <a class="pill strong" href=${toSide('notices', 'new')}>${t('Soạn thông báo')}</a>
          <${Remind} />
        </div>`
      }
      ${all.length === 0 ? html`<p class="empty">${t('Chưa gửi thông báo nào. Thông báo hiện ngay trên điện thoại của người phụ trách điểm cầu.')}</p>` : html`<ul class="notice-list">${all.map((each) => html`<${Row} key=${each.number} notice=${each} />`)}</ul>`}
    <//>
  `;
}

/** Asked once more where there is no way back. @param {{number: number}} props */
function Withdraw({ number }) {
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState('');
  const yes = useRef(/** @type {HTMLButtonElement | null} */ (null));
  useEffect(() => {
    if (asking) yes.current?.focus();
  }, [asking]);
  const go = async () => {
    if (busy) return;
    setBusy(true);
    try {
      await ask('DELETE', `/notices/${number}`);
      setAsking(false);
    } catch (error) {
      setWrong(wrongWords(error));
    }
    setBusy(false);
  };
  return html`
    ${
      asking
        ? html`<div class="sure" role="group" aria-label=${t('Thu hồi')}>
            <p>${t('Thông báo được gỡ khỏi mọi điện thoại; không gửi lại được.')}</p>
            <div class="pills">
              <button type="button" class="pill strong" ref=${yes} aria-disabled=${busy} onClick=${go}>${t('Thu hồi thông báo')}</button>
              <button type="button" class="pill" onClick=${() => setAsking(false)}>${t('Thôi')}</button>
            </div>
          </div>`
        : html`<div class="pills"><button type="button" class="pill" onClick=${() => setAsking(true)}>${t('Thu hồi')}</button></div>`
    }
    <p class="wrong" role="status">${wrong}</p>
  `;
}

/** @param {{title: string, halls: any[], when: (hall: any) => string}} props */
function Halls({ title, halls, when }) {
  const [all, setAll] = useState(false);
  if (halls.length === 0) return null;
  const shown = all ? halls : halls.slice(0, HALLS_AT_FIRST);
  return html`
    <section>
      <h3>${title}</h3>
      <ul class="incident-halls">
        ${shown.map((hall) => {
          const point = cell(hall.point)?.peek();
          const parent = point ? parentName(point) : '';
          return html`<li key=${hall.point}><a class="hall" href=${toPoint(hall.point)}><span class="who"><b>${hall.name}</b>${parent && html`<small>${parent}</small>`}</span><span class="what">${when(hall)}</span></a></li>`;
        })}
      </ul>
      ${halls.length > shown.length && html`<button type="button" class="more" onClick=${() => setAll(true)}>${t('Xem thêm {n}', { n: figure(halls.length - shown.length) })}</button>`}
    </section>
  `;
}

/** @param {string | null} at */
const hour = (at) => {
  const ms = instant(at);
  return ms === null ? '' : minute(ms);
};

/** @param {{number: number}} props */
export function OneNotice({ number }) {
  const live = affairs.value.notices.get(number);
  const { found, error } = useAnew(() => ask('GET', `/notices/${number}`), [live, number], BREATH_MS);
  const gone = error?.status === 404;
  /** @type {Notice | undefined} */
  const notice = live ?? found ?? undefined;
  /** @type {any[]} */
  const halls = found?.halls ?? [];
  const unseen = halls.filter(({ seen_at }) => !seen_at);
  const waiting = notice?.confirm ? halls.filter(({ seen_at, confirmed_at }) => seen_at && !confirmed_at) : [];
  const done = halls.filter(({ seen_at, confirmed_at }) => (notice?.confirm ? confirmed_at : seen_at));
  return html`
    <${Beside} title=${t('Thông báo {n}', { n: number })} name=${`notice-${number}`} back="notices" backTo=${t('Tất cả thông báo')}>
      ${!notice && gone && html`<p class="empty" role="alert">${t('Không có thông báo này, hoặc không thuộc phạm vi của bạn.')}</p>`}
      ${!notice && !gone && html`<div class="bones" aria-hidden="true"><i></i><i></i><i></i></div>`}
      ${
        notice &&
        html`
          <p class="soft">${clock(notice.at_s * 1000)}${notice.by_name && ` · ${notice.by_name}`} · ${toWords(notice)}</p>
          <blockquote class="said-text" data-withdrawn=${notice.withdrawn}>${notice.urgent && html`<b class="urgent">${t('Khẩn')}</b> `}${notice.text}</blockquote>
          <dl class="reach-figures">
            <div><dt>${t('Đã xem')}</dt><dd>${figure(notice.seen)}<span> / ${figure(notice.count)}</span> <small>${share(notice.seen, notice.count)}</small></dd></div>
            ${notice.confirm && html`<div><dt>${t('Đã xác nhận')}</dt><dd>${figure(notice.confirmed)}<span> / ${figure(notice.count)}</span> <small>${share(notice.confirmed, notice.count)}</small></dd></div>`}
          </dl>
          <${Reach} notice=${notice} />
          ${notice.withdrawn ? html`<p><b>${t('Đã thu hồi')}</b></p>` : may('coordinate') && html`<${Withdraw} number=${number} />`}
          <${Halls} title=${t('{n} nơi chưa xem', { n: figure(unseen.length) })} halls=${unseen} when=${() => ''} />
          <${Halls} title=${t('{n} nơi đã xem, chưa xác nhận', { n: figure(waiting.length) })} halls=${waiting} when=${(/** @type {any} */ hall) => hour(hall.seen_at)} />
          <${Halls} title=${notice.confirm ? t('{n} nơi đã xác nhận', { n: figure(done.length) }) : t('{n} nơi đã xem', { n: figure(done.length) })} halls=${done} when=${(/** @type {any} */ hall) => hour(notice.confirm ? hall.confirmed_at : hall.seen_at)} />
          ${found?.halls_left_out > 0 && html`<p class="empty">${t('Và {n} điểm cầu nữa.', { n: figure(found.halls_left_out) })}</p>`}
        `
      }
    <//>
  `;
}

// Second sources: what inspectors, chairs and photos say of a hall beside its own word, and who says which of them stands.
import { html } from '../vendor/html.js';
import { useState } from '../vendor/hooks.mjs';
import { N, t } from '../language.js';
import { figure } from '../board/format.js';
import { Photos } from '../board/photos.js';
import { Shape } from '../board/shape.js';
import { ROUNDS, sittingName } from '../board/words.js';
import { api, why } from '../office/asking.js';
import { Select } from '../office/asks.js';
import { Dialog } from '../office/dialog.js';
import { Awaited, useTold } from '../office/listing.js';
import { moment } from '../office/moments.js';
import { may, tell } from '../office/store.js';
import { sure } from '../office/sure.js';
import { of } from './store.js';

/** @typedef {{source: string, sitting: string, round: string, present: number, excused: number | null, unexcused: number | null, at: string, by_name: string, note: string}} Second */
/** @typedef {{point: string, name: string, parent: string, sitting: string, round: string, own: {present: number, excused: number, unexcused: number, guests: number, at: string, by: string} | null, second: Second, settled: {stands: string, by_name: string, at: string, reason: string} | null, awaits: boolean}} Difference */

/** @type {Readonly<Record<string, string>>} */
const SOURCES = { inspector: N('Kiểm tra tại chỗ'), chair: N('Chủ trì điểm cầu'), photo: N('Đếm trên ảnh') };
const DRAWN_FIRST = 10;
const DRAWN_MOST = 200;
const PHOTOS_SHOWN = 24;

/** @param {Difference} one @param {'own' | 'second'} stands @param {() => void} again */
function settle(one, stands, again) {
  const { present, excused, unexcused } = one.second;
  sure({
    title: stands === 'own' ? t('Số của điểm cầu đúng?') : t('Số kiểm tra đúng?'),
    says: [
      stands === 'own' ? t('Số liệu giữ nguyên; chỗ khác nhau được ghi kèm lý do của bạn.') : t('Ghi nhận điểm cầu báo sai; số liệu chỉ đổi khi được sửa hoặc đính chính.'),
    ],
    does: t('Kết luận'),
    reasoned: true,
    done: t('Đã kết luận.'),
    act: async (reason) => {
      const seen = { present, ...(excused === null ? {} : { excused }), ...(unexcused === null ? {} : { unexcused }) };
      await api(of('/checks/settlements'), {
        method: 'POST',
        body: { point: one.point, sitting: one.sitting, round: one.round, source: one.second.source, stands, seen, reason },
      });
      again();
    },
  });
}

/** @param {number | null} number */
const counted = (number) => (number === null ? html`<span class="soft">${t('không đếm')}</span>` : figure(number));

/** @param {{one: Difference, again: () => void}} props */
const Differing = ({ one, again }) => html`
  <li class="correction">
    <div class="correction-top">
      <h3><a href=${`/points/${encodeURIComponent(one.point)}`}>${one.name}</a>${one.parent && html` <span class="parent">${one.parent}</span>`}</h3>
      <p class="correction-status"><${Shape} look=${one.awaits ? 'unstable' : 'steady'} />${one.awaits ? t('Chờ kết luận') : t('Đã kết luận')}</p>
    </div>
    <p class="soft">${t(ROUNDS[one.round] ?? one.round)} · ${t(SOURCES[one.second.source] ?? one.second.source)}${one.second.by_name && `, ${one.second.by_name}`} · ${moment(one.second.at)}${one.second.note && ` · ${one.second.note}`}</p>
    <table class="moves">
      <thead><tr><th></th><th scope="col">${t('Có mặt')}</th><th scope="col">${t('Có lý do')}</th><th scope="col">${t('Không lý do')}</th></tr></thead>
      <tbody>
        <tr><th scope="row">${t('Điểm cầu báo')}</th>${one.own ? html`<td>${figure(one.own.present)}${one.own.guests > 0 && html` <small>+${figure(one.own.guests)} ${t('khách')}</small>`}</td><td>${figure(one.own.excused)}</td><td>${figure(one.own.unexcused)}</td>` : html`<td colspan="3">${t('chưa báo cáo')}</td>`}</tr>
        <tr class="after"><th scope="row">${t('Nguồn thứ hai')}</th><td data-moved="true">${figure(one.second.present)}</td><td>${counted(one.second.excused)}</td><td>${counted(one.second.unexcused)}</td></tr>
      </tbody>
    </table>
    ${one.settled && html`<p class="soft">${[one.settled.stands === 'own' ? t('Số của điểm cầu đúng') : t('Số kiểm tra đúng'), one.settled.by_name, moment(one.settled.at), one.settled.reason].filter(Boolean).join(' · ')}</p>`}
    ${
      one.awaits &&
      may('settle') &&
      html`<div class="pills">
        <button type="button" class="pill" onClick=${() => settle(one, 'own', again)}>${t('Số của điểm cầu đúng')}</button>
        <button type="button" class="pill" onClick=${() => settle(one, 'second', again)}>${t('Số kiểm tra đúng')}</button>
        <a class="pill" href=${`/points/${encodeURIComponent(one.point)}`}>${t('Mở điểm cầu để sửa')}</a>
      </div>`
    }
  </li>
`;

/** @param {{sittings: readonly {id: string, name: string}[], now: string | null, close: () => void, again: () => void}} props */
function Drawing({ sittings, now, close, again }) {
  const [sitting, setSitting] = useState(now ?? sittings[0]?.id ?? '');
  const [count, setCount] = useState(DRAWN_FIRST);
  const [wrong, setWrong] = useState('');
  /** @param {Event} event */
  const go = async (event) => {
    event.preventDefault();
    try {
      const drawn = await api(of('/checks/draws'), { method: 'POST', body: { sitting, count } });
      tell(t('Đã rút thăm {n} điểm cầu.', { n: figure(drawn.points.length) }));
      close();
      again();
    } catch (error) {
      setWrong(why(error));
    }
  };
  return html`
    <${Dialog} title=${t('Rút thăm để kiểm tra đột xuất')} close=${close}>
      <form onSubmit=${go}>
        <p>${t('Máy rút ngẫu nhiên; mầm được ghi vào nhật ký để ai cũng rút lại được đúng danh sách này. Nơi đã kiểm tra ít khi được rút lại.')}</p>
        ${sittings.length > 1 && html`<${Select} name=${t('Buổi')} value=${sitting} set=${setSitting} choices=${sittings.map(({ id, name }) => /** @type {[string, string]} */ ([id, name]))} />`}
        <label class="asked"><span>${t('Số điểm cầu')}</span><input type="number" inputmode="numeric" min="1" max=${DRAWN_MOST} required value=${count} onInput=${(/** @type {any} */ event) => setCount(Number(event.target.value))} /></label>
        <p class="wrong" role="alert">${wrong}</p>
        <div class="pills"><button type="submit" class="pill strong">${t('Rút thăm')}</button><button type="button" class="pill" onClick=${close}>${t('Thôi')}</button></div>
      </form>
    <//>
  `;
}

/** What phones of halls have shown; for whoever may see people. */
function Seen() {
  const { told } = useTold(of('/photos'));
  const photos = /** @type {readonly import('../board/photos.js').Photo[]} */ (told?.photos ?? []);
  if (photos.length === 0) return null;
  return html`
    <section class="sitting-card">
      <h3>${t('Ảnh hội trường')} <span class="soft">${figure(told.count)}</span></h3>
      <${Photos} photos=${photos.slice(0, PHOTOS_SHOWN)} path=${`/api/v1${of('/photos')}`} named />
      ${told.count > PHOTOS_SHOWN && html`<p class="soft">${t('và {n} ảnh cũ hơn; mở điểm cầu để xem', { n: figure(told.count - PHOTOS_SHOWN) })}</p>`}
    </section>
  `;
}

export function Sources() {
  const { told, wrong, again } = useTold(of('/checks'));
  const [drawing, setDrawing] = useState(false);
  if (told === null || wrong) {
    return html`<div class="office-top"><h2 tabindex="-1">${t('Nguồn thứ hai')}</h2></div><${Awaited} wrong=${wrong} again=${again} />`;
  }
  const { counts } = told;
  const differences = /** @type {readonly Difference[]} */ (told.differences);
  const drawn = /** @type {readonly any[]} */ (told.drawn);
  return html`
    <div class="office-top">
      <h2 tabindex="-1">${t('Nguồn thứ hai')}</h2>
      <div class="pills">
        <button type="button" class="pill strong" onClick=${() => setDrawing(true)}>${t('Rút thăm kiểm tra')}</button>
        <a class="pill" href="/checks">${t('Trang của người kiểm tra')}</a>
      </div>
    </div>
    <p class="soft">${t('{given} số từ nguồn thứ hai; {differ} nơi khác số đã báo, {wait} chờ kết luận. Rút thăm {drawn} nơi, đã kiểm tra {checked}.', {
      given: figure(counts.given),
      differ: figure(counts.differences),
      wait: figure(counts.waiting),
      drawn: figure(counts.drawn),
      checked: figure(counts.checked),
    })}</p>
    ${differences.length === 0 ? html`<p class="empty">${t('Chưa có chỗ nào khác nhau.')}</p>` : html`<ul class="corrections">${differences.map((one) => html`<${Differing} key=${`${one.point} ${one.round} ${one.second.source}`} one=${one} again=${again} />`)}</ul>`}
    ${
      drawn.length > 0 &&
      html`<section class="sitting-card"><h3>${t('Được rút thăm')}</h3>
        <ul class="missing-halls">${drawn.map((each) => html`<li key=${`${each.draw} ${each.point}`}><a href=${`/points/${encodeURIComponent(each.point)}`}><b>${each.name}</b>${each.parent && html` <span class="parent">${each.parent}</span>`}</a><small class="soft">${[t('lần {n}', { n: each.draw }), sittingName(each.sitting)[0], each.checks.length > 0 ? t('đã kiểm tra: {n} có mặt', { n: figure(each.checks[0].present) }) : t('chưa kiểm tra')].filter(Boolean).join(' · ')}</small></li>`)}</ul></section>`
    }
    ${may('see_names') && html`<${Seen} />`}
    ${drawing && html`<${Drawing} sittings=${told.sittings} now=${told.sitting} close=${() => setDrawing(false)} again=${again} />`}
  `;
}

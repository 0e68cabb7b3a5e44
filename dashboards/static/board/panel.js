// One hall: whom to call, how it stands on each axis, its counts, and what happened there.
import { html } from '../vendor/html.js';
import { useEffect, useRef, useState } from '../vendor/hooks.mjs';
import { t } from '../language.js';
import { inCallOrder } from './calls.js';
import { clock, dialled, figure, instant, lasting, minute, tel } from './format.js';
import { closePoint } from './go.js';
import { Cross, Shape, Telephone } from './shape.js';
import { look } from './state.js';
import { fold } from './vietnamese.js';
import { cell, details, hallNow, open, parentName, state } from './store.js';
import { countWords, LINKS, MODES, newsLook, newsWords, perceivedWords, ROLES, ROUNDS, STAGES, stateWords, TYPES } from './words.js';

const RENEW_MS = 400; // a hall that changes twice in a breath is asked about once

/** @param {{at: string | number | null | undefined}} props */
const From = ({ at }) => {
  const ms = instant(at);
  return ms === null ? null : html` <span class="soft">${t('từ {time}', { time: minute(ms) })}</span>`;
};

/** @param {{contacts: import('./store.js').Contact[]}} props */
const Contacts = ({ contacts }) => html`
  <ul class="contacts">
    ${inCallOrder(contacts).map(
      ({ role, name, phone }) => html`
        <li>
          <span><b>${name || t('Chưa có tên')}</b><small>${t(ROLES[role] ?? role)}${phone && ` · ${dialled(phone)}`}</small></span>
          ${phone && html`<a class="dial" href=${tel(phone)} aria-label=${t('Gọi {name}, {phone}', { name, phone: dialled(phone) })}><${Telephone} />${t('Gọi')}</a>`}
        </li>
      `,
    )}
  </ul>
`;

/** @param {{row: import('./state.js').Point, about: any}} props */
function Axes({ row, about }) {
  const said = perceivedWords(row);
  const lost = row.link === 'lost';
  return html`
    <dl class="axes">
      <div><dt>${t('Điểm cầu')}</dt><dd>${t(STAGES[row.stage] ?? row.stage)}<${From} at=${row.stage_at_s} /></dd></div>
      <div><dt>${t('Đường truyền')}</dt><dd data-lost=${lost}>${t(LINKS[row.link] ?? row.link)}<${From} at=${row.link_at_s} /></dd></div>
      <div><dt>${t('Hội trường báo')}</dt><dd>${said || html`<span class="soft">${t('Chưa báo')}</span>`}<${From} at=${about?.perceived?.at} /></dd></div>
      ${
        about?.line?.rtt_ms != null &&
        html`<div><dt>${t('Độ trễ')}</dt><dd>${figure(Math.round(about.line.rtt_ms))} ms${
          about.line.loss != null ? html` <span class="soft">· ${t('mất gói {share}', { share: `${figure(Math.round(about.line.loss * 1000) / 10)}%` })}</span>` : ''
        }</dd></div>`
      }
      <div><dt>${t('Tiếp nhận')}</dt><dd>${t(MODES[row.mode] ?? row.mode)}</dd></div>
    </dl>
  `;
}

/** @param {{sitting: any}} props */
const Rounds = ({ sitting }) => html`
  <table class="rounds">
    <caption>${t('Triệu tập {n}', { n: figure(sitting.expected) })}</caption>
    <thead>
      <tr><th><span class="unseen">${t('Đợt')}</span></th><th>${t('Có mặt')}</th><th>${t('Có lý do')}</th><th>${t('Không')}</th><th>${t('Chưa báo')}</th></tr>
    </thead>
    <tbody>
      ${sitting.rounds.map(
        (/** @type {any} */ round) => html`
          <tr data-silent=${round.present == null} data-grade=${round.grade}>
            <th scope="row">
              ${t(ROUNDS[round.round] ?? round.round)}
              <small>${
                round.present == null
                  ? instant(round.due_at) !== null && t('hạn {time}', { time: minute(instant(round.due_at) ?? 0) })
                  : [
                      instant(round.received_at ?? round.at) !== null && t('nhận {time}', { time: minute(instant(round.received_at ?? round.at) ?? 0) }),
                      round.by === 'proxy' && t('nhập thay'),
                      round.grade === 'quarantined' && t('chờ kiểm tra'),
                      round.grade === 'warned' && t('có cảnh báo'),
                    ]
                      .filter(Boolean)
                      .join(', ')
              }</small>
            </th>
            <td><b>${figure(round.present)}</b></td><td>${figure(round.excused)}</td><td>${figure(round.unexcused)}</td><td>${figure(round.unreported)}</td>
          </tr>
        `,
      )}
    </tbody>
  </table>
`;

/** @param {{history: import('./state.js').News[]}} props */
const History = ({ history }) => html`
  <section>
    <h3>${t('Diễn biến')}</h3>
    ${history.length === 0 && html`<p class="empty">${t('Chưa có gì xảy ra ở điểm cầu này.')}</p>`}
    <ol class="history">
      ${history.map((each) => html`<li><time>${clock(each.at_s * 1000)}</time><span>${newsLook(each) && html`<${Shape} look=${newsLook(each)} />`}${newsWords(each)}</span></li>`)}
    </ol>
  </section>
`;

/** Keeps asking about the hall while it is open: once at the start and whenever its row changes.
 * @param {string} code @param {import('./state.js').Point | undefined} row */
function useDetails(code, row) {
  const [about, setAbout] = useState(/** @type {any} */ (null));
  const [wrong, setWrong] = useState('');
  const first = useRef(true);
  useEffect(() => {
    let asked = true;
    const timer = setTimeout(
      () =>
        details(code).then(
          (found) => {
            if (!asked) return;
            setAbout(found);
            setWrong('');
          },
          (error) => asked && setWrong(error.status === 404 ? t('Không có điểm cầu này, hoặc không thuộc phạm vi của bạn.') : t('Chưa lấy được thông tin điểm cầu. Trang sẽ thử lại khi có thay đổi.')),
        ),
      first.current ? 0 : RENEW_MS,
    );
    first.current = false;
    return () => {
      asked = false;
      clearTimeout(timer);
    };
  }, [code, row]);
  return { about, wrong };
}

/** @param {{code: string}} props */
function Point({ code }) {
  const row = cell(code)?.value;
  const { about, wrong } = useDetails(code, row);
  const heading = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    const before = document.activeElement;
    heading.current?.focus({ preventScroll: true });
    /** @param {KeyboardEvent} event */
    const escape = (event) => {
      if (event.key === 'Escape' && !event.defaultPrevented) closePoint();
    };
    document.addEventListener('keydown', escape);
    return () => {
      document.removeEventListener('keydown', escape);
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, [code]);

  const point = about?.point;
  const name = row?.name ?? point?.name ?? code;
  const parent = point?.parent_name ?? (row ? parentName(row) : '');
  const address = point?.address ?? '';
  // Where the address names the district already, once is enough.
  const where = [fold(address).includes(fold(parent)) ? '' : parent, address].filter(Boolean).join(' · ');
  const seen = row ? look(row) : undefined;
  const long = row?.link === 'lost' && row.link_at_s != null ? lasting(hallNow.value / 1000 - row.link_at_s) : '';
  const noticed = instant(about?.link?.noticed_at);
  const seats = point?.seats ?? row?.seats;
  return html`
    <aside class="panel" aria-labelledby="panel-title">
      <div class="panel-top">
        <h2 id="panel-title" tabindex="-1" ref=${heading}>${name}</h2>
        <button type="button" class="close" aria-label=${t('Đóng')} onClick=${closePoint}><${Cross} /></button>
      </div>
      ${where && html`<p class="soft">${where}</p>`}
      ${
        row &&
        html`<p class="state" data-look=${seen}>
          <${Shape} look=${seen} /><b>${stateWords(row)}</b>
          ${long && html`<small>${long}${noticed !== null ? t(', nhận biết {time}', { time: clock(noticed) }) : ''}</small>`}
          ${!long && html`<small>${countWords(row)}</small>`}
        </p>`
      }
      ${wrong && html`<p class="empty" role="alert">${wrong}</p>`}
      ${!about && !wrong && html`<div class="bones" aria-hidden="true"><i></i><i></i><i></i></div>`}
      ${about?.contacts?.length > 0 && html`<${Contacts} contacts=${about.contacts} />`}
      ${about && !about.contacts?.length && html`<p class="empty">${t('Chưa có số điện thoại của điểm cầu này.')}</p>`}
      ${row && html`<${Axes} row=${row} about=${about} />`}
      ${about?.sittings?.map((/** @type {any} */ sitting) => html`<${Rounds} key=${sitting.id} sitting=${sitting} />`)}
      ${about && html`<${History} history=${about.history ?? []} />`}
      ${
        point &&
        html`<dl class="axes record">
          <div><dt>${t('Loại')}</dt><dd>${t(TYPES[point.type] ?? point.type)}</dd></div>
          ${seats != null && html`<div><dt>${t('Chỗ ngồi')}</dt><dd>${figure(seats)}</dd></div>`}
          ${point.area && html`<div><dt>${t('Khu vực')}</dt><dd>${point.area}</dd></div>`}
          ${point.provider && html`<div><dt>${t('Nhà mạng')}</dt><dd>${point.provider}</dd></div>`}
          ${point.feeder && html`<div><dt>${t('Lộ điện')}</dt><dd>${point.feeder}</dd></div>`}
          <div><dt>${t('Mã')}</dt><dd>${code}</dd></div>
        </dl>`
      }
    </aside>
  `;
}

export function Panel() {
  const code = open.value;
  return code && state.value ? html`<${Point} key=${code} code=${code} />` : null;
}

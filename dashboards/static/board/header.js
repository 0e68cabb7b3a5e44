// Which conference, whether it is live, what time it is in the hall; and the little that can be set.
import { html } from '../vendor/html.js';
import { useRef } from '../vendor/hooks.mjs';
import { t } from '../language.js';
import { Badges, Papers } from './badges.js';
import { conference, conferences, plan } from './conference.js';
import { STALE_MS } from './feed.js';
import { Flash } from './flash.js';
import { Foldout } from './foldout.js';
import { ago, clock, instant, lasting } from './format.js';
import { toSide } from './go.js';
import { openMoving } from './phase.js';
import { may, session, signOut } from './reader.js';
import { Search } from './search.js';
import { Shape } from './shape.js';
import { sounding, switchSound } from './sound.js';
import { closeCode, hallNow, line, preparing, silence, state, unit } from './store.js';
import { incidentSums } from './troubles.js';
import { Choice, Language, Theme } from './wearing.js';
import { PHASES, roundInside, sittingName, USER_ROLES } from './words.js';

/** The unit at the top of what the reader sees; none where several stand beside each other. */
function top() {
  const units = state.value?.units;
  const roots = [...(units?.values() ?? [])].filter(({ parent }) => !parent || !units?.has(parent));
  return units ? (roots.length === 1 ? (roots[0]?.code ?? '') : '') : (plan.value?.unit ?? '');
}

function Menu() {
  const box = useRef(/** @type {HTMLDetailsElement | null} */ (null));
  const user = session.value?.user;
  const others = conferences.value ?? [];
  const phase = state.value?.totals.phase ?? conference.value?.phase;
  const shut = () => {
    if (box.current) box.current.open = false;
  };
  return html`
    <${Foldout} box=${box}>
      ${user && html`<p class="menu-user"><b>${user.name || user.username}</b><span>${t(USER_ROLES[user.role] ?? user.role)}</span></p>`}
      ${
        others.length > 1 &&
        html`<label class="menu-conference">
          <span>${t('Hội nghị')}</span>
          <select onChange=${(/** @type {any} */ event) => location.assign(`/?conference=${encodeURIComponent(event.target.value)}`)}>
            ${others.map(({ id, title, phase: its }) => html`<option value=${id} selected=${id === conference.value?.id}>${title} · ${t(PHASES[its] ?? its)}</option>`)}
          </select>
        </label>`
      }
      ${
        may('govern') &&
        phase &&
        html`<button
          type="button"
          class="entry"
          onClick=${() => {
            shut();
            openMoving();
          }}
        ><span>${t('Giai đoạn của hội nghị')}</span><b>${t(PHASES[phase] ?? phase)}</b></button>`
      }
      ${state.value && html`<a class="entry" href=${toSide('notices')} onClick=${shut}><b>${t('Thông báo')}</b></a>`}
      ${state.value && may('see_names') && html`<a class="entry" href=${toSide('duty')} onClick=${shut}><b>${t('Lịch trực')}</b></a>`}
      <${Badges} kind="unit" code=${unit.value || top()} look="entry"><span>${t('Thẻ đại biểu để in')}</span><b>${t('Tải PDF')}</b><//>
      ${state.value && html`<${Papers} kind="unit" code=${unit.value || top()} form="counts" look="entry"><span>${t('Phiếu giấy cho ngày mất mạng')}</span><b>${t('Tải PDF')}</b><//>`}
      ${state.value && html`<${Flash} />`}
      ${state.value && html`<a class="entry" href=${`/reports?conference=${encodeURIComponent(conference.value?.id ?? '')}`}><b>${t('Chốt, ký, báo cáo')}</b></a>`}
      ${may('spot_check') && html`<a class="entry" href="/checks"><b>${t('Kiểm tra đột xuất')}</b></a>`}
      <a class="entry" href="/admin"><b>${t('Quản trị và tài khoản của tôi')}</b></a>
      <${Theme} />
      <${Choice}
        name=${t('Âm báo sự cố lớn')}
        choices=${[['off', t('Tắt')], ['on', t('Bật')]]}
        chosen=${sounding.value ? 'on' : 'off'}
        choose=${(/** @type {string} */ value) => switchSound(value === 'on')}
      />
      <${Language} />
      <button type="button" class="plain" onClick=${() => void signOut()}>${t('Đăng xuất')}</button>
    <//>
  `;
}

/** Whether the figures are alive, and how old they are. */
function Freshness() {
  const now = line.value;
  const stale = now === 'stale' || (now !== 'live' && silence.value > STALE_MS);
  const words =
    now === 'live' ? html`<span><span class="wide">${t('Trực tiếp')}, </span>${ago(silence.value)}</span>`
    : now === 'stopped' ? t('Đã dừng')
    : state.value === null ? t('Đang kết nối')
    : `${stale ? t('Mất liên lạc') : t('Đang nối lại')}, ${t('{time} trước', { time: lasting(silence.value / 1000) })}`;
  return html`<span class="freshness" data-line=${now}><${Shape} look=${now === 'live' ? 'dot' : stale || now === 'stopped' ? 'unstable' : 'reconnecting'} />${words}</span>`;
}


/** Said across the page when the figures may be old: grey numbers alone would be overlooked. */
export function Stale() {
  const now = line.value;
  const at = instant(state.value?.at);
  const stopped = now === 'stopped';
  if (!stopped && (now === 'live' || at === null || (now === 'connecting' && silence.value < STALE_MS))) return null;
  return html`
    <div class="stale" role="alert">
      <${Shape} look="unstable" />
      <p>
        <b>${stopped ? t('Máy chủ đã ngừng gửi số liệu.') : t('Mất liên lạc với máy chủ.')}</b>
        ${' '}${at !== null && t('Số liệu dưới đây là của {time}.', { time: clock(at) })}
        ${' '}${stopped ? t('Tải lại trang để xem tiếp (mã {code}).', { code: closeCode.value }) : t('Trang đang tự nối lại.')}
      </p>
      ${stopped && html`<button type="button" class="pill" onClick=${() => location.reload()}>${t('Tải lại')}</button>`}
    </div>
  `;
}

const HallClock = () => html`<time class="hall-clock" title=${t('Giờ của hội trường')}>${hallNow.value ? clock(hallNow.value) : '–'}</time>`;

/** How many incidents there are, and the way to them. @param {{sums: {open: number, acknowledged: number} | undefined}} props */
function Standing({ sums }) {
  const words = incidentSums(sums);
  return html`<a class="standing" href=${toSide('incidents')} data-open=${Boolean(sums?.open)} data-none=${!words}>${words ? html`<span>${t('Sự cố:')}</span> ${words}` : t('Không có sự cố')}</a>`;
}

export function Header() {
  const totals = state.value?.totals;
  const phase = totals?.phase ?? conference.value?.phase;
  const [part, day] = sittingName(totals?.sitting);
  const round = roundInside(totals?.round);
  return html`
    <header class="top">
      <h1>${conference.value?.title ?? t('Bảng theo dõi')}</h1>
      <p class="said">
        ${phase && html`<span class="phase" data-phase=${phase}>${phase === 'live' && html`<${Shape} look="steady" />`}${t(PHASES[phase] ?? phase)}</span>`}
        ${totals && html`<span class="sitting">${part}<span class="wide">${day && ` ${day}`}</span><span class="wide round">${round && ` · ${round}`}</span></span>`}
      </p>
      ${totals && html`<${Standing} sums=${totals.incidents} />`}
      ${state.value && html`<${Search} />`}
      ${!preparing.value && html`<${Freshness} />`}
      ${!preparing.value && html`<${HallClock} />`}
      <${Menu} />
    </header>
  `;
}

// The frame of a screen on a wall: what stands there when there is nothing to show yet, what is always there, and one view.
import { html } from '../vendor/html.js';
import { useEffect, useLayoutEffect, useRef, useState } from '../vendor/hooks.mjs';
import { N, t } from '../language.js';
import { conference, plan } from '../board/conference.js';
import { STALE_MS } from '../board/feed.js';
import { troubleLook } from '../board/affairs.js';
import { ago, clock, date, instant, lasting, minute } from '../board/format.js';
import { Shape } from '../board/shape.js';
import { cell, hallNow, line, news, parentName, silence, state } from '../board/store.js';
import { newsLook, newsWords, PHASES } from '../board/words.js';
import { Attention } from './attention.js';
import { worn } from './awake.js';
import { ahead_ms, shut, wall } from './entrance.js';
import { Numbers } from './numbers.js';
import { Outage } from './outage.js';
import { waits } from './pairing.js';
import { Tiles } from './tiles.js';
import { fill, go, hold, loud, turn, view, views } from './turns.js';
import { Units } from './units.js';

const VIEWS = { numbers: Numbers, units: Units, tiles: Tiles, attention: Attention };

/** @param {{title: string, children?: any}} props */
const Quiet = ({ title, children }) => html`
  <main class="quiet">
    <h1>${title}</h1>
    ${children}
  </main>
`;

/** What the remote control's one button does. */
function Anew() {
  const link = useRef(/** @type {HTMLElement | null} */ (null));
  useLayoutEffect(() => link.current?.focus(), []);
  return html`<a class="anew" ref=${link} href=${location.pathname + location.search}>${t('Ghép lại bằng mã')}</a>`;
}

const Closed = () => html`
  <${Quiet} title=${t('Liên kết của màn hình này đã được thu hồi')}>
    <p>${t('Xin ban tổ chức liên kết mới khi cần dùng lại.')}</p>
    <${Anew} />
  <//>
`;

const TROUBLES = {
  '': N('Mã tự đổi sau mỗi 10 phút; ghép xong, màn hình tự vào.'),
  away: N('Mất liên lạc với máy chủ; màn hình tự nối lại.'),
  crowded: N('Đang có quá nhiều màn hình chờ ghép; màn hình tự thử lại.'),
};

/** @param {{waits: import('./pairing.js').Waits}} props */
const Code = ({ waits: { code, trouble } }) => html`
  <${Quiet} title=${t('Màn hình này chưa có liên kết')}>
    ${code && html`<p class="code" data-away=${trouble !== ''}><span>${code.slice(0, 4)}</span> <span>${code.slice(4)}</span></p>`}
    <p>${t('Người của ban tổ chức mở {address}, vào Đường dẫn điểm cầu, Màn hình treo, bấm Ghép màn hình bằng mã rồi gõ mã này.', { address: `${location.host}/admin` })}</p>
    <p role="status">${t(TROUBLES[trouble])}</p>
  <//>
`;

/** The hour before there is a hall whose time it could be. */
function Now() {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return html`<time>${minute(now + ahead_ms.value)}</time>`;
}

function Before() {
  const next = conference.value;
  if (!next || next.phase !== 'draft') {
    return html`<${Quiet} title=${next?.title ?? wall.value?.name ?? t('Đang kết nối')}><p role="status">${wall.value && !next ? t('Chưa có hội nghị nào.') : t('Đang tải số liệu')}</p><//>`;
  }
  const at = instant(next.starts_at);
  return html`
    <${Quiet} title=${next.title}>
      <p class="now"><${Now} /></p>
      <p>${at === null ? t(PHASES.draft ?? '') : t('{phase}. Bắt đầu lúc {time}, ngày {day}.', { phase: t(PHASES.draft ?? ''), time: minute(at), day: date(at) })}</p>
    <//>
  `;
}

/** What is news to a whole hall; that one more has counted its people is not. */
const TOLD = ['link-moved', 'mode-changed', 'phase-changed', 'centre-outage-began', 'centre-outage-ended', 'stream-moved', 'incident-opened', 'incident-resolved', 'incident-reopened', 'version-signed', 'service-restarted', 'notice-posted'];

/** @param {import('../board/state.js').News} last */
const lookOf = (last) => newsLook(last) ?? (last.kind === 'incident-opened' && last.trouble ? troubleLook(last.trouble) : last.kind === 'incident-resolved' ? 'steady' : 'incident');

function Last() {
  const last = news.value.find(({ kind }) => TOLD.includes(kind)) ?? news.value[0];
  if (!last) return html`<p class="last"></p>`;
  const point = last.point ? cell(last.point)?.peek() : undefined;
  const parent = point ? parentName(point) : '';
  return html`
    <p class="last">
      <${Shape} look=${lookOf(last)} /><time>${minute(last.at_s * 1000)}</time>
      <span>${point && `${[point.name, parent].filter(Boolean).join(', ')}: `}${newsWords(last)}</span>
    </p>
  `;
}

function Fresh() {
  const live = line.value === 'live';
  const stale = !live && silence.value > STALE_MS;
  return html`
    <p class="fresh" data-live=${live}>
      <${Shape} look=${live ? 'dot' : stale ? 'unstable' : 'reconnecting'} />
      <span>${live ? `${t('Trực tiếp')}, ${ago(silence.value)}` : `${stale ? t('Mất liên lạc') : t('Đang nối lại')}, ${t('{time} trước', { time: lasting(silence.value / 1000) })}`}</span>
    </p>
  `;
}

const Dots = () => html`
  <p class="dots" aria-hidden="true">
    ${views.value.length > 1 && views.value.map((_, i) => html`<i data-now=${i === turn.value.at}></i>`)}${turn.value.held && html`<b>${t('Đang giữ')}</b>`}
  </p>
`;

/** Said as large as the figures: old ones that look like new ones are worse than none. */
function Stale() {
  const at = instant(state.value?.at);
  if (line.value === 'live' || at === null || silence.value < STALE_MS) return null;
  return html`
    <div class="stale" role="alert">
      <${Shape} look="unstable" />
      <p><b>${t('Mất liên lạc với máy chủ.')}</b> ${t('Số liệu dưới đây là của {time}.', { time: clock(at) })} ${t('Màn hình tự nối lại.')}</p>
    </div>
  `;
}

const Controls = () => html`
  <nav class="controls" aria-label=${t('Các màn hình luân phiên')}>
    <button type="button" onClick=${() => go(-1)}>${t('Trước')}</button>
    <button type="button" aria-pressed=${turn.value.held} onClick=${hold}>${turn.value.held ? t('Chạy tiếp') : t('Giữ lại')}</button>
    <button type="button" onClick=${() => go(1)}>${t('Sau')}</button>
    <button type="button" onClick=${fill}>${t('Toàn màn hình')}</button>
  </nav>
`;

function useTheme() {
  const said = new URLSearchParams(location.search).get('theme') ?? wall.value?.theme ?? 'dark';
  const hour = Number(minute(hallNow.value || Date.now()).slice(0, 2));
  const theme = worn(said, hour);
  useLayoutEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
}

export function Frame() {
  useTheme();
  if (waits.value) return html`<${Code} waits=${waits.value} />`;
  if (shut.value) return html`<${Closed} />`;
  if (!state.value) return html`<${Before} />`;
  const stale = line.value !== 'live' && silence.value >= STALE_MS;
  const Shown = loud.value ? Outage : VIEWS[view.value];
  const key = loud.value ? 'loud' : `${view.value}${turn.value.at}`;
  return html`
    <div class="screen" data-stale=${stale} data-view=${loud.value ? 'outage' : view.value}>
      <header><h1>${conference.value?.title}</h1>${wall.value?.unit && html`<p>${wall.value.unit_name}</p>`}</header>
      <main key=${key}><${Shown} plan=${plan.value} /></main>
      <footer><${Last} /><${Dots} /><${Fresh} /></footer>
    </div>
    <${Stale} />
    <${Controls} />
  `;
}

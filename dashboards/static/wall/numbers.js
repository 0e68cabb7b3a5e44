// The two numbers of the day alone: as large as the screen, with what they are made of.
import { html } from '../vendor/html.js';
import { useLayoutEffect, useRef } from '../vendor/hooks.mjs';
import { t } from '../language.js';
import { rounds } from '../board/conference.js';
import { figure, instant, minute, share } from '../board/format.js';
import { Shape } from '../board/shape.js';
import { state, whole } from '../board/store.js';
import { COUNTED } from '../board/words.js';
import { Hour, Pair } from './pair.js';

/** @typedef {import('../board/state.js').Look} Look */

/** Why halls are not connected, the largest reason first. @type {readonly Look[]} */
const AWAY = ['lost', 'reconnecting', 'ours', 'not_opened', 'not_measured', 'ended'];

/** A share as a bar; what it says stands beside it in words. @param {{part: number, all: number}} props */
function Bar({ part, all }) {
  const bar = useRef(/** @type {HTMLElement | null} */ (null));
  const of = all > 0 ? part / all : 0;
  useLayoutEffect(() => bar.current?.style.setProperty('--of', String(of)), [of]);
  return html`<i class="bar" ref=${bar} aria-hidden="true"></i>`;
}

export function Numbers() {
  const sums = whole.value;
  const totals = state.value?.totals;
  const due = rounds.value.get(`${totals?.sitting}/${totals?.round}`)?.due_ms;
  const waiting = due !== undefined && (instant(totals?.at) ?? 0) < due;
  const away = AWAY.filter((look) => sums.looks[look] > 0).sort((a, b) => sums.looks[b] - sums.looks[a]);
  return html`
    <section class="alone" aria-label=${t('Hai con số của ngày')}>
      <div class="over"><${Hour} /></div>
      <${Pair} />
      <div class="made">
        <div>
          <${Bar} part=${totals?.phase === 'closing' || totals?.phase === 'closed' ? sums.opened : sums.connected} all=${sums.total} />
          <ul class="away">
            ${away.slice(0, 3).map((look) => html`<li key=${look} data-look-word=${look}><${Shape} look=${look} />${t(COUNTED[look], { n: figure(sums.looks[look]) })}</li>`)}
            ${away.length === 0 && html`<li><${Shape} look="steady" />${t('Tất cả đang kết nối')}</li>`}
          </ul>
        </div>
        <div>
          <${Bar} part=${sums.reported} all=${sums.total} />
          <p>
            ${t('Đã báo cáo')} <b>${figure(sums.reported)}/${figure(sums.total)}</b>
            <span>${waiting ? t('hạn {time}', { time: minute(due) }) : t('{share} đúng hạn', { share: share(sums.on_time, sums.total) })}</span>
          </p>
          <p class="sum">
            <span>${t('vắng có lý do')} <b>${figure(sums.reported > 0 ? sums.excused : null)}</b></span>
            <span>${t('vắng không lý do')} <b>${figure(sums.reported > 0 ? sums.unexcused : null)}</b></span>
            <span>${t('chưa báo cáo')} <b>${figure(sums.unreported)}</b></span>
          </p>
        </div>
      </div>
    </section>
  `;
}

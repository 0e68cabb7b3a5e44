// What needs somebody now: incidents that are open, halls that are dark, and what halls are being told.
import { html } from '../vendor/html.js';
import { t } from '../language.js';
import { incidentLook, lasted, over, since_s } from '../board/affairs.js';
import { clock, figure, minute, roughly } from '../board/format.js';
import { Shape } from '../board/shape.js';
import { look } from '../board/state.js';
import { affairs, cell, groups, hallSecond, incidents, parentName, state } from '../board/store.js';
import { bondWords, handWords, SEVERITIES, titleWords } from '../board/troubles.js';
import { stateWords } from '../board/words.js';
import { Hour, Pair } from './pair.js';

const INCIDENTS = 4;
const HALLS = 8;
const NOTICES = 2;
const NOTICE_S = 3600;

const PLACES = 2;

/** In which districts: names of halls repeat, and a leader asks where. @param {import('../board/affairs.js').Incident} incident */
function whereWords({ points, count }) {
  const found = new Set(points.map(({ code }) => cell(code)?.peek()?.group));
  const names = groups.peek().filter(({ code, leads }) => leads && found.has(code)).map(({ short }) => short);
  return points.length < count || names.length > PLACES ? '' : names.join(', ');
}

/** @param {{incident: import('../board/affairs.js').Incident}} props */
const Incident = ({ incident }) => html`
  <li>
    <${Shape} look=${incidentLook(incident)} />
    <div>
      <b>${titleWords(incident)}</b>
      <p>${[whereWords(incident), bondWords(incident)].filter(Boolean).join(' · ')}</p>
      <p>${[t('từ {time}, {lasting}', { time: minute(since_s(incident) * 1000), lasting: roughly(lasted(incident, hallSecond.value)) }), t(SEVERITIES[incident.severity]), handWords(incident)].join(' · ')}</p>
    </div>
  </li>
`;

/** @param {import('../board/state.js').Point} point */
const sinceWords = (point) => (look(point) === 'lost' && point.link_at_s != null ? t('từ {time}', { time: clock(point.link_at_s * 1000) }) : stateWords(point));

/** Those that have not reached everybody yet, the newest first. */
const underway = () => {
  const now = hallSecond.value;
  return [...affairs.value.notices.values()].filter(({ withdrawn, at_s, count, seen }) => !withdrawn && now - at_s < NOTICE_S && seen < count).slice(-NOTICES).reverse();
};

/** @param {{told: readonly import('../board/affairs.js').Notice[]}} props */
function Notices({ told }) {
  return html`
    <h2>${t('Thông báo đang gửi')}</h2>
    <ul class="notices">
      ${told.map(
        (each) => html`
          <li key=${each.number}>
            <p class="said">${each.text}</p>
            <p>${[minute(each.at_s * 1000), t('{n}/{all} điểm cầu đã xem', { n: figure(each.seen), all: figure(each.count) }), each.confirm && t('{n} đã xác nhận', { n: figure(each.confirmed) })].filter(Boolean).join(' · ')}</p>
          </li>
        `,
      )}
    </ul>
  `;
}

export function Attention() {
  const open = incidents.value.filter((each) => !over(each));
  const dark = [...(state.value?.points.values() ?? [])]
    .filter((point) => ['lost', 'not_receiving'].includes(look(point)))
    .sort((a, b) => (a.link_at_s ?? 0) - (b.link_at_s ?? 0));
  const told = underway();
  if (open.length + dark.length + told.length === 0) {
    return html`
      <div class="top"><${Pair} /><${Hour} /></div>
      <section class="nothing"><${Shape} look="steady" /><p>${t('Không có việc cần xử lý')}</p></section>
    `;
  }
  return html`
    <div class="top"><${Pair} /><${Hour} /></div>
    <section class="attention">
      <div>
        <h2>${open.length > 0 ? t('{n} sự cố đang mở', { n: figure(open.length) }) : t('Sự cố')}</h2>
        ${open.length === 0 && html`<p class="well"><${Shape} look="steady" />${t('Không có sự cố nào đang mở')}</p>`}
        <ol class="incidents">${open.slice(0, INCIDENTS).map((each) => html`<${Incident} key=${each.number} incident=${each} />`)}</ol>
        ${open.length > INCIDENTS && html`<p class="more">${t('và {n} sự cố khác', { n: figure(open.length - INCIDENTS) })}</p>`}
      </div>
      <div>
        <h2>${dark.length > 0 ? t('{n} mất tín hiệu', { n: figure(dark.length) }) : t('Tín hiệu')}</h2>
        ${dark.length === 0 && html`<p class="well"><${Shape} look="steady" />${t('Không điểm cầu nào mất tín hiệu')}</p>`}
        <ul class="dark">
          ${dark.slice(0, HALLS).map((point) => html`<li key=${point.code}><${Shape} look=${look(point)} /><b>${point.name}</b><span>${[parentName(point), sinceWords(point)].filter(Boolean).join(' · ')}</span></li>`)}
        </ul>
        ${dark.length > HALLS && html`<p class="more">${t('và {n} điểm cầu khác', { n: figure(dark.length - HALLS) })}</p>`}
        ${told.length > 0 && html`<${Notices} told=${told} />`}
      </div>
    </section>
  `;
}

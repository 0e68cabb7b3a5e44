// Districts, the worst first: a bar of what their halls do, and in words what is wrong.
import { html } from '../vendor/html.js';
import { useLayoutEffect, useRef } from '../vendor/hooks.mjs';
import { t } from '../language.js';
import { figure, share } from '../board/format.js';
import { Shape } from '../board/shape.js';
import { look, rollUp } from '../board/state.js';
import { cell, state } from '../board/store.js';
import { COUNTED, stateWords } from '../board/words.js';
import { useWorstFirst } from './order.js';
import { Hour, Pair } from './pair.js';

/** @typedef {import('../board/state.js').Look} Look @typedef {import('../board/state.js').RollUp} RollUp */

/** From left to right in a bar: what is well, what is doubtful, what is away. @type {readonly Look[]} */
const ORDER = ['steady', 'not_receiving', 'faulty', 'unstable', 'reconnecting', 'ours', 'lost', 'not_opened', 'not_measured', 'ended'];
/** What is worth a word, the worst first. @type {readonly Look[]} */
export const WRONG = ['lost', 'ours', 'not_receiving', 'faulty', 'reconnecting', 'unstable', 'not_opened'];
const ROWS = 9;
const ANEW_MS = 60_000;

/** @param {{sums: RollUp}} props */
function Stripe({ sums }) {
  const bar = useRef(/** @type {HTMLElement | null} */ (null));
  const shares = ORDER.map((look) => sums.looks[look]);
  useLayoutEffect(() => {
    const pieces = /** @type {HTMLElement[]} */ ([...(bar.current?.children ?? [])]);
    pieces.forEach((piece, i) => piece.style.setProperty('flex-grow', String(shares[i])));
  }, [shares.join()]);
  return html`<div class="stripe" ref=${bar} aria-hidden="true">${ORDER.map((look) => html`<i key=${look} data-look=${look} hidden=${sums.looks[look] === 0}></i>`)}</div>`;
}

/** What is wrong in it, in words; or that nothing is. @param {{sums: RollUp}} props */
export function Wrong({ sums }) {
  const wrong = WRONG.filter((look) => sums.looks[look] > 0);
  if (wrong.length > 0) return wrong.slice(0, 2).map((look) => html`<span key=${look} data-look-word=${look}><${Shape} look=${look} />${t(COUNTED[look], { n: figure(sums.looks[look]) })}</span>`);
  if (sums.counts.silent > 0) return html`<span data-look-word="silent"><${Shape} look="silent" />${t('{n} chưa báo cáo', { n: figure(sums.counts.silent) })}</span>`;
  if (sums.looks.ended > 0) return html`<span class="well"><${Shape} look="ended" />${t(COUNTED.ended, { n: figure(sums.looks.ended) })}</span>`;
  return html`<span class="well"><${Shape} look="steady" />${t('Đủ, ổn định')}</span>`;
}

/** One hall, where the screen is a district's own. @param {{code: string}} props */
function Hall({ code }) {
  const point = cell(code)?.value;
  if (!point) return null;
  const now = look(point);
  return html`
    <li class="hall" data-lost=${now === 'lost'}>
      <b class="name">${point.name}</b>
      <span class="wrong"><span data-look-word=${now}><${Shape} look=${now} />${stateWords(point)}</span></span>
      <span class="score">${figure(point.present)}/${figure(point.expected)}</span>
      <span class="rate">${share(point.present, point.present == null ? null : (point.expected ?? 0) - (point.unreported ?? 0))}</span>
    </li>
  `;
}

/** @param {{name: string, sums: RollUp, after: boolean}} props */
const Row = ({ name, sums, after }) => html`
  <li data-lost=${sums.looks.lost > 0}>
    <b class="name">${name}</b>
    <${Stripe} sums=${sums} />
    <span class="score">${figure(after ? sums.reported : sums.connected)}/${figure(sums.total)}</span>
    <span class="wrong"><${Wrong} sums=${sums} /></span>
    <span class="rate">${share(sums.present, sums.answered)}</span>
  </li>
`;

export function Units() {
  // A row that moves while it is read is not read: they are put in order when the view comes, and seldom after.
  const order = useWorstFirst(ANEW_MS);
  const shown = order.length > ROWS + 1 ? order.slice(0, ROWS) : order;
  // After the day nobody is connected: then it counts who has reported.
  const phase = state.value?.totals.phase;
  const after = phase === 'closing' || phase === 'closed';
  const rest = order.slice(shown.length);
  const halls = order[0]?.hall ?? false;
  const left = new Set(rest.map(({ code }) => code));
  const sums = rollUp([...(state.value?.points.values() ?? [])].filter((point) => left.has(halls ? point.code : point.group)));
  return html`
    <div class="top"><${Pair} /><${Hour} /></div>
    <section class="units" aria-label=${t('Các đơn vị, nơi cần chú ý trước')}>
      <p class="heads" aria-hidden="true" data-halls=${halls}><span></span><span></span><span>${halls ? t('Có mặt') : after ? t('Đã báo cáo') : t('Kết nối')}</span><span></span><span>${halls ? '' : t('Có mặt')}</span></p>
      <ol>
        ${shown.map((group) => group.hall ? html`<${Hall} key=${group.code} code=${group.code} />` : html`<${Row} key=${group.code} name=${group.short} sums=${group.sums.value} after=${after} />`)}
        ${rest.length > 0 && html`<${Row} key="rest" name=${halls ? t('{n} điểm cầu khác', { n: figure(rest.length) }) : t('{n} đơn vị khác', { n: figure(rest.length) })} sums=${sums} after=${after} />`}
      </ol>
    </section>
  `;
}

// The same halls as a list: districts with their sums, the worst first, opened to their halls.
import { html } from '../vendor/html.js';
import { useState } from '../vendor/hooks.mjs';
import { t } from '../language.js';
import { figure, share } from './format.js';
import { toPoint, toUnit } from './go.js';
import { Chevron, Shape } from './shape.js';
import { countLook, isOf, look, rollUp, worseFirst } from './state.js';
import { cell, colouring, groups, only, whole } from './store.js';
import { inOrder } from './vietnamese.js';
import { countWords, scannedWords, signed, stateWords } from './words.js';

/** @typedef {import('./state.js').Look} Look @typedef {import('./state.js').CountLook} CountLook */

/** @type {readonly CountLook[]} */
const GRAVEST = ['quarantined', 'differs', 'silent', 'late', 'warned'];

/** The gravest state in a district stands for it. @param {import('./state.js').RollUp} sums */
function gravest(sums) {
  const counting = colouring.value === 'count';
  if (counting) return GRAVEST.find((each) => sums.counts[each] > 0) ?? 'on_time';
  const order = /** @type {Look[]} */ (['lost', 'not_receiving', 'faulty', 'reconnecting', 'unstable', 'ours', 'not_opened', 'steady', 'not_measured', 'ended']);
  return order.find((each) => sums.looks[each] > 0) ?? 'steady';
}

/** @param {{code: string}} props */
function Hall({ code }) {
  const point = cell(code)?.value;
  if (!point) return null;
  const counting = colouring.value === 'count';
  return html`
    <li>
      <a class="hall" href=${toPoint(code)}>
        <${Shape} look=${counting ? countLook(point) : look(point)} />
        <span class="who"><b>${point.name}</b><small>${stateWords(point)}</small></span>
        <span class="what">${[
          countWords(point),
          point.scanned != null && t('quét thẻ {n}', { n: scannedWords(point.scanned, point.present == null ? null : point.scanned - point.present) }),
          point.stayed != null && t('cuối giờ so với đầu giờ {n}', { n: signed(point.stayed) }),
        ]
          .filter(Boolean)
          .join(' · ')}</span>
      </a>
    </li>
  `;
}

/** @param {readonly string[]} members */
const worstHalls = (members) =>
  members
    .flatMap((code) => {
      const point = cell(code)?.value;
      if (!point) return [];
      if (!isOf(point, only.value)) return [];
      return [{ code, name: point.name, sums: rollUp([point]) }];
    })
    .sort((a, b) => worseFirst(a.sums, b.sums, colouring.value) || inOrder(a.name, b.name));

/**
 * What is said of a district in a row; people are scanned and both counts are known only in some conferences and hours.
 * @returns {{word: string, cell: (sums: import('./state.js').RollUp) => any, acting?: (sums: import('./state.js').RollUp) => boolean, wide?: boolean, broad?: boolean}[]}
 */
function columns() {
  const all = whole.value;
  return [
    { word: t('Kết nối'), cell: (sums) => `${figure(sums.connected)}/${figure(sums.total)}`, acting: (sums) => sums.looks.lost + sums.looks.not_receiving > 0 },
    { word: t('Báo cáo'), broad: true, cell: (sums) => html`${figure(sums.reported)}/${figure(sums.total)}<small>${share(sums.reported, sums.total)}</small>` },
    { word: t('Đúng hạn'), cell: (sums) => share(sums.on_time, sums.total) },
    { word: t('Có mặt'), cell: (sums) => figure(sums.reported ? sums.present : null) },
    ...(all.scanned === null ? [] : [{ word: t('Quét thẻ'), broad: true, cell: (/** @type {import('./state.js').RollUp} */ sums) => html`${figure(sums.scanned)}<small>${sums.gap === null ? '' : signed(sums.gap)}</small>`, wide: true }]),
    { word: t('Tỷ lệ'), cell: (sums) => share(sums.present, sums.answered) },
    ...(all.stayed === null ? [] : [{ word: t('Đầu → cuối'), cell: (/** @type {import('./state.js').RollUp} */ sums) => signed(sums.stayed), wide: true }]),
    { word: t('Chưa báo cáo'), cell: (sums) => figure(sums.unreported), wide: true },
  ];
}

/** @param {{group: import('./store.js').Group, first: boolean}} props */
function Branch({ group, first }) {
  const [open, setOpen] = useState(first);
  const sums = group.sums.value;
  const id = `g-${group.code}`;
  return html`
    <li class="branch">
      <div class="branch-row">
        <button type="button" class="twig" aria-expanded=${open} aria-controls=${id} onClick=${() => setOpen(!open)}>
          <${Chevron} /><${Shape} look=${gravest(sums)} />
          <span class="who"><b>${group.name}</b></span>
        </button>
        <dl class="sums">
          ${columns().map(({ word, cell: draw, acting, wide, broad }) => html`<div key=${word} class=${[wide && 'wide', broad && 'broad'].filter(Boolean).join(' ')}><dt>${word}</dt><dd data-acting=${acting?.(sums) ?? false}>${draw(sums)}</dd></div>`)}
        </dl>
        ${group.leads ? html`<a class="into" href=${toUnit(group.code)} aria-label=${t('Mở bảng của {name}', { name: group.name })}>${t('Mở')}</a>` : html`<span class="into"></span>`}
      </div>
      <ul id=${id} hidden=${!open}>${open && worstHalls(group.members).map(({ code }) => html`<${Hall} key=${code} code=${code} />`)}</ul>
    </li>
  `;
}

export function Tree() {
  const filtered = only.value;
  const sorted = groups.value
    .filter((group) => !filtered || worstHalls(group.members).length > 0)
    .map((group, i) => ({ group, i, sums: group.sums.value }))
    .sort((a, b) => worseFirst(a.sums, b.sums, colouring.value) || a.i - b.i);
  if (sorted.length === 0) return html`<p class="empty">${t('Không có điểm cầu nào ở trạng thái này.')}</p>`;
  return html`
    <div class="tree-head" aria-hidden="true">${columns().map(({ word, broad }) => html`<span key=${word} class=${broad ? 'broad' : ''}>${word}</span>`)}</div>
    <ul class="tree">${sorted.map(({ group }) => html`<${Branch} key=${group.code + String(filtered)} group=${group} first=${sorted.length === 1 || Boolean(filtered)} />`)}</ul>
  `;
}

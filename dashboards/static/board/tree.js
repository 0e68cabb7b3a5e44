// The same halls as a list: districts with their sums, the worst first, opened to their halls.
import { html } from '../vendor/html.js';
import { useState } from '../vendor/hooks.mjs';
import { t } from '../language.js';
import { figure, share } from './format.js';
import { toPoint, toUnit } from './go.js';
import { Chevron, Shape } from './shape.js';
import { countLook, look, rollUp, worseFirst } from './state.js';
import { cell, colouring, groups, only } from './store.js';
import { inOrder } from './vietnamese.js';
import { countWords, stateWords } from './words.js';

/** @typedef {import('./state.js').Look} Look @typedef {import('./state.js').CountLook} CountLook */

/** The gravest state in a district stands for it. @param {import('./state.js').RollUp} sums */
function gravest(sums) {
  const counting = colouring.value === 'count';
  if (counting) return sums.counts.check ? 'check' : sums.counts.silent ? 'silent' : 'full';
  const order = /** @type {Look[]} */ (['lost', 'faulty', 'reconnecting', 'unstable', 'ours', 'not_opened', 'steady', 'not_measured', 'ended']);
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
        <span class="what">${countWords(point)}</span>
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
      if (only.value && look(point) !== only.value && countLook(point) !== only.value) return [];
      return [{ code, name: point.name, sums: rollUp([point]) }];
    })
    .sort((a, b) => worseFirst(a.sums, b.sums) || inOrder(a.name, b.name));

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
          <div><dt>${t('Kết nối')}</dt><dd data-acting=${sums.looks.lost > 0}>${figure(sums.connected)}/${figure(sums.total)}</dd></div>
          <div><dt>${t('Báo cáo')}</dt><dd>${figure(sums.reported)}/${figure(sums.total)}</dd></div>
          <div><dt>${t('Có mặt')}</dt><dd>${figure(sums.present)}</dd></div>
          <div><dt>${t('Tỷ lệ')}</dt><dd>${share(sums.present, sums.answered)}</dd></div>
          <div class="wide"><dt>${t('Chưa báo cáo')}</dt><dd>${figure(sums.unreported)}</dd></div>
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
    .sort((a, b) => worseFirst(a.sums, b.sums) || a.i - b.i);
  if (sorted.length === 0) return html`<p class="empty">${t('Không có điểm cầu nào ở trạng thái này.')}</p>`;
  return html`
    <div class="tree-head" aria-hidden="true"><span>${t('Kết nối')}</span><span>${t('Báo cáo')}</span><span>${t('Có mặt')}</span><span>${t('Tỷ lệ')}</span><span>${t('Chưa báo cáo')}</span></div>
    <ul class="tree">${sorted.map(({ group }) => html`<${Branch} key=${group.code + String(filtered)} group=${group} first=${sorted.length === 1 || Boolean(filtered)} />`)}</ul>
  `;
}

// Praise and criticism by stated rules, each hall with its evidence; whoever changes a list says why.
import { html } from '../vendor/html.js';
import { useState } from '../vendor/hooks.mjs';
import { N, recognised, t } from '../language.js';
import { figure } from '../board/format.js';
import { api, query } from '../office/asking.js';
import { Seek } from '../office/asks.js';
import { Dialog } from '../office/dialog.js';
import { Awaited, useTold } from '../office/listing.js';
import { moment } from '../office/moments.js';
import { may } from '../office/store.js';
import { sure } from '../office/sure.js';
import { of } from './store.js';

/** @typedef {{point: string, name: string, parent: string, evidence: readonly string[], edited: {added: boolean, by_name: string, at: string, reason: string} | null}} Row */
/** @typedef {{rules: readonly string[], count: number, rows: readonly Row[], removed: readonly Row[]}} List */

/** @type {readonly ['praise' | 'criticism', string][]} */
const LISTS = [
  ['praise', N('Khen')],
  ['criticism', N('Phê bình')],
];
const SHOWN = 20; // hundreds are praised: the other list must not lie below all of them

/** @param {'praise' | 'criticism'} list @param {{point: string, name: string}} row @param {boolean} add @param {() => void} again */
function change(list, row, add, again) {
  const called = t(LISTS.find(([key]) => key === list)?.[1] ?? '');
  sure({
    title: add ? t('Đưa {name} vào danh sách {list}?', { name: row.name, list: called.toLowerCase() }) : t('Đưa {name} ra khỏi danh sách {list}?', { name: row.name, list: called.toLowerCase() }),
    says: [add ? t('Lý do và tên bạn được in cùng danh sách trong báo cáo.') : t('Báo cáo chỉ ghi có bao nhiêu điểm cầu được đưa ra; lý do lưu ở đây.')],
    does: add ? t('Đưa vào') : t('Đưa ra'),
    reasoned: true,
    done: t('Đã đổi danh sách.'),
    act: async (reason) => {
      await api(of('/judgement/changes'), { method: 'POST', body: { point: row.point, list, add, reason } });
      again();
    },
  });
}

/** @param {{row: Row, does: string, act: () => void}} props */
const Line = ({ row, does, act }) => html`
  <li key=${row.point}>
    <a href=${`/points/${encodeURIComponent(row.point)}`}><b>${row.name}</b>${row.parent && html` <span class="parent">${row.parent}</span>`}</a>
    ${may('govern') ? html`<button type="button" class="change" aria-label=${`${does}, ${row.name}`} onClick=${act}>${does}</button>` : html`<span></span>`}
    <p>${row.evidence.map(recognised).join(' ')}</p>
    ${row.edited && html`<p class="odd">${[row.edited.added ? t('được đưa vào') : t('được đưa ra'), row.edited.by_name, moment(row.edited.at), row.edited.reason].filter(Boolean).join(' · ')}</p>`}
  </li>
`;

/** @param {{choose: (point: {point: string, name: string}) => void, close: () => void}} props */
function Finding({ choose, close }) {
  const [q, setQ] = useState('');
  const { told } = useTold(q.trim() ? `/points${query({ q, per_page: 12 })}` : '');
  return html`
    <${Dialog} title=${t('Thêm điểm cầu nào?')} close=${close}>
      <${Seek} name=${t('Tìm điểm cầu')} hint=${t('Gõ vài chữ: dong da')} set=${setQ} />
      <ul class="finds-open">
        ${(told?.points ?? []).map((/** @type {any} */ one) => html`<li key=${one.code}><button type="button" class="entry" onClick=${() => choose({ point: one.code, name: one.name })}><b>${one.name}</b><span>${[one.unit_name, one.parent_name].filter(Boolean).join(' · ')}</span></button></li>`)}
      </ul>
    <//>
  `;
}

/** @param {{list: 'praise' | 'criticism', name: string, told: List, again: () => void}} props */
function Roll({ list, name, told, again }) {
  const [all, setAll] = useState(false);
  const [finding, setFinding] = useState(false);
  const rows = all ? told.rows : told.rows.slice(0, SHOWN);
  return html`
    <section class="sitting-card">
      <div class="office-top">
        <h3>${name} <span class="soft">${figure(told.count)}</span></h3>
        ${may('govern') && html`<button type="button" class="pill" onClick=${() => setFinding(true)}>${t('Thêm điểm cầu')}</button>`}
      </div>
      <ul class="rules-said">${told.rules.map((rule) => html`<li>${recognised(rule)}</li>`)}</ul>
      ${told.rows.length === 0 ? html`<p class="empty">${t('Không có điểm cầu nào.')}</p>` : html`<ul class="judged">${rows.map((row) => html`<${Line} row=${row} does=${t('Đưa ra')} act=${() => change(list, row, false, again)} />`)}</ul>`}
      ${told.rows.length > rows.length && html`<p><button type="button" class="pill" onClick=${() => setAll(true)}>${t('Xem cả {n}', { n: figure(told.rows.length) })}</button></p>`}
      ${
        told.removed.length > 0 &&
        html`<details><summary>${t('{n} nơi được đưa ra', { n: figure(told.removed.length) })}</summary>
          <ul class="judged">${told.removed.map((row) => html`<${Line} row=${row} does=${t('Đưa lại')} act=${() => change(list, row, true, again)} />`)}</ul></details>`
      }
      ${finding && html`<${Finding} close=${() => setFinding(false)} choose=${(/** @type {{point: string, name: string}} */ point) => {
        setFinding(false);
        change(list, point, true, again);
      }} />`}
    </section>
  `;
}

export function Judged() {
  const { told, wrong, again } = useTold(of('/judgement'));
  return html`
    <div class="office-top">
      <h2 tabindex="-1">${t('Khen, phê bình')}</h2>
      <p class="soft">${t('Theo quy tắc đã nêu, in cùng danh sách; mỗi nơi kèm bằng chứng.')}</p>
    </div>
    ${told === null || wrong ? html`<${Awaited} wrong=${wrong} again=${again} />` : LISTS.map(([list, name]) => html`<${Roll} key=${list} list=${list} name=${t(name)} told=${told[list]} again=${again} />`)}
  `;
}

// Long lists in the house's manner: a row each with its facts under headings, pages, and what to do when there is nothing.
import { html } from '../vendor/html.js';
import { useEffect, useState } from '../vendor/hooks.mjs';
import { t } from '../language.js';
import { figure } from '../board/format.js';
import { api, why } from './asking.js';

/** Asks for something and again when it is asked for otherwise; what came last stands until the next is here.
 * @param {string} path "" asks for nothing
 * @returns {{told: any, wrong: string, again: () => void}} */
export function useTold(path) {
  const [told, setTold] = useState(/** @type {any} */ (null));
  const [wrong, setWrong] = useState('');
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (!path) return undefined;
    const gone = new AbortController();
    api(path, { signal: gone.signal }).then(
      (answer) => {
        setTold(answer);
        setWrong('');
      },
      (error) => gone.signal.aborted || setWrong(why(error)),
    );
    return () => gone.abort();
  }, [path, turn]);
  return { told, wrong, again: () => setTurn((before) => before + 1) };
}

/**
 * @typedef {{key: string, title: any, under?: any, cells: readonly any[], open?: () => void, name?: string, quiet?: boolean}} Row
 * @param {{heads: readonly string[], rows: readonly Row[], look: string}} props `look` names the widths of the columns
 */
export const Rows = ({ heads, rows, look }) => html`
  <div class="rows" data-look=${look}>
    <div class="row-heads" aria-hidden="true">${heads.map((head) => html`<span>${head}</span>`)}</div>
    <ul>
      ${rows.map(
        ({ key, title, under, cells, open, quiet }) => html`
          <li key=${key} class="row" data-quiet=${quiet ?? false}>
            <div class="row-title">
              ${open ? html`<button type="button" onClick=${open}><b>${title}</b>${under && html` <small>${under}</small>`}</button>` : html`<div><b>${title}</b>${under && html` <small>${under}</small>`}</div>`}
            </div>
            ${cells.map((cell, i) => html`<div class="cell" data-none=${cell == null || cell === '' || cell === '–'}><span class="cell-name">${heads[i + 1]}</span><span>${cell ?? ''}</span></div>`)}
          </li>
        `,
      )}
    </ul>
  </div>
`;

/** @param {{page: number, per: number, total: number, turn: (page: number) => void}} props */
export function Pages({ page, per, total, turn }) {
  if (total <= per) return null;
  const last = Math.min(total, page * per);
  return html`
    <nav class="pages" aria-label=${t('Các trang của danh sách')}>
      <button type="button" class="pill" disabled=${page === 1} onClick=${() => turn(page - 1)}>${t('Trang trước')}</button>
      <span>${t('{from}–{to} trong {total}', { from: figure((page - 1) * per + 1), to: figure(last), total: figure(total) })}</span>
      <button type="button" class="pill" disabled=${last === total} onClick=${() => turn(page + 1)}>${t('Trang sau')}</button>
    </nav>
  `;
}

/** What stands where a list is not here yet, or could not be had. @param {{wrong: string, again: () => void}} props */
export const Awaited = ({ wrong, again }) =>
  wrong
    ? html`<p class="notice" role="alert"><span>${wrong}</span><button type="button" class="pill" onClick=${again}>${t('Thử lại')}</button></p>`
    : html`<div class="bones" role="status"><span class="unseen">${t('Đang tải số liệu')}</span><i></i><i></i><i></i></div>`;

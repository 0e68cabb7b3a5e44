// Conferences beside each other: one unit and what is below it, before and after a reorganisation.
import { html } from './vendor/html.js';
import { render } from './vendor/preact.mjs';
import { figure } from './board/format.js';
import { foreign, N, speak, t, words } from './language.js';
import { api, query, why } from './office/asking.js';
import { learnWho } from './office/store.js';

/** @typedef {{points: number, reported: number, on_time: number, reported_percent: number | null, on_time_percent: number | null, expected: number, present: number, excused: number, unexcused: number, unreported: number, present_percent: number | null, praised: number, converted: boolean}} Cell */
/** @typedef {{conference: string, title: string, day: string, version: number, figures: Cell}} Compared */
/** @typedef {{unit: string, name: string, above: string, rule: string, conferences: Compared[], below: {unit: string, name: string, figures: (Cell | null)[]}[]}} Told */

const percent = (/** @type {number | null} */ value) => (value === null ? '–' : `${value.toFixed(1).replace('.', foreign() ? '.' : ',')}%`);
const day = (/** @type {string} */ iso) => iso.split('-').reverse().join('/');
const mark = (/** @type {Cell} */ cell) => cell.converted && html` <small class="converting-mark">${t('quy đổi')}</small>`;

/** @type {[string, (cell: Cell) => unknown][]} */
const LINES = [
  [N('Điểm cầu'), (cell) => figure(cell.points)],
  [N('Đã báo cáo'), (cell) => html`${figure(cell.reported)} <small>${percent(cell.reported_percent)}</small>`],
  [N('Đúng hạn'), (cell) => html`${figure(cell.on_time)} <small>${percent(cell.on_time_percent)}</small>`],
  [N('Triệu tập'), (cell) => figure(cell.expected)],
  [N('Có mặt'), (cell) => html`<b>${figure(cell.present)}</b> <small>${percent(cell.present_percent)}</small>`],
  [N('Vắng có lý do'), (cell) => figure(cell.excused)],
  [N('Vắng không lý do'), (cell) => figure(cell.unexcused)],
  [N('Chưa báo cáo'), (cell) => figure(cell.unreported)],
  [N('Được khen'), (cell) => figure(cell.praised)],
];

/** Bars from nought, oldest first: a rate that looks like half must be half. @param {{conferences: Compared[]}} props */
function Chart({ conferences }) {
  const bars = [...conferences].reverse();
  const [high, wide, gap] = [120, 56, 28];
  return html`
    <figure>
      <svg viewBox=${`0 0 ${bars.length * (wide + gap) + gap} ${high + 54}`} role="img" aria-label=${t('Tỷ lệ có mặt qua các hội nghị')}>
        <line x1="0" x2=${bars.length * (wide + gap) + gap} y1=${high + 18} y2=${high + 18} class="floor" />
        ${bars.map(({ conference, day: on, figures }, place) => {
          const [left, tall] = [gap + place * (wide + gap), ((figures.present_percent ?? 0) / 100) * high];
          return html`<g key=${conference} class=${figures.converted ? 'year converting-mark' : 'year'}>
            <rect x=${left} y=${high + 18 - tall} width=${wide} height=${tall} />
            <text x=${left + wide / 2} y=${high + 12 - tall}>${percent(figures.present_percent)}</text>
            <text x=${left + wide / 2} y=${high + 34}>${on.slice(5, 7)}/${on.slice(0, 4)}</text>
            ${figures.converted && html`<text x=${left + wide / 2} y=${high + 50} class="tiny">${t('quy đổi')}</text>`}
          </g>`;
        })}
      </svg>
      <figcaption class="soft">${t('Tỷ lệ có mặt trên số triệu tập')}</figcaption>
    </figure>
  `;
}

/** @param {{told: Told}} props */
function Comparison({ told }) {
  const { conferences } = told;
  if (conferences.length === 0) return html`<p class="notice">${t('Chưa có hội nghị nào để so sánh. Hội nghị đã diễn ra sẽ tự có ở đây.')}</p>`;
  // As they come: in the order of the tree, by their own names and not by what kind of unit they are.
  const { below } = told;
  return html`
    <p class="which-unit">
      <strong>${told.name || t('Toàn thành phố')}</strong>
      ${told.above && html` <a href=${`/compare?unit=${encodeURIComponent(told.above)}`}>${t('Lên cấp trên')}</a>`}
    </p>
    <${Chart} conferences=${conferences} />
    <div class="broad" tabindex="0" role="region" aria-label=${t('So sánh các hội nghị')}>
      <table>
        <thead><tr><th scope="col"></th>${conferences.map((each) => html`<th scope="col" key=${each.conference}><span>${each.title}</span><small>${day(each.day)}${each.version ? ` · ${t('đã ký, phiên bản {n}', { n: each.version })}` : ` · ${t('tạm tính')}`}</small>${mark(each.figures)}</th>`)}</tr></thead>
        <tbody>${LINES.map(([label, cell]) => html`<tr key=${label}><th scope="row">${t(label)}</th>${conferences.map((each) => html`<td key=${each.conference}>${cell(each.figures)}</td>`)}</tr>`)}</tbody>
      </table>
    </div>
    ${below.length > 0 && html`
      <h2>${t('Đơn vị bên dưới: có mặt trên triệu tập')}</h2>
      <div class="broad" tabindex="0" role="region" aria-label=${t('Đơn vị bên dưới: có mặt trên triệu tập')}>
        <table>
          <thead><tr><th scope="col">${t('Đơn vị')}</th>${conferences.map((each) => html`<th scope="col" key=${each.conference}>${day(each.day)}</th>`)}</tr></thead>
          <tbody>${below.map(({ unit, name, figures }) => html`<tr key=${unit}>
            <th scope="row"><a href=${`/compare?unit=${encodeURIComponent(unit)}`}>${name}</a></th>
            ${figures.map((cell, place) => html`<td key=${place}>${cell ? html`${percent(cell.present_percent)} <small>${figure(cell.present)}/${figure(cell.expected)}</small>${mark(cell)}` : '–'}</td>`)}
          </tr>`)}</tbody>
        </table>
      </div>`}
    ${conferences.some(({ figures }) => figures.converted) || below.some(({ figures }) => figures.some((cell) => cell?.converted)) ? html`<p class="soft converting"><b>${t('quy đổi')}</b>: ${told.rule}</p>` : null}
  `;
}

const root = /** @type {HTMLElement} */ (document.getElementById('compare'));
speak(await words(root.dataset.words));
try {
  await learnWho();
  const unit = new URLSearchParams(location.search).get('unit') ?? '';
  render(html`<${Comparison} told=${await api(`/comparison${query({ unit })}`)} />`, root);
} catch (error) {
  render(html`<p class="wrong" role="alert">${why(error)}</p>`, root);
}

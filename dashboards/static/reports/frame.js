// The frame around the end of the day: which conference, where one is, and what was done last.
import { html } from '../vendor/html.js';
import { useEffect, useRef } from '../vendor/hooks.mjs';
import { t } from '../language.js';
import { figure } from '../board/format.js';
import { Back, Shape } from '../board/shape.js';
import { PHASES } from '../board/words.js';
import { Menu } from '../office/menu.js';
import { receipt, trouble } from '../office/store.js';
import { Sure } from '../office/sure.js';
import { Closing } from './closing.js';
import { Corrections } from './corrections.js';
import { Flash } from './flash.js';
import { Judged } from './judged.js';
import { Papers } from './papers.js';
import { place, places } from './places.js';
import { Sources } from './sources.js';
import { conference, conferences, ladder, learn, stale, waiting } from './store.js';
import { Templates } from './templates.js';

/** @type {Record<string, any>} */
const PAGES = { closing: Closing, corrections: Corrections, papers: Papers, flash: Flash, judged: Judged, sources: Sources, templates: Templates };

function Head() {
  const phase = ladder.value?.phase ?? conference.value?.phase ?? '';
  return html`
    <header class="top">
      <a class="to-board" href=${conference.value ? `/?conference=${encodeURIComponent(conference.value.id)}` : '/'}><${Back} /><span>${t('Bảng theo dõi')}</span></a>
      <h1>${conference.value?.title ?? t('Báo cáo tổng hợp')}</h1>
      ${phase && html`<p class="said"><span class="phase" data-phase=${phase}>${phase === 'live' && html`<${Shape} look="steady" />`}${t(PHASES[phase] ?? phase)}</span></p>`}
      <${Menu}>
        ${
          (conferences.value?.length ?? 0) > 1 &&
          html`<label class="menu-conference">
            <span>${t('Hội nghị')}</span>
            <select onChange=${(/** @type {any} */ event) => location.assign(`/reports?conference=${encodeURIComponent(event.target.value)}${location.hash}`)}>
              ${conferences.value?.map(({ id, title, phase: its }) => html`<option value=${id} selected=${id === conference.value?.id}>${title} · ${t(PHASES[its] ?? its)}</option>`)}
            </select>
          </label>`
        }
        <a class="entry" href="/compare"><b>${t('So sánh các hội nghị')}</b></a>
      <//>
    </header>
  `;
}

/** @param {{at: string}} props */
const Places = ({ at }) => html`
  <nav class="places" aria-label=${t('Các bước cuối ngày')}>
    <ul>
      ${places().map(
        ({ key, name, does }) => html`
          <li key=${key}>
            <a href=${`#${key}`} aria-current=${key === at ? 'page' : undefined}>
              <b>${t(name)}${key === 'corrections' && waiting.value.length > 0 && html` <span class="number-due">${figure(waiting.value.length)}</span>`}</b>
              <span>${t(does)}</span>
            </a>
          </li>
        `,
      )}
    </ul>
    <a class="compare-link" href="/compare">${t('So sánh các hội nghị')}</a>
  </nav>
`;

/** @param {{at: string}} props */
function Page({ at }) {
  const Shown = PAGES[at];
  const heading = useRef(/** @type {HTMLElement | null} */ (null));
  const first = useRef(true);
  useEffect(() => {
    if (!first.current) void learn();
    // Not on arrival: then the reader has not asked for it yet.
    if (!first.current) heading.current?.querySelector('h2')?.focus({ preventScroll: true });
    first.current = false;
  }, [at]);
  return html`<main id="main" ref=${heading} data-at=${at}><a class="to-places" href="#"><${Back} />${t('Cuối ngày')}</a><${Shown} key=${at} /></main>`;
}

const Nothing = () => html`
  <main class="welcome" id="main">
    <h2>${conference.value ? t('Hội nghị chưa mở') : t('Chưa có hội nghị nào')}</h2>
    <p>${conference.value ? t('Số liệu được nộp, chốt và ký sau khi hội nghị đã họp.') : t('Trang này có việc để làm khi đã có hội nghị.')}</p>
  </main>
`;

export function Frame() {
  if (trouble.value) {
    return html`<main class="welcome"><h1>${t('Chưa mở được trang báo cáo')}</h1><p role="alert">${trouble.value}</p>
      <p><button type="button" class="pill" onClick=${() => location.reload()}>${t('Thử lại')}</button></p></main>`;
  }
  const at = place.value || 'closing';
  return html`
    <a class="skip" href="#main" onClick=${(/** @type {Event} */ event) => {
      event.preventDefault();
      document.querySelector('main')?.querySelector('h2')?.focus();
    }}>${t('Đến nội dung')}</a>
    <${Head} />
    ${stale.value && html`<p class="stale" role="alert"><${Shape} look="unstable" /><span>${t('Số liệu dưới đây có thể đã cũ: {why}', { why: stale.value })}</span></p>`}
    ${
      ladder.value === null
        ? html`<${Nothing} />`
        : html`<div class="office" data-chosen=${place.value !== ''}><${Places} at=${at} /><${Page} at=${at} /></div>`
    }
    <div class="receipt-line" role="status">${receipt.value && html`<p><${Shape} look="steady" />${receipt.value}</p>`}</div>
    <${Sure} />
  `;
}

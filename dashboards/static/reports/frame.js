// The end of the day: of which conference, and its places.
import { html } from '../vendor/html.js';
import { t } from '../language.js';
import { figure } from '../board/format.js';
import { Back, Shape } from '../board/shape.js';
import { PHASES } from '../board/words.js';
import { Frame as Around, Office, Unopened } from '../office/frame.js';
import { Menu } from '../office/menu.js';
import { trouble } from '../office/store.js';
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

const Nothing = () => html`
  <main class="welcome" id="main">
    <h2>${conference.value ? t('Hội nghị chưa mở') : t('Chưa có hội nghị nào')}</h2>
    <p>${conference.value ? t('Số liệu được nộp, chốt và ký sau khi hội nghị đã họp.') : t('Trang này có việc để làm khi đã có hội nghị.')}</p>
  </main>
`;

/** How many corrections wait to be approved. @param {string} key */
const due = (key) => key === 'corrections' && waiting.value.length > 0 && html` <span class="number-due">${figure(waiting.value.length)}</span>`;

export function Frame() {
  if (trouble.value) return html`<${Unopened} title=${t('Chưa mở được trang báo cáo')} />`;
  return html`
    <${Around} head=${html`<${Head} />`}>
      ${stale.value && html`<p class="stale" role="alert"><${Shape} look="unstable" /><span>${t('Số liệu dưới đây có thể đã cũ: {why}', { why: stale.value })}</span></p>`}
      ${
        ladder.value === null
          ? html`<${Nothing} />`
          : html`
              <${Office}
                called=${t('Các bước cuối ngày')}
                back=${t('Cuối ngày')}
                places=${places()}
                pages=${PAGES}
                at=${place.value || 'closing'}
                chosen=${place.value !== ''}
                due=${due}
                below=${html`<a class="compare-link" href="/compare">${t('So sánh các hội nghị')}</a>`}
                moved=${() => void learn()}
              />
            `
      }
    <//>
  `;
}

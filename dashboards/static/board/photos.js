// Photos that a hall's phone has sent: small, the newest first; one is opened in a page of its own.
import { html } from '../vendor/html.js';
import { t } from '../language.js';
import { instant, minute } from './format.js';

/** @typedef {{number: number, point: string, name: string, parent: string, at: string, gone: boolean}} Photo */

/** @param {{photos: readonly Photo[], path: string, named?: boolean}} props  `path`: where they lie; `named`: with the hall that each shows */
export const Photos = ({ photos, path, named = false }) => html`
  <ul class="photos" data-named=${named}>
    ${photos.map((each) => {
      const time = minute(instant(each.at) ?? 0);
      const words = t('Ảnh {name} lúc {time}', { name: each.name, time });
      return html`
        <li key=${each.number}>
          ${
            each.gone
              ? html`<span class="let-go">${t('Đã xóa khi hết thời hạn lưu')}</span>`
              : html`<a href=${`${path}/${each.number}`} target="_blank" rel="noopener" aria-label=${words}><img src=${`${path}/${each.number}`} alt="" loading="lazy" decoding="async" width="160" height="120" /></a>`
          }
          <small>${named && html`<b>${each.name}</b>${each.parent && html` <span class="parent">${each.parent}</span>`} · `}${time}</small>
        </li>
      `;
    })}
  </ul>
`;

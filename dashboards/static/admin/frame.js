// The frame around every place of the office: where one is, where else one may go, and what was done last.
import { html } from '../vendor/html.js';
import { useEffect, useRef } from '../vendor/hooks.mjs';
import { t } from '../language.js';
import { Back, Shape } from '../board/shape.js';
import { USER_ROLES } from '../board/words.js';
import { Menu } from '../office/menu.js';
import { receipt, session, trouble } from '../office/store.js';
import { Sure } from '../office/sure.js';
import { Accounts } from './accounts.js';
import { Audit } from './audit.js';
import { Backups } from './backups.js';
import { Clusters } from './clusters.js';
import { Links } from './links.js';
import { Own } from './own.js';
import { People } from './people.js';
import { place, places } from './places.js';
import { Registry } from './registry.js';

/** @type {Record<string, any>} */
const PAGES = { accounts: Accounts, clusters: Clusters, links: Links, registry: Registry, audit: Audit, people: People, backups: Backups, own: Own };

function Head() {
  const user = session.value?.user;
  return html`
    <header class="top">
      <a class="to-board" href="/"><${Back} /><span>${t('Bảng theo dõi')}</span></a>
      <h1>${t('Trang quản trị')}</h1>
      <p class="who-am-i"><b>${user?.name || user?.username}</b> <span>${t(USER_ROLES[user?.role ?? ''] ?? '')}</span></p>
      <${Menu} />
    </header>
  `;
}

/** @param {{at: string}} props */
const Places = ({ at }) => html`
  <nav class="places" aria-label=${t('Các phần quản trị')}>
    <ul>
      ${places().map(
        ({ key, name, does }) => html`
          <li key=${key}><a href=${`#${key}`} aria-current=${key === at ? 'page' : undefined}><b>${t(name)}</b><span>${t(does)}</span></a></li>
        `,
      )}
    </ul>
  </nav>
`;

/** @param {{at: string}} props */
function Page({ at }) {
  const Shown = PAGES[at];
  const heading = useRef(/** @type {HTMLElement | null} */ (null));
  const first = useRef(true);
  useEffect(() => {
    // Not on arrival: then the reader has not asked for it yet.
    if (!first.current) heading.current?.querySelector('h2')?.focus({ preventScroll: true });
    first.current = false;
  }, [at]);
  return html`<main ref=${heading} data-at=${at}><a class="to-places" href="#"><${Back} />${t('Trang quản trị')}</a><${Shown} key=${at} /></main>`;
}

const Receipt = () => html`
  <div class="receipt-line" role="status">${receipt.value && html`<p><${Shape} look="steady" />${receipt.value}</p>`}</div>
`;

export function Frame() {
  if (trouble.value) {
    return html`<main class="welcome"><h1>${t('Chưa mở được trang quản trị')}</h1><p role="alert">${trouble.value}</p>
      <p><button type="button" class="pill" onClick=${() => location.reload()}>${t('Thử lại')}</button></p></main>`;
  }
  const at = place.value || (places()[0]?.key ?? 'own');
  return html`
    <a class="skip" href="#" onClick=${(/** @type {Event} */ event) => {
      event.preventDefault();
      document.querySelector('main')?.querySelector('h2')?.focus();
    }}>${t('Đến nội dung')}</a>
    <${Head} />
    <div class="office" data-chosen=${place.value !== ''}>
      <${Places} at=${at} />
      <${Page} at=${at} />
    </div>
    <${Receipt} />
    <${Sure} />
  `;
}

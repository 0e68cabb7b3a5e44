// The office: who is in it, and its places.
import { html } from '../vendor/html.js';
import { t } from '../language.js';
import { Back } from '../board/shape.js';
import { USER_ROLES } from '../board/words.js';
import { Frame as Around, Office, Unopened } from '../office/frame.js';
import { Menu } from '../office/menu.js';
import { session, trouble } from '../office/store.js';
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

export function Frame() {
  if (trouble.value) return html`<${Unopened} title=${t('Chưa mở được trang quản trị')} />`;
  const at = place.value || (places()[0]?.key ?? 'own');
  return html`
    <${Around} head=${html`<${Head} />`}>
      <${Office} called=${t('Các phần quản trị')} back=${t('Trang quản trị')} places=${places()} pages=${PAGES} at=${at} chosen=${place.value !== ''} />
    <//>
  `;
}

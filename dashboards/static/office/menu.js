// The menu of the office's pages: who reads, what else there is, how it looks, and the way out.
import { html } from '../vendor/html.js';
import { useRef } from '../vendor/hooks.mjs';
import { t } from '../language.js';
import { signedOut } from '../leaving.js';
import { Foldout } from '../board/foldout.js';
import { Language, Theme } from '../board/wearing.js';
import { USER_ROLES } from '../board/words.js';
import { api, why } from './asking.js';
import { session, tell } from './store.js';

async function signOut() {
  try {
    await api('/session', { method: 'DELETE' });
    signedOut();
  } catch (error) {
    // Whoever leaves the desk must know that they are still signed in.
    tell(why(error));
  }
}

/** @param {{children?: any}} props */
export function Menu({ children }) {
  const box = useRef(/** @type {HTMLDetailsElement | null} */ (null));
  const user = session.value?.user;
  return html`
    <${Foldout} box=${box}>
      <p class="menu-user"><b>${user?.name || user?.username}</b><span>${t(USER_ROLES[user?.role ?? ''] ?? '')}</span></p>
      ${children}
      <${Theme} />
      <${Language} />
      <button type="button" class="plain" onClick=${() => void signOut()}>${t('Đăng xuất')}</button>
    <//>
  `;
}

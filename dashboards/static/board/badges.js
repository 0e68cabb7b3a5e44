// The printable badges of a hall or of a unit: made on request, and when they cannot be made it is said why.
import { html } from '../vendor/html.js';
import { useState } from '../vendor/hooks.mjs';
import { t } from '../language.js';
import { conference, may, plan, session } from './store.js';

const KEPT_MS = 60_000;

/** @param {'unit' | 'point'} kind @param {string} code */
async function fetched(kind, code) {
  const id = conference.peek()?.id ?? '';
  const answer = await fetch(`/api/v1/conferences/${encodeURIComponent(id)}/badges.pdf?${kind}=${encodeURIComponent(code)}`, {
    headers: { 'X-CSRF-Token': session.peek()?.csrf ?? '' },
  });
  if (!answer.ok) throw new Error((await answer.json().catch(() => ({}))).detail ?? answer.statusText);
  const address = URL.createObjectURL(await answer.blob());
  Object.assign(document.createElement('a'), { href: address, download: `the-dai-bieu-${code}.pdf` }).click();
  setTimeout(() => URL.revokeObjectURL(address), KEPT_MS);
}

/** @param {{kind: 'unit' | 'point', code: string, look: string, children?: any}} props */
export function Badges({ kind, code, look, children }) {
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState('');
  if (!plan.value?.names || !may('see_names') || !code) return null;
  const print = async () => {
    if (busy) return;
    setBusy(true);
    setWrong('');
    try {
      await fetched(kind, code);
    } catch (error) {
      setWrong(error instanceof TypeError ? t('Không có mạng đến máy chủ; hãy thử lại.') : /** @type {Error} */ (error).message);
    }
    setBusy(false);
  };
  return html`
    <div class="badges">
      <button type="button" class=${look} aria-disabled=${busy} onClick=${print}>${busy ? t('Đang dàn trang thẻ') : children}</button>
      <p class="odd" role="status">${wrong}</p>
    </div>
  `;
}

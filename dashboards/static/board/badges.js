// What a hall or a unit has on paper: badges, and forms for the day on which the network dies. Made on request, and when they cannot be made it is said why.
import { html } from '../vendor/html.js';
import { useState } from '../vendor/hooks.mjs';
import { refusal, t } from '../language.js';
import { conference, plan } from './conference.js';
import { may, session } from './reader.js';
import { wrongWords } from './troubles.js';

const KEPT_MS = 60_000;

/** @param {string} sheet what is printed and for whom: `badges.pdf?point=00004-01` @param {string} name of the file */
async function fetched(sheet, name) {
  const id = conference.peek()?.id ?? '';
  const answer = await fetch(`/api/v1/conferences/${encodeURIComponent(id)}/${sheet}`, {
    headers: { 'X-CSRF-Token': session.peek()?.csrf ?? '' },
  });
  if (!answer.ok) throw new Error(refusal(await answer.json().catch(() => ({}))) || answer.statusText);
  const address = URL.createObjectURL(await answer.blob());
  Object.assign(document.createElement('a'), { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), KEPT_MS);
}

/** @param {{sheet: string, name: string, look: string, children?: any}} props */
function Printed({ sheet, name, look, children }) {
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState('');
  const print = async () => {
    if (busy) return;
    setBusy(true);
    setWrong('');
    try {
      await fetched(sheet, name);
    } catch (error) {
      setWrong(wrongWords(error));
    }
    setBusy(false);
  };
  return html`
    <div class="badges">
      <button type="button" class=${look} aria-disabled=${busy} onClick=${print}>${busy ? t('Đang dàn trang in') : children}</button>
      <p class="odd" role="status">${wrong}</p>
    </div>
  `;
}

/** @typedef {{kind: 'unit' | 'point', code: string, look: string, children?: any}} Props */

/** @param {Props} props */
export function Badges({ kind, code, look, children }) {
  if (!plan.value?.names || !may('see_names') || !code) return null;
  return html`<${Printed} sheet=${`badges.pdf?${kind}=${encodeURIComponent(code)}`} name=${`the-dai-bieu-${code}.pdf`} look=${look}>${children}<//>`;
}

/** Forms to fill in by hand: `counts` for the numbers of a sitting, `roll` for calling the roll. @param {Props & {form: 'counts' | 'roll'}} props */
export function Papers({ kind, code, form, look, children }) {
  if (!may('see_names') || !code) return null;
  return html`<${Printed} sheet=${`papers.pdf?${kind}=${encodeURIComponent(code)}&form=${form}`} name=${`phieu-giay-${form === 'roll' ? 'diem-danh' : 'quan-so'}-${code}.pdf`} look=${look}>${children}<//>`;
}

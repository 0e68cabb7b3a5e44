// Copying what is shown once.
import { html } from '../vendor/html.js';
import { useState } from '../vendor/hooks.mjs';
import { t } from '../language.js';

/** @param {{text: string, name?: string}} props */
export function Copy({ text, name }) {
  const [said, setSaid] = useState('');
  // Without https a browser gives no clipboard: then it is copied by hand.
  if (navigator.clipboard === undefined) return null;
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setSaid(t('Đã chép')),
      () => setSaid(t('Trình duyệt không cho chép; hãy in hoặc ghi ra giấy.')),
    );
  return html`<button type="button" class="pill" onClick=${copy}>${name ?? t('Chép')}</button><span class="copied" role="status">${said}</span>`;
}

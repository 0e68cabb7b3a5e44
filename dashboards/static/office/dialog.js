// One thing at a time before the page: the browser keeps the focus inside and Escape closes it.
import { html } from '../vendor/html.js';
import { useLayoutEffect, useRef } from '../vendor/hooks.mjs';
import { t } from '../language.js';
import { Cross } from '../board/shape.js';

let named = 0;

/** @param {{title: any, close: () => void, wide?: boolean, held?: boolean, children?: any}} props `held`: only its own button closes it, for what is shown once */
export function Dialog({ title, close, wide = false, held = false, children }) {
  const box = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const name = useRef('');
  if (!name.current) name.current = `dialog-${(named += 1)}`;
  useLayoutEffect(() => box.current?.showModal(), []);
  return html`
    <dialog
      class="dialog office-dialog"
      data-wide=${wide}
      ref=${box}
      aria-labelledby=${name.current}
      onCancel=${(/** @type {Event} */ event) => held && event.preventDefault()}
      onClose=${(/** @type {Event} */ event) => event.target === box.current && close()}
    >
      ${!held && html`<button type="button" class="close" aria-label=${t('Đóng')} onClick=${() => box.current?.close()}><${Cross} /></button>`}
      <h2 id=${name.current} tabindex="-1" autofocus>${title}</h2>
      ${children}
    </dialog>
  `;
}

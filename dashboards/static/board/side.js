// What stands beside the wall where no hall does: its frame, the way back, and the keyboard's way out.
import { html } from '../vendor/html.js';
import { useLayoutEffect, useRef } from '../vendor/hooks.mjs';
import { t } from '../language.js';
import { closeSide, toSide } from './go.js';
import { Back, Cross } from './shape.js';

/** Takes the focus, and gives it back to where it was; Escape leaves by `out`.
 * @param {{current: HTMLElement | null}} heading @param {() => void} out @param {readonly unknown[]} whenever */
export function useArrival(heading, out, whenever) {
  const leave = useRef(out);
  leave.current = out;
  // Before the screen is drawn: where one was may be out of sight then, and no longer known.
  useLayoutEffect(() => {
    const before = document.activeElement;
    heading.current?.focus({ preventScroll: true });
    /** @param {KeyboardEvent} event */
    const escape = (event) => {
      if (event.key !== 'Escape' || event.defaultPrevented || document.querySelector('dialog[open]')) return;
      leave.current();
    };
    document.addEventListener('keydown', escape);
    return () => {
      document.removeEventListener('keydown', escape);
      // Where one was may have been out of sight beside this, and is back only now.
      if (before instanceof HTMLElement) queueMicrotask(() => before.isConnected && before.focus({ preventScroll: true }));
    };
  }, [...whenever]);
}

/** @param {{title: any, name: string, back?: import('./go.js').Side['what'], backTo?: string, out?: () => boolean, foot?: any, children?: any}} props
 * `out` takes Escape first: a form that is open closes before the whole does. */
export function Beside({ title, name, back, backTo, out, foot, children }) {
  const heading = useRef(/** @type {HTMLElement | null} */ (null));
  useArrival(heading, () => out?.() || closeSide(), [name]);
  return html`
    <aside class="panel beside-all" aria-labelledby="panel-title" data-side=${name}>
      ${back && html`<a class="back" href=${toSide(back)}><${Back} />${backTo}</a>`}
      <div class="panel-top">
        <h2 id="panel-title" tabindex="-1" ref=${heading}>${title}</h2>
        <button type="button" class="close" aria-label=${t('Đóng')} onClick=${closeSide}><${Cross} /></button>
      </div>
      ${children}
      ${foot && html`<div class="panel-foot">${foot}</div>`}
    </aside>
  `;
}

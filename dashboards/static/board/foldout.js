// What unfolds behind the three dots, and folds again when one looks elsewhere.
import { html } from '../vendor/html.js';
import { useEffect } from '../vendor/hooks.mjs';
import { t } from '../language.js';
import { Dots } from './shape.js';

/** @param {{box: {current: HTMLDetailsElement | null}, children?: any}} props `box` is whoever closes it from within */
export function Foldout({ box, children }) {
  useEffect(() => {
    /** @param {Event} event */
    const away = (event) => {
      const menu = box.current;
      if (!menu?.open) return;
      if (event instanceof KeyboardEvent && event.key === 'Escape') {
        menu.open = false;
        menu.querySelector('summary')?.focus();
        event.stopImmediatePropagation();
      } else if (event.type === 'pointerdown' && !menu.contains(/** @type {Node} */ (event.target))) menu.open = false;
    };
    document.addEventListener('keydown', away, true);
    document.addEventListener('pointerdown', away);
    return () => {
      document.removeEventListener('keydown', away, true);
      document.removeEventListener('pointerdown', away);
    };
  }, []);
  return html`
    <details class="menu" ref=${box}>
      <summary aria-label=${t('Tùy chọn')}><${Dots} /></summary>
      <div class="menu-card">${children}</div>
    </details>
  `;
}

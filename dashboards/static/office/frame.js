// The frame around every place of an office page: the way to its content, where else one may go, and what was done last.
import { html } from '../vendor/html.js';
import { useEffect, useRef } from '../vendor/hooks.mjs';
import { t } from '../language.js';
import { Back, Shape } from '../board/shape.js';
import { receipt, trouble } from './store.js';
import { Sure } from './sure.js';

/** What stands there when the page could not be opened. @param {{title: string}} props */
export const Unopened = ({ title }) => html`
  <main class="welcome"><h1>${title}</h1><p role="alert">${trouble.value}</p>
    <p><button type="button" class="pill" onClick=${() => location.reload()}>${t('Thử lại')}</button></p></main>
`;

/** @param {{head: unknown, children?: unknown}} props */
export const Frame = ({ head, children }) => html`
  <a class="skip" href="#main" onClick=${(/** @type {Event} */ event) => {
    event.preventDefault();
    document.querySelector('main')?.querySelector('h2')?.focus();
  }}>${t('Đến nội dung')}</a>
  ${head}
  ${children}
  <div class="receipt-line" role="status">${receipt.value && html`<p><${Shape} look="steady" />${receipt.value}</p>`}</div>
  <${Sure} />
`;

/**
 * The places beside the one that is open.
 *
 * @param {{
 *   called: string, back: string, places: readonly import('./places.js').Place[], pages: Record<string, any>,
 *   at: string, chosen: boolean, due?: (key: string) => unknown, below?: unknown, moved?: () => void,
 * }} props `called`: all of them, for who hears the page; `back`: the way to their list; `due`: what waits in a place;
 *   `moved`: the reader went from one place to another
 */
export const Office = ({ called, back, places, pages, at, chosen, due, below, moved }) => html`
  <div class="office" data-chosen=${chosen}>
    <nav class="places" aria-label=${called}>
      <ul>
        ${places.map(
          ({ key, name, does }) => html`
            <li key=${key}><a href=${`#${key}`} aria-current=${key === at ? 'page' : undefined}><b>${t(name)}${due?.(key)}</b><span>${t(does)}</span></a></li>
          `,
        )}
      </ul>
      ${below}
    </nav>
    <${Page} shown=${pages[at]} at=${at} back=${back} moved=${moved} />
  </div>
`;

/** @param {{shown: any, at: string, back: string, moved?: () => void}} props */
function Page({ shown, at, back, moved }) {
  const heading = useRef(/** @type {HTMLElement | null} */ (null));
  const first = useRef(true);
  useEffect(() => {
    // Not on arrival: then the reader has not asked for it yet.
    if (!first.current) {
      moved?.();
      heading.current?.querySelector('h2')?.focus({ preventScroll: true });
    }
    first.current = false;
  }, [at]);
  return html`<main id="main" ref=${heading} data-at=${at}><a class="to-places" href="#"><${Back} />${back}</a><${shown} key=${at} /></main>`;
}

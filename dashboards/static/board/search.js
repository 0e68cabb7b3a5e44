// Finding a hall by a few letters without marks: "dong da".
import { html } from '../vendor/html.js';
import { useEffect, useRef, useState } from '../vendor/hooks.mjs';
import { t } from '../language.js';
import { go, toPoint, toUnit } from './go.js';
import { Glass, Shape } from './shape.js';
import { look } from './state.js';
import { cell, groups, places, tab } from './store.js';
import { find } from './vietnamese.js';
import { stateWords } from './words.js';

const MOST = 12;

/** @typedef {import('./vietnamese.js').Sought & {kind: 'point' | 'unit'}} Place */

/** @param {Place} place */
const addressOf = (place) => (place.kind === 'unit' ? toUnit(place.code) : toPoint(place.code));

/** @param {{place: Place}} props */
function What({ place }) {
  if (place.kind === 'unit') {
    const group = groups.value.find(({ code }) => code === place.code);
    return html`<span class="found-what">${group ? t('Đơn vị, {n} điểm cầu', { n: group.sums.value.total }) : t('Đơn vị')}</span>`;
  }
  const point = cell(place.code)?.value;
  return point ? html`<span class="found-what"><${Shape} look=${look(point)} />${stateWords(point)}</span>` : null;
}

export function Search() {
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const [open, setOpen] = useState(false);
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const found = open && query.trim() ? /** @type {Place[]} */ (find(places.value, query, MOST)) : [];

  useEffect(() => {
    /** @param {KeyboardEvent} event */
    const slash = (event) => {
      const target = /** @type {HTMLElement} */ (event.target);
      if (event.key !== '/' || event.ctrlKey || event.metaKey || target.matches('input, textarea, select')) return;
      event.preventDefault();
      tab.value = 'find';
      input.current?.focus();
      input.current?.select();
    };
    document.addEventListener('keydown', slash);
    return () => document.removeEventListener('keydown', slash);
  }, []);

  const finding = tab.value === 'find';
  useEffect(() => {
    if (finding) input.current?.focus({ preventScroll: true });
  }, [finding]);

  /** @param {Place} place */
  const choose = (place) => {
    setOpen(false);
    go(addressOf(place));
  };

  /** @param {KeyboardEvent} event */
  const typed = (event) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      setOpen(true);
      if (found.length) setAt((at + (event.key === 'ArrowDown' ? 1 : found.length - 1)) % found.length);
    } else if (event.key === 'Enter') {
      const place = found[at];
      if (place) choose(place);
    } else if (event.key === 'Escape') {
      event.stopPropagation();
      if (query) setQuery('');
      else input.current?.blur();
      setOpen(false);
    }
  };

  const shown = open && query.trim() !== '';
  return html`
    <div
      class="search"
      role="search"
      onFocusOut=${(/** @type {FocusEvent} */ event) => {
        const box = /** @type {HTMLElement} */ (event.currentTarget);
        if (!box.contains(/** @type {Node | null} */ (event.relatedTarget))) setOpen(tab.peek() === 'find' && innerWidth < 760);
      }}
    >
      <label class="field">
        <${Glass} />
        <span class="unseen">${t('Tìm điểm cầu')}</span>
        <input
          ref=${input}
          type="search"
          role="combobox"
          aria-expanded=${shown}
          aria-controls="found"
          aria-autocomplete="list"
          aria-activedescendant=${shown && found[at] ? `f-${at}` : undefined}
          autocomplete="off"
          spellcheck=${false}
          placeholder=${t('Tìm điểm cầu: dong da')}
          value=${query}
          onInput=${(/** @type {any} */ event) => {
            setQuery(event.target.value);
            setAt(0);
            setOpen(true);
          }}
          onFocus=${() => setOpen(true)}
          onKeyDown=${typed}
        />
        <kbd aria-hidden="true">/</kbd>
      </label>
      <div class="found" id="found" role="listbox" aria-label=${t('Kết quả tìm')} hidden=${!shown}>
        ${found.map(
          (place, i) => html`
            <a
              key=${place.kind + place.code}
              id=${`f-${i}`}
              role="option"
              tabindex="-1"
              aria-selected=${i === at}
              href=${addressOf(place)}
              onClick=${() => setOpen(false)}
            >
              <span><b>${place.name}</b>${place.parent && html`<span class="parent"> · ${place.parent}</span>`}</span>
              <${What} place=${place} />
            </a>
          `,
        )}
        ${shown && found.length === 0 && html`<p role="option" aria-selected="false" aria-disabled="true">${t('Không thấy “{query}”. Gõ một phần tên, không cần dấu.', { query })}</p>`}
      </div>
    </div>
  `;
}

// Which halls are meant: units and halls that are searched for, or a group that one has in mind just now.
import { html } from '../vendor/html.js';
import { useState } from '../vendor/hooks.mjs';
import { t } from '../language.js';
import { figure } from './format.js';
import { Cross, Glass } from './shape.js';
import { places, state } from './store.js';
import { find } from './vietnamese.js';

const FOUND = 8;
const CHIPS_SHOWN = 12;

/** Units, and halls besides. @typedef {{units: readonly string[], points: readonly string[]}} Chosen */

/** @param {string} code */
function below(code) {
  const units = state.peek()?.units;
  /** @type {string | null | undefined} */
  let at = code;
  const path = [];
  while (at && path.length < 12) {
    path.push(at);
    at = units?.get(at)?.parent;
  }
  return path;
}

/** The halls that are meant, each once. @param {Chosen} chosen */
export function reached({ units, points }) {
  const found = new Set(points);
  if (units.length > 0) {
    const wanted = new Set(units);
    for (const point of state.peek()?.points.values() ?? []) if (below(point.unit).some((each) => wanted.has(each))) found.add(point.code);
  }
  return found;
}

/** Halls that go dark, or have said nothing, with one press each.
 * @returns {{key: string, words: string, codes: string[]}[]} */
export function darkAndSilent() {
  const points = [...(state.value?.points.values() ?? [])];
  const silent = points.filter(({ report }) => report === 'none').map(({ code }) => code);
  const dark = points.filter(({ link }) => link === 'lost').map(({ code }) => code);
  return [
    { key: 'silent', words: t('{n} điểm chưa báo cáo', { n: figure(silent.length) }), codes: silent },
    { key: 'dark', words: t('{n} điểm mất tín hiệu', { n: figure(dark.length) }), codes: dark },
  ].filter(({ codes }) => codes.length > 0);
}

/** @param {{chosen: Chosen, choose: (chosen: Chosen) => void, groups: readonly {key: string, words: string, codes: readonly string[]}[], listed: string}} props
 * `listed` names what was chosen. */
export function Whom({ chosen, choose, groups, listed }) {
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  /** @type {(import('./vietnamese.js').Sought & {kind: 'point' | 'unit'})[]} */
  const found = query.trim() ? /** @type {any} */ (find(places.value, query, FOUND)) : [];
  /** @param {{kind: 'point' | 'unit', code: string}} place */
  const add = ({ kind, code }) => {
    const key = kind === 'unit' ? 'units' : 'points';
    if (!chosen[key].includes(code)) choose({ ...chosen, [key]: [...chosen[key], code] });
    setQuery('');
    setAt(0);
  };
  /** @param {'units' | 'points'} key @param {string} code */
  const drop = (key, code) => choose({ ...chosen, [key]: chosen[key].filter((each) => each !== code) });
  /** @param {KeyboardEvent} event */
  const typed = (event) => {
    if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && found.length) {
      event.preventDefault();
      setAt((at + (event.key === 'ArrowDown' ? 1 : found.length - 1)) % found.length);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      const place = found[at];
      if (place) add(place);
    } else if (event.key === 'Escape' && query) {
      event.preventDefault();
      setQuery('');
    }
  };
  const chips = [
    ...chosen.units.map((code) => ({ key: /** @type {const} */ ('units'), code, name: state.value?.units.get(code)?.name ?? code })),
    ...chosen.points.map((code) => ({ key: /** @type {const} */ ('points'), code, name: state.value?.points.get(code)?.name ?? code })),
  ];
  return html`
    <div class="whom">
      <div class="chips">
        ${groups.map(({ key, words, codes }) => html`<button type="button" key=${key} onClick=${() => choose({ units: [], points: [...codes] })}>${words}</button>`)}
      </div>
      <label class="field">
        <${Glass} />
        <span class="unseen">${t('Thêm đơn vị hoặc điểm cầu')}</span>
        <input
          type="search"
          role="combobox"
          aria-expanded=${found.length > 0}
          aria-controls="whom-found"
          aria-autocomplete="list"
          aria-activedescendant=${found[at] ? `w-${at}` : undefined}
          autocomplete="off"
          spellcheck=${false}
          placeholder=${t('Thêm đơn vị hoặc điểm cầu')}
          value=${query}
          onInput=${(/** @type {any} */ event) => {
            setQuery(event.target.value);
            setAt(0);
          }}
          onKeyDown=${typed}
        />
      </label>
      <div class="whom-found" id="whom-found" role="listbox" aria-label=${t('Kết quả tìm')} hidden=${found.length === 0}>
        ${found.map(
          (place, i) => html`
            <button type="button" key=${place.kind + place.code} id=${`w-${i}`} role="option" tabindex="-1" aria-selected=${i === at} onClick=${() => add(place)}>
              <b>${place.name}</b>${place.parent && html`<span class="parent"> · ${place.parent}</span>`}${place.kind === 'unit' && html`<span class="soft"> · ${t('cả đơn vị')}</span>`}
            </button>
          `,
        )}
      </div>
      ${
        chips.length > 0 &&
        html`<ul class="chosen" aria-label=${listed}>
          ${chips.slice(0, CHIPS_SHOWN).map(({ key, code, name }) => html`<li key=${key + code}><span>${name}</span><button type="button" aria-label=${t('Bỏ {name}', { name })} onClick=${() => drop(key, code)}><${Cross} /></button></li>`)}
          ${chips.length > CHIPS_SHOWN && html`<li class="rest"><span>${t('và {n} nơi khác', { n: figure(chips.length - CHIPS_SHOWN) })}</span></li>`}
        </ul>`
      }
    </div>
  `;
}

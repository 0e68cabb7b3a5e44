// Saying something to halls: to all of them, or to the units and halls that are chosen.
import { html } from '../vendor/html.js';
import { useLayoutEffect, useRef, useState } from '../vendor/hooks.mjs';
import { t } from '../language.js';
import { figure } from './format.js';
import { openSide } from './go.js';
import { Cross, Glass } from './shape.js';
import { Beside } from './side.js';
import { affairs, ask, places, state, unit } from './store.js';
import { titleWords, wrongWords } from './troubles.js';
import { find } from './vietnamese.js';

const TEXT_LIMIT = 1000;
const NEARLY = 800;
const FOUND = 8;
const CHIPS_SHOWN = 12;
/** To so many nobody writes by a slip of the finger. */
const MANY = 100;

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
function reached({ units, points }) {
  const found = new Set(points);
  if (units.length > 0) {
    const wanted = new Set(units);
    for (const point of state.peek()?.points.values() ?? []) if (below(point.unit).some((each) => wanted.has(each))) found.add(point.code);
  }
  return found;
}

/** Halls that one has in mind just now, with one press. @param {number} number an incident that one came from */
function groupsOf(number) {
  const points = [...(state.value?.points.values() ?? [])];
  const incident = affairs.value.incidents.get(number);
  const silent = points.filter(({ report }) => report === 'none').map(({ code }) => code);
  const dark = points.filter(({ link }) => link === 'lost').map(({ code }) => code);
  return [
    ...(incident ? [{ key: 'incident', words: titleWords(incident), codes: incident.points.filter(({ eased_at_s }) => eased_at_s === null).map(({ code }) => code) }] : []),
    { key: 'silent', words: t('{n} điểm chưa báo cáo', { n: figure(silent.length) }), codes: silent },
    { key: 'dark', words: t('{n} điểm mất tín hiệu', { n: figure(dark.length) }), codes: dark },
  ].filter(({ codes }) => codes.length > 0);
}

/** @param {{chosen: Chosen, choose: (chosen: Chosen) => void, incident: number}} props */
function Whom({ chosen, choose, incident }) {
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
        ${groupsOf(incident).map(({ key, words, codes }) => html`<button type="button" key=${key} onClick=${() => choose({ units: [], points: codes })}>${words}</button>`)}
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
              <b>${place.name}</b>${place.parent && html`<span class="parent"> · ${place.parent}</span>`}${place.kind === 'unit' && html` <span class="soft">${t('cả đơn vị')}</span>`}
            </button>
          `,
        )}
      </div>
      ${
        chips.length > 0 &&
        html`<ul class="chosen" aria-label=${t('Nơi nhận')}>
          ${chips.slice(0, CHIPS_SHOWN).map(({ key, code, name }) => html`<li key=${key + code}><span>${name}</span><button type="button" aria-label=${t('Bỏ {name}', { name })} onClick=${() => drop(key, code)}><${Cross} /></button></li>`)}
          ${chips.length > CHIPS_SHOWN && html`<li class="rest"><span>${t('và {n} nơi khác', { n: figure(chips.length - CHIPS_SHOWN) })}</span></li>`}
        </ul>`
      }
    </div>
  `;
}

/** @param {{incident: number}} props  the incident to whose halls one writes, or 0 */
export function Compose({ incident }) {
  const failing = affairs.peek().incidents.get(incident)?.points.filter(({ eased_at_s }) => eased_at_s === null).map(({ code }) => code) ?? [];
  const [text, setText] = useState('');
  const [everybody, setEverybody] = useState(failing.length === 0);
  const [chosen, setChosen] = useState(/** @type {Chosen} */ ({ units: [], points: failing }));
  const [urgent, setUrgent] = useState(false);
  const [confirm, setConfirm] = useState(false);
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState('');
  const area = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const yes = useRef(/** @type {HTMLButtonElement | null} */ (null));
  useLayoutEffect(() => {
    if (asking) yes.current?.focus();
  }, [asking]);
  const all = state.value?.points.size ?? 0;
  const n = everybody ? all : reached(chosen).size;
  const send = async () => {
    if (busy) return;
    setBusy(true);
    setWrong('');
    // On a unit's board everybody is everybody of that unit.
    const whom = everybody ? (unit.peek() ? { points: null, units: [unit.peek()] } : { points: null, units: [] }) : { points: [...chosen.points], units: [...chosen.units] };
    try {
      const { number } = await ask('POST', '/notices', { text: text.trim(), urgent, confirm, ...whom });
      openSide('notices', number);
    } catch (error) {
      setAsking(false);
      setWrong(wrongWords(error));
    }
    setBusy(false);
  };
  const begin = () => {
    if (!text.trim()) {
      setWrong(t('Viết nội dung thông báo.'));
      area.current?.focus();
    } else if (n === 0) {
      setWrong(t('Chọn nơi nhận: gõ tên đơn vị hoặc điểm cầu.'));
    } else if (n >= MANY) {
      setWrong('');
      setAsking(true);
    } else void send();
  };
  return html`
    <${Beside}
      title=${t('Soạn thông báo')}
      name="compose"
      back="notices"
      backTo=${t('Tất cả thông báo')}
      out=${() => {
        // What was written is not lost by a key.
        if (asking) setAsking(false);
        return asking || text.trim() !== '';
      }}
    >
      <form
        class="doing compose"
        novalidate
        aria-label=${t('Soạn thông báo')}
        onSubmit=${(/** @type {Event} */ event) => {
          event.preventDefault();
          if (!asking) begin();
        }}
      >
        <label class="area-label" for="notice-text">${t('Nội dung')}</label>
        <textarea id="notice-text" ref=${area} rows="5" maxlength=${TEXT_LIMIT} value=${text} onInput=${(/** @type {any} */ event) => setText(event.target.value)}></textarea>
        ${text.length >= NEARLY && html`<p class="soft">${t('Còn {n} ký tự', { n: figure(TEXT_LIMIT - text.length) })}</p>`}
        <fieldset class="reason">
          <legend>${t('Gửi đến')}</legend>
          <div class="picks">
            <label class="pick"><input type="radio" name="whom" checked=${everybody} onChange=${() => setEverybody(true)} /><span>${t('Tất cả {n} điểm cầu', { n: figure(all) })}</span></label>
            <label class="pick"><input type="radio" name="whom" checked=${!everybody} onChange=${() => setEverybody(false)} /><span>${t('Chọn đơn vị, điểm cầu')}</span></label>
          </div>
          ${!everybody && html`<${Whom} chosen=${chosen} choose=${setChosen} incident=${incident} />`}
        </fieldset>
        <div class="picks">
          <label class="pick"><input type="checkbox" checked=${urgent} onChange=${(/** @type {any} */ event) => setUrgent(event.target.checked)} /><span>${t('Khẩn')}<small>${t('đứng trên mọi việc khác của điện thoại')}</small></span></label>
          <label class="pick"><input type="checkbox" checked=${confirm} onChange=${(/** @type {any} */ event) => setConfirm(event.target.checked)} /><span>${t('Yêu cầu xác nhận')}<small>${t('người phụ trách bấm «Xác nhận đã nhận»')}</small></span></label>
        </div>
        <p class="odd" role="status">${wrong}</p>
        ${
          asking
            ? html`<div class="sure" role="group" aria-label=${t('Gửi thông báo')}>
                <p>${t('Thông báo hiện ngay trên điện thoại của {n} điểm cầu.', { n: figure(n) })}</p>
                <div class="pills">
                  <button type="button" class="pill strong" ref=${yes} aria-disabled=${busy} onClick=${send}>${t('Gửi {n} điểm cầu', { n: figure(n) })}</button>
                  <button type="button" class="pill" onClick=${() => setAsking(false)}>${t('Thôi')}</button>
                </div>
              </div>`
            : html`<div class="doing-foot"><button type="submit" class="pill strong" aria-disabled=${busy}>${n > 0 ? t('Gửi đến {n} điểm cầu', { n: figure(n) }) : t('Gửi')}</button></div>`
        }
      </form>
    <//>
  `;
}

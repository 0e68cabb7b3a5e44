// The small things a form asks with: a line, a choice, a search, a unit found by a few letters.
import { html } from '../vendor/html.js';
import { useEffect, useRef, useState } from '../vendor/hooks.mjs';
import { t } from '../language.js';
import { Cross, Glass } from '../board/shape.js';
import { api, query, why } from './asking.js';

const PAUSE_MS = 250;
const MOST = 12;

/** @typedef {{code: string, name: string, parent: string}} Found */

/** @param {{name: string, value: string, set: (value: string) => void, hint?: any, [more: string]: any}} props */
export function Line({ name, value, set, hint, ...more }) {
  const id = useRef(`line-${Math.random().toString(36).slice(2)}`);
  return html`
    <div class="asked">
      <label for=${id.current}>${name}</label>
      <input id=${id.current} type="text" value=${value} aria-describedby=${hint ? `${id.current}-hint` : undefined} onInput=${(/** @type {any} */ event) => set(event.target.value)} ...${more} />
      ${hint && html`<small id=${`${id.current}-hint`}>${hint}</small>`}
    </div>
  `;
}

/** @param {{name: string, value: string, set: (value: string) => void, choices: readonly (readonly [string, string])[], [more: string]: any}} props */
export const Select = ({ name, value, set, choices, ...more }) => html`
  <label class="asked">
    <span>${name}</span>
    <select value=${value} onChange=${(/** @type {any} */ event) => set(event.target.value)} ...${more}>
      ${choices.map(([key, words]) => html`<option key=${key} value=${key} selected=${key === value}>${words}</option>`)}
    </select>
  </label>
`;

/** A search that waits until one has typed. @param {{name: string, set: (text: string) => void, hint?: string}} props */
export function Seek({ name, set, hint }) {
  const [text, setText] = useState('');
  const told = useRef('');
  useEffect(() => {
    const soon = setTimeout(() => {
      if (told.current === text) return;
      told.current = text;
      set(text);
    }, PAUSE_MS);
    return () => clearTimeout(soon);
  }, [text]);
  return html`
    <label class="field seek" role="search">
      <${Glass} /><span class="unseen">${name}</span>
      <input type="search" autocomplete="off" spellcheck=${false} placeholder=${hint ?? name} value=${text} onInput=${(/** @type {any} */ event) => setText(event.target.value)} />
    </label>
  `;
}

/** Finds one unit (or a cluster) by a few letters without marks; its parent stands beside it, for names repeat.
 * @param {{name: string, chosen: Found | null, choose: (found: Found | null) => void, among?: readonly Found[], hint?: string, required?: boolean, stays?: boolean}} props
 * `among`: what is offered before the units (clusters); `stays`: what was chosen is shown elsewhere */
export function Finder({ name, chosen, choose, among = [], hint, required = false, stays = false }) {
  const [text, setText] = useState('');
  const [found, setFound] = useState(/** @type {readonly Found[]} */ ([]));
  const [at, setAt] = useState(0);
  const [open, setOpen] = useState(false);
  const [wrong, setWrong] = useState('');
  const id = useRef(`finder-${Math.random().toString(36).slice(2)}`);
  useEffect(() => {
    if (!text.trim()) return setFound([]);
    const gone = new AbortController();
    const soon = setTimeout(async () => {
      try {
        const { units } = await api(`/units${query({ q: text, per_page: MOST })}`, { signal: gone.signal });
        const folded = text.trim().toLowerCase();
        const clusters = among.filter((each) => `${each.name} ${each.code}`.toLowerCase().includes(folded));
        setFound([...clusters, ...units.map((/** @type {any} */ unit) => ({ code: unit.code, name: unit.name, parent: unit.parent_name }))].slice(0, MOST));
        setAt(0);
        setWrong('');
      } catch (error) {
        if (!gone.signal.aborted) setWrong(why(error));
      }
    }, PAUSE_MS);
    return () => {
      clearTimeout(soon);
      gone.abort();
    };
  }, [text]);
  /** @param {Found} one */
  const take = (one) => {
    choose(one);
    setText('');
    setOpen(false);
  };
  /** @param {KeyboardEvent} event */
  const typed = (event) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (found.length) setAt((at + (event.key === 'ArrowDown' ? 1 : found.length - 1)) % found.length);
    } else if (event.key === 'Enter' && shown) {
      event.preventDefault();
      const one = found[at];
      if (one) take(one);
    } else if (event.key === 'Escape' && text) {
      event.preventDefault();
      event.stopPropagation();
      setText('');
    }
  };
  const shown = open && text.trim() !== '';
  if (chosen && !stays) {
    return html`
      <div class="asked">
        <span>${name}</span>
        <p class="picked"><span><b>${chosen.name}</b>${chosen.parent && html` <span class="parent">${chosen.parent}</span>`}</span>
          <button type="button" class="close" aria-label=${t('Bỏ chọn {name}', { name: chosen.name })} onClick=${() => choose(null)}><${Cross} /></button></p>
      </div>
    `;
  }
  return html`
    <div class="asked finder" onFocusOut=${(/** @type {any} */ event) => !event.currentTarget.contains(event.relatedTarget) && setOpen(false)}>
      <label for=${id.current}>${name}</label>
      <div class="field"><${Glass} />
        <input
          id=${id.current} type="search" role="combobox" autocomplete="off" spellcheck=${false} aria-autocomplete="list" aria-expanded=${shown} aria-controls=${`${id.current}-list`}
          aria-activedescendant=${shown && found[at] ? `${id.current}-${at}` : undefined} placeholder=${hint ?? t('Gõ vài chữ: dong da')} required=${required}
          value=${text} onInput=${(/** @type {any} */ event) => {
            setText(event.target.value);
            setOpen(true);
          }} onFocus=${() => setOpen(true)} onKeyDown=${typed}
        /></div>
      <ul class="finds" id=${`${id.current}-list`} role="listbox" aria-label=${name} hidden=${!shown || !found.length}>
        ${found.map(
          (one, i) => html`<li key=${one.code} id=${`${id.current}-${i}`} role="option" aria-selected=${i === at} onMouseDown=${(/** @type {Event} */ event) => {
            event.preventDefault();
            take(one);
          }}><b>${one.name}</b> <span class="parent">${[one.parent, one.code].filter(Boolean).join(' · ')}</span></li>`,
        )}
      </ul>
      ${shown && !found.length && html`<small role="status">${wrong || t('Chưa thấy đơn vị nào khớp.')}</small>`}
    </div>
  `;
}

// Giving an incident to somebody: who holds its halls, who of them is on duty, and whoever else is known by name.
import { html } from '../vendor/html.js';
import { useEffect, useLayoutEffect, useRef, useState } from '../vendor/hooks.mjs';
import { t } from '../language.js';
import { ask } from './conference.js';
import { figure } from './format.js';
import { me, useDeed } from './incidents.js';
import { wrongWords } from './troubles.js';
import { fold } from './vietnamese.js';
import { USER_ROLES } from './words.js';

/** @typedef {{username: string, name: string, role: string, place: string, on_duty: boolean}} Taker */

const SHOWN = 8;
const USERNAME_LIMIT = 64;

/** Who there is; null until that is known. @param {number} number */
function useTakers(number) {
  const [takers, setTakers] = useState(/** @type {readonly Taker[] | null} */ (null));
  const [wrong, setWrong] = useState('');
  useEffect(() => {
    let asked = true;
    ask('GET', `/incidents/${number}/takers`).then(
      (answer) => asked && setTakers(answer.takers),
      (error) => asked && setWrong(wrongWords(error)),
    );
    return () => {
      asked = false;
    };
  }, [number]);
  return { takers, lost: wrong };
}

/** Whose name or user name begins a word with what was typed. @param {readonly Taker[]} takers @param {string} typed */
function named(takers, typed) {
  const sought = fold(typed.trim());
  return sought ? takers.filter(({ name, username }) => ` ${fold(`${name} ${username}`)}`.includes(` ${sought}`)) : takers;
}

/** @param {{taker: Taker}} props */
const Who = ({ taker }) => html`
  <b>${taker.name}${taker.on_duty && html` <span class="on-duty">${t('đang trực')}</span>`}</b>
  <small>${[taker.place ? t(USER_ROLES[taker.role] ?? taker.role) + ` ${taker.place}` : t(USER_ROLES[taker.role] ?? taker.role), taker.username].join(' · ')}</small>
`;

/** @param {{number: number, done: () => void}} props */
export function GivingForm({ number, done }) {
  const { busy, wrong, does } = useDeed();
  const { takers, lost } = useTakers(number);
  const [typed, setTyped] = useState('');
  const [missing, setMissing] = useState('');
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  useLayoutEffect(() => field.current?.focus(), []);
  const others = (takers ?? []).filter(({ username }) => username !== me());
  const found = named(others, typed);
  /** @param {string} to */
  const give = async (to) => {
    setMissing('');
    if (await does(number, { do: 'assign', to })) done();
  };
  const send = () => {
    const plain = typed.trim();
    const [only] = found;
    if (!plain) setMissing(t('Chọn người nhận, hoặc gõ tên.'));
    else if (found.length > 1 && !found.some(({ username }) => username === plain.toLowerCase())) setMissing(t('Có {n} người khớp; hãy chọn một.', { n: figure(found.length) }));
    else return void give(found.length === 1 && only ? only.username : plain);
    field.current?.focus();
  };
  return html`
    <form
      class="doing"
      novalidate
      aria-labelledby="doing-title"
      onSubmit=${(/** @type {Event} */ event) => {
        event.preventDefault();
        send();
      }}
    >
      <h3 id="doing-title">${t('Giao cho ai?')}</h3>
      <div class="chips"><button type="button" onClick=${() => give(me())}>${t('Giao cho tôi')}</button></div>
      <input
        ref=${field}
        class="line"
        type="search"
        autocomplete="off"
        spellcheck=${false}
        autocapitalize="none"
        aria-label=${t('Tên hoặc tên đăng nhập')}
        placeholder=${t('Tên hoặc tên đăng nhập')}
        maxlength=${USERNAME_LIMIT}
        value=${typed}
        onInput=${(/** @type {any} */ event) => setTyped(event.target.value)}
      />
      <p class="odd" role="status">${missing || wrong || lost}</p>
      ${takers === null && !lost && html`<div class="bones" aria-hidden="true"><i></i><i></i></div>`}
      ${
        found.length > 0 &&
        html`<ul class="takers" aria-label=${t('Người phụ trách các điểm cầu này')}>
          ${found.slice(0, SHOWN).map((taker) => html`<li key=${taker.username}><button type="button" aria-disabled=${busy} onClick=${() => give(taker.username)}><${Who} taker=${taker} /></button></li>`)}
        </ul>`
      }
      ${found.length > SHOWN && html`<p class="soft">${t('và {n} người khác; gõ tên để tìm', { n: figure(found.length - SHOWN) })}</p>`}
      ${takers !== null && others.length === 0 && html`<p class="empty">${t('Ngoài bạn chưa có ai phụ trách các điểm cầu này.')}</p>`}
      <div class="doing-foot">
        <button type="submit" class="pill strong" aria-disabled=${busy}>${t('Giao việc')}</button>
        <button type="button" class="pill" onClick=${done}>${t('Thôi')}</button>
      </div>
    </form>
  `;
}

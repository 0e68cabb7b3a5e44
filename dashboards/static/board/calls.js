// Whom to call now: a name, why, how many people wait there, who phones them already, and what the call came to.
import { html } from '../vendor/html.js';
import { useEffect, useRef, useState } from '../vendor/hooks.mjs';
import { t } from '../language.js';
import { dialled, figure, minute, roughly, tel } from './format.js';
import { toPoint, toSide } from './go.js';
import { may } from './reader.js';
import { Remind } from './remind.js';
import { Shape, Telephone } from './shape.js';
import { answered, call, claim, count, mine, rows } from './sheet.js';
import { Beside } from './side.js';
import { look } from './state.js';
import { cell, hallSecond, parentName } from './store.js';
import { callSums, claimWords, lastWords, OUTCOMES, whyCall, wrongWords } from './troubles.js';
import { ROLES } from './words.js';

const AT_FIRST = 4;
const KINDS = 3;
const MORE = 30;
const NOTE_LIMIT = 300;

/** Whom one calls first. */
const FIRST = ['operator', 'technician', 'chair', 'secretary'];

/** @typedef {import('./sheet.js').Row} Row */

/** @param {readonly import('./details.js').Contact[]} contacts */
const inCallOrder = (contacts) => [...contacts].sort((a, b) => FIRST.indexOf(a.role) - FIRST.indexOf(b.role));

/** @param {{contacts: readonly import('./details.js').Contact[]}} props */
export const Contacts = ({ contacts }) => html`
  <ul class="contacts">
    ${inCallOrder(contacts).map(
      ({ role, name, phone }) => html`
        <li key=${role}>
          <span><b>${name || t('Chưa có tên')}</b><small>${t(ROLES[role] ?? role)}${phone && ` · ${dialled(phone)}`}</small></span>
          ${phone && html`<a class="dial" href=${tel(phone)} aria-label=${t('Gọi {name}, {phone}', { name, phone: dialled(phone) })}><${Telephone} />${t('Gọi')}</a>`}
        </li>
      `,
    )}
  </ul>
`;

/** The hall that was taken here, by this press: the focus goes on with it. */
let taken = '';

/** What one is writing about a call, while rows come and go. @type {Map<string, string>} */
const notes = new Map();

/** What the call came to: one press ends it. @param {{code: string, name: string, say: (deed: any) => void, busy: boolean}} props */
function Ending({ code, name, say, busy }) {
  const [note, setNote] = useState(notes.get(code) ?? '');
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  /** @param {string} text */
  const write = (text) => {
    notes.set(code, text);
    setNote(text);
  };
  useEffect(() => {
    if (taken !== code) return;
    // The button that was pressed is gone: one goes on where it has led.
    taken = '';
    if (document.activeElement === document.body) /** @type {HTMLElement | null} */ (box.current?.parentElement?.querySelector('a.dial, .chips button'))?.focus({ preventScroll: true });
  }, []);
  return html`
    <div class="ending" ref=${box} role="group" aria-label=${t('Kết quả cuộc gọi, {name}', { name })}>
      <div class="chips">
        ${Object.entries(OUTCOMES).map(
          ([outcome, words]) => html`<button type="button" key=${outcome} aria-disabled=${busy} onClick=${() => say({ do: 'end', outcome, note: note.trim() })}>${t(words)}</button>`,
        )}
      </div>
      <input type="text" aria-label=${t('Ghi chú cho người gọi sau')} placeholder=${t('Ghi chú, nếu có')} maxlength=${NOTE_LIMIT} value=${note} onInput=${(/** @type {any} */ event) => write(event.target.value)} />
      <button type="button" class="quiet" aria-disabled=${busy} onClick=${() => say({ do: 'let_go' })}>${t('Thôi, để người khác gọi')}</button>
    </div>
  `;
}

/** Who phones a hall, or that one does so oneself. @param {string} code */
function useCall(code) {
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState('');
  /** @param {any} deed */
  const say = async (deed) => {
    if (busy) return;
    setBusy(true);
    setWrong('');
    if (deed.do === 'claim') taken = code;
    try {
      await call(code, deed);
      if (deed.do !== 'claim') notes.delete(code);
    } catch (error) {
      setWrong(wrongWords(error));
    }
    setBusy(false);
  };
  return { busy, wrong, say };
}

/** @param {{code: string, name: string, busy: boolean, say: (deed: any) => void}} props */
function Claim({ code, name, busy, say }) {
  const held = claim(code);
  if (mine(code)) return null;
  if (held) return html`<span class="holder">${claimWords(held)}<small>${t('giữ đến {time}', { time: minute(held.until_s * 1000) })}</small></span>`;
  return html`<button type="button" class="dial" aria-disabled=${busy} aria-label=${t('Tôi gọi {name}', { name })} onClick=${() => say({ do: 'claim' })}><${Telephone} />${t('Tôi gọi')}</button>`;
}

/** @param {{row: Row}} props */
function Call({ row }) {
  const point = cell(row.point)?.value;
  const { busy, wrong, say } = useCall(row.point);
  if (!point) return null;
  const own = mine(row.point);
  const parent = parentName(point);
  return html`
    <li class="call" data-mine=${own} data-answered=${row.answered ?? false}>
      <div class="call-row">
        <a class="call-who" href=${toPoint(point.code)}>
          <${Shape} look=${look(point)} />
          <span>
            <b>${point.name}</b>${parent && html`<span class="parent"> · ${parent}</span>`}
            <small>${row.answered ? t('Đã trả lời, không còn cần gọi') : whyCall(row.why)}</small>
            ${!row.answered && html`<small>${[roughly(hallSecond.value - row.since_s), t('{n} đại biểu', { n: figure(row.expected) })].join(' · ')}</small>`}
            ${row.last && html`<small class="last">${lastWords(row.last)}${row.tries > 1 ? ` · ${t('đã gọi {n} lần', { n: figure(row.tries) })}` : ''}</small>`}
          </span>
        </a>
        <${Claim} code=${row.point} name=${point.name} busy=${busy} say=${say} />
      </div>
      ${
        own &&
        html`<div class="calling">
          <p class="own-call"><${Telephone} /><b>${t('Bạn đang gọi')}</b> <small>${t('giữ đến {time}', { time: minute((claim(row.point)?.until_s ?? 0) * 1000) })}</small></p>
          ${row.contacts.length > 0 ? html`<${Contacts} contacts=${row.contacts} />` : !row.answered && html`<p class="empty">${t('Chưa có số điện thoại của điểm cầu này.')}</p>`}
          <${Ending} code=${row.point} name=${point.name} say=${say} busy=${busy} />
        </div>`
      }
      <p class="wrong" role="status">${wrong}</p>
    </li>
  `;
}

/** The reader's own calls stand first: they are under way. */
const ordered = () => [...answered.value, ...(rows.value ?? []).filter(({ point }) => mine(point)), ...(rows.value ?? []).filter(({ point }) => !mine(point))];

/** @param {{most: number, more: () => void}} props */
function Rows({ most, more }) {
  const known = rows.value;
  if (known === null) return html`<div class="bones" aria-hidden="true"><i></i><i></i><i></i></div>`;
  const all = ordered();
  if (all.length === 0) return html`<p class="empty">${t('Không có điểm cầu nào cần gọi lúc này.')}</p>`;
  return html`
    <ul>${all.slice(0, most).map((row) => html`<${Call} key=${row.point} row=${row} />`)}</ul>
    ${all.length > most && html`<button type="button" class="more" onClick=${more}>${t('Xem thêm {n}', { n: figure(Math.min(MORE, all.length - most)) })}</button>`}
    ${count.value > (known.length || 0) && all.length <= most && html`<p class="empty">${t('Còn {n} điểm cầu nữa, hiện dần khi những nơi này đã trả lời.', { n: figure(count.value - known.length) })}</p>`}
  `;
}

/** @param {number} [most] */
const sums = (most) => (rows.value && rows.value.length === count.value ? callSums(rows.value, most) : '');

/** Beside the wall: the first few. */
export function Calls() {
  const [most, setMost] = useState(AT_FIRST);
  if (!may('coordinate')) return null;
  const n = count.value;
  return html`
    <section class="calls" aria-labelledby="calls-title">
      <h2 id="calls-title"><a href=${toSide('calls')}>${n > 0 ? html`<b>${t('Cần gọi {n}', { n: figure(n) })}</b>${sums(KINDS) && ` · ${sums(KINDS)}`}` : html`<b>${t('Cần gọi')}</b>`}</a></h2>
      <${Rows} most=${most} more=${() => setMost(most + MORE)} />
    </section>
  `;
}

/** The whole of it. */
export function CallSheet() {
  const [most, setMost] = useState(MORE);
  return html`
    <${Beside} title=${t('Danh sách cần gọi')} name="calls">
      <p class="soft">${sums() || t('Điểm cầu gấp nhất đứng trước; mỗi nơi chỉ một người gọi.')}</p>
      <${Remind} />
      <section class="calls" aria-label=${t('Danh sách cần gọi')}><${Rows} most=${most} more=${() => setMost(most + MORE)} /></section>
    <//>
  `;
}

/** In a hall's own panel: take the call, or say what it came to. @param {{code: string, name: string}} props */
export function CallHere({ code, name }) {
  const { busy, wrong, say } = useCall(code);
  if (!may('coordinate')) return null;
  return html`
    <div class="call-here">
      <${Claim} code=${code} name=${name} busy=${busy} say=${say} />
      ${mine(code) && html`<p class="own-call"><${Telephone} /><b>${t('Bạn đang gọi')}</b> <small>${t('giữ đến {time}', { time: minute((claim(code)?.until_s ?? 0) * 1000) })}</small></p><${Ending} code=${code} name=${name} say=${say} busy=${busy} />`}
      <p class="wrong" role="status">${wrong}</p>
    </div>
  `;
}

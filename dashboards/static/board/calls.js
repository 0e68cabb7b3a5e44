// Whom to call now: a name, why, how many people wait there, and the telephone.
import { html } from '../vendor/html.js';
import { useEffect, useState } from '../vendor/hooks.mjs';
import { t } from '../language.js';
import { dialled, figure, tel } from './format.js';
import { openPoint, toPoint } from './go.js';
import { Shape, Telephone } from './shape.js';
import { look } from './state.js';
import { callSheet, details, parentName } from './store.js';
import { callSums, callWords } from './words.js';

const AT_FIRST = 6;
const MORE = 30;
const CONTACTS_GOOD_MS = 600_000;

/** Whom one calls first. */
const FIRST = ['operator', 'technician', 'chair', 'secretary'];

/** @param {import('./store.js').Contact[]} contacts */
export const inCallOrder = (contacts) => [...contacts].sort((a, b) => FIRST.indexOf(a.role) - FIRST.indexOf(b.role));

/** @param {{call: import('./state.js').Call}} props */
function Call({ call }) {
  const { point } = call;
  const [contact, setContact] = useState(/** @type {import('./store.js').Contact | null} */ (null));
  useEffect(() => {
    let asked = true;
    details(point.code, CONTACTS_GOOD_MS).then(
      (found) => asked && setContact(inCallOrder(found.contacts ?? []).find(({ phone }) => phone) ?? null),
      () => {},
    );
    return () => {
      asked = false;
    };
  }, [point.code]);
  const parent = parentName(point);
  return html`
    <li class="call">
      <a class="call-who" href=${toPoint(point.code)}>
        <${Shape} look=${look(point)} />
        <span><b>${point.name}</b>${parent && html`<span class="parent"> · ${parent}</span>`}<small>${callWords(call)}</small></span>
      </a>
      ${
        contact
          ? html`<a class="dial" href=${tel(contact.phone)} title=${`${contact.name} ${dialled(contact.phone)}`} aria-label=${t('Gọi {name}, {phone}', { name: contact.name, phone: dialled(contact.phone) })}><${Telephone} />${t('Gọi')}</a>`
          : html`<button type="button" class="dial" aria-label=${t('Mở {name}', { name: point.name })} onClick=${() => openPoint(point.code)}>${t('Mở')}</button>`
      }
    </li>
  `;
}

export function Calls() {
  const [most, setMost] = useState(AT_FIRST);
  const sheet = callSheet.value;
  return html`
    <section class="calls" aria-labelledby="calls-title">
      <h2 id="calls-title">
        ${sheet.length ? html`<b>${t('Cần gọi {n}', { n: figure(sheet.length) })}</b> · ${callSums(sheet)}` : t('Cần gọi')}
      </h2>
      ${
        sheet.length === 0
          ? html`<p class="empty">${t('Không có điểm cầu nào cần gọi lúc này.')}</p>`
          : html`
              <ul>${sheet.slice(0, most).map((call) => html`<${Call} key=${call.point.code} call=${call} />`)}</ul>
              ${sheet.length > most && html`<button type="button" class="more" onClick=${() => setMost(most + MORE)}>${t('Xem thêm {n}', { n: figure(Math.min(MORE, sheet.length - most)) })}</button>`}
            `
      }
    </section>
  `;
}

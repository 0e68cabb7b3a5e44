// What the staff change for a hall: its stage, how it receives, how many are expected there.
import { html } from '../vendor/html.js';
import { useLayoutEffect, useRef, useState } from '../vendor/hooks.mjs';
import { t } from '../language.js';
import { decide } from './deeds.js';
import { figure } from './format.js';
import { heads } from './plausible.js';
import { Reason } from './reason.js';
import { MODES, REASONS, sittingName, STAGES } from './words.js';

/** @typedef {import('./state.js').Point} Point */

const BUSY = () => t('Nhiều việc đang chờ máy chủ trả lời; hãy chờ một lát.');
/** A hall that has ended is reopened by going back on site or into session. */
const AFTER_THE_END = ['on_site', 'in_session'];
const UNMEASURED = ['tv', 'radio'];

/** Puts the focus into a form that has just opened. */
function useFirst() {
  const form = useRef(/** @type {HTMLFormElement | null} */ (null));
  useLayoutEffect(() => {
    const first = form.current?.querySelector('input:checked') ?? form.current?.querySelector('input');
    if (first instanceof HTMLElement) first.focus();
  }, []);
  return form;
}

/** @param {{name: string, value: string, words: string, chosen: string, choose: (value: string) => void, note?: string}} props */
const Choice = ({ name, value, words, chosen, choose, note }) => html`
  <label class="pick"><input type="radio" name=${name} value=${value} checked=${chosen === value} onChange=${() => choose(value)} /><span>${words}${note && html` <small>${note}</small>`}</span></label>
`;

/** @param {{title: string, wrong: string, yes: string, send: (event: Event) => void, done: () => void, form: any, children?: any}} props */
const Form = ({ title, wrong, yes, send, done, form, children }) => html`
  <form
    class="doing"
    ref=${form}
    novalidate
    aria-labelledby="doing-title"
    onSubmit=${(/** @type {Event} */ event) => {
      event.preventDefault();
      send(event);
    }}
  >
    <h3 id="doing-title">${title}</h3>
    ${children}
    <p class="odd" role="status">${wrong}</p>
    <div class="doing-foot">
      <button type="submit" class="pill strong">${yes}</button>
      <button type="button" class="pill" onClick=${done}>${t('Thôi')}</button>
    </div>
  </form>
`;

/** @param {{row: Point, done: () => void}} props */
export function StageForm({ row, done }) {
  const form = useFirst();
  const [stage, setStage] = useState(row.stage);
  const [wrong, setWrong] = useState('');
  const steps = Object.entries(STAGES).filter(([key]) => row.stage !== 'ended' || key === 'ended' || AFTER_THE_END.includes(key));
  const send = () => {
    if (stage === row.stage) return done();
    if (decide(row.code, [{ kind: 'stage', stage }])) done();
    else setWrong(BUSY());
  };
  return html`
    <${Form} form=${form} title=${t('Điểm cầu đang ở bước nào?')} wrong=${wrong} yes=${t('Ghi bước này')} send=${send} done=${done}>
      <div class="picks">${steps.map(([key, words]) => html`<${Choice} key=${key} name="stage" value=${key} words=${t(words)} chosen=${stage} choose=${setStage} />`)}</div>
    <//>
  `;
}

/** @param {{row: Point, done: () => void}} props */
export function ModeForm({ row, done }) {
  const form = useFirst();
  const [mode, setMode] = useState(row.mode);
  const [reason, setReason] = useState(REASONS.mode[0] ?? '');
  const [wrong, setWrong] = useState('');
  const send = () => {
    if (mode === row.mode) return done();
    if (!reason.trim()) return setWrong(t('Chọn hoặc ghi lý do.'));
    if (decide(row.code, [{ kind: 'mode', reception_mode: mode, reason: reason.trim() }])) done();
    else setWrong(BUSY());
  };
  return html`
    <${Form} form=${form} title=${t('Hình thức tiếp nhận')} wrong=${wrong} yes=${t('Đổi hình thức')} send=${send} done=${done}>
      <div class="picks">
        ${Object.entries(MODES).map(
          ([key, words]) => html`<${Choice} key=${key} name="mode" value=${key} words=${t(words)} chosen=${mode} choose=${setMode} note=${UNMEASURED.includes(key) ? t('không đo đường truyền, không báo mất tín hiệu') : ''} />`,
        )}
      </div>
      <${Reason} reasons=${REASONS.mode} chosen=${reason} choose=${setReason} />
    <//>
  `;
}

/** @param {{row: Point, about: any, done: () => void}} props */
export function ExpectedForm({ row, about, done }) {
  const form = useFirst();
  const sittings = about?.sittings ?? [];
  const [id, setId] = useState(sittings[0]?.id ?? '');
  const sitting = sittings.find((/** @type {any} */ each) => each.id === id) ?? sittings[0];
  const [typed, setTyped] = useState(String(sitting?.expected ?? ''));
  const [reason, setReason] = useState(REASONS.expected[0] ?? '');
  const [wrong, setWrong] = useState('');
  const value = heads(typed);
  const send = () => {
    if (value === null || Number.isNaN(value)) return setWrong(t('Chỉ nhập số người, từ 0 đến 1.000.000.'));
    if (value === sitting.expected) return done();
    if (!reason.trim()) return setWrong(t('Chọn hoặc ghi lý do.'));
    if (decide(row.code, [{ kind: 'expected', sitting: sitting.id, value, reason: reason.trim() }])) done();
    else setWrong(BUSY());
  };
  return html`
    <${Form} form=${form} title=${t('Số triệu tập')} wrong=${wrong} yes=${t('Đổi số triệu tập')} send=${send} done=${done}>
      ${
        sittings.length > 1 &&
        html`<div class="chips" role="group" aria-label=${t('Buổi')}>
          ${sittings.map(
            (/** @type {any} */ each) => html`
              <button
                type="button"
                aria-pressed=${each.id === id}
                onClick=${() => {
                  setId(each.id);
                  setTyped(String(each.expected ?? ''));
                }}
              >${sittingName(each).filter(Boolean).join(' ')}</button>
            `,
          )}
        </div>`
      }
      <p class="soft">${t('Đang triệu tập {n}; số mới áp dụng cho mọi đợt của buổi.', { n: figure(sitting?.expected) })}</p>
      <div class="count-row alone">
        <label for="expected">${t('Triệu tập')}</label>
        <input id="expected" type="text" inputmode="numeric" autocomplete="off" maxlength="7" value=${typed} onInput=${(/** @type {any} */ event) => setTyped(event.target.value)} onFocus=${(/** @type {any} */ event) => event.target.select()} />
      </div>
      <${Reason} reasons=${REASONS.expected} chosen=${reason} choose=${setReason} />
    <//>
  `;
}

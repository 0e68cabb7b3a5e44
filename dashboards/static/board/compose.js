// Saying something to halls: to all of them, or to the units and halls that are chosen.
import { html } from '../vendor/html.js';
import { useLayoutEffect, useRef, useState } from '../vendor/hooks.mjs';
import { t } from '../language.js';
import { ask } from './conference.js';
import { figure } from './format.js';
import { openSide } from './go.js';
import { Beside } from './side.js';
import { affairs, state, unit } from './store.js';
import { titleWords, wrongWords } from './troubles.js';
import { darkAndSilent, reached, Whom } from './whom.js';

const TEXT_LIMIT = 1000;
const NEARLY = 800;
/** To so many nobody writes by a slip of the finger. */
const MANY = 100;

/** Halls that one has in mind just now, with one press. @param {number} number an incident that one came from */
function groupsOf(number) {
  const incident = affairs.value.incidents.get(number);
  const failing = incident?.points.filter(({ eased_at_s }) => eased_at_s === null).map(({ code }) => code) ?? [];
  return [...(incident && failing.length > 0 ? [{ key: 'incident', words: titleWords(incident), codes: failing }] : []), ...darkAndSilent()];
}

/** @param {{incident: number}} props  the incident to whose halls one writes, or 0 */
export function Compose({ incident }) {
  const failing = affairs.peek().incidents.get(incident)?.points.filter(({ eased_at_s }) => eased_at_s === null).map(({ code }) => code) ?? [];
  const [text, setText] = useState('');
  const [everybody, setEverybody] = useState(failing.length === 0);
  const [chosen, setChosen] = useState(/** @type {import('./whom.js').Chosen} */ ({ units: [], points: failing }));
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
          ${!everybody && html`<${Whom} chosen=${chosen} choose=${setChosen} groups=${groupsOf(incident)} listed=${t('Nơi nhận')} />`}
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

// Asks once before what cannot be taken back, and says what will happen.
import { html } from '../vendor/html.js';
import { useState } from '../vendor/hooks.mjs';
import { signal } from '../vendor/signals.mjs';
import { t } from '../language.js';
import { why } from './asking.js';
import { Dialog } from './dialog.js';
import { tell } from './store.js';

const REASON_LETTERS = 300;

/**
 * @typedef {object} Question
 * @property {string} title
 * @property {readonly string[]} says   what will happen, a sentence each
 * @property {string} does              the button's word
 * @property {(reason: string) => Promise<unknown>} act   does it; throws what why() understands
 * @property {string} [done]            said afterwards
 * @property {boolean} [reasoned]       whether a reason must be given; it may always be
 */

/** @type {import('../vendor/signals.mjs').Signal<Question | null>} */
const question = signal(null);

/** @param {Question} asked */
export const sure = (asked) => {
  question.value = asked;
};

/** @param {{asked: Question}} props */
function Asked({ asked }) {
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState('');
  const close = () => {
    question.value = null;
  };
  /** @param {Event} event */
  const go = async (event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setWrong('');
    try {
      await asked.act(reason.trim());
      close();
      if (asked.done) tell(asked.done);
    } catch (error) {
      setWrong(why(error));
      setBusy(false);
    }
  };
  return html`
    <${Dialog} title=${asked.title} close=${close}>
      <form onSubmit=${go}>
        ${asked.says.map((each) => html`<p>${each}</p>`)}
        <label class="asked">
          <span>${asked.reasoned ? t('Lý do') : t('Lý do (không bắt buộc)')}</span>
          <input type="text" maxlength=${REASON_LETTERS} required=${asked.reasoned} value=${reason} onInput=${(/** @type {any} */ event) => setReason(event.target.value)} />
          <small>${t('Ghi vào nhật ký cùng tên bạn.')}</small>
        </label>
        <p class="wrong" role="alert">${wrong}</p>
        <div class="pills">
          <button type="submit" class="pill strong" aria-disabled=${busy}>${busy ? t('Đang làm') : asked.does}</button>
          <button type="button" class="pill" onClick=${close}>${t('Thôi')}</button>
        </div>
      </form>
    <//>
  `;
}

export const Sure = () => (question.value ? html`<${Asked} asked=${question.value} />` : null);

// The two numbers for a group's chat, from the board with one click: a sentence or a picture on the clipboard.
import { html } from '../vendor/html.js';
import { useState } from '../vendor/hooks.mjs';
import { t } from '../language.js';
import { ask, conference } from './conference.js';
import { unit } from './store.js';

/** Of what is shown: a unit's board speaks of the unit. */
const of = () => (unit.value ? `?unit=${encodeURIComponent(unit.value)}` : '');

/** @param {string} kind @param {Promise<Blob>} coming */
async function onto(kind, coming) {
  // Promised within the click, fetched afterwards: a browser gives the clipboard to a click and to nobody else.
  await navigator.clipboard.write([new ClipboardItem({ [kind]: coming })]);
}

const sentence = () => ask('GET', `/flash${of()}`).then(({ text }) => new Blob([text], { type: 'text/plain' }));

const picture = () =>
  fetch(`/api/v1/conferences/${encodeURIComponent(conference.peek()?.id ?? '')}/flash.png${of()}`).then((answer) => {
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.blob();
  });

/** Whether this browser can put anything on the clipboard: without https it gives none. */
const able = () => typeof ClipboardItem !== 'undefined' && navigator.clipboard?.write !== undefined;

export function Flash() {
  const [said, setSaid] = useState('');
  const address = `/reports?conference=${encodeURIComponent(conference.value?.id ?? '')}#flash`;
  if (!able()) return html`<a class="entry" href=${address}><b>${t('Tin nhanh')}</b></a>`;
  /** @param {string} kind @param {() => Promise<Blob>} make @param {string} done */
  const copy = (kind, make, done) => () => {
    setSaid(t('Đang chép'));
    onto(kind, make()).then(
      () => setSaid(done),
      () => setSaid(t('Không chép được; mở «Tin nhanh» ở trang báo cáo.')),
    );
  };
  return html`
    <fieldset class="choice">
      <legend><a href=${address}>${t('Tin nhanh')}</a></legend>
      <button type="button" class="pill" onClick=${copy('text/plain', sentence, t('Đã chép câu; dán vào nhóm.'))}>${t('Chép câu')}</button>
      <button type="button" class="pill" onClick=${copy('image/png', picture, t('Đã chép ảnh; dán vào nhóm.'))}>${t('Chép ảnh')}</button>
      <span class="copied" role="status">${said}</span>
    </fieldset>
  `;
}

// What became of what one has just decided: sent, not yet answered, received at 08:02, or refused and why.
import { html } from '../vendor/html.js';
import { refusal, t } from '../language.js';
import { dismiss, mayUndo, ofHall, undo } from './deeds.js';
import { minute } from './format.js';
import { Cross, Shape } from './shape.js';
import { hallNow } from './store.js';
import { deedWords } from './words.js';

/** @typedef {import('./sending.js').Deed} Deed */

/** @param {Deed} deed */
function became({ state, at_ms, code, message }) {
  switch (state) {
    case 'sending':
      return t('Đang gửi');
    case 'unknown':
      return t('Chưa có trả lời; trang tự gửi lại, không tính hai lần');
    case 'accepted':
      return [
        t('Đã nhận {time}', { time: minute(at_ms ?? 0) }),
        code === 'quarantined' && t('chờ kiểm tra, chưa tính vào tổng'),
        code === 'warned' && t('có cảnh báo'),
        code === 'late' && t('báo chậm'),
        code === 'waiting' && t('số liệu chưa đổi, chờ người khác duyệt'),
      ]
        .filter(Boolean)
        .join(' · ');
    case 'refused':
      return t('Không nhận: {why}', { why: refusal({ code, message }) || code });
  }
}

/** @type {Record<Deed['state'], string>} */
const LOOK = { sending: 'reconnecting', unknown: 'reconnecting', accepted: 'steady', refused: 'lost' };

/** @param {{deed: Deed}} props */
function Receipt({ deed }) {
  return html`
    <li class="receipt" data-state=${deed.state}>
      <${Shape} look=${LOOK[deed.state]} />
      <p><b>${became(deed)}</b><small>${deedWords(deed)}</small></p>
      ${mayUndo(deed, hallNow.value) && html`<button type="button" class="quiet" onClick=${() => undo(deed)}>${t('Hoàn tác')}</button>`}
      ${deed.state === 'refused' && html`<button type="button" class="quiet" aria-label=${t('Đóng')} onClick=${() => dismiss(deed.id)}><${Cross} /></button>`}
    </li>
  `;
}

/** @param {{code: string}} props */
export function Receipts({ code }) {
  const shown = ofHall(code);
  return html`<ul class="receipts" role="status" data-none=${shown.length === 0}>${shown.map((deed) => html`<${Receipt} key=${deed.id} deed=${deed} />`)}</ul>`;
}

// For how long a conference keeps the names of its people.
import { html } from '../vendor/html.js';
import { useState } from '../vendor/hooks.mjs';
import { t } from '../language.js';
import { figure } from '../board/format.js';
import { api } from '../office/asking.js';
import { Line } from '../office/asks.js';
import { Dialog } from '../office/dialog.js';
import { Awaited, Rows, useTold } from '../office/listing.js';
import { day } from '../office/moments.js';
import { sure } from '../office/sure.js';

/** @param {{conference: any, close: () => void}} props */
function Keeping({ conference, close }) {
  const path = `/conferences/${encodeURIComponent(conference.id)}/names`;
  const { told, wrong, again } = useTold(path);
  const [days, setDays] = useState(/** @type {string | null} */ (null));
  const asked = days ?? (told?.keep_days == null ? '' : String(told.keep_days));
  /** @param {boolean} names @param {string} title @param {readonly string[]} says @param {string} does */
  const put = (names, title, says, does) =>
    sure({
      title,
      says,
      does,
      done: t('Đã lưu.'),
      act: async (reason) => {
        const body = names && days !== null ? { names, keep_days: days === '' ? null : Number(days) } : { names };
        await api(path, { method: 'PUT', body, reason });
        setDays(null);
        again();
      },
    });
  return html`
    <${Dialog} title=${conference.title} close=${close}>
      ${
        told === null
          ? html`<${Awaited} wrong=${wrong} again=${again} />`
          : told.names
            ? html`
                <p>${t('Đang giữ danh sách {n} đại biểu.', { n: figure(told.people) })}</p>
                <form onSubmit=${(/** @type {Event} */ event) => {
                  event.preventDefault();
                  put(true, t('Đổi thời hạn giữ họ tên?'), [asked === '' ? t('Họ tên bị xóa sau số ngày trong cấu hình của máy chủ.') : t('Họ tên bị xóa hẳn {n} ngày sau khi hội nghị kết thúc.', { n: asked })], t('Lưu thời hạn'));
                }}>
                  <${Line} name=${t('Giữ bao nhiêu ngày sau hội nghị')} value=${asked} set=${setDays} inputmode="numeric" pattern="[0-9]{0,4}" maxlength="4" hint=${t('Để trống: theo cấu hình của máy chủ. Từ 1 đến 3.650 ngày.')} />
                  <div class="pills"><button type="submit" class="pill strong">${t('Lưu thời hạn')}</button>
                  <button type="button" class="pill" onClick=${() => put(false, t('Xóa danh sách họ tên?'), [t('Danh sách {n} đại biểu bị xóa hẳn; thẻ đã in không còn dùng được. Chỉ làm được khi hội nghị còn là bản nháp.', { n: figure(told.people) })], t('Xóa danh sách'))}>${t('Thôi giữ họ tên')}</button></div>
                </form>
              `
            : html`
                <p>${t('Hội nghị này chỉ giữ con số, không giữ họ tên ai.')}</p>
                ${conference.phase === 'draft' && html`<div class="pills"><button type="button" class="pill" onClick=${() => put(true, t('Giữ danh sách họ tên?'), [t('Họ tên là dữ liệu cá nhân nhạy cảm: chỉ bật khi cần điểm danh từng người. Đến hạn, hệ thống tự xóa.')], t('Giữ họ tên'))}>${t('Giữ họ tên để điểm danh từng người')}</button></div>`}
              `
      }
    <//>
  `;
}

export function Retention() {
  const { told, wrong, again } = useTold('/conferences');
  const [open, setOpen] = useState(/** @type {any} */ (null));
  const conferences = /** @type {any[]} */ (told?.conferences ?? []);
  return html`
    <section class="part">
      <h3>${t('Thời hạn giữ họ tên')}</h3>
      <p>${t('Đến hạn, họ tên đại biểu, lịch trực và đường dây nóng của hội nghị tự xóa; con số thì còn mãi.')}</p>
      ${
        told === null || wrong
          ? html`<${Awaited} wrong=${wrong} again=${again} />`
          : conferences.length === 0
            ? html`<p class="empty">${t('Chưa có hội nghị nào')}</p>`
            : html`<${Rows}
                look="retention"
                heads=${[t('Hội nghị'), t('Kết thúc')]}
                rows=${conferences.map((each) => ({ key: each.id, title: each.title, under: each.id, open: () => setOpen(each), cells: [day(each.ends_at)] }))}
              />`
      }
      ${open && html`<${Keeping} conference=${open} close=${() => setOpen(null)} />`}
    </section>
  `;
}

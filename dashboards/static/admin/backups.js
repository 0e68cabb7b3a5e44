// Whether there is a copy to come back to, and one made now.
import { html } from '../vendor/html.js';
import { recognised, t } from '../language.js';
import { figure } from '../board/format.js';
import { Shape } from '../board/shape.js';
import { api } from '../office/asking.js';
import { Awaited, useTold } from '../office/listing.js';
import { moment } from '../office/moments.js';
import { sure } from '../office/sure.js';

const MB = 1_000_000;
const size = (/** @type {number} */ bytes) => t('{n} MB', { n: figure(Math.round((bytes / MB) * 10) / 10) });

export function Backups() {
  const { told, wrong, again } = useTold('/backups');
  const make = () =>
    sure({
      title: t('Sao lưu ngay?'),
      says: [t('Hệ thống vẫn chạy trong khi sao lưu. Bản mới nằm cạnh các bản theo giờ trong thư mục sao lưu của máy chủ.')],
      does: t('Sao lưu ngay'),
      done: t('Đã sao lưu.'),
      act: (reason) => api('/backups', { method: 'POST', reason }).then(again),
    });
  const alarm = told && (told.failed || told.late || !told.scheduled);
  return html`
    <div class="office-top">
      <h2 tabindex="-1">${t('Sao lưu')}</h2>
      ${told?.scheduled && html`<div class="pills"><button type="button" class="pill strong" onClick=${make}>${t('Sao lưu ngay')}</button></div>`}
    </div>
    ${
      told === null || wrong
        ? html`<${Awaited} wrong=${wrong} again=${again} />`
        : html`
            ${
              alarm
                ? html`<div class="stale" role="alert"><${Shape} look="unstable" /><p>${
                    told.failed ? html`<b>${t('Lần sao lưu gần nhất không thành.')}</b> ${recognised(told.failed)}`
                    : told.late ? html`<b>${t('Bản sao lưu mới nhất đã quá cũ.')}</b> ${t('Hãy xem ổ đĩa và nhật ký máy chủ, rồi sao lưu ngay.')}`
                    : html`<b>${t('Chưa đặt sao lưu tự động.')}</b> ${t('Người quản trị máy chủ đặt thư mục ở backup.folder trong cấu hình; hoặc chạy lệnh bridge backup.')}`
                  }</p></div>`
                : told.copies.length > 0 && html`<p class="fine"><${Shape} look="steady" />${t('Sao lưu đều đặn, mỗi {n} phút khi có thay đổi.', { n: figure(told.every_minutes) })}</p>`
            }
            <section class="part">
              <h3>${t('Các bản mới nhất')}</h3>
              ${
                told.copies.length === 0
                  ? html`<p class="empty">${t('Chưa có bản sao lưu nào.')}</p>`
                  : html`<ul class="things">${told.copies.map((/** @type {any} */ each) => html`<li key=${each.file}><p><b>${moment(each.at)}</b><small>${each.file}</small></p><span class="figure">${size(each.bytes)}</span></li>`)}</ul>`
              }
              <p class="soft">${t('Giữ {n} bản mới nhất và bản cuối của mỗi ngày trong 14 ngày. Hãy chép ra nơi khác thường xuyên.', { n: figure(told.keep) })}</p>
            </section>
          `
    }
  `;
}

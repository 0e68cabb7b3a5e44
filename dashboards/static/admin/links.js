// What opens the halls: which has a link, on how many phones, with a PIN or a machine; printed, renewed and taken back.
import { html } from '../vendor/html.js';
import { useState } from '../vendor/hooks.mjs';
import { t } from '../language.js';
import { figure } from '../board/format.js';
import { api, download, keep, query } from '../office/asking.js';
import { Finder, Seek } from '../office/asks.js';
import { Awaited, Pages, Rows, useTold } from '../office/listing.js';
import { day } from '../office/moments.js';
import { tell } from '../office/store.js';
import { sure } from '../office/sure.js';
import { Hall } from './hall.js';
import { Walls } from './walls.js';

const PER = 50;
const ON_ONE_SHEET = 1000;
const ON_ONE_PAGE = 8;

/** @typedef {{code: string, name: string, parent_name: string, handle: string | null, created_at: string | null, phones: number, pin: boolean, token: boolean}} Told */

/** A table that a sheet program opens: with a mark of its letters, and nothing that it would reckon out. @param {readonly (readonly string[])[]} rows */
function table(rows) {
  const cell = (/** @type {string} */ text) => `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replace(/"/g, '""')}"`;
  return new Blob([`\ufeff${rows.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`], { type: 'text/csv' });
}

/** What can be done for all halls of the unit, or for all. @param {{unit: import('../office/asks.js').Found | null, total: number, linked: number, phones: number, again: () => void}} props */
function ForAll({ unit, total, linked, phones, again }) {
  const body = unit ? { unit: unit.code } : { all: true };
  const where = unit ? unit.name : t('tất cả điểm cầu');
  const old = linked ? [t('{n} đường dẫn đang dùng hết hiệu lực; {m} điện thoại đang mở phải quét mã mới.', { n: figure(linked), m: figure(phones) })] : [];
  const print = () =>
    sure({
      title: t('In phiếu đường dẫn: {where}?', { where }),
      says: [
        t('{n} điểm cầu nhận đường dẫn mới, in trên {pages} trang A4.', { n: figure(total), pages: figure(Math.ceil(total / ON_ONE_PAGE)) }),
        ...old,
        t('Đường dẫn không lưu lại ở đâu: chỉ có trên tệp PDF này.'),
      ],
      does: t('Cấp mới và tải PDF'),
      done: t('Đã tải phiếu của {n} điểm cầu.', { n: figure(total) }),
      act: (reason) => download('/registry/links/sheet', { method: 'POST', body, reason }, 'phieu-duong-dan.pdf').then(again),
    });
  const revoke = () =>
    sure({
      title: t('Thu hồi đường dẫn: {where}?', { where }),
      says: [t('{n} đường dẫn hết hiệu lực ngay; {m} điện thoại đang mở bị đăng xuất.', { n: figure(linked), m: figure(phones) }), t('Điểm cầu không báo cáo được cho đến khi nhận đường dẫn mới.')],
      does: t('Thu hồi {n} đường dẫn', { n: figure(linked) }),
      done: t('Đã thu hồi {n} đường dẫn.', { n: figure(linked) }),
      reasoned: true,
      act: (reason) => api('/registry/links/revocation', { method: 'POST', body, reason }).then(again),
    });
  const machines = () =>
    sure({
      title: t('Cấp mã cho máy: {where}?', { where }),
      says: [t('{n} điểm cầu nhận mã mới cho máy theo dõi luồng phát, trong một tệp CSV.', { n: figure(total) }), t('Mã cũ hết hiệu lực ngay. Mã mới chỉ có trong tệp này.')],
      does: t('Cấp mã và tải tệp'),
      done: t('Đã cấp mã cho máy.'),
      act: async (reason) => {
        const { tokens } = await api('/registry/tokens', { method: 'POST', body, reason });
        keep(table([[t('Mã điểm cầu'), t('Điểm cầu'), t('Mã cho máy')], ...tokens.map((/** @type {any} */ each) => [each.code, each.name, each.token])]), 'ma-cho-may.csv');
        again();
      },
    });
  const wide = total > ON_ONE_SHEET;
  return html`
    <div class="pills">
      <button type="button" class="pill strong" disabled=${!total || wide} aria-describedby=${wide ? 'too-wide' : undefined} onClick=${print}>${t('In phiếu {n} điểm cầu', { n: figure(total) })}</button>
      <button type="button" class="pill" disabled=${!total} onClick=${machines}>${t('Cấp mã cho máy')}</button>
      <button type="button" class="pill" disabled=${!linked} onClick=${revoke}>${t('Thu hồi tất cả')}</button>
    </div>
    ${wide && html`<p class="odd" id="too-wide">${t('Mỗi lần in tối đa {n} điểm cầu; hãy chọn một đơn vị.', { n: figure(ON_ONE_SHEET) })}</p>`}
  `;
}

export function Links() {
  const [q, setQ] = useState('');
  const [unit, setUnit] = useState(/** @type {import('../office/asks.js').Found | null} */ (null));
  const [page, setPage] = useState(1);
  const [open, setOpen] = useState('');
  const { told, wrong, again } = useTold(`/registry/links${query({ q, unit: unit?.code, page, per_page: PER })}`);
  const whole = useTold(`/registry/links${query({ unit: unit?.code, per_page: 1 })}`);
  const links = /** @type {Told[]} */ (told?.links ?? []);
  const anew = () => {
    again();
    whole.again();
  };
  return html`
    <div class="office-top">
      <h2 tabindex="-1">${t('Đường dẫn điểm cầu')}</h2>
      ${whole.told && html`<p class="soft">${t('{n} điểm cầu, {m} có đường dẫn, mở trên {p} điện thoại', { n: figure(whole.told.total), m: figure(whole.told.linked), p: figure(whole.told.phones) })}</p>`}
      ${whole.told && html`<${ForAll} unit=${unit} total=${whole.told.total} linked=${whole.told.linked} phones=${whole.told.phones} again=${anew} />`}
    </div>
    <${Walls} />
    <div class="sieve">
      <${Seek} name=${t('Tìm điểm cầu')} hint=${t('Tìm điểm cầu: dong da')} set=${(/** @type {string} */ text) => {
        setQ(text);
        setPage(1);
      }} />
      <${Finder} name=${t('Chỉ của đơn vị')} chosen=${unit} choose=${(/** @type {any} */ one) => {
        setUnit(one);
        setPage(1);
      }} />
    </div>
    ${
      told === null || wrong
        ? html`<${Awaited} wrong=${wrong} again=${anew} />`
        : links.length === 0
          ? html`<p class="empty">${q ? t('Không có điểm cầu nào khớp.') : t('Ở đây chưa có điểm cầu nào. Nhập danh bạ trước, rồi quay lại in phiếu.')}</p>`
          : html`<${Rows}
              look="links"
              heads=${[t('Điểm cầu'), t('Đường dẫn'), t('Điện thoại'), t('Mã PIN'), t('Máy')]}
              rows=${links.map((each) => ({
                key: each.code,
                title: each.name,
                under: [each.parent_name, each.code].filter(Boolean).join(' · '),
                open: () => setOpen(each.code),
                cells: [
                  each.handle ? t('Cấp {day}', { day: day(each.created_at) }) : html`<span class="soft">${t('Chưa có')}</span>`,
                  each.phones ? t('{n} đang mở', { n: figure(each.phones) }) : '–',
                  each.pin ? t('Có') : '–',
                  each.token ? t('Có mã') : '–',
                ],
              }))}
            />
            <${Pages} page=${page} per=${PER} total=${told.total} turn=${setPage} />`
    }
    ${open && html`<${Hall} code=${open} close=${() => setOpen('')} changed=${anew} tell=${tell} />`}
  `;
}

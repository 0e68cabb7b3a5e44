// Corrections after the close: what stood, what shall stand, who asks and why; approved or refused by somebody one level up.
import { html } from '../vendor/html.js';
import { useState } from '../vendor/hooks.mjs';
import { N, t } from '../language.js';
import { figure } from '../board/format.js';
import { Shape } from '../board/shape.js';
import { ROUNDS } from '../board/words.js';
import { api } from '../office/asking.js';
import { moment } from '../office/moments.js';
import { may, session } from '../office/store.js';
import { sure } from '../office/sure.js';
import { ladder, learn, of } from './store.js';

/** @typedef {import('./store.js').Correction} Correction @typedef {import('./store.js').Count} Count */

/** @type {Readonly<Record<string, string>>} */
const STATUS = {
  waiting: N('Đang chờ duyệt'),
  approved: N('Đã duyệt'),
  refused: N('Đã từ chối'),
  replaced: N('Đã thay bằng đề nghị mới hơn'),
};
/** @type {Readonly<Record<string, string>>} */
const LOOKS = { waiting: 'unstable', approved: 'steady', refused: 'lost', replaced: 'ended' };
/** @type {Readonly<Record<string, string>>} */
const ASKERS = { operator: N('Điểm cầu'), coordinator: N('Điều phối'), organiser: N('Ban tổ chức') };
/** The columns of a count. @type {readonly [keyof Count, string][]} */
const PARTS = [
  ['present', N('Có mặt')],
  ['excused', N('Có lý do')],
  ['unexcused', N('Không lý do')],
  ['guests', N('Khách mời')],
];

/** Before and after, column by column; what moves is bold and says by how much. @param {{before: Count | null, after: Count}} props */
export const Moves = ({ before, after }) => html`
  <table class="moves">
    <thead><tr><th></th>${PARTS.map(([, word]) => html`<th scope="col">${t(word)}</th>`)}</tr></thead>
    <tbody>
      <tr><th scope="row">${t('Trước')}</th>${PARTS.map(([part]) => html`<td>${before ? figure(before[part]) : '–'}</td>`)}</tr>
      <tr class="after"><th scope="row">${t('Sau')}</th>${PARTS.map(([part]) => {
        const by = after[part] - (before?.[part] ?? 0);
        return html`<td data-moved=${by !== 0}>${figure(after[part])}${before && by !== 0 && html` <small>${by > 0 ? `+${figure(by)}` : `−${figure(-by)}`}</small>`}</td>`;
      })}</tr>
    </tbody>
  </table>
`;

/** @param {Correction} one @param {'approval' | 'refusal'} verdict */
function settle(one, verdict) {
  const yes = verdict === 'approval';
  sure({
    title: yes ? t('Duyệt đính chính số {n}?', { n: one.number }) : t('Từ chối đính chính số {n}?', { n: one.number }),
    says: [
      `${one.name}${one.parent_name && `, ${one.parent_name}`}: ${t(ROUNDS[one.round] ?? one.round)}.`,
      yes ? t('Số liệu đổi ngay; phiên bản đã ký vẫn giữ nguyên, phiên bản sau ghi rõ chỗ khác.') : t('Số liệu giữ như đã chốt; nơi đề nghị thấy lý do của bạn.'),
      t('Lý do được in trong báo cáo và giữ nhiều năm: đừng ghi họ tên đại biểu.'),
    ],
    does: yes ? t('Duyệt') : t('Từ chối'),
    reasoned: true,
    done: yes ? t('Đã duyệt đính chính số {n}.', { n: one.number }) : t('Đã từ chối đính chính số {n}.', { n: one.number }),
    act: async (reason) => {
      await api(of(`/closing/corrections/${one.number}/${verdict}`), { method: 'POST', body: { reason } });
      await learn();
    },
  });
}

/** @param {{one: Correction}} props */
function Card({ one }) {
  const who = [t(ASKERS[one.asked_as] ?? one.asked_as), one.asked_by_name].filter(Boolean).join(', ');
  return html`
    <li class="correction" data-status=${one.status}>
      <div class="correction-top">
        <h3><a href=${`/points/${encodeURIComponent(one.point)}`}>${one.name}</a>${one.parent_name && html` <span class="parent">${one.parent_name}</span>`}</h3>
        <p class="correction-status"><${Shape} look=${LOOKS[one.status]} />${t(STATUS[one.status] ?? one.status)}${one.version !== null && ` · ${t('phiên bản {n}', { n: one.version })}`}</p>
      </div>
      <p class="soft">${t('Số {n}', { n: one.number })} · ${t(ROUNDS[one.round] ?? one.round)} · ${who} · ${moment(one.asked_at)}</p>
      <${Moves} before=${one.before} after=${one.count} />
      ${one.late && html`<p class="odd">${t('Báo cáo đến sau khi chốt.')}</p>`}
      ${one.grade === 'quarantined' && html`<p class="odd">${t('Số này gấp hơn hai lần số triệu tập và hơn số ghế: hãy hỏi lại trước khi duyệt.')}</p>`}
      ${one.reason && html`<p>${t('Lý do: {why}', { why: one.reason })}</p>`}
      ${one.settled_at && html`<p class="soft">${[moment(one.settled_at), one.settled_by_name, one.why].filter(Boolean).join(' · ')}</p>`}
      ${
        one.status === 'waiting' &&
        (one.yours_to_approve
          ? html`<div class="pills">
              <button type="button" class="pill strong" onClick=${() => settle(one, 'approval')}>${t('Duyệt')}</button>
              <button type="button" class="pill" onClick=${() => settle(one, 'refusal')}>${t('Từ chối')}</button>
            </div>`
          : may('approve') && html`<p class="soft">${one.asked_as === session.value?.user.role ? t('Chờ người khác ở cấp trên duyệt.') : t('Chờ cấp trên duyệt.')}</p>`)
      }
    </li>
  `;
}

export function Corrections() {
  const [shown, setShown] = useState('waiting');
  const all = ladder.value?.corrections ?? [];
  const found = all.filter(({ status }) => shown === 'all' || (shown === 'waiting' ? status === 'waiting' : status !== 'waiting'));
  const closed = ladder.value?.closed_at !== null;
  return html`
    <div class="office-top">
      <h2 tabindex="-1">${t('Đề nghị đính chính')}</h2>
      <p class="soft">${t('Sau khi chốt, số liệu chỉ đổi khi có lý do và một người cấp trên duyệt.')}</p>
    </div>
    <div class="switch" role="group" aria-label=${t('Xem')}>
      ${[['waiting', t('Đang chờ')], ['settled', t('Đã giải quyết')], ['all', t('Tất cả')]].map(
        ([key, word]) => html`<button type="button" aria-pressed=${shown === key} onClick=${() => setShown(key ?? '')}>${word}</button>`,
      )}
    </div>
    ${
      found.length === 0
        ? html`<p class="empty">${
            !closed ? t('Hội nghị chưa chốt: số liệu còn sửa thẳng được ở bảng theo dõi.')
            : shown === 'waiting' ? t('Không có đề nghị nào đang chờ. Đề nghị mới: mở điểm cầu trên bảng theo dõi, bấm «Đính chính».')
            : t('Chưa có đính chính nào.')
          }</p>`
        : html`<ul class="corrections">${found.map((one) => html`<${Card} key=${one.number} one=${one} />`)}</ul>`
    }
  `;
}

// The audit log: who changed what, when, from where and why; and the ends of the chains, to be written down elsewhere.
import { html } from '../vendor/html.js';
import { useState } from '../vendor/hooks.mjs';
import { N, t } from '../language.js';
import { figure } from '../board/format.js';
import { query } from '../office/asking.js';
import { Line, Select } from '../office/asks.js';
import { Awaited, useTold } from '../office/listing.js';
import { DAY, dayOf, moment } from '../office/moments.js';
import { Chains } from './chains.js';
import { fieldWords } from './fields.js';

const PER = 50;
const NAMED = 8;

/** What may be looked for, as the log names it. @type {readonly (readonly [string, string])[]} */
const KINDS = [
  ['account', N('Tài khoản')],
  ['link', N('Đường dẫn điểm cầu')],
  ['wall', N('Màn hình treo')],
  ['pin', N('Mã PIN')],
  ['agent-token', N('Mã cho máy')],
  ['api-token', N('Mã API')],
  ['second-factor', N('Xác thực hai lớp')],
  ['unit', N('Đơn vị')],
  ['point', N('Điểm cầu')],
  ['contact', N('Người liên hệ')],
  ['cluster', N('Cụm')],
  ['conference', N('Hội nghị')],
  ['attendee', N('Đại biểu')],
  ['names', N('Việc lưu họ tên')],
  ['duty-shift', N('Ca trực')],
  ['text', N('Xóa dữ liệu cá nhân')],
];

/** @type {Record<string, string>} */
const VERBS = {
  made: N('Thêm'),
  changed: N('Thay đổi'),
  removed: N('Xóa'),
  revoked: N('Thu hồi'),
  disabled: N('Khóa'),
  enabled: N('Mở lại'),
  rekeyed: N('Đổi mật khẩu'),
  renewed: N('Cấp lại'),
  paired: N('Ghép một màn hình'),
  confirmed: N('Xác nhận'),
  erased: N('Xóa hẳn'),
};

/** "Thu hồi: Đường dẫn điểm cầu" @param {string} action @param {string} said */
function actionWords(action, said) {
  const cut = action.lastIndexOf('-');
  const kind = KINDS.find(([key]) => key === action.slice(0, cut));
  const verb = VERBS[action.slice(cut + 1)];
  return kind && verb ? `${t(verb)}: ${t(kind[1])}` : said;
}

/** Somebody typed "ann" and means "user:ann". @param {string} who */
const actor = (who) => (who === '' || who.includes(':') || who === 'system' || who === 'command-line' ? who : `user:${who}`);

const DAY_MS = 86_400_000;

/** "7/3/2026" as the moment when that day begins in the hall, so many days on; "" where it is no day.
 * @param {string} text @param {number} days */
function dawn(text, days) {
  const day = dayOf(text);
  return day && new Date(Date.parse(`${day}T00:00:00+07:00`) + days * DAY_MS).toISOString();
}

/** @type {Record<string, string>} */
const DOERS = { system: N('Hệ thống'), 'command-line': N('Dòng lệnh trên máy chủ') };
const doer = (/** @type {string} */ by) => t(DOERS[by] ?? '') || by.replace(/^user:/, '') || '–';

/** @param {{value: any, hidden: boolean}} props */
const Value = ({ value, hidden }) => (value === null && hidden ? html`<i class="soft">${t('đã xóa')}</i>` : value === null || value === '' ? '–' : String(value));

/** @param {{entry: any}} props */
function Entry({ entry }) {
  const named = entry.subjects.slice(0, NAMED).join(', ') + (entry.subjects.length > NAMED || entry.more ? '…' : '');
  return html`
    <li class="entry-line">
      <p class="entry-what"><b>${actionWords(entry.action, entry.said)}</b>${entry.number > 1 && html` <span class="figure">× ${figure(entry.number)}</span>`} <span class="entry-named">${named}</span></p>
      <p class="entry-who"><span>${moment(entry.at)}</span><span>${doer(entry.by)}</span>${entry.address && html`<span>${entry.address}</span>`}${entry.reason && html`<span class="entry-why">${t('Lý do: {why}', { why: entry.reason })}</span>`}</p>
      ${
        entry.changes.length > 0 &&
        html`<details><summary>${t('{n} trường', { n: figure(entry.changes.length) })}</summary>
          <ul>${entry.changes.map((/** @type {any} */ each, /** @type {number} */ i) => html`<li key=${i}><span class="soft">${each.subject} · ${fieldWords(each.field)}</span> <${Value} value=${each.before} hidden=${each.private} /> → <${Value} value=${each.after} hidden=${each.private} /></li>`)}</ul></details>`
      }
      <p class="entry-place soft"><span class="figure">${t('Dòng {n}', { n: figure(entry.position) })}</span> <code>${entry.hash.slice(0, 16)}</code></p>
    </li>
  `;
}

export function Audit() {
  const [who, setWho] = useState('');
  const [kind, setKind] = useState('');
  const [subject, setSubject] = useState('');
  const [since, setSince] = useState('');
  const [until, setUntil] = useState('');
  const [asked, setAsked] = useState(/** @type {Record<string, string>} */ ({}));
  // Where each page that was turned began.
  const [turned, setTurned] = useState(/** @type {number[]} */ ([]));
  const after = turned.at(-1) ?? 0;
  const { told, wrong, again } = useTold(`/audit${query({ ...asked, after: after || '', limit: PER })}`);
  const entries = /** @type {any[]} */ (told?.entries ?? []);
  const filtered = Object.values(asked).some(Boolean);
  /** @param {Event} event */
  const seek = (event) => {
    event.preventDefault();
    setAsked({ actor: actor(who.trim()), action: kind, subject: subject.trim(), since: dawn(since, 0), until: dawn(until, 1) });
    setTurned([]);
  };
  return html`
    <div class="office-top">
      <h2 tabindex="-1">${t('Nhật ký')}</h2>
      ${told && html`<p class="soft">${t('{n} dòng, nối thành chuỗi', { n: figure(told.head.position) })}</p>`}
      <div class="pills"><a class="pill" href=${`/api/v1/audit/export${query(asked)}`} download>${filtered ? t('Xuất phần đang xem') : t('Xuất ra CSV')}</a></div>
    </div>
    <form class="sieve" onSubmit=${seek}>
      <${Line} name=${t('Người làm')} value=${who} set=${setWho} maxlength="100" autocapitalize="none" spellcheck=${false} placeholder=${t('tên đăng nhập')} />
      <${Select} name=${t('Việc')} value=${kind} set=${setKind} choices=${[['', t('Mọi việc')], ...KINDS.map(([key, words]) => [key, t(words)])]} />
      <${Line} name=${t('Về')} value=${subject} set=${setSubject} maxlength="100" spellcheck=${false} placeholder=${t('mã điểm cầu, tên đăng nhập')} />
      <${Line} name=${t('Từ ngày')} value=${since} set=${setSince} inputmode="numeric" maxlength="10" placeholder="dd/mm/yyyy" pattern=${DAY} title="dd/mm/yyyy" />
      <${Line} name=${t('Đến ngày')} value=${until} set=${setUntil} inputmode="numeric" maxlength="10" placeholder="dd/mm/yyyy" pattern=${DAY} title="dd/mm/yyyy" />
      <button type="submit" class="pill">${t('Lọc')}</button>
    </form>
    ${
      told === null || wrong
        ? html`<${Awaited} wrong=${wrong} again=${again} />`
        : entries.length === 0
          ? html`<p class="empty">${t('Không có dòng nào khớp; hãy bỏ bớt điều kiện.')}</p>`
          : html`<ol class="entries">${entries.map((entry) => html`<${Entry} key=${entry.position} entry=${entry} />`)}</ol>
            ${
              (told.next !== null || turned.length > 0) &&
              html`<nav class="pages" aria-label=${t('Các trang của danh sách')}>
                <button type="button" class="pill" disabled=${turned.length === 0} onClick=${() => setTurned(turned.slice(0, -1))}>${t('Mới hơn')}</button>
                <button type="button" class="pill" disabled=${told.next === null} onClick=${() => setTurned([...turned, told.next])}>${t('Cũ hơn')}</button>
              </nav>`
            }`
    }
    <${Chains} />
  `;
}

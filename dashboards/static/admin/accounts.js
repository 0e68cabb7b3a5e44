// Accounts of the staff: who there is, for what and where, seen when; made one by one or from Excel.
import { html } from '../vendor/html.js';
import { useState } from '../vendor/hooks.mjs';
import { t } from '../language.js';
import { figure } from '../board/format.js';
import { query } from '../office/asking.js';
import { Seek, Select } from '../office/asks.js';
import { Awaited, Pages, Rows, useTold } from '../office/listing.js';
import { moment } from '../office/moments.js';
import { session } from '../office/store.js';
import { Account, stateWords } from './account.js';
import { Given } from './given.js';
import { Hiring } from './hiring.js';
import { NewAccount } from './newaccount.js';
import { roleChoices, roleWords } from './roles.js';

const PER = 50;

export function Accounts() {
  const [q, setQ] = useState('');
  const [role, setRole] = useState('');
  const [locked, setLocked] = useState('');
  const [page, setPage] = useState(1);
  const [open, setOpen] = useState('');
  const [making, setMaking] = useState(/** @type {'' | 'one' | 'many'} */ (''));
  const [given, setGiven] = useState(/** @type {any} */ (null));
  const { told, wrong, again } = useTold(`/accounts${query({ q, role, disabled: locked, page, per_page: PER })}`);
  /** @param {(value: string) => void} set */
  const anew = (set) => (/** @type {string} */ value) => {
    set(value);
    setPage(1);
  };
  const accounts = /** @type {import('./account.js').Told[]} */ (told?.accounts ?? []);
  return html`
    <div class="office-top">
      <h2 tabindex="-1">${t('Tài khoản')}</h2>
      ${told && html`<p class="soft">${t('{n} tài khoản', { n: figure(told.total) })}</p>`}
      <div class="pills">
        <button type="button" class="pill strong" onClick=${() => setMaking('many')}>${t('Thêm từ Excel')}</button>
        <button type="button" class="pill" onClick=${() => setMaking('one')}>${t('Thêm một người')}</button>
      </div>
    </div>
    <div class="sieve">
      <${Seek} name=${t('Tìm theo tên')} hint=${t('Tìm theo tên: nguyen an')} set=${anew(setQ)} />
      ${(session.value?.appoints.length ?? 0) > 1 && html`<${Select} name=${t('Vai trò')} value=${role} set=${anew(setRole)} choices=${[['', t('Mọi vai trò')], ...roleChoices(session.value?.appoints ?? [])]} />`}
      <${Select} name=${t('Tình trạng')} value=${locked} set=${anew(setLocked)} choices=${[['', t('Tất cả')], ['false', t('Đang dùng')], ['true', t('Đã khóa')]]} />
    </div>
    ${
      told === null || wrong
        ? html`<${Awaited} wrong=${wrong} again=${again} />`
        : accounts.length === 0
          ? html`<p class="empty">${q || role || locked ? t('Không có tài khoản nào khớp; hãy bỏ bớt điều kiện.') : t('Chưa có tài khoản nào. Thêm từ Excel để lập cho cả thành phố một lần.')}</p>`
          : html`<${Rows}
              look="accounts"
              heads=${[t('Họ tên'), t('Vai trò'), t('Nơi phụ trách'), t('Vào lần cuối'), t('Hai lớp')]}
              rows=${accounts.map((each) => ({
                key: each.username,
                title: each.name,
                under: each.username,
                quiet: each.disabled,
                open: () => setOpen(each.username),
                cells: [
                  roleWords(each.role),
                  each.scope ? html`${each.scope_name} <small>${each.scope}</small>` : t('Tất cả'),
                  html`${each.seen_at ? moment(each.seen_at) : t('Chưa vào lần nào')}${stateWords(each) && html` <small>${stateWords(each)}</small>`}`,
                  each.otp ? t('Có') : t('Chưa'),
                ],
              }))}
            />
            <${Pages} page=${page} per=${PER} total=${told.total} turn=${setPage} />`
    }
    ${open && html`<${Account} username=${open} close=${() => setOpen('')} changed=${again} given=${setGiven} />`}
    ${making === 'one' && html`<${NewAccount} close=${() => setMaking('')} made=${(/** @type {any} */ answer) => {
      setMaking('');
      setGiven(answer);
      again();
    }} />`}
    ${making === 'many' && html`<${Hiring} close=${() => setMaking('')} made=${again} />`}
    ${given && html`<${Given} given=${given} close=${() => setGiven(null)} />`}
  `;
}

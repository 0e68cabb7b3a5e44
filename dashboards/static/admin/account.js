// One account: what it is for, where its holder is signed in, and what can be done about it.
import { html } from '../vendor/html.js';
import { useEffect, useState } from '../vendor/hooks.mjs';
import { t } from '../language.js';
import { api, query, why } from '../office/asking.js';
import { Line, Select } from '../office/asks.js';
import { Dialog } from '../office/dialog.js';
import { Awaited, useTold } from '../office/listing.js';
import { moment } from '../office/moments.js';
import { session, tell } from '../office/store.js';
import { sure } from '../office/sure.js';
import { everywhere, roleChoices, roleWords } from './roles.js';
import { Scope } from './scope.js';
import { SessionList } from './sessions.js';
import { TokenList } from './tokenlist.js';

/** @typedef {{username: string, name: string, role: string, scope: string | null, scope_name: string, disabled: boolean, one_time: boolean, otp: boolean, created_at: string, seen_at: string | null, sessions: number}} Told */

/** What is otherwise than usual about an account, in words. @param {Told} told */
export const stateWords = (told) =>
  [told.disabled && t('đã khóa'), told.one_time && t('chưa đổi mật khẩu một lần')].filter(Boolean).join(', ');

/** @param {{account: Told, back: () => void, changed: () => void}} props */
function Change({ account, back, changed }) {
  const own = account.username === session.value?.user.username;
  const [name, setName] = useState(account.name);
  const [role, setRole] = useState(account.role);
  const [scope, setScope] = useState(account.scope ? { code: account.scope, name: account.scope_name, parent: '' } : null);
  const [wrong, setWrong] = useState('');
  /** @param {Event} event */
  const go = async (event) => {
    event.preventDefault();
    if (!everywhere(role) && !scope) return setWrong(t('Hãy chọn nơi phụ trách trong danh sách hiện ra.'));
    try {
      await api(`/accounts/${encodeURIComponent(account.username)}`, {
        method: 'PATCH',
        body: own ? { name: name.trim() } : { name: name.trim(), role, scope: everywhere(role) ? null : scope?.code },
      });
      tell(t('Đã sửa tài khoản {name}.', { name: account.username }));
      changed();
      back();
    } catch (error) {
      setWrong(why(error));
    }
  };
  const roles = session.value?.appoints ?? [];
  return html`
    <form onSubmit=${go}>
      <${Line} name=${t('Họ và tên')} value=${name} set=${setName} required maxlength="200" />
      ${!own && roles.length > 1 && html`<${Select} name=${t('Vai trò')} value=${role} set=${setRole} choices=${roleChoices(roles)} />`}
      ${!own && !everywhere(role) && html`<${Scope} chosen=${scope} choose=${setScope} />`}
      <p class="soft">${t('Quyền mới có hiệu lực ngay, kể cả trên các trang đang mở.')}</p>
      <p class="wrong" role="alert">${wrong}</p>
      <div class="pills"><button type="submit" class="pill strong">${t('Lưu')}</button><button type="button" class="pill" onClick=${back}>${t('Thôi')}</button></div>
    </form>
  `;
}

/** @param {{username: string, close: () => void, changed: () => void, given: (given: any) => void}} props */
export function Account({ username, close, changed, given }) {
  const path = `/accounts/${encodeURIComponent(username)}`;
  const { told, wrong, again } = useTold(path);
  const [changing, setChanging] = useState(false);
  const [turn, setTurn] = useState(0);
  useEffect(() => setChanging(false), [username]);
  const account = /** @type {Told | null} */ (told);
  const own = username === session.value?.user.username;
  const anew = () => {
    again();
    changed();
    setTurn((before) => before + 1);
  };
  const who = account ? `${account.name} (${username})` : username;
  const lock = () =>
    sure({
      title: t('Khóa tài khoản của {who}?', { who }),
      says: [t('Mọi trình duyệt và mã API của người này ngừng hoạt động ngay. Có thể mở lại sau.')],
      does: t('Khóa tài khoản'),
      done: t('Đã khóa tài khoản {name}.', { name: username }),
      act: (reason) => api(path, { method: 'PATCH', body: { disabled: true }, reason }).then(anew),
    });
  const unlock = () =>
    sure({
      title: t('Mở lại tài khoản của {who}?', { who }),
      says: [t('Người này đăng nhập lại được bằng mật khẩu cũ của họ.')],
      does: t('Mở lại tài khoản'),
      done: t('Đã mở lại tài khoản {name}.', { name: username }),
      act: (reason) => api(path, { method: 'PATCH', body: { disabled: false }, reason }).then(anew),
    });
  const newPassword = () =>
    sure({
      title: t('Cấp mật khẩu một lần cho {who}?', { who }),
      says: [t('Mật khẩu cũ hết hiệu lực và mọi trình duyệt của người này bị đăng xuất. Mật khẩu mới chỉ hiện một lần, trên trang này.')],
      does: t('Cấp mật khẩu'),
      act: async (reason) => {
        const answer = await api(`${path}/password`, { method: 'POST', reason });
        changed();
        close();
        given(answer);
      },
    });
  const dropFactor = () =>
    sure({
      title: t('Bỏ xác thực hai lớp của {who}?', { who }),
      says: [t('Dùng khi người này mất điện thoại. Mọi trình duyệt bị đăng xuất; lần sau chỉ cần mật khẩu, trừ khi vai trò bắt buộc đăng ký lại.')],
      does: t('Bỏ xác thực hai lớp'),
      done: t('Đã bỏ xác thực hai lớp của {name}.', { name: username }),
      act: (reason) => api(`${path}/otp`, { method: 'DELETE', reason }).then(anew),
    });
  return html`
    <${Dialog} title=${account?.name ?? username} close=${close} wide>
      ${
        account === null
          ? html`<${Awaited} wrong=${wrong} again=${again} />`
          : changing
            ? html`<${Change} account=${account} back=${() => setChanging(false)} changed=${anew} />`
            : html`
                <dl class="facts">
                  <div><dt>${t('Tên đăng nhập')}</dt><dd>${username}</dd></div>
                  <div><dt>${t('Vai trò')}</dt><dd>${roleWords(account.role)}</dd></div>
                  <div><dt>${t('Nơi phụ trách')}</dt><dd>${account.scope ? `${account.scope_name} (${account.scope})` : t('Tất cả')}</dd></div>
                  <div><dt>${t('Vào lần cuối')}</dt><dd>${account.seen_at ? moment(account.seen_at) : t('Chưa vào lần nào')}</dd></div>
                  <div><dt>${t('Xác thực hai lớp')}</dt><dd>${account.otp ? t('Có') : t('Chưa')}</dd></div>
                  <div><dt>${t('Lập lúc')}</dt><dd>${moment(account.created_at)}</dd></div>
                </dl>
                ${stateWords(account) && html`<p class="odd">${t('Tài khoản {state}.', { state: stateWords(account) })}</p>`}
                <div class="pills">
                  <button type="button" class="pill" onClick=${() => setChanging(true)}>${own ? t('Sửa họ tên') : t('Sửa tên, vai trò, nơi phụ trách')}</button>
                  ${!own && html`<button type="button" class="pill" onClick=${newPassword}>${t('Cấp mật khẩu một lần')}</button>`}
                  ${!own && account.otp && html`<button type="button" class="pill" onClick=${dropFactor}>${t('Bỏ xác thực hai lớp')}</button>`}
                  ${!own && html`<button type="button" class="pill" onClick=${account.disabled ? unlock : lock}>${account.disabled ? t('Mở lại tài khoản') : t('Khóa tài khoản')}</button>`}
                </div>
                <${SessionList} key=${`s${turn}`} of=${username} who=${who} changed=${changed} />
                <${TokenList} key=${`t${turn}`} path=${`/tokens${query({ username })}`} />
              `
      }
    <//>
  `;
}

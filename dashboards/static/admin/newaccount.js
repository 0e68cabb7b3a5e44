// Taking one person on.
import { html } from '../vendor/html.js';
import { useState } from '../vendor/hooks.mjs';
import { t } from '../language.js';
import { api, why } from '../office/asking.js';
import { Line, Select } from '../office/asks.js';
import { Dialog } from '../office/dialog.js';
import { session } from '../office/store.js';
import { everywhere, roleChoices, roleMeaning } from './roles.js';
import { Scope } from './scope.js';

/** @param {{close: () => void, made: (given: any) => void}} props */
export function NewAccount({ close, made }) {
  const roles = session.value?.appoints ?? [];
  const [name, setName] = useState('');
  const [username, setUsername] = useState('');
  const [role, setRole] = useState(roles.includes('coordinator') ? 'coordinator' : (roles[0] ?? ''));
  const [scope, setScope] = useState(/** @type {import('../office/asks.js').Found | null} */ (null));
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState('');
  /** @param {Event} event */
  const go = async (event) => {
    event.preventDefault();
    if (busy) return;
    if (!everywhere(role) && !scope) return setWrong(t('Hãy chọn nơi phụ trách trong danh sách hiện ra.'));
    setBusy(true);
    try {
      made(await api('/accounts', { method: 'POST', body: { name: name.trim(), username: username.trim(), role, scope: everywhere(role) ? null : scope?.code } }));
    } catch (error) {
      setWrong(why(error));
      setBusy(false);
    }
  };
  return html`
    <${Dialog} title=${t('Thêm một người')} close=${close}>
      <form onSubmit=${go}>
        <${Line} name=${t('Họ và tên')} value=${name} set=${setName} required maxlength="200" autocomplete="off" />
        <${Line} name=${t('Tên đăng nhập')} value=${username} set=${setUsername} required maxlength="64" autocomplete="off" autocapitalize="none" spellcheck=${false} hint=${t('Chữ thường không dấu, chữ số, dấu chấm, gạch: le.thi.lan')} />
        ${roles.length > 1 && html`<${Select} name=${t('Vai trò')} value=${role} set=${setRole} choices=${roleChoices(roles)} />`}
        <p class="soft">${roles.length === 1 && html`<b>${roleChoices(roles)[0]?.[1]}</b>: `}${roleMeaning(role)}</p>
        ${!everywhere(role) && html`<${Scope} chosen=${scope} choose=${setScope} />`}
        <p class="wrong" role="alert">${wrong}</p>
        <div class="pills"><button type="submit" class="pill strong" aria-disabled=${busy}>${t('Lập tài khoản')}</button><button type="button" class="pill" onClick=${close}>${t('Thôi')}</button></div>
      </form>
    <//>
  `;
}

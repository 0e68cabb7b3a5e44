// API tokens of one's own: for which program, with which role, where, until when; shown once.
import { html } from '../vendor/html.js';
import { useState } from '../vendor/hooks.mjs';
import { t } from '../language.js';
import { api, why } from '../office/asking.js';
import { Line, Select } from '../office/asks.js';
import { Copy } from '../office/copy.js';
import { Dialog } from '../office/dialog.js';
import { day } from '../office/moments.js';
import { may, session } from '../office/store.js';
import { everywhere, roleChoices, roleMeaning } from './roles.js';
import { Scope } from './scope.js';
import { TokenList } from './tokenlist.js';

const DAY_MS = 86_400_000;

/** @param {{close: () => void, made: (token: any) => void}} props */
function New({ close, made }) {
  const lends = session.value?.lends ?? [];
  const [name, setName] = useState('');
  const [role, setRole] = useState(lends.includes('viewer') ? 'viewer' : (lends[0] ?? ''));
  const [scope, setScope] = useState(/** @type {import('../office/asks.js').Found | null} */ (null));
  const [days, setDays] = useState('90');
  const [wrong, setWrong] = useState('');
  const all = everywhere(session.value?.user.role ?? '');
  /** @param {Event} event */
  const go = async (event) => {
    event.preventDefault();
    // A minute short of it: the server's clock may go before ours.
    const expires_at = new Date(Date.now() + Number(days) * DAY_MS - 60_000).toISOString();
    try {
      made(await api('/tokens', { method: 'POST', body: { name: name.trim(), role, scope: everywhere(role) ? null : (scope?.code ?? null), expires_at } }));
    } catch (error) {
      setWrong(why(error));
    }
  };
  return html`
    <${Dialog} title=${t('Cấp mã API')} close=${close}>
      <form onSubmit=${go}>
        <${Line} name=${t('Dùng cho chương trình nào')} value=${name} set=${setName} required maxlength="100" hint=${t('Ví dụ: Cổng báo cáo của Văn phòng')} />
        <${Select} name=${t('Được làm những gì')} value=${role} set=${setRole} choices=${roleChoices(lends)} />
        <p class="soft">${roleMeaning(role)}</p>
        ${!everywhere(role) && html`<${Scope} chosen=${scope} choose=${setScope} clusters=${may('appoint')} required=${all} />`}
        ${!everywhere(role) && !all && html`<p class="soft">${t('Để trống thì bằng nơi bạn phụ trách.')}</p>`}
        <${Select} name=${t('Hạn dùng')} value=${days} set=${setDays} choices=${[['7', t('7 ngày')], ['30', t('30 ngày')], ['90', t('90 ngày')], ['365', t('Một năm')]]} />
        <p class="wrong" role="alert">${wrong}</p>
        <div class="pills"><button type="submit" class="pill strong">${t('Cấp mã')}</button><button type="button" class="pill" onClick=${close}>${t('Thôi')}</button></div>
      </form>
    <//>
  `;
}

export function OwnTokens() {
  const [making, setMaking] = useState(false);
  const [token, setToken] = useState(/** @type {any} */ (null));
  const [turn, setTurn] = useState(0);
  return html`
    <${TokenList} key=${turn} path="/tokens" own>
      <div class="pills"><button type="button" class="pill" onClick=${() => setMaking(true)}>${t('Cấp mã API')}</button></div>
    <//>
    ${making && html`<${New} close=${() => setMaking(false)} made=${(/** @type {any} */ made) => {
      setMaking(false);
      setToken(made);
      setTurn((before) => before + 1);
    }} />`}
    ${
      token &&
      html`<${Dialog} title=${t('Mã API của {name}', { name: token.name })} close=${() => setToken(null)} held>
        <p class="written address">${token.token}</p>
        <p><b>${t('Chỉ hiện lần này.')}</b> ${t('Chương trình gửi mã trong tiêu đề Authorization: Bearer. Hết hạn {day}.', { day: day(token.expires_at) })}</p>
        <div class="pills"><${Copy} text=${token.token} /><button type="button" class="pill strong" onClick=${() => setToken(null)}>${t('Đã cất mã')}</button></div>
      <//>`
    }
  `;
}

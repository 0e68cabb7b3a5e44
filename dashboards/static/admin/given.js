// A password for the first sign-in: shown once, to be copied or printed.
import { html } from '../vendor/html.js';
import { t } from '../language.js';
import { Copy } from '../office/copy.js';
import { Dialog } from '../office/dialog.js';

/** @param {{given: {account: {name: string, username: string}, password: string}, close: () => void}} props */
export const Given = ({ given: { account, password }, close }) => html`
  <${Dialog} title=${t('Mật khẩu một lần')} close=${close} held>
    <div class="slip printable">
      <p><b>${account.name}</b></p>
      <dl>
        <div><dt>${t('Trang đăng nhập')}</dt><dd>${location.origin}</dd></div>
        <div><dt>${t('Tên đăng nhập')}</dt><dd class="written">${account.username}</dd></div>
        <div><dt>${t('Mật khẩu một lần')}</dt><dd class="written large">${password}</dd></div>
      </dl>
      <p>${t('Mật khẩu này chỉ mở được đường đến mật khẩu của riêng người nhận.')}</p>
    </div>
    <p><b>${t('Chỉ hiện lần này.')}</b> ${t('Hãy chép hoặc in trước khi đóng.')}</p>
    <div class="pills">
      <button type="button" class="pill" onClick=${() => print()}>${t('In')}</button>
      <${Copy} text=${`${location.origin}\n${account.username}\n${password}`} />
      <button type="button" class="pill strong" onClick=${close}>${t('Đã giao xong')}</button>
    </div>
  <//>
`;

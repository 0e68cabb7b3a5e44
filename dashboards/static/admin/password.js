// Another password for oneself.
import { html } from '../vendor/html.js';
import { useState } from '../vendor/hooks.mjs';
import { t } from '../language.js';
import { api, why } from '../office/asking.js';
import { Line } from '../office/asks.js';
import { session, tell } from '../office/store.js';

export function Password() {
  const [open, setOpen] = useState(false);
  const [old, setOld] = useState('');
  const [anew, setAnew] = useState('');
  const [again, setAgain] = useState('');
  const [wrong, setWrong] = useState('');
  /** @param {Event} event */
  const go = async (event) => {
    event.preventDefault();
    if (anew !== again) return setWrong(t('Hai lần nhập chưa giống nhau; hãy nhập lại.'));
    try {
      await api('/session/password', { method: 'POST', body: { password: old, new_password: anew } });
      tell(t('Đã đổi mật khẩu; các trình duyệt khác đã đăng xuất.'));
      setOpen(false);
      setWrong('');
      for (const clear of [setOld, setAnew, setAgain]) clear('');
    } catch (error) {
      setWrong(why(error));
    }
  };
  return html`
    <section class="part">
      <h3>${t('Mật khẩu')}</h3>
      ${
        open
          ? html`<form class="narrow" onSubmit=${go}>
              <input type="text" autocomplete="username" value=${session.value?.user.username} hidden readonly />
              <${Line} name=${t('Mật khẩu hiện tại')} type="password" autocomplete="current-password" required value=${old} set=${setOld} />
              <${Line} name=${t('Mật khẩu mới')} type="password" autocomplete="new-password" required value=${anew} set=${setAnew} hint=${t('Ít nhất 10 ký tự; một câu dài dễ nhớ thì tốt.')} />
              <${Line} name=${t('Nhập lại mật khẩu mới')} type="password" autocomplete="new-password" required value=${again} set=${setAgain} />
              <p class="wrong" role="alert">${wrong}</p>
              <div class="pills"><button type="submit" class="pill strong">${t('Đổi mật khẩu')}</button><button type="button" class="pill" onClick=${() => setOpen(false)}>${t('Thôi')}</button></div>
            </form>`
          : html`<p>${t('Đổi mật khẩu thì mọi trình duyệt khác của bạn bị đăng xuất.')}</p><div class="pills"><button type="button" class="pill" onClick=${() => setOpen(true)}>${t('Đổi mật khẩu')}</button></div>`
      }
    </section>
  `;
}

// One's own second factor: taken up with a QR code, put down with a code of it.
import { html } from '../vendor/html.js';
import { useState } from '../vendor/hooks.mjs';
import { t } from '../language.js';
import { figure } from '../board/format.js';
import { api, why } from '../office/asking.js';
import { Line } from '../office/asks.js';
import { Copy } from '../office/copy.js';
import { Dialog } from '../office/dialog.js';
import { Awaited, useTold } from '../office/listing.js';
import { tell } from '../office/store.js';

/** @param {{codes: readonly string[], close: () => void}} props */
const Codes = ({ codes, close }) => html`
  <${Dialog} title=${t('Cất mười mã dự phòng này')} close=${close} held>
    <p>${t('Khi mất điện thoại, mỗi mã thay cho một lần xác thực. Các mã chỉ hiện lần này; hãy in hoặc chép ra giấy và cất riêng.')}</p>
    <ol class="slip printable codes">${codes.map((code) => html`<li class="written">${code}</li>`)}</ol>
    <div class="pills"><button type="button" class="pill" onClick=${() => print()}>${t('In')}</button><${Copy} text=${codes.join('\n')} /><button type="button" class="pill strong" onClick=${close}>${t('Đã cất các mã')}</button></div>
  <//>
`;

/** @param {{title: string, says: string, does: string, coded: boolean, close: () => void, go: (password: string, otp: string) => Promise<unknown>}} props */
function Proof({ title, says, does, coded, close, go }) {
  const [password, setPassword] = useState('');
  const [otp, setOtp] = useState('');
  const [wrong, setWrong] = useState('');
  /** @param {Event} event */
  const sent = async (event) => {
    event.preventDefault();
    try {
      await go(password, otp.trim());
    } catch (error) {
      setWrong(why(error));
    }
  };
  return html`
    <${Dialog} title=${title} close=${close}>
      <form onSubmit=${sent}>
        <p>${says}</p>
        <${Line} name=${t('Mật khẩu hiện tại')} type="password" autocomplete="current-password" required value=${password} set=${setPassword} />
        ${coded && html`<${Line} name=${t('Mã 6 chữ số trên ứng dụng xác thực')} inputmode="numeric" autocomplete="one-time-code" required maxlength="40" value=${otp} set=${setOtp} />`}
        <p class="wrong" role="alert">${wrong}</p>
        <div class="pills"><button type="submit" class="pill strong">${does}</button><button type="button" class="pill" onClick=${close}>${t('Thôi')}</button></div>
      </form>
    <//>
  `;
}

/** @param {{begun: {secret: string, uri: string, qr: string}, close: () => void, done: (codes: string[]) => void}} props */
function Enrolment({ begun, close, done }) {
  const [otp, setOtp] = useState('');
  const [wrong, setWrong] = useState('');
  /** @param {Event} event */
  const confirm = async (event) => {
    event.preventDefault();
    try {
      done((await api('/session/otp', { method: 'PUT', body: { otp: otp.trim() } })).recovery_codes);
    } catch (error) {
      setWrong(why(error));
    }
  };
  return html`
    <${Dialog} title=${t('Bật xác thực hai lớp')} close=${close}>
      <form onSubmit=${confirm}>
        <p>${t('Mở ứng dụng xác thực trên điện thoại (Google Authenticator, Microsoft Authenticator…) và quét mã này.')}</p>
        <img class="qr" src=${begun.qr} alt=${t('Mã QR cho ứng dụng xác thực')} width="224" height="224" />
        <details><summary>${t('Không quét được? Nhập bằng tay')}</summary><p class="written address">${begun.secret.replace(/(.{4})(?=.)/g, '$1 ')}</p></details>
        <${Line} name=${t('Mã 6 chữ số ứng dụng vừa hiện')} inputmode="numeric" autocomplete="one-time-code" required maxlength="7" value=${otp} set=${setOtp} />
        <p class="wrong" role="alert">${wrong}</p>
        <div class="pills"><button type="submit" class="pill strong">${t('Xác nhận')}</button><button type="button" class="pill" onClick=${close}>${t('Thôi')}</button></div>
      </form>
    <//>
  `;
}

export function Factor() {
  const { told, wrong, again } = useTold('/session/otp');
  const [step, setStep] = useState('');
  const [begun, setBegun] = useState(/** @type {any} */ (null));
  const [codes, setCodes] = useState(/** @type {string[]} */ ([]));
  const shut = () => setStep('');
  return html`
    <section class="part">
      <h3>${t('Xác thực hai lớp')}</h3>
      ${
        told === null
          ? html`<${Awaited} wrong=${wrong} again=${again} />`
          : told.enrolled
            ? html`<p>${t('Đang bật, còn {n} mã dự phòng.', { n: figure(told.recovery_left) })} ${told.required && t('Vai trò của bạn bắt buộc có lớp thứ hai.')}</p>
                <div class="pills"><button type="button" class="pill" onClick=${() => setStep('remove')}>${told.required ? t('Đổi sang điện thoại khác') : t('Thôi dùng')}</button></div>`
            : html`<p>${t('Đang tắt. Có lớp thứ hai thì mật khẩu bị lộ cũng không ai vào được.')}</p>
                <div class="pills"><button type="button" class="pill" onClick=${() => setStep('begin')}>${t('Bật xác thực hai lớp')}</button></div>`
      }
      ${
        step === 'begin' &&
        html`<${Proof}
          title=${t('Bật xác thực hai lớp')} says=${t('Nhập lại mật khẩu để chắc đây là bạn.')} does=${t('Tiếp tục')} coded=${false} close=${shut}
          go=${async (/** @type {string} */ password) => {
            setBegun(await api('/session/otp', { method: 'POST', body: { password } }));
            setStep('confirm');
          }} />`
      }
      ${step === 'confirm' && begun && html`<${Enrolment} begun=${begun} close=${shut} done=${(/** @type {string[]} */ told) => {
        setCodes(told);
        setStep('');
        again();
      }} />`}
      ${
        step === 'remove' &&
        html`<${Proof}
          title=${t('Thôi dùng xác thực hai lớp')} coded=${true} close=${shut} does=${t('Thôi dùng')}
          says=${told?.required ? t('Vai trò của bạn bắt buộc có lớp thứ hai: mọi trình duyệt bị đăng xuất và lần đăng nhập tới đăng ký lại.') : t('Lần sau chỉ cần mật khẩu.')}
          go=${async (/** @type {string} */ password, /** @type {string} */ otp) => {
            await api('/session/otp/removal', { method: 'POST', body: { password, otp } });
            if (told?.required) location.assign('/login?next=%2Fadmin');
            shut();
            again();
            tell(t('Đã thôi dùng xác thực hai lớp.'));
          }} />`
      }
      ${codes.length > 0 && html`<${Codes} codes=${codes} close=${() => setCodes([])} />`}
    </section>
  `;
}

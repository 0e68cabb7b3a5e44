// What opens one hall: a lost link is replaced here, and the new one shown at once.
import { html } from '../vendor/html.js';
import { useState } from '../vendor/hooks.mjs';
import { t } from '../language.js';
import { figure } from '../board/format.js';
import { api, query, why } from '../office/asking.js';
import { Line } from '../office/asks.js';
import { Copy } from '../office/copy.js';
import { Dialog } from '../office/dialog.js';
import { Awaited, useTold } from '../office/listing.js';
import { moment } from '../office/moments.js';
import { sure } from '../office/sure.js';

/** @typedef {import('./links.js').Told} Told */

/** The new link as it goes to the hall: to scan, to copy, to print. @param {{link: {name: string, code: string, url: string, qr: string}, parent: string, close: () => void}} props */
const Fresh = ({ link, parent, close }) => html`
  <${Dialog} title=${t('Đường dẫn mới của {name}', { name: link.name })} close=${close} held>
    <div class="slip printable">
      <p><b>${link.name}</b> <span class="parent">${[parent, link.code].filter(Boolean).join(' · ')}</span></p>
      <img class="qr" src=${link.qr} alt=${t('Mã QR của đường dẫn mới')} width="224" height="224" />
      <p>${t('Quét bằng máy ảnh điện thoại, không cần mật khẩu. Không chụp lại, không gửi vào nhóm chung.')}</p>
      <p class="written address">${link.url}</p>
    </div>
    <p><b>${t('Chỉ hiện lần này.')}</b> ${t('Đường dẫn cũ đã hết hiệu lực.')}</p>
    <div class="pills">
      <button type="button" class="pill" onClick=${() => print()}>${t('In')}</button>
      <${Copy} text=${link.url} name=${t('Chép đường dẫn')} />
      <button type="button" class="pill strong" onClick=${close}>${t('Đã giao xong')}</button>
    </div>
  <//>
`;

/** @param {{token: string, name: string, close: () => void}} props */
const Machine = ({ token, name, close }) => html`
  <${Dialog} title=${t('Mã cho máy tại {name}', { name })} close=${close} held>
    <div class="slip printable"><p><b>${name}</b></p><p class="written address">${token}</p></div>
    <p><b>${t('Chỉ hiện lần này.')}</b> ${t('Nhập vào máy tại điểm cầu bằng BRIDGE_TOKEN hoặc --token.')}</p>
    <div class="pills"><button type="button" class="pill" onClick=${() => print()}>${t('In')}</button><${Copy} text=${token} /><button type="button" class="pill strong" onClick=${close}>${t('Đã giao xong')}</button></div>
  <//>
`;

/** @param {{code: string, pin: boolean, set: () => void}} props */
function Pin({ code, pin, set }) {
  const [digits, setDigits] = useState('');
  const [wrong, setWrong] = useState('');
  const path = `/registry/pins/${encodeURIComponent(code)}`;
  /** @param {Event} event */
  const put = (event) => {
    event.preventDefault();
    if (!/^\d{4,8}$/.test(digits)) return setWrong(t('Mã PIN gồm 4 đến 8 chữ số.'));
    setWrong('');
    sure({
      title: pin ? t('Đổi mã PIN?') : t('Đặt mã PIN?'),
      says: [t('Điện thoại đang mở phải nhập mã {digits}; hãy báo mã này cho người phụ trách bằng đường khác với đường dẫn.', { digits })],
      does: pin ? t('Đổi mã PIN') : t('Đặt mã PIN'),
      done: t('Đã đặt mã PIN.'),
      act: async (reason) => {
        try {
          await api(path, { method: 'PUT', body: { pin: digits }, reason });
          setDigits('');
          set();
        } catch (error) {
          setWrong(why(error));
          throw error;
        }
      },
    });
  };
  const drop = () =>
    sure({
      title: t('Bỏ mã PIN?'),
      says: [t('Ai có đường dẫn là mở được, không bị hỏi gì thêm.')],
      does: t('Bỏ mã PIN'),
      done: t('Đã bỏ mã PIN.'),
      act: (reason) => api(path, { method: 'DELETE', reason }).then(set),
    });
  return html`
    <section class="part">
      <h3>${t('Mã PIN')}</h3>
      <p>${pin ? t('Đang bật: đường dẫn bị lộ cũng không mở được nếu thiếu mã.') : t('Đang tắt. Mã PIN bảo vệ khi phiếu bị chụp lại hoặc chuyển tay.')}</p>
      <form class="put" onSubmit=${put}>
        <${Line} name=${t('Mã PIN mới')} value=${digits} set=${setDigits} inputmode="numeric" autocomplete="off" maxlength="8" class="digits" />
        <button type="submit" class="pill" disabled=${digits === ''}>${pin ? t('Đổi mã PIN') : t('Đặt mã PIN')}</button>
        ${pin && html`<button type="button" class="pill" onClick=${drop}>${t('Bỏ mã PIN')}</button>`}
      </form>
      <p class="wrong" role="alert">${wrong}</p>
    </section>
  `;
}

/** @param {{code: string, close: () => void, changed: () => void, tell: (sentence: string) => void}} props */
export function Hall({ code, close, changed, tell }) {
  const { told, wrong, again } = useTold(`/registry/links${query({ q: code, per_page: 50 })}`);
  const phones = useTold(`/registry/links/${encodeURIComponent(code)}/phones`);
  const [fresh, setFresh] = useState(/** @type {any} */ (null));
  const [machine, setMachine] = useState('');
  const hall = /** @type {Told | undefined} */ (told?.links.find((/** @type {Told} */ each) => each.code === code));
  const anew = () => {
    again();
    phones.again();
    changed();
  };
  const name = hall?.name ?? code;
  const path = encodeURIComponent(code);
  const rotate = () =>
    sure({
      title: hall?.handle ? t('Đổi đường dẫn của {name}?', { name }) : t('Cấp đường dẫn cho {name}?', { name }),
      says: hall?.handle ? [t('Đường dẫn cũ hết hiệu lực ngay; {n} điện thoại đang mở bị đăng xuất.', { n: figure(hall.phones) }), t('Đường dẫn mới hiện ra cùng mã QR, chỉ một lần.')] : [t('Đường dẫn mới hiện ra cùng mã QR, chỉ một lần.')],
      does: hall?.handle ? t('Đổi đường dẫn') : t('Cấp đường dẫn'),
      act: async (reason) => {
        const { links } = await api('/registry/links', { method: 'POST', body: { points: [code] }, reason });
        setFresh(links[0]);
        anew();
      },
    });
  const revoke = () =>
    sure({
      title: t('Thu hồi đường dẫn của {name}?', { name }),
      says: [t('Điện thoại đang mở bị đăng xuất; điểm cầu không báo cáo được cho đến khi có đường dẫn mới.')],
      does: t('Thu hồi đường dẫn'),
      done: t('Đã thu hồi đường dẫn của {name}.', { name }),
      act: (reason) => api(`/registry/links/${path}`, { method: 'DELETE', reason }).then(anew),
    });
  const signOut = () =>
    sure({
      title: t('Đăng xuất mọi điện thoại của {name}?', { name }),
      says: [t('Đường dẫn vẫn dùng được: ai còn giữ thì mở lại được. Nghi bị lộ thì hãy đổi đường dẫn.')],
      does: t('Đăng xuất điện thoại'),
      done: t('Đã đăng xuất các điện thoại.'),
      act: (reason) => api(`/registry/links/${path}/phones`, { method: 'DELETE', reason }).then(anew),
    });
  const giveToken = () =>
    sure({
      title: hall?.token ? t('Đổi mã cho máy tại {name}?', { name }) : t('Cấp mã cho máy tại {name}?', { name }),
      says: [hall?.token ? t('Mã cũ hết hiệu lực ngay; máy tại điểm cầu phải nhập mã mới.') : t('Mã dành cho máy theo dõi luồng phát tại điểm cầu, chỉ hiện một lần.')],
      does: t('Cấp mã'),
      act: async (reason) => {
        const { tokens } = await api('/registry/tokens', { method: 'POST', body: { points: [code] }, reason });
        setMachine(tokens[0].token);
        anew();
      },
    });
  const takeToken = () =>
    sure({
      title: t('Thu hồi mã của máy tại {name}?', { name }),
      says: [t('Máy tại điểm cầu mất kết nối ngay; điện thoại vẫn báo cáo được.')],
      does: t('Thu hồi mã'),
      done: t('Đã thu hồi mã cho máy.'),
      act: (reason) => api(`/registry/tokens/${path}`, { method: 'DELETE', reason }).then(anew),
    });
  const open = /** @type {{device: string, since: string}[]} */ (phones.told?.phones ?? []);
  return html`
    <${Dialog} title=${name} close=${close} wide>
      ${
        !hall
          ? html`<${Awaited} wrong=${wrong || (told ? t('Mục này không còn, hoặc không thuộc phạm vi của bạn.') : '')} again=${again} />`
          : html`
              <p class="soft">${[hall.parent_name, hall.code].filter(Boolean).join(' · ')}</p>
              <section class="part">
                <h3>${t('Đường dẫn')}</h3>
                <p>${hall.handle ? t('Cấp lúc {at}, mã đường dẫn {handle}.', { at: moment(hall.created_at), handle: hall.handle }) : t('Chưa có đường dẫn: điểm cầu chưa báo cáo được.')}</p>
                <div class="pills">
                  <button type="button" class="pill strong" onClick=${rotate}>${hall.handle ? t('Mất phiếu? Đổi đường dẫn') : t('Cấp đường dẫn')}</button>
                  ${hall.handle && html`<button type="button" class="pill" onClick=${revoke}>${t('Thu hồi đường dẫn')}</button>`}
                </div>
              </section>
              <section class="part">
                <h3>${t('Điện thoại đang mở')}</h3>
                ${open.length === 0 ? html`<p class="empty">${t('Chưa điện thoại nào mở đường dẫn trong hai ngày qua.')}</p>` : html`<ul class="things">${open.map((each, i) => html`<li key=${i}><p><b>${t('Điện thoại {n}', { n: i + 1 })}</b><small>${t('mở từ {at}', { at: moment(each.since) })}</small></p></li>`)}</ul>`}
                ${open.length > 0 && html`<p><button type="button" class="quiet" onClick=${signOut}>${t('Đăng xuất tất cả điện thoại')}</button></p>`}
              </section>
              <${Pin} code=${code} pin=${hall.pin} set=${anew} />
              <section class="part">
                <h3>${t('Máy tại điểm cầu')}</h3>
                <p>${hall.token ? t('Đã có mã để máy theo dõi luồng phát và đường truyền.') : t('Chưa có mã. Không có máy thì điện thoại vẫn báo cáo bình thường.')}</p>
                <div class="pills">
                  <button type="button" class="pill" onClick=${giveToken}>${hall.token ? t('Đổi mã') : t('Cấp mã')}</button>
                  ${hall.token && html`<button type="button" class="pill" onClick=${takeToken}>${t('Thu hồi mã')}</button>`}
                </div>
              </section>
            `
      }
      ${fresh && html`<${Fresh} link=${fresh} parent=${hall?.parent_name ?? ''} close=${() => {
        setFresh(null);
        tell(t('Đã đổi đường dẫn của {name}.', { name }));
      }} />`}
      ${machine && html`<${Machine} token=${machine} name=${name} close=${() => setMachine('')} />`}
    <//>
  `;
}

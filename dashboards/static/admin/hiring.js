// Taking many people on from one Excel file: looked at first, then all of them or nobody; their passwords come as a file to print.
import { html } from '../vendor/html.js';
import { useState } from '../vendor/hooks.mjs';
import { t } from '../language.js';
import { figure } from '../board/format.js';
import { api, download } from '../office/asking.js';
import { Dialog } from '../office/dialog.js';
import { tell } from '../office/store.js';
import { roleWords } from './roles.js';
import { Upload } from './upload.js';

/** @param {{close: () => void, made: () => void}} props */
export function Hiring({ close, made }) {
  const [done, setDone] = useState(0);
  if (done) {
    return html`
      <${Dialog} title=${t('Đã lập {n} tài khoản', { n: figure(done) })} close=${close}>
        <p>${t('Tệp mật khẩu một lần vừa tải về máy của bạn. Hệ thống không giữ bản nào và không cho tải lại.')}</p>
        <p>${t('Hãy in, cắt mỗi người một dòng, giao tận tay rồi xóa tệp.')}</p>
        <div class="pills"><button type="button" class="pill strong" onClick=${close}>${t('Đã hiểu')}</button></div>
      <//>
    `;
  }
  return html`
    <${Dialog} title=${t('Thêm nhiều người từ Excel')} close=${close} wide>
      <${Upload}
        says=${t('Mỗi người một dòng: tên đăng nhập, họ tên, vai trò, nơi phụ trách. Có một chỗ sai thì chưa lập tài khoản nào.')}
        template="/api/v1/accounts/imports/template"
        look=${(/** @type {File} */ file) => api('/accounts/imports/preview', { method: 'POST', file })}
        show=${(/** @type {any} */ seen) =>
          seen.errors.length === 0 &&
          seen.accounts.length > 0 &&
          html`
            <p><b>${t('{n} tài khoản sẽ được lập', { n: figure(seen.new) })}</b></p>
            <div class="scroll" tabindex="0" role="region" aria-label=${t('Tài khoản sẽ được lập')}>
              <table>
                <thead><tr><th scope="col">${t('Họ tên')}</th><th scope="col">${t('Tên đăng nhập')}</th><th scope="col">${t('Vai trò')}</th><th scope="col">${t('Nơi phụ trách')}</th></tr></thead>
                <tbody>${seen.accounts.map((/** @type {any} */ each) => html`<tr key=${each.username}><td>${each.name}</td><td>${each.username}</td><td>${roleWords(each.role)}</td><td>${each.scope ?? t('Tất cả')}</td></tr>`)}</tbody>
              </table>
            </div>
          `}
        nothing=${(/** @type {any} */ seen) => !seen.new}
        does=${(/** @type {any} */ seen) => t('Lập {n} tài khoản và tải tệp mật khẩu', { n: figure(seen.new) })}
        take=${async (/** @type {File} */ file) => {
          const { new: many } = await api('/accounts/imports/preview', { method: 'POST', file });
          await download('/accounts/imports', { method: 'POST', file }, 'mat-khau-mot-lan.xlsx');
          setDone(many);
          made();
          tell(t('Đã lập {n} tài khoản.', { n: figure(many) }));
        }}
      />
    <//>
  `;
}

// What the office fills in before a report is made: whose it is, its number, who signs, who receives it. Kept for the next one.
import { html } from '../vendor/html.js';
import { useState } from '../vendor/hooks.mjs';
import { N, t } from '../language.js';
import { Line } from '../office/asks.js';
import { Dialog } from '../office/dialog.js';

/** @type {readonly [string, string, string][]} kind, what it is called, what it follows */
const KINDS = [
  ['party', N('Văn bản Đảng'), '36-HD/VPTW'],
  ['state', N('Văn bản Nhà nước'), N('Nghị định 30/2020/NĐ-CP')],
];
/** Beside each other where there is room. @type {readonly [string, string, string?][]} field, name, hint */
const FIELDS = [
  ['superior', N('Cơ quan cấp trên')],
  ['body', N('Cơ quan ban hành')],
  ['called', N('Tên cơ quan trong câu')],
  ['number', N('Số'), N('Để trống thì ghi tay sau')],
  ['symbol', N('Ký hiệu')],
  ['place', N('Nơi lập')],
  ['title', N('Trích yếu'), N('Để trống thì lấy theo tên hội nghị')],
  ['basis', N('Căn cứ')],
  ['authority', N('Ký thay, ký thừa lệnh')],
  ['signer_title', N('Chức vụ người ký')],
  ['signer', N('Họ tên người ký')],
];

/** @param {{office: Record<string, any>, close: () => void, make: (office: Record<string, unknown>) => Promise<void>, failed: string}} props */
export function Making({ office, close, make, failed }) {
  const [said, setSaid] = useState(office);
  const [busy, setBusy] = useState(false);
  /** @param {string} name */
  const set = (name) => (/** @type {unknown} */ value) => setSaid((before) => ({ ...before, [name]: value }));
  /** @param {Event} event */
  const go = async (event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    // The fields of the other kind of document are its own: only the kind is sent, and the office finds them as they were.
    await make(said.kind === office.kind ? said : { kind: said.kind });
    setBusy(false);
  };
  return html`
    <${Dialog} title=${t('Lập dự thảo báo cáo')} close=${close} wide>
      <form class="making" onSubmit=${go}>
        <fieldset class="choice">
          <legend>${t('Thể thức')}</legend>
          ${KINDS.map(([kind, name, rule]) => html`<button type="button" key=${kind} aria-pressed=${said.kind === kind} onClick=${() => set('kind')(kind)}>${t(name)} <small>${t(rule)}</small></button>`)}
        </fieldset>
        ${
          said.kind === office.kind
            ? html`
                <div class="fields">${FIELDS.map(([name, words, hint]) => html`<${Line} key=${name} name=${t(words)} hint=${hint && t(hint)} value=${said[name]} set=${set(name)} maxlength="300" />`)}</div>
                <label class="asked"><span>${t('Ngày văn bản')}</span><input type="date" value=${said.date} onInput=${(/** @type {any} */ event) => set('date')(event.target.value)} /><small>${t('Để trống thì lấy ngày chốt số liệu')}</small></label>
                <label class="asked"><span>${t('Nơi nhận, mỗi dòng một nơi')}</span><textarea rows="4" value=${said.recipients.join('\n')} onInput=${(/** @type {any} */ event) => set('recipients')(event.target.value.split('\n'))} onBlur=${() => set('recipients')(said.recipients.map((/** @type {string} */ each) => each.trim()).filter(Boolean))}></textarea></label>
              `
            : html`<p class="soft">${t('Các ô của thể thức này giữ như lần lập trước; lập xong có thể mở lại để sửa.')}</p>`
        }
        <p class="wrong" role="alert">${failed}</p>
        <div class="pills">
          <button type="submit" class="pill strong" aria-disabled=${busy}>${busy ? t('Đang gửi') : t('Lập dự thảo')}</button>
          <button type="button" class="pill" onClick=${close}>${t('Thôi')}</button>
        </div>
      </form>
    <//>
  `;
}

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

/** @param {{office: Record<string, any>, offices: Record<string, Record<string, any>>, close: () => void, make: (office: Record<string, unknown>) => Promise<void>, failed: string}} props */
export function Making({ office, offices, close, make, failed }) {
  const [kind, setKind] = useState(office.kind);
  const [forms, setForms] = useState(offices);
  const [busy, setBusy] = useState(false);
  /** @param {string} name */
  const set = (name) => (/** @type {unknown} */ value) => setForms((before) => ({ ...before, [kind]: { ...before[kind], [name]: value } }));
  // Each kind of document has its fields: who goes there and back finds what they wrote.
  const said = forms[kind] ?? office;
  /** @param {Event} event */
  const go = async (event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    await make(said);
    setBusy(false);
  };
  return html`
    <${Dialog} title=${t('Lập dự thảo báo cáo')} close=${close} wide>
      <form class="making" onSubmit=${go}>
        <fieldset class="choice">
          <legend>${t('Thể thức')}</legend>
          ${KINDS.map(([each, name, rule]) => html`<button type="button" key=${each} aria-pressed=${kind === each} onClick=${() => setKind(each)}>${t(name)} <small>${t(rule)}</small></button>`)}
        </fieldset>
        <div class="fields">${FIELDS.map(([name, words, hint]) => html`<${Line} key=${kind + name} name=${t(words)} hint=${hint && t(hint)} value=${said[name]} set=${set(name)} maxlength="300" />`)}</div>
        <label class="asked"><span>${t('Ngày văn bản')}</span><input type="date" value=${said.date} onInput=${(/** @type {any} */ event) => set('date')(event.target.value)} /><small>${t('Để trống thì lấy ngày chốt số liệu')}</small></label>
        <label class="asked"><span>${t('Nơi nhận, mỗi dòng một nơi')}</span><textarea rows="4" value=${said.recipients.join('\n')} onInput=${(/** @type {any} */ event) => set('recipients')(event.target.value.split('\n'))} onBlur=${() => set('recipients')(said.recipients.map((/** @type {string} */ each) => each.trim()).filter(Boolean))}></textarea></label>
        <p class="wrong" role="alert">${failed}</p>
        <div class="pills">
          <button type="submit" class="pill strong" aria-disabled=${busy}>${busy ? t('Đang gửi') : t('Lập dự thảo')}</button>
          <button type="button" class="pill" onClick=${close}>${t('Thôi')}</button>
        </div>
      </form>
    <//>
  `;
}

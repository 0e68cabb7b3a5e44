// A file on its way in: chosen, looked at with its faults by row and column, and only then taken.
import { html } from '../vendor/html.js';
import { useRef, useState } from '../vendor/hooks.mjs';
import { recognised, t } from '../language.js';
import { figure } from '../board/format.js';
import { Refused, why } from '../office/asking.js';

/** @typedef {{sheet: string, row: number, column: string, message: string}} Fault */

/** @param {{faults: readonly Fault[], left: number}} props */
export const Faults = ({ faults, left }) => html`
  <div class="faults" role="alert">
    <p class="odd">${t('Tệp có {n} chỗ cần sửa; chưa ghi gì vào hệ thống.', { n: figure(faults.length + left) })}</p>
    <div class="scroll" tabindex="0" role="region" aria-label=${t('Các chỗ cần sửa')}>
      <table>
        <thead><tr><th scope="col">${t('Trang tính')}</th><th scope="col">${t('Dòng')}</th><th scope="col">${t('Cột')}</th><th scope="col">${t('Cần sửa')}</th></tr></thead>
        <tbody>${faults.map((each, i) => html`<tr key=${i}><td>${each.sheet || '–'}</td><td class="figure">${each.row}</td><td>${each.column || '–'}</td><td>${recognised(each.message)}</td></tr>`)}</tbody>
      </table>
    </div>
    ${left > 0 && html`<p class="soft">${t('Và {n} chỗ nữa.', { n: figure(left) })}</p>`}
  </div>
`;

/**
 * @param {{look: (file: File) => Promise<any>, show: (seen: any) => any, take: (file: File) => Promise<unknown>, does: (seen: any) => string, nothing?: (seen: any) => boolean, template: string, says: string}} props
 * `look` answers with `errors` and `errors_left_out`; `show` draws the rest of it; `take` does it
 */
export function Upload({ look, show, take, does, nothing = () => false, template, says }) {
  const [file, setFile] = useState(/** @type {File | null} */ (null));
  const [seen, setSeen] = useState(/** @type {any} */ (null));
  const [busy, setBusy] = useState('');
  const [wrong, setWrong] = useState('');
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  /** @param {File | undefined} chosen */
  const choose = async (chosen) => {
    if (!chosen) return;
    setFile(chosen);
    setSeen(null);
    setWrong('');
    setBusy(t('Đang xem tệp'));
    try {
      setSeen(await look(chosen));
    } catch (error) {
      setWrong(why(error));
    }
    setBusy('');
    // The same file, mended, may be chosen again.
    if (input.current) input.current.value = '';
  };
  const go = async () => {
    if (!file || busy) return;
    setBusy(t('Đang ghi'));
    setWrong('');
    try {
      await take(file);
    } catch (error) {
      if (error instanceof Refused && error.code === 'faults') setSeen(error.body);
      else setWrong(why(error));
    }
    setBusy('');
  };
  const faults = /** @type {Fault[]} */ (seen?.errors ?? []);
  return html`
    <div class="upload">
      <p>${says}</p>
      <div class="pills">
        <a class="pill" href=${template} download>${t('Tải tệp mẫu')}</a>
        <label class="pill choose" data-strong=${!seen || faults.length > 0}>
          <input ref=${input} type="file" accept=".xlsx,.csv" onChange=${(/** @type {any} */ event) => void choose(event.target.files[0])} />
          <span>${file ? t('Chọn tệp khác') : t('Chọn tệp Excel')}</span>
        </label>
      </div>
      <p class="soft" role="status">${busy || (file ? file.name : '')}</p>
      <p class="wrong" role="alert">${wrong}</p>
      ${seen && faults.length > 0 && html`<${Faults} faults=${faults} left=${seen.errors_left_out ?? 0} />`}
      ${seen && show(seen)}
      ${seen && faults.length === 0 && !nothing(seen) && html`<div class="pills"><button type="button" class="pill strong" aria-disabled=${busy !== ''} onClick=${go}>${does(seen)}</button></div>`}
    </div>
  `;
}

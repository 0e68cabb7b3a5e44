// The office's own Word templates: the letterhead and the words around the figures are theirs.
import { html } from '../vendor/html.js';
import { useState } from '../vendor/hooks.mjs';
import { N, recognised, t } from '../language.js';
import { figure } from '../board/format.js';
import { api, download, why } from '../office/asking.js';
import { Awaited, useTold } from '../office/listing.js';
import { moment } from '../office/moments.js';
import { tell } from '../office/store.js';
import { sure } from '../office/sure.js';

/** @type {readonly [string, string, string][]} */
const FORMS = [
  ['party', N('Văn bản Đảng'), '36-HD/VPTW'],
  ['state', N('Văn bản Nhà nước'), N('Nghị định 30/2020/NĐ-CP')],
];

/** @param {{form: string, name: string, rule: string}} props */
function Template({ form, name, rule }) {
  const { told, wrong, again } = useTold(`/report-templates/${form}/facts`);
  const [faults, setFaults] = useState(/** @type {readonly string[]} */ ([]));
  /** @param {any} event */
  const put = async (event) => {
    const file = /** @type {File | undefined} */ (event.target.files[0]);
    event.target.value = '';
    if (!file) return;
    try {
      await api(`/report-templates/${form}`, { method: 'PUT', file });
      setFaults([]);
      tell(t('Từ nay báo cáo dùng mẫu của cơ quan.'));
    } catch (error) {
      const { body } = /** @type {any} */ (error);
      setFaults(body?.faults ?? [why(error)]);
    }
    again();
  };
  const back = () =>
    sure({
      title: t('Bỏ mẫu của cơ quan?'),
      says: [t('Báo cáo sau dùng lại mẫu kèm theo hệ thống; báo cáo đã lập không đổi.')],
      does: t('Bỏ mẫu'),
      done: t('Đã trở về mẫu kèm theo.'),
      act: async (reason) => {
        await api(`/report-templates/${form}`, { method: 'DELETE', reason });
        again();
      },
    });
  return html`
    <section class="part">
      <h3>${name} <span class="parent">${rule}</span></h3>
      ${
        told === null || wrong
          ? html`<${Awaited} wrong=${wrong} again=${again} />`
          : html`<p>${told.own ? t('Đang dùng mẫu của cơ quan: {kb} kB, gửi lên {time}.', { kb: figure(Math.ceil(told.bytes / 1000)), time: moment(told.at) }) : t('Đang dùng mẫu kèm theo hệ thống.')}</p>
              <div class="pills">
                <button type="button" class="pill" onClick=${() => download(`/report-templates/${form}`, {}, `mau-bao-cao-${form}.docx`).catch((error) => setFaults([why(error)]))}>${t('Tải mẫu về để sửa')}</button>
                <label class="pill choose">${t('Gửi mẫu đã sửa')}<input type="file" accept=".docx" onChange=${put} /></label>
                ${told.own && html`<button type="button" class="pill" onClick=${back}>${t('Trở về mẫu kèm theo')}</button>`}
              </div>`
      }
      ${faults.length > 0 && html`<div class="wrong" role="alert"><p>${t('Mẫu này chưa dùng được:')}</p><ul class="rules-said">${faults.map((each) => html`<li>${recognised(each)}</li>`)}</ul></div>`}
    </section>
  `;
}

export const Templates = () => html`
  <div class="office-top"><h2 tabindex="-1">${t('Mẫu văn bản')}</h2></div>
  <p class="lead">${t('Tải mẫu về, sửa bằng Word (tên cơ quan, câu chữ, bố cục), giữ các ô nằm giữa hai dấu ngoặc nhọn, rồi gửi lên. Mẫu thiếu ô hay có ô lạ được trả lại kèm tên ô.')}</p>
  ${FORMS.map(([form, name, rule]) => html`<${Template} key=${form} form=${form} name=${t(name)} rule=${t(rule)} />`)}
`;

// The registry in and out of Excel, and the conferences with where each stands.
import { html } from '../vendor/html.js';
import { useState } from '../vendor/hooks.mjs';
import { N, t } from '../language.js';
import { figure } from '../board/format.js';
import { PHASES } from '../board/words.js';
import { api } from '../office/asking.js';
import { Awaited, Rows, useTold } from '../office/listing.js';
import { day } from '../office/moments.js';
import { tell } from '../office/store.js';
import { fieldWords } from './fields.js';
import { NewConference } from './newconference.js';
import { Upload } from './upload.js';

/** @type {Record<string, string>} */
const KINDS = { units: N('Đơn vị'), successors: N('Đơn vị kế thừa'), points: N('Điểm cầu'), expected: N('Số triệu tập'), attendees: N('Đại biểu') };

const shown = (/** @type {unknown} */ value) => (value === null || value === '' ? '–' : String(value));

/** @param {{seen: any}} props */
const Seen = ({ seen }) => html`
  <div class="seen">
    <dl class="tallies">
      ${Object.entries(seen.tallies).map(
        ([kind, tally]) => html`
          <div key=${kind}><dt>${t(KINDS[kind] ?? kind)}</dt>
          <dd>${t('{new} mới, {changed} thay đổi, {same} giữ nguyên', { new: figure(/** @type {any} */ (tally).new), changed: figure(/** @type {any} */ (tally).changed), same: figure(/** @type {any} */ (tally).unchanged) })}</dd></div>
        `,
      )}
    </dl>
    ${
      seen.changes.length > 0 &&
      html`<div class="scroll" tabindex="0" role="region" aria-label=${t('Những thay đổi')}>
        <table>
          <thead><tr><th scope="col">${t('Bảng')}</th><th scope="col">${t('Mã')}</th><th scope="col">${t('Tên')}</th><th scope="col">${t('Thay đổi')}</th></tr></thead>
          <tbody>${seen.changes.map(
            (/** @type {any} */ each, /** @type {number} */ i) => html`<tr key=${i}><td>${t(KINDS[each.kind] ?? each.kind)}</td><td>${each.key}</td><td>${each.name}</td>
              <td>${each.new ? t('mới') : Object.entries(each.altered).map(([field, pair]) => html`<span class="altered">${fieldWords(field)}: ${shown(/** @type {any} */ (pair)[0])} → ${shown(/** @type {any} */ (pair)[1])}</span>`)}</td></tr>`,
          )}</tbody>
        </table>
      </div>`
    }
    ${seen.changes_left_out > 0 && html`<p class="soft">${t('Và {n} thay đổi nữa.', { n: figure(seen.changes_left_out) })}</p>`}
  </div>
`;

const many = (/** @type {any} */ seen) => Object.values(seen.tallies).reduce((sum, each) => sum + /** @type {any} */ (each).new + /** @type {any} */ (each).changed, 0);

function Conferences() {
  const { told, wrong, again } = useTold('/conferences');
  const [making, setMaking] = useState(false);
  const conferences = /** @type {any[]} */ (told?.conferences ?? []);
  return html`
    <section class="part">
      <h3>${t('Hội nghị')}</h3>
      ${
        told === null || wrong
          ? html`<${Awaited} wrong=${wrong} again=${again} />`
          : conferences.length === 0
            ? html`<p class="empty">${t('Chưa có hội nghị nào. Nhập danh bạ trước, rồi lập hội nghị.')}</p>`
            : html`<${Rows}
                look="conferences"
                heads=${[t('Hội nghị'), t('Ngày'), t('Giai đoạn'), t('Điểm cầu')]}
                rows=${conferences.map((each) => ({
                  key: each.id,
                  title: html`<a href=${`/?conference=${encodeURIComponent(each.id)}`}>${each.title}</a>`,
                  under: each.id,
                  cells: [day(each.starts_at), t(PHASES[each.phase] ?? each.phase), html`<span class="figure">${figure(each.points)}</span>`],
                }))}
              />
              <p class="soft">${t('Giai đoạn được chuyển trên bảng theo dõi, trong mục ba chấm.')}</p>`
      }
      <div class="pills"><button type="button" class="pill" onClick=${() => setMaking(true)}>${t('Lập hội nghị')}</button></div>
      ${making && html`<${NewConference} close=${() => setMaking(false)} made=${again} />`}
    </section>
  `;
}

export function Registry() {
  const [turn, setTurn] = useState(0);
  const [done, setDone] = useState('');
  return html`
    <div class="office-top">
      <h2 tabindex="-1">${t('Danh bạ')}</h2>
      <div class="pills"><a class="pill" href="/api/v1/registry/export" download>${t('Xuất danh bạ ra Excel')}</a></div>
    </div>
    <section class="part">
      <h3>${t('Nhập từ Excel hoặc CSV')}</h3>
      ${done && html`<p class="enough" role="status">${done}</p>`}
      <${Upload}
        key=${turn}
        says=${t('Đơn vị, điểm cầu, số triệu tập. Nhập lại tệp đã xuất thì chỉ những chỗ bạn sửa thay đổi.')}
        template="/api/v1/registry/template"
        look=${(/** @type {File} */ file) => {
          setDone('');
          return api('/registry/imports?dry_run=true', { method: 'POST', file });
        }}
        show=${(/** @type {any} */ seen) => html`<${Seen} seen=${seen} />`}
        nothing=${(/** @type {any} */ seen) => many(seen) === 0}
        does=${(/** @type {any} */ seen) => t('Ghi {n} thay đổi', { n: figure(many(seen)) })}
        take=${async (/** @type {File} */ file) => {
          const told = await api('/registry/imports', { method: 'POST', file });
          const words = t('Đã ghi {n} thay đổi vào danh bạ.', { n: figure(many(told)) });
          setDone(words);
          tell(words);
          setTurn((before) => before + 1);
        }}
      />
    </section>
    <${Conferences} />
  `;
}

// The board: the order of reading is the two numbers, whom to call, the wall.
import { html } from '../vendor/html.js';
import { useEffect } from '../vendor/hooks.mjs';
import { t } from '../language.js';
import { Calls } from './calls.js';
import { conferences } from './conference.js';
import { figure } from './format.js';
import { Aside } from './aside.js';
import { Duty } from './duty.js';
import { Header, Stale } from './header.js';
import { Incidents } from './incidents.js';
import { Missed } from './missed.js';
import { News } from './news.js';
import { Notices } from './notices.js';
import { Numbers } from './numbers.js';
import { Moving, Preparing } from './phase.js';
import { may, session } from './reader.js';
import { count } from './sheet.js';
import { groups, line, notice, open, preparing, side, state, tab, trouble, unit, view, whole } from './store.js';
import { Tree } from './tree.js';
import { Legend, nobodyYet, Wall, WallControls } from './wall.js';

/** @typedef {'now' | 'calls' | 'points' | 'find'} Tab */

/** Where we are in the tree, and the way back up. */
function Where() {
  const code = unit.value;
  const units = state.value?.units;
  if (!code || !units) return null;
  /** @type {import("./state.js").Unit[]} */
  const above = [];
  for (let at = units.get(units.get(code)?.parent ?? ''); at && above.length < 8; at = units.get(at.parent ?? '')) above.unshift(at);
  return html`
    <nav class="where" aria-label=${t('Đang xem')}>
      <a href="/">${t('Toàn hội nghị')}</a>
      ${above.filter(({ parent }) => parent).map((each) => html`<span aria-hidden="true">›</span><a href=${`/units/${each.code}`}>${each.name}</a>`)}
      <span aria-hidden="true">›</span><b aria-current="page">${units.get(code)?.name ?? code}</b>
    </nav>
  `;
}

/** A cluster has several units, and a board for each of them. */
function Own() {
  const own = session.value?.units ?? [];
  if (own.length < 2) return null;
  const first = own.map(({ code }) => code).sort()[0];
  return html`
    <nav class="where" aria-label=${t('Đơn vị của bạn')}>
      <span>${t('Đơn vị của bạn')}:</span>
      ${own.map(({ code, name }) => (code === (unit.value || first) ? html`<b aria-current="page">${name}</b>` : html`<a href=${`/units/${code}`}>${name}</a>`))}
    </nav>
  `;
}

const Nobody = () => html`
  <p class="first-step">
    <b>${t('Chưa điểm cầu nào kết nối.')}</b>
    ${' '}${t('Gửi cho mỗi điểm cầu đường dẫn riêng của họ; ô sẽ đổi màu ngay khi người phụ trách mở đường dẫn.')}
  </p>
`;

function Points() {
  return html`
    <section class="points" aria-label=${t('Điểm cầu')}>
      ${nobodyYet() && html`<${Nobody} />`}
      <div class="points-top"><${Legend} /><${WallControls} /></div>
      ${
        groups.value.length === 0 ? html`<p class="empty">${t('Chưa có điểm cầu nào trong phạm vi này.')}</p>`
        : view.value === 'wall' ? html`<${Wall} />`
        : html`<${Tree} />`
      }
    </section>
  `;
}

function Bar() {
  const calls = count.value;
  /** @type {[Tab, any][]} */
  const tabs = [
    ['now', t('Tình hình')],
    ...(may('coordinate') ? [/** @type {[Tab, any]} */ (['calls', html`${t('Cần gọi')}${calls > 0 && ` ${figure(calls)}`}`])] : []),
    ['points', t('Điểm cầu')],
    ['find', t('Tìm')],
  ];
  return html`
    <nav class="bar" aria-label=${t('Các phần của bảng')}>
      ${tabs.map(
        ([key, word]) => html`
          <button type="button" key=${key} aria-current=${tab.value === key ? 'page' : undefined} onClick=${() => {
            tab.value = key;
            scrollTo(0, 0);
          }}>${word}</button>
        `,
      )}
    </nav>
  `;
}

const Bones = () => html`
  <div class="skeleton" role="status"><span class="unseen">${t('Đang tải số liệu')}</span><i></i><i></i><i></i><i></i></div>
`;

const NoConference = () => html`
  <section class="welcome">
    <h2>${t('Chưa có hội nghị nào')}</h2>
    <p>${t('Nạp danh sách điểm cầu và tạo hội nghị trên máy chủ; bảng này tự hiện ra khi có.')}</p>
    <p><code>bridge registry import diem-cau.xlsx</code></p>
  </section>
`;

const Trouble = () => html`
  <section class="welcome" role="alert">
    <h2>${t('Chưa mở được bảng')}</h2>
    <p>${trouble.value}</p>
    <p><button type="button" class="pill" onClick=${() => location.reload()}>${t('Thử lại')}</button></p>
  </section>
`;

export function App() {
  useEffect(() => {
    document.documentElement.dataset.tab = tab.value;
  }, [tab.value]);
  const stale = line.value === 'stale' || line.value === 'stopped';
  const ready = state.value !== null;
  // What stands beside the wall in full does not stand there in brief too.
  const beside = open.value === null ? side.value?.what : undefined;
  return html`
    ${ready && open.value === null && side.value === null && html`<a class="skip" href="#incidents-title">${t('Đến sự cố và danh sách cần gọi')}</a>`}
    <${Header} />
    <div class="frame" data-panel=${(open.value !== null || side.value !== null) && ready} data-stale=${stale}>
      <main id="main">
        <${Stale} />
        ${ready && html`<${Missed} />`}
        ${notice.value && html`<p class="notice" role="status">${notice.value}</p>`}
        ${
          trouble.value ? html`<${Trouble} />`
          : conferences.value?.length === 0 ? html`<${NoConference} />`
          : preparing.value ? html`<${Preparing} />`
          : !ready ? html`<${Bones} />`
          : html`
              <${Own} />
              <${Where} />
              <div class="sheet">
                <${Numbers} />
                <${Points} />
                <div class="beside-wall">
                  ${beside !== 'incidents' && html`<${Incidents} />`}
                  ${beside !== 'calls' && html`<${Calls} />`}
                  ${beside !== 'notices' && html`<${Notices} />`}
                  ${beside !== 'duty' && html`<${Duty} />`}
                  <${News} />
                </div>
              </div>
            `
        }
      </main>
      ${ready && html`<${Aside} />`}
    </div>
    <${Moving} />
    ${ready && html`<${Bar} />`}
    <p class="unseen" role="status">${ready && whole.value.looks.lost > 0 ? t('{n} mất tín hiệu', { n: figure(whole.value.looks.lost) }) : ''}</p>
  `;
}

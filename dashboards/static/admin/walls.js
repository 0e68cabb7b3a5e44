// Screens on walls: each with a link of its own, whose address is shown once; renewed and taken back here.
import { html } from '../vendor/html.js';
import { useState } from '../vendor/hooks.mjs';
import { N, t } from '../language.js';
import { figure } from '../board/format.js';
import { api, why } from '../office/asking.js';
import { Finder, Line, Select } from '../office/asks.js';
import { Copy } from '../office/copy.js';
import { Dialog } from '../office/dialog.js';
import { Awaited, Rows, useTold } from '../office/listing.js';
import { day, moment } from '../office/moments.js';
import { session } from '../office/store.js';
import { sure } from '../office/sure.js';
import { everywhere } from './roles.js';

/** @typedef {{view: string, seconds: number}} Shown
 * @typedef {{handle: string, name: string, unit: string | null, unit_name: string, views: Shown[], theme: string, created_at: string, screens: number, seen_at: string | null}} Wall
 * @typedef {{name: string, url: string}} Given */

/** In the order in which they take turns. @type {Record<string, string>} */
const VIEWS = {
  numbers: N('Hai con số của ngày'),
  units: N('Các đơn vị'),
  tiles: N('Mọi điểm cầu'),
  attention: N('Việc cần xử lý'),
};

/** @type {readonly (readonly [string, string])[]} */
const THEMES = [
  ['dark', N('Nền tối')],
  ['light', N('Nền sáng')],
  ['hour', N('Sáng ban ngày, tối ban đêm')],
];

/** @type {readonly string[]} */
const SECONDS = ['0', '10', '20', '30', '60', '120', '300'];

/** @param {{close: () => void, made: (given: Given) => void}} props */
function New({ close, made }) {
  const all = everywhere(session.value?.user.role ?? '');
  const [name, setName] = useState('');
  const [unit, setUnit] = useState(/** @type {import('../office/asks.js').Found | null} */ (null));
  const [theme, setTheme] = useState('dark');
  const [seconds, setSeconds] = useState(/** @type {Record<string, string>} */ ({ numbers: '20', units: '20', tiles: '30', attention: '20' }));
  const [wrong, setWrong] = useState('');
  /** @param {Event} event */
  const go = async (event) => {
    event.preventDefault();
    const views = Object.keys(VIEWS).filter((view) => seconds[view] !== '0').map((view) => ({ view, seconds: Number(seconds[view]) }));
    if (views.length === 0) return setWrong(t('Hãy chọn ít nhất một màn hình.'));
    if (!all && !unit) return setWrong(t('Hãy chọn đơn vị.'));
    try {
      made({ name: name.trim(), ...(await api('/registry/walls', { method: 'POST', body: { name: name.trim(), unit: unit?.code ?? null, views, theme } })) });
    } catch (error) {
      setWrong(why(error));
    }
  };
  return html`
    <${Dialog} title=${t('Cấp liên kết màn hình')} close=${close}>
      <form onSubmit=${go}>
        <${Line} name=${t('Treo ở đâu')} value=${name} set=${setName} required maxlength="100" hint=${t('Ví dụ: Phòng họp Thường trực')} />
        <${Finder} name=${t('Cho xem đơn vị')} chosen=${unit} choose=${setUnit} required=${!all} />
        ${all && html`<p class="soft">${t('Để trống thì xem toàn hội nghị.')}</p>`}
        <fieldset class="turns"><legend>${t('Lần lượt hiện')}</legend>
          ${Object.entries(VIEWS).map(
            ([view, words]) => html`<${Select} key=${view} name=${t(words)} value=${seconds[view] ?? '0'} set=${(/** @type {string} */ value) => setSeconds({ ...seconds, [view]: value })}
              choices=${SECONDS.map((each) => [each, each === '0' ? t('Không hiện') : t('{n} giây', { n: each })])} />`,
          )}
        </fieldset>
        <${Select} name=${t('Giao diện')} value=${theme} set=${setTheme} choices=${THEMES.map(([key, words]) => [key, t(words)])} />
        <p class="wrong" role="alert">${wrong}</p>
        <div class="pills"><button type="submit" class="pill strong">${t('Cấp liên kết')}</button><button type="button" class="pill" onClick=${close}>${t('Thôi')}</button></div>
      </form>
    <//>
  `;
}

/** @param {{given: Given, close: () => void}} props */
const Once = ({ given: { name, url }, close }) => html`
  <${Dialog} title=${t('Liên kết màn hình: {name}', { name })} close=${close} held>
    <p>${t('Mở địa chỉ này một lần trên trình duyệt của màn hình; màn hình tự nhớ và tự nối lại.')}</p>
    <p class="written">${url}</p>
    <p><b>${t('Chỉ hiện lần này.')}</b> ${t('Ai có địa chỉ này đều xem được bảng; mất thì cấp lại.')}</p>
    <div class="pills"><${Copy} text=${url} /><button type="button" class="pill strong" onClick=${close}>${t('Xong')}</button></div>
  <//>
`;

/** @param {{wall: Wall, given: (given: Given) => void, again: () => void}} props */
function Doing({ wall, given, again }) {
  const { name, handle, screens } = wall;
  const renew = () =>
    sure({
      title: t('Cấp lại liên kết: {name}?', { name }),
      says: [t('Liên kết cũ hết hiệu lực ngay; {n} màn hình đang mở tắt số liệu cho đến khi mở liên kết mới.', { n: figure(screens) })],
      does: t('Cấp lại'),
      act: async (reason) => {
        given({ name, ...(await api(`/registry/walls/${handle}/renewal`, { method: 'POST', reason })) });
        again();
      },
    });
  const revoke = () =>
    sure({
      title: t('Thu hồi liên kết: {name}?', { name }),
      says: [t('{n} màn hình đang mở tắt số liệu ngay.', { n: figure(screens) })],
      does: t('Thu hồi'),
      done: t('Đã thu hồi liên kết của {name}.', { name }),
      act: (reason) => api(`/registry/walls/${handle}`, { method: 'DELETE', reason }).then(again),
    });
  return html`<span class="pills"><button type="button" class="pill" onClick=${renew}>${t('Cấp lại')}</button><button type="button" class="pill" onClick=${revoke}>${t('Thu hồi')}</button></span>`;
}

export function Walls() {
  const { told, wrong, again } = useTold('/registry/walls');
  const [making, setMaking] = useState(false);
  const [given, setGiven] = useState(/** @type {Given | null} */ (null));
  const walls = /** @type {Wall[]} */ (told?.walls ?? []);
  return html`
    <details class="walls">
      <summary><h3>${t('Màn hình treo')}</h3>${told && html`<span class="soft">${figure(walls.length)}</span>`}</summary>
      <div class="office-top">
        <p class="soft">${t('Bảng số lớn cho hội trường và phòng lãnh đạo: chỉ xem, không có họ tên, không phải đăng nhập.')}</p>
        <div class="pills"><button type="button" class="pill" onClick=${() => setMaking(true)}>${t('Cấp liên kết màn hình')}</button></div>
      </div>
      ${
        told === null || wrong
          ? html`<${Awaited} wrong=${wrong} again=${again} />`
          : walls.length === 0
            ? html`<p class="empty">${t('Chưa có màn hình nào.')}</p>`
            : html`<${Rows}
                look="walls"
                heads=${[t('Màn hình'), t('Cho xem'), t('Đang mở'), '']}
                rows=${walls.map((wall) => ({
                  key: wall.handle,
                  title: wall.name,
                  under: t('Cấp {day}', { day: day(wall.created_at) }),
                  cells: [
                    wall.unit ? wall.unit_name || wall.unit : t('Toàn hội nghị'),
                    wall.screens && wall.seen_at ? t('{n} nơi, gần nhất {at}', { n: figure(wall.screens), at: moment(wall.seen_at) }) : '–',
                    html`<${Doing} wall=${wall} given=${setGiven} again=${again} />`,
                  ],
                }))}
              />`
      }
      ${making && html`<${New} close=${() => setMaking(false)} made=${(/** @type {Given} */ one) => {
        setMaking(false);
        setGiven(one);
        again();
      }} />`}
      ${given && html`<${Once} given=${given} close=${() => setGiven(null)} />`}
    </details>
  `;
}

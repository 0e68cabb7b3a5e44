// Screens on walls: each with a link of its own, whose address is shown once, or taken in by a code; changed, renewed and taken back here.
import { html } from '../vendor/html.js';
import { useState } from '../vendor/hooks.mjs';
import { t } from '../language.js';
import { figure } from '../board/format.js';
import { api } from '../office/asking.js';
import { Copy } from '../office/copy.js';
import { Dialog } from '../office/dialog.js';
import { Awaited, Rows, useTold } from '../office/listing.js';
import { day, moment } from '../office/moments.js';
import { tell } from '../office/store.js';
import { sure } from '../office/sure.js';
import { Pair } from './pairing.js';
import { WallForm } from './wallform.js';

/** @typedef {import('./wallform.js').Wall} Wall @typedef {import('./wallform.js').Look} Look
 * @typedef {{name: string, url: string}} Given */

const COMES_IN_MS = 4_000;

/** @param {{close: () => void, made: (given: Given) => void}} props */
const New = ({ close, made }) => html`
  <${Dialog} title=${t('Cấp liên kết màn hình')} close=${close}>
    <${WallForm} does=${t('Cấp liên kết')} close=${close} act=${async (/** @type {Look} */ look) => made({ name: look.name, ...(await api('/registry/walls', { method: 'POST', body: look })) })} />
  <//>
`;

/** @param {{wall: Wall, close: () => void, changed: () => void}} props */
const Change = ({ wall, close, changed }) => html`
  <${Dialog} title=${t('Chỉnh sửa màn hình: {name}', { name: wall.name })} close=${close}>
    <p class="soft">${t('Màn hình đang mở tự theo trong vài giây.')}</p>
    <${WallForm} wall=${wall} does=${t('Lưu')} close=${close} act=${async (/** @type {Look} */ look) => {
      await api(`/registry/walls/${wall.handle}`, { method: 'PUT', body: look });
      close();
      tell(t('Đã sửa màn hình {name}.', { name: look.name }));
      changed();
    }} />
  <//>
`;

/** @param {{given: Given, close: () => void}} props */
const Once = ({ given: { name, url }, close }) => html`
  <${Dialog} title=${t('Liên kết màn hình: {name}', { name })} close=${close} held>
    <p>${t('Mở địa chỉ này một lần trên trình duyệt của màn hình; màn hình tự nhớ và tự nối lại.')}</p>
    <p class="written">${url}</p>
    <p><b>${t('Chỉ hiện lần này.')}</b> ${t('Ai có địa chỉ này đều xem được bảng; mất thì cấp lại.')}</p>
    <div class="pills"><${Copy} text=${url} /><button type="button" class="pill strong" onClick=${close}>${t('Xong')}</button></div>
  <//>
`;

/** @param {{wall: Wall, given: (given: Given) => void, change: () => void, again: () => void}} props */
function Doing({ wall, given, change, again }) {
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
  return html`<span class="pills"><button type="button" class="pill" onClick=${change}>${t('Chỉnh sửa')}</button><button type="button" class="pill" onClick=${renew}>${t('Cấp lại')}</button><button type="button" class="pill" onClick=${revoke}>${t('Thu hồi')}</button></span>`;
}

export function Walls() {
  const { told, wrong, again } = useTold('/registry/walls');
  const [making, setMaking] = useState(false);
  const [pairing, setPairing] = useState(false);
  const [changing, setChanging] = useState(/** @type {Wall | null} */ (null));
  const [given, setGiven] = useState(/** @type {Given | null} */ (null));
  const walls = /** @type {Wall[]} */ (told?.walls ?? []);
  return html`
    <details class="walls">
      <summary><h3>${t('Màn hình treo')}</h3>${told && html`<span class="soft">${figure(walls.length)}</span>`}</summary>
      <div class="office-top">
        <p class="soft">${t('Bảng số lớn cho hội trường và phòng lãnh đạo: chỉ xem, không có họ tên, không phải đăng nhập.')}</p>
        <div class="pills"><button type="button" class="pill strong" onClick=${() => setPairing(true)}>${t('Ghép màn hình bằng mã')}</button><button type="button" class="pill" onClick=${() => setMaking(true)}>${t('Cấp liên kết màn hình')}</button></div>
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
                    html`<${Doing} wall=${wall} given=${setGiven} change=${() => setChanging(wall)} again=${again} />`,
                  ],
                }))}
              />`
      }
      ${pairing && html`<${Pair} walls=${walls} changed=${again} close=${() => {
        setPairing(false);
        // By then the screen has come in.
        setTimeout(again, COMES_IN_MS);
      }} />`}
      ${making && html`<${New} close=${() => setMaking(false)} made=${(/** @type {Given} */ one) => {
        setMaking(false);
        setGiven(one);
        again();
      }} />`}
      ${changing && html`<${Change} key=${changing.handle} wall=${changing} close=${() => setChanging(null)} changed=${again} />`}
      ${given && html`<${Once} given=${given} close=${() => setGiven(null)} />`}
    </details>
  `;
}

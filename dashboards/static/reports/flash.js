// The flash: one sentence and one picture of the figures, ready to be pasted into a group.
import { html } from '../vendor/html.js';
import { useState } from '../vendor/hooks.mjs';
import { t } from '../language.js';
import { figure, share } from '../board/format.js';
import { download, why } from '../office/asking.js';
import { Copy } from '../office/copy.js';
import { Awaited, useTold } from '../office/listing.js';
import { moment } from '../office/moments.js';
import { conference, ladder, of } from './store.js';

/** Whether this browser can put a picture on the clipboard. */
const pictures = () => typeof ClipboardItem !== 'undefined' && navigator.clipboard?.write !== undefined;

/** @param {string} address */
async function copyPicture(address) {
  // Asked for within the click: some browsers give the clipboard to nobody else.
  await navigator.clipboard.write([new ClipboardItem({ 'image/png': fetch(address).then((answer) => answer.blob()) })]);
}

/** Why the board says other numbers at the same moment: whoever compares the two must not have to wonder.
 * @param {{ready: number, connected: number, people: Record<string, number>}} told */
function differences({ ready, connected, people: { expected = 0, present = 0, unreported = 0 } }) {
  // After the sitting the board counts who took part, as this does.
  const live = !['closing', 'closed'].includes(ladder.value?.phase ?? conference.value?.phase ?? '');
  return [
    live && ready > connected && t('{all} điểm cầu gồm {n} đang kết nối như trên bảng và {more} xem truyền hình, phát thanh hoặc đã báo mà chưa nối máy.', { all: figure(ready), n: figure(connected), more: figure(ready - connected) }),
    unreported > 0 && expected > unreported && t('Tỷ lệ trong câu tính trên tổng số triệu tập; riêng những nơi đã báo là {share}, như trên bảng.', { share: share(present, expected - unreported) }),
  ].filter((words) => words !== false);
}

export function Flash() {
  const { told, wrong, again } = useTold(of('/flash'));
  const [said, setSaid] = useState('');
  const [turn, setTurn] = useState(0);
  const picture = `/api/v1${of('/flash.png')}?turn=${turn}`;
  const name = 'tin-nhanh.png';
  return html`
    <div class="office-top">
      <h2 tabindex="-1">${t('Tin nhanh')}</h2>
      <div class="pills"><button type="button" class="pill" onClick=${() => {
        again();
        setTurn((before) => before + 1);
      }}>${t('Lấy số mới nhất')}</button></div>
    </div>
    ${
      told === null || wrong
        ? html`<${Awaited} wrong=${wrong} again=${again} />`
        : html`
            <p class="flash-text">${told.text}</p>
            ${differences(told).map((words) => html`<p class="soft" key=${words}>${words}</p>`)}
            <p class="pills"><${Copy} text=${told.text} name=${t('Chép câu này')} /></p>
            <p><img class="flash-picture" src=${picture} width="1080" height="1080" alt=${told.text} /></p>
            <p class="pills">
              ${pictures() && html`<button type="button" class="pill" onClick=${() => copyPicture(picture).then(() => setSaid(t('Đã chép ảnh')), () => setSaid(t('Trình duyệt không cho chép ảnh; hãy tải về.')))}>${t('Chép ảnh')}</button>`}
              <button type="button" class="pill" onClick=${() => download(of('/flash.png'), {}, name).catch((error) => setSaid(why(error)))}>${t('Tải ảnh')}</button>
              <span class="copied" role="status">${said}</span>
            </p>
            ${
              told.told.length > 0 &&
              html`<section class="sitting-card"><h3>${t('Các mốc đã qua')}</h3>
                <ul class="told">${told.told.map((/** @type {{at: string, text: string}} */ each) => html`<li key=${each.at}><time>${moment(each.at)}</time><span>${each.text}</span><${Copy} text=${each.text} /></li>`)}</ul></section>`
            }
          `
    }
  `;
}

// The ends of the chains: written down elsewhere, they show later whether anything before them was touched.
import { html } from '../vendor/html.js';
import { useEffect, useState } from '../vendor/hooks.mjs';
import { t } from '../language.js';
import { figure } from '../board/format.js';
import { Shape } from '../board/shape.js';
import { api, why } from '../office/asking.js';
import { Copy } from '../office/copy.js';
import { Awaited, useTold } from '../office/listing.js';
import { moment } from '../office/moments.js';
import { tell } from '../office/store.js';

const LOOK_MS = 1500;

/** @param {{name: string, position: number, hash: string}} props */
const Head = ({ name, position, hash }) => html`
  <li><p><b>${name}</b><small>${t('{n} dòng', { n: figure(position) })}</small></p><code class="written">${hash}</code></li>
`;

/** Whether everything still holds together: walked through when asked, row by row. */
function Verify() {
  const { told, wrong, again } = useTold('/audit/verification');
  const [refused, setRefused] = useState('');
  const [asked, setAsked] = useState(false);
  const running = asked || Boolean(told?.running);
  useEffect(() => {
    // Somebody else has asked for it.
    if (!running || asked) return undefined;
    const soon = setInterval(again, LOOK_MS);
    return () => clearInterval(soon);
  }, [running, asked]);
  const begin = async () => {
    setRefused('');
    setAsked(true);
    try {
      const { whole } = await api('/audit/verification', { method: 'POST' });
      tell(whole ? t('Mọi nhật ký còn nguyên vẹn.') : t('Có dòng không còn nguyên vẹn.'));
    } catch (error) {
      setRefused(why(error));
    }
    setAsked(false);
    again();
  };
  if (told === null) return html`<${Awaited} wrong=${wrong} again=${again} />`;
  return html`
    <div role="status">
      ${
        running ? html`<p class="fine"><${Shape} look="reconnecting" />${t('Đang kiểm tra từng dòng của mọi nhật ký.')}</p>`
        : told.at === null ? html`<p>${t('Chưa kiểm tra từ khi máy chủ khởi động.')}</p>`
        : told.whole ? html`<p class="fine"><${Shape} look="steady" />${t('Nguyên vẹn, kiểm tra lúc {at}.', { at: moment(told.at) })}</p>`
        : html`<p class="wrong">${t('Kiểm tra lúc {at}: {found}', { at: moment(told.at), found: told.found })}</p>`
      }
    </div>
    <p class="wrong" role="alert">${refused}</p>
    <div class="pills"><button type="button" class="pill" aria-disabled=${running} onClick=${() => !running && void begin()}>${t('Kiểm tra ngay')}</button></div>
  `;
}

export function Chains() {
  const { told, wrong, again } = useTold('/audit/heads');
  const lines = told ? [[t('Nhật ký thay đổi'), told.audit.position, told.audit.hash], ...told.journals.map((/** @type {any} */ each) => [each.conference, each.position, each.hash])] : [];
  return html`
    <section class="part">
      <h3>${t('Mắt xích cuối')}</h3>
      <p>${t('Mỗi dòng nhật ký khóa các dòng trước nó. Hãy ghi lại ở nơi khác (sổ giấy, biên bản): về sau, ai sửa một dòng cũ thì mã này không còn khớp.')}</p>
      ${
        told === null || wrong
          ? html`<${Awaited} wrong=${wrong} again=${again} />`
          : html`<ul class="things heads">${lines.map(([name, position, hash]) => html`<${Head} key=${name} name=${name} position=${position} hash=${hash} />`)}</ul>
            <div class="pills"><${Copy} text=${lines.map((line) => line.join('\t')).join('\n')} name=${t('Chép các mã')} /></div>`
      }
    </section>
    <section class="part"><h3>${t('Kiểm tra tính nguyên vẹn')}</h3><${Verify} /></section>
  `;
}

// The browsers that somebody is signed in with, each with a way out.
import { html } from '../vendor/html.js';
import { t } from '../language.js';
import { api, query } from '../office/asking.js';
import { Awaited, useTold } from '../office/listing.js';
import { moment } from '../office/moments.js';
import { sure } from '../office/sure.js';

/** A television says that it is a Linux as well. */
const SYSTEMS = ['Tizen', 'Web0S', 'CrKey', 'Windows', 'Android', 'iPhone', 'iPad', 'Mac OS X', 'Linux'];

/** "Firefox, Windows" of what a browser calls itself; the whole where it is none we know. @param {string} said */
export function browserWords(said) {
  const browser = /(Edg|OPR|CocCoc|Firefox|Chrome|Safari)/.exec(said.replace(/Chrome(?=.*(Edg|OPR|coc_coc))/, ''))?.[1] ?? '';
  const system = SYSTEMS.find((each) => said.includes(each)) ?? '';
  /** @type {Record<string, string>} */
  const called = { Edg: 'Edge', OPR: 'Opera', 'Mac OS X': 'macOS', Tizen: 'TV Samsung', Web0S: 'TV LG', CrKey: 'Chromecast' };
  return [called[browser] ?? browser, called[system] ?? system].filter(Boolean).join(', ') || said || t('Trình duyệt không rõ');
}

/** @param {{of?: string, who?: string, changed?: () => void}} props without `of` one's own */
export function SessionList({ of, who = '', changed = () => {} }) {
  const { told, wrong, again } = useTold(`/sessions${query({ username: of })}`);
  const sessions = /** @type {{id: string, address: string, browser: string, seen_at: string, created_at: string, current: boolean}[]} */ (told?.sessions ?? []);
  const anew = () => {
    again();
    changed();
  };
  /** @param {typeof sessions[number]} each */
  const end = (each) =>
    sure({
      title: t('Đăng xuất trình duyệt này?'),
      says: [t('{browser}, từ {address}: trang đang mở ở đó đóng lại trong vài giây.', { browser: browserWords(each.browser), address: each.address || '–' })],
      does: t('Đăng xuất'),
      done: t('Đã đăng xuất một trình duyệt.'),
      act: (reason) => api(`/sessions/${each.id}`, { method: 'DELETE', reason }).then(anew),
    });
  const endAll = () =>
    sure({
      title: of ? t('Đăng xuất mọi trình duyệt của {who}?', { who }) : t('Đăng xuất mọi trình duyệt khác của bạn?'),
      says: [of ? t('Người này phải đăng nhập lại bằng mật khẩu của mình.') : t('Trình duyệt đang dùng vẫn đăng nhập.')],
      does: t('Đăng xuất tất cả'),
      done: t('Đã đăng xuất các trình duyệt.'),
      act: (reason) => api(`/sessions${query({ username: of })}`, { method: 'DELETE', reason }).then(anew),
    });
  return html`
    <section class="part">
      <h3>${t('Đang đăng nhập')}</h3>
      ${
        told === null || wrong
          ? html`<${Awaited} wrong=${wrong} again=${again} />`
          : sessions.length === 0
            ? html`<p class="empty">${t('Không đăng nhập ở đâu.')}</p>`
            : html`<ul class="things">
                ${sessions.map(
                  (each) => html`
                    <li key=${each.id}>
                      <p><b>${browserWords(each.browser)}</b>${each.current && html` <span class="soft">(${t('trình duyệt này')})</span>`}<small>${t('{address}, hoạt động lúc {at}', { address: each.address || '–', at: moment(each.seen_at) })}</small></p>
                      ${!each.current && html`<button type="button" class="quiet" onClick=${() => end(each)}>${t('Đăng xuất')}</button>`}
                    </li>
                  `,
                )}
              </ul>`
      }
      ${sessions.some(({ current }) => !current) && html`<p><button type="button" class="quiet" onClick=${endAll}>${of ? t('Đăng xuất tất cả') : t('Đăng xuất mọi trình duyệt khác')}</button></p>`}
    </section>
  `;
}

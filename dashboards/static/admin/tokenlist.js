// API tokens: what each program may do for its holder, until when, and the way to take it back.
import { html } from '../vendor/html.js';
import { t } from '../language.js';
import { api } from '../office/asking.js';
import { Awaited, useTold } from '../office/listing.js';
import { day, moment } from '../office/moments.js';
import { sure } from '../office/sure.js';
import { roleWords } from './roles.js';

/** @param {{path: string, own?: boolean, children?: any}} props */
export function TokenList({ path, own = false, children }) {
  const { told, wrong, again } = useTold(path);
  const tokens = /** @type {any[]} */ (told?.tokens ?? []);
  /** @param {any} each */
  const revoke = (each) =>
    sure({
      title: t('Thu hồi mã API «{name}»?', { name: each.name }),
      says: [t('Chương trình dùng mã {prefix} bị từ chối ngay.', { prefix: each.prefix })],
      does: t('Thu hồi'),
      done: t('Đã thu hồi mã API.'),
      act: (reason) => api(`/tokens/${each.id}`, { method: 'DELETE', reason }).then(again),
    });
  if (!own && told !== null && tokens.length === 0) return null;
  return html`
    <section class="part">
      <h3>${t('Mã API')}</h3>
      ${
        told === null || wrong
          ? html`<${Awaited} wrong=${wrong} again=${again} />`
          : tokens.length === 0
            ? html`<p class="empty">${t('Chưa có mã nào. Mã API để một chương trình khác đọc số liệu thay bạn.')}</p>`
            : html`<ul class="things">
                ${tokens.map(
                  (each) => html`
                    <li key=${each.id}>
                      <p><b>${each.name}</b><small>${[each.prefix, roleWords(each.role), each.scope ?? t('Tất cả'), t('hết hạn {day}', { day: day(each.expires_at) }), each.used_at ? t('dùng lúc {at}', { at: moment(each.used_at) }) : t('chưa dùng')].join(' · ')}</small></p>
                      <button type="button" class="quiet" onClick=${() => revoke(each)}>${t('Thu hồi')}</button>
                    </li>
                  `,
                )}
              </ul>`
      }
      ${children}
    </section>
  `;
}

// What is held about a person, told and erased; and for how long each conference keeps its people's names.
import { html } from '../vendor/html.js';
import { useState } from '../vendor/hooks.mjs';
import { N, t } from '../language.js';
import { figure } from '../board/format.js';
import { api, keep, why } from '../office/asking.js';
import { Line } from '../office/asks.js';
import { may } from '../office/store.js';
import { sure } from '../office/sure.js';
import { Retention } from './retention.js';

/** Where something is held. @type {Record<string, string>} */
const WHERE = {
  account: N('Tài khoản'),
  contact: N('Người liên hệ của điểm cầu'),
  attendee: N('Danh sách đại biểu'),
  duty: N('Lịch trực'),
  hotline: N('Đường dây nóng'),
  audit: N('Nhật ký thay đổi'),
  note: N('Ghi chú trong hội nghị'),
  seen: N('Đã điểm danh'),
};
/** Told, but not erased by itself: it goes with what it belongs to. */
const FOLLOWS = ['seen'];

/** @typedef {{id: string, where: string, subject: string, fields: Record<string, string>}} Held */

function Person() {
  const [name, setName] = useState('');
  const [phone, setPhone] = useState('');
  const [found, setFound] = useState(/** @type {Held[] | null} */ (null));
  const [chosen, setChosen] = useState(/** @type {ReadonlySet<string>} */ (new Set()));
  const [wrong, setWrong] = useState('');
  const asked = () => ({ name: name.trim(), phone: phone.trim() });
  /** @param {Event} [event] */
  const look = async (event) => {
    event?.preventDefault();
    setWrong('');
    if (asked().name.split(/\s+/).length < 2 && asked().phone.replace(/\D/g, '').length < 8) {
      return setWrong(t('Hãy ghi họ và tên đầy đủ, hoặc số điện thoại.'));
    }
    try {
      const told = await api('/people/held', { method: 'POST', body: asked() });
      setFound(told.found);
      setChosen(new Set());
    } catch (error) {
      setWrong(why(error));
    }
  };
  const erase = () =>
    sure({
      title: t('Xóa hẳn {n} mục về người này?', { n: figure(chosen.size) }),
      says: [t('Họ tên, số điện thoại và ghi chú đã chọn bị xóa, kể cả trong nhật ký; không lấy lại được.'), t('Con số của hội nghị và chuỗi nhật ký vẫn nguyên vẹn. Lý do bạn ghi được giữ, đừng nêu tên người này trong lý do.')],
      does: t('Xóa hẳn'),
      done: t('Đã xóa hẳn.'),
      reasoned: true,
      act: async (reason) => {
        await api('/people/erasures', { method: 'POST', body: { ...asked(), only: [...chosen] }, reason });
        await look();
      },
    });
  const erasable = (found ?? []).filter(({ where }) => !FOLLOWS.includes(where));
  /** @param {string} id */
  const pick = (id) => setChosen(new Set(chosen.has(id) ? [...chosen].filter((each) => each !== id) : [...chosen, id]));
  return html`
    <section class="part">
      <h3>${t('Hệ thống đang giữ gì về một người')}</h3>
      <form class="sieve" onSubmit=${look}>
        <${Line} name=${t('Họ và tên')} value=${name} set=${setName} maxlength="300" autocomplete="off" />
        <${Line} name=${t('Số điện thoại')} value=${phone} set=${setPhone} maxlength="40" inputmode="tel" autocomplete="off" />
        <button type="submit" class="pill strong">${t('Tìm')}</button>
      </form>
      <p class="wrong" role="alert">${wrong}</p>
      <div role="status">
        ${found?.length === 0 && html`<p class="empty">${t('Không giữ gì về người này.')}</p>`}
        ${found && found.length > 0 && html`<p><b>${t('{n} nơi có người này', { n: figure(found.length) })}</b>. ${t('Hai người có thể trùng tên: hãy xem từng mục trước khi xóa.')}</p>`}
      </div>
      ${
        found &&
        found.length > 0 &&
        html`
          <ul class="things held">
            ${found.map(
              (each) => html`
                <li key=${each.id}>
                  <label class="pick">
                    ${FOLLOWS.includes(each.where) ? html`<i class="no-box"></i>` : html`<input type="checkbox" checked=${chosen.has(each.id)} onChange=${() => pick(each.id)} />`}
                    <span><b>${t(WHERE[each.where] ?? each.where)}</b> <span class="parent">${each.subject}</span><small>${Object.values(each.fields).filter(Boolean).join(' · ')}</small></span>
                  </label>
                </li>
              `,
            )}
          </ul>
          <div class="pills">
            <button type="button" class="pill" onClick=${() => setChosen(new Set(chosen.size === erasable.length ? [] : erasable.map(({ id }) => id)))}>${chosen.size === erasable.length ? t('Bỏ chọn tất cả') : t('Chọn tất cả')}</button>
            <button type="button" class="pill" onClick=${() => keep(new Blob([JSON.stringify({ ...asked(), found }, null, 2)], { type: 'application/json' }), 'du-lieu-ca-nhan.json')}>${t('Tải về để giao cho người hỏi')}</button>
            <button type="button" class="pill strong" disabled=${chosen.size === 0} onClick=${erase}>${t('Xóa hẳn {n} mục', { n: figure(chosen.size) })}</button>
          </div>
        `
      }
    </section>
  `;
}

export const People = () => html`
  <div class="office-top"><h2 tabindex="-1">${t('Dữ liệu cá nhân')}</h2></div>
  ${may('administer') && html`<${Person} />`}
  ${may('govern') && html`<${Retention} />`}
`;

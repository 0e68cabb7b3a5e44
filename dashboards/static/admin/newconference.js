// Making a conference of one sitting for all halls under a unit; what is rarer goes over the API.
import { html } from '../vendor/html.js';
import { useState } from '../vendor/hooks.mjs';
import { t } from '../language.js';
import { figure } from '../board/format.js';
import { fold } from '../board/vietnamese.js';
import { api, why } from '../office/asking.js';
import { Finder, Line } from '../office/asks.js';
import { Dialog } from '../office/dialog.js';
import { DAY, dayOf } from '../office/moments.js';
import { tell } from '../office/store.js';

const ID_LETTERS = 40;

/** "Hội nghị học tập 3/2026" -> "hoi-nghi-hoc-tap-3-2026" @param {string} title */
const slug = (title) => fold(title).replace(/[^a-z0-9]+/g, '-').slice(0, ID_LETTERS).replace(/^-|-$/g, '');

/** @param {{close: () => void, made: () => void}} props */
export function NewConference({ close, made }) {
  const [title, setTitle] = useState('');
  const [unit, setUnit] = useState(/** @type {import('../office/asks.js').Found | null} */ (null));
  const [on, setOn] = useState('');
  const [from, setFrom] = useState('08:00');
  const [to, setTo] = useState('11:30');
  const [hotline, setHotline] = useState('');
  const [phone, setPhone] = useState('');
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState('');
  /** @param {Event} event */
  const go = async (event) => {
    event.preventDefault();
    if (busy) return;
    const day = dayOf(on);
    if (!unit) return setWrong(t('Hãy chọn đơn vị triệu tập trong danh sách hiện ra.'));
    if (!day) return setWrong(t('Ngày ghi theo mẫu 07/03/2026.'));
    setBusy(true);
    try {
      const { points } = await api('/conferences', {
        method: 'POST',
        body: {
          id: `${slug(title) || 'hoi-nghi'}-${day}`,
          title: title.trim(),
          unit: unit.code,
          hotline: { name: hotline.trim(), phone: phone.trim() },
          sittings: [{ day, starts_at: from, ends_at: to }],
        },
      });
      tell(t('Đã lập hội nghị với {n} điểm cầu.', { n: figure(points) }));
      made();
      close();
    } catch (error) {
      setWrong(why(error));
      setBusy(false);
    }
  };
  const hour = { pattern: '([01]?[0-9]|2[0-3]):[0-5][0-9]', maxlength: 5, inputmode: 'numeric', placeholder: '08:00', required: true };
  return html`
    <${Dialog} title=${t('Lập hội nghị')} close=${close}>
      <form onSubmit=${go}>
        <${Line} name=${t('Tên hội nghị')} value=${title} set=${setTitle} required maxlength="500" />
        <${Finder} name=${t('Đơn vị triệu tập')} chosen=${unit} choose=${setUnit} required />
        <p class="soft">${t('Mọi điểm cầu của đơn vị này và bên dưới đều tham gia.')}</p>
        <div class="three">
          <${Line} name=${t('Ngày')} value=${on} set=${setOn} required maxlength="10" inputmode="numeric" placeholder="dd/mm/yyyy" pattern=${DAY} title="dd/mm/yyyy" />
          <${Line} name=${t('Bắt đầu')} value=${from} set=${setFrom} ...${hour} />
          <${Line} name=${t('Kết thúc')} value=${to} set=${setTo} ...${hour} />
        </div>
        <${Line} name=${t('Trực ban')} value=${hotline} set=${setHotline} maxlength="200" />
        <${Line} name=${t('Điện thoại trực ban')} value=${phone} set=${setPhone} maxlength="40" inputmode="tel" hint=${t('Hiện trên mọi điện thoại của điểm cầu.')} />
        <p class="soft">${t('Ba đợt báo cáo như thường lệ: đầu giờ, giữa giờ, cuối giờ. Hội nghị là bản nháp cho đến khi được mở trên bảng theo dõi.')}</p>
        <p class="wrong" role="alert">${wrong}</p>
        <div class="pills"><button type="submit" class="pill strong" aria-disabled=${busy}>${t('Lập hội nghị')}</button><button type="button" class="pill" onClick=${close}>${t('Thôi')}</button></div>
      </form>
    <//>
  `;
}

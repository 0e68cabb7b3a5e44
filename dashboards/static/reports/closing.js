// The ladder of the day's end: halls submit, units check, the city closes, somebody signs; and who is still missing.
import { html } from '../vendor/html.js';
import { useState } from '../vendor/hooks.mjs';
import { t } from '../language.js';
import { figure, instant, minute, share } from '../board/format.js';
import { STAGES } from '../board/words.js';
import { Chevron, Shape } from '../board/shape.js';
import { api } from '../office/asking.js';
import { moment } from '../office/moments.js';
import { may, session } from '../office/store.js';
import { sure } from '../office/sure.js';
import { ladder, learn, of, waiting } from './store.js';

/** @typedef {import('./store.js').Sitting} Sitting @typedef {import('./store.js').Unit} Unit @typedef {import('./store.js').Missing} Missing */

/** How far one sitting has come: in hand, checked. @param {Sitting} sitting */
const checkedOf = (sitting) => sitting.units.filter(({ checked }) => checked?.holds).length;

/** What stands between here and a signature, a sentence each, the first first. @param {import('./store.js').Ladder} now */
function steps(now) {
  const closed = now.closed_at !== null;
  const signed = now.versions.at(-1);
  const until = instant(now.grace_until);
  const graced = closed && !signed && until !== null && until > (instant(now.now) ?? 0);
  const unsigned = now.corrections.filter(({ status, version }) => status === 'approved' && version === null).length;
  return [
    {
      name: t('Điểm cầu nộp, đơn vị kiểm tra'),
      done: closed,
      says: closed ? t('Đã xong khi chốt.') : t('Nơi nộp sau vẫn được tính cho đến khi chốt.'),
    },
    {
      name: t('Thành phố chốt'),
      done: closed,
      says: closed ? t('Đã chốt lúc {time}.', { time: moment(now.closed_at) }) : t('Từ lúc chốt, số liệu chỉ đổi bằng đính chính.'),
    },
    {
      name: t('Ký'),
      done: Boolean(signed) && unsigned === 0,
      says:
        graced ? t('Chờ điện thoại gửi nốt số đã báo trước giờ chốt, đến {time}.', { time: minute(until ?? 0) })
        : unsigned > 0 ? t('Có {n} đính chính đã duyệt chưa nằm trong phiên bản nào: lập dự thảo mới và ký.', { n: figure(unsigned) })
        : signed ? t('Phiên bản {n}, ký lúc {time}.', { n: signed.number, time: moment(signed.signed_at) })
        : closed ? t('Lập dự thảo báo cáo, xem lại rồi ký.') : '',
    },
  ];
}

/** @param {{now: import('./store.js').Ladder}} props */
function Ladder({ now }) {
  const all = steps(now);
  const here = all.findIndex(({ done }) => !done);
  return html`
    <ol class="ladder">
      ${all.map(
        ({ name, done, says }, i) => html`
          <li key=${name} data-done=${done} aria-current=${i === here ? 'step' : undefined}>
            <${Shape} look=${done ? 'steady' : i === here ? 'unstable' : 'not_opened'} />
            <div><b>${name}</b>${says && html`<p>${says}</p>`}</div>
          </li>
        `,
      )}
    </ol>
  `;
}

/** @param {import('./store.js').Ladder} now */
function close(now) {
  const left = now.sittings.flatMap(({ name, points, submitted, units }) => [
    points > submitted && t('{sitting}: {n} điểm cầu chưa nộp', { sitting: name, n: figure(points - submitted) }),
    units.some(({ checked }) => !checked?.holds) && t('{sitting}: {n} đơn vị chưa kiểm tra', { sitting: name, n: figure(units.length - units.filter(({ checked }) => checked?.holds).length) }),
  ]);
  sure({
    title: t('Chốt số liệu của hội nghị?'),
    says: [
      ...left.filter(Boolean).map((each) => `${each}.`),
      t('Biểu nhập của cán bộ khóa lại. Số điện thoại đã ghi trước giờ chốt còn được nhận thêm ít phút; số đến sau chờ duyệt như đính chính.'),
      t('Không mở lại được.'),
    ],
    does: t('Chốt số liệu'),
    done: t('Đã chốt số liệu.'),
    act: async (reason) => {
      await api(of('/phase'), { method: 'POST', body: { phase: 'closed', version: now.phase_version }, reason });
      await learn();
    },
  });
}

/** @param {Sitting} sitting @param {Unit} unit */
function check(sitting, unit) {
  const without = unit.points - unit.submitted;
  sure({
    title: t('Nộp số liệu của {unit}?', { unit: unit.name }),
    says: [
      without > 0 ? t('{n} điểm cầu chưa nộp; nộp lúc này thì tên các nơi đó được ghi lại.', { n: figure(without) }) : t('Cả {n} điểm cầu đã nộp.', { n: figure(unit.points) }),
      t('Bạn đã xem lại số liệu và chịu trách nhiệm về số đã kiểm tra.'),
    ],
    does: t('Đã kiểm tra, nộp'),
    done: t('Đã nộp số liệu của {unit}.', { unit: unit.name }),
    act: async (reason) => {
      await api(of('/closing/submissions'), { method: 'POST', body: { sitting: sitting.id, unit: unit.unit }, reason });
      await learn();
    },
  });
}

/** @param {Sitting} sitting @param {Unit} unit */
function giveBack(sitting, unit) {
  sure({
    title: t('Trả lại số liệu của {unit}?', { unit: unit.name }),
    says: [t('Người đã nộp thấy lý do của bạn và phải kiểm tra, nộp lại.')],
    does: t('Trả lại'),
    reasoned: true,
    done: t('Đã trả lại số liệu của {unit}.', { unit: unit.name }),
    act: async (reason) => {
      await api(of('/closing/returns'), { method: 'POST', body: { sitting: sitting.id, unit: unit.unit, reason } });
      await learn();
    },
  });
}

/** The reader's own unit, where the whole of it was checked: what lies below it was handed in with it. @param {Sitting} sitting */
function wholeOf({ units }) {
  const own = session.value?.units ?? [];
  return own.length === 1 ? units.find(({ unit, checked }) => unit === own[0]?.code && checked?.holds) : undefined;
}

/** @param {{unit: Unit, whole: Unit | undefined}} props */
function Standing({ unit, whole }) {
  const { checked, returned } = unit;
  if (whole && whole !== unit && !checked && !returned) return html`<span class="soft">${t('Đã nộp cùng {unit}', { unit: whole.name })}</span>`;
  if (returned) return html`<span class="odd">${t('Trả lại lúc {time}', { time: moment(returned.at) })}${returned.reason && `: ${returned.reason}`}</span>`;
  if (!checked) return html`<span class="soft">${t('Chưa kiểm tra')}</span>`;
  const who = [moment(checked.at), checked.by_name].filter(Boolean).join(', ');
  if (!checked.holds) return html`<span class="odd">${t('Có nơi nộp lại sau khi kiểm tra ({who})', { who })}</span>`;
  return html`<span>${t('Đã kiểm tra')} <small class="soft">${who}${checked.without > 0 && html` · ${t('thiếu {n} nơi', { n: figure(checked.without) })}`}</small></span>`;
}

/** The halls of one sitting that have not submitted, whom to call. @param {{sitting: Sitting, under: string}} props */
function Missings({ sitting, under }) {
  const shown = sitting.missing;
  if (shown.length === 0) return html`<p class="empty">${t('Không còn nơi nào chưa nộp.')}</p>`;
  return html`
    <ul class="missing-halls" aria-label=${t('Chưa nộp')}>
      ${shown.map(
        (each) => html`
          <li key=${each.point} data-under=${under}>
            <a href=${`/points/${encodeURIComponent(each.point)}`}><b>${each.name}</b>${each.parent_name && html` <span class="parent">${each.parent_name}</span>`}</a>
            <small class="soft">${[t(STAGES[each.stage] ?? each.stage), each.reported ? t('đã báo đợt cuối') : t('chưa báo đợt cuối'), each.returned && t('đã bị trả lại')].filter(Boolean).join(' · ')}</small>
          </li>
        `,
      )}
    </ul>
    ${sitting.missing_left_out > 0 && html`<p class="soft">${t('và {n} nơi khác', { n: figure(sitting.missing_left_out) })}</p>`}
  `;
}

/** @param {{sitting: Sitting, phase: string}} props */
function SittingCard({ sitting, phase }) {
  const [open, setOpen] = useState(false);
  const acting = may('check') && (phase === 'live' || phase === 'closing');
  const missing = sitting.points - sitting.submitted;
  const whole = wholeOf(sitting);
  return html`
    <section class="sitting-card" aria-label=${sitting.name}>
      <h3>${sitting.name}</h3>
      <div class="two">
        <p><strong>${figure(sitting.submitted)}</strong><span>/ ${figure(sitting.points)} ${t('điểm cầu đã nộp')}</span> <small>${share(sitting.submitted, sitting.points)}</small></p>
        ${whole ? html`<p><span>${t('Đã kiểm tra và nộp cả {unit}', { unit: whole.name })}</span></p>` : html`<p><strong>${figure(checkedOf(sitting))}</strong><span>/ ${figure(sitting.units.length)} ${t('đơn vị đã kiểm tra')}</span></p>`}
      </div>
      ${
        missing > 0 &&
        html`
          <button type="button" class="twig" aria-expanded=${open} onClick=${() => setOpen(!open)}><${Chevron} /><b>${t('{n} điểm cầu chưa nộp', { n: figure(missing) })}</b></button>
          ${open && html`<${Missings} sitting=${sitting} under="" />`}
        `
      }
      <ul class="units">
        ${sitting.units.map(
          (unit) => html`
            <li key=${unit.unit} data-whole=${unit.submitted === unit.points}>
              <span class="unit-name">${unit.name}</span>
              <span class="unit-count">${figure(unit.submitted)}/${figure(unit.points)}</span>
              <${Standing} unit=${unit} whole=${whole} />
              ${
                acting &&
                html`<span class="unit-does">
                  ${!unit.checked?.holds && (!whole || unit.returned) && html`<button type="button" class="change" aria-label=${`${t('Kiểm tra và nộp')}, ${unit.name}`} onClick=${() => check(sitting, unit)}>${t('Kiểm tra và nộp')}</button>`}
                  ${unit.checked && session.value?.user.role === 'organiser' && html`<button type="button" class="change" aria-label=${`${t('Trả lại')}, ${unit.name}`} onClick=${() => giveBack(sitting, unit)}>${t('Trả lại')}</button>`}
                </span>`
              }
            </li>
          `,
        )}
      </ul>
    </section>
  `;
}

export function Closing() {
  const now = ladder.value;
  if (!now) return null;
  return html`
    <div class="office-top">
      <h2 tabindex="-1">${t('Chốt số liệu')}</h2>
      <div class="pills">
        ${may('govern') && now.phase === 'closing' && html`<button type="button" class="pill strong" onClick=${() => close(now)}>${t('Chốt số liệu')}</button>`}
        ${may('govern') && now.phase === 'live' && html`<p class="soft">${t('Nút chốt hiện ra khi hội nghị chuyển sang «Đang chốt số liệu» (bảng theo dõi, Tùy chọn).')}</p>`}
        ${now.closed_at !== null && html`<a class="pill strong" href="#papers">${t('Đến báo cáo')}</a>`}
      </div>
    </div>
    <${Ladder} now=${now} />
    ${waiting.value.length > 0 && html`<p class="notice"><span>${t('{n} đính chính đang chờ.', { n: figure(waiting.value.length) })}</span><a class="pill" href="#corrections">${t('Xem')}</a></p>`}
    ${now.kept > 0 && html`<p class="soft">${t('{n} báo cáo đến sau khi chốt không đổi số liệu; vẫn được lưu trong diễn biến.', { n: figure(now.kept) })}</p>`}
    ${now.sittings.map((sitting) => html`<${SittingCard} key=${sitting.id} sitting=${sitting} phase=${now.phase} />`)}
  `;
}

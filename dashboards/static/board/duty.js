// Who is on duty now, and the roster of the day, which an organiser puts in order.
import { html } from '../vendor/html.js';
import { useEffect, useLayoutEffect, useRef, useState } from '../vendor/hooks.mjs';
import { signal } from '../vendor/signals.mjs';
import { N, t } from '../language.js';
import { ask, conference, plan } from './conference.js';
import { date, dialled, figure, instant, minute, tel } from './format.js';
import { toSide } from './go.js';
import { may } from './reader.js';
import { Telephone } from './shape.js';
import { isOn, same, shiftOf, typedOf } from './shifts.js';
import { Beside } from './side.js';
import { groups, hallNow, hallSecond, state } from './store.js';
import { wrongWords } from './troubles.js';

/** @typedef {import('./shifts.js').Shift} Shift @typedef {import('./shifts.js').Typed} Typed */

const BESIDE = 2;

/** @type {import('../vendor/signals.mjs').Signal<readonly Shift[] | null>} */
const roster = signal(null);

/** @type {Record<string, string>} */
const WRONG = {
  name: N('Ghi tên người trực.'),
  phone: N('Ghi số điện thoại của người trực.'),
  day: N('Ghi ngày như 07/03/2026.'),
  from: N('Ghi giờ bắt đầu như 07:30.'),
  to: N('Ghi giờ kết thúc như 11:30.'),
};

async function learn() {
  if (!may('see_names') || !conference.peek()) return null;
  try {
    const found = await ask('GET', '/duty');
    if (Array.isArray(found)) roster.value = found;
    return roster.peek();
  } catch {
    // Shown when it is asked for the next time.
    return null;
  }
}

/** "cho Quận Ba Đình" @param {Shift} shift */
const forWhom = ({ unit }) => (unit ? (state.peek()?.units.get(unit)?.name ?? unit) : t('toàn hội nghị'));

/** @param {Shift} shift */
const hours = ({ from, to }) => {
  const [begins, ends] = [instant(from) ?? 0, instant(to) ?? 0];
  return date(begins) === date(ends) ? `${minute(begins)}–${minute(ends)}` : `${minute(begins)} ${date(begins)} – ${minute(ends)} ${date(ends)}`;
};

/** @param {{shift: Shift, children?: any}} props */
const Row = ({ shift, children }) => html`
  <li>
    <span><b>${shift.name}</b><small>${[shift.what, forWhom(shift)].filter(Boolean).join(' · ')}</small><small>${hours(shift)} · ${dialled(shift.phone)}</small>${children}</span>
    <a class="dial" href=${tel(shift.phone)} aria-label=${t('Gọi {name}, {phone}', { name: shift.name, phone: dialled(shift.phone) })}><${Telephone} />${t('Gọi')}</a>
  </li>
`;

/** Beside the wall: who answers now. */
export function Duty() {
  const id = conference.value?.id;
  useEffect(() => void learn(), [id]);
  if (!may('see_names') || roster.value === null) return null;
  const now_ms = hallSecond.value * 1000;
  const on = roster.value.filter((each) => isOn(each, now_ms));
  return html`
    <section class="duty" aria-labelledby="duty-title">
      <h2 id="duty-title"><a href=${toSide('duty')}><b>${t('Trực ban')}</b>${on.length > BESIDE ? ` · ${t('{n} người đang trực', { n: figure(on.length) })}` : ''}</a></h2>
      ${on.length === 0 ? html`<p class="empty">${roster.value.length === 0 ? t('Chưa xếp lịch trực.') : t('Lúc này không ai trực.')}</p>` : html`<ul class="contacts">${on.slice(0, BESIDE).map((shift) => html`<${Row} key=${shift.name + shift.from} shift=${shift} />`)}</ul>`}
    </section>
  `;
}

/** @returns {Typed} */
const blank = () => {
  const sitting = plan.peek()?.sittings.find(({ rehearsal }) => !rehearsal);
  const begins = instant(/** @type {any} */ (sitting)?.starts_at) ?? (hallNow.peek() || Date.now());
  const ends = instant(/** @type {any} */ (sitting)?.ends_at) ?? begins + 14_400_000;
  return { name: '', phone: '', what: '', day: date(begins), from: minute(begins), to: minute(ends), days: 0, unit: '' };
};

/** @param {{first: Typed, keep: (shift: Shift) => Promise<string>, done: () => void}} props */
function Form({ first, keep, done }) {
  const [typed, setTyped] = useState(first);
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState('');
  const form = useRef(/** @type {HTMLFormElement | null} */ (null));
  useLayoutEffect(() => /** @type {HTMLElement | null} */ (form.current?.querySelector('input'))?.focus(), []);
  const units = groups.value.filter(({ code }) => state.value?.units.has(code));
  const save = async () => {
    if (busy) return;
    const read = shiftOf(typed);
    if ('wrong' in read) {
      setWrong(t(WRONG[read.wrong] ?? ''));
      /** @type {HTMLElement | null} */ (form.current?.querySelector(`[name="${read.wrong}"]`))?.focus();
      return;
    }
    setBusy(true);
    const said = await keep(read.shift);
    setBusy(false);
    if (said) setWrong(said);
    else done();
  };
  /** @param {keyof Typed} name @param {string} label @param {Record<string, any>} [more] */
  const field = (name, label, more = {}) => html`
    <label class="typed"><span>${label}</span><input class="line" name=${name} type="text" autocomplete="off" value=${typed[name]} onInput=${(/** @type {any} */ event) => setTyped({ ...typed, [name]: event.target.value, ...(name === 'to' ? { days: 0 } : {}) })} ...${more} /></label>
  `;
  return html`
    <form
      class="doing shift"
      ref=${form}
      novalidate
      aria-label=${t('Ca trực')}
      onSubmit=${(/** @type {Event} */ event) => {
        event.preventDefault();
        void save();
      }}
    >
      ${field('name', t('Họ tên'), { maxlength: 200 })} ${field('phone', t('Điện thoại'), { inputmode: 'tel', maxlength: 40 })} ${field('what', t('Việc phụ trách'), { maxlength: 200 })}
      <div class="typed-row">${field('day', t('Ngày'), { inputmode: 'numeric', maxlength: 10 })} ${field('from', t('Từ'), { inputmode: 'numeric', maxlength: 5 })} ${field('to', t('Đến'), { inputmode: 'numeric', maxlength: 5 })}</div>
      <label class="typed">
        <span>${t('Phụ trách cho')}</span>
        <select class="line" onChange=${(/** @type {any} */ event) => setTyped({ ...typed, unit: event.target.value })}>
          <option value="" selected=${typed.unit === ''}>${t('Toàn hội nghị')}</option>
          ${typed.unit && !units.some(({ code }) => code === typed.unit) && html`<option value=${typed.unit} selected>${state.value?.units.get(typed.unit)?.name ?? typed.unit}</option>`}
          ${units.map(({ code, name }) => html`<option key=${code} value=${code} selected=${typed.unit === code}>${name}</option>`)}
        </select>
      </label>
      <p class="odd" role="status">${wrong}</p>
      <div class="doing-foot">
        <button type="submit" class="pill strong" aria-disabled=${busy}>${t('Lưu ca trực')}</button>
        <button type="button" class="pill" onClick=${done}>${t('Thôi')}</button>
      </div>
    </form>
  `;
}

export function DutyRoster() {
  const [doing, setDoing] = useState(/** @type {number | 'new' | null} */ (null));
  const [wrong, setWrong] = useState('');
  useEffect(() => void learn(), []);
  const all = roster.value;
  const now_ms = hallSecond.value * 1000;
  const on = all?.filter((each) => isOn(each, now_ms)) ?? [];
  const others = all?.filter((each) => !on.includes(each)) ?? [];
  /** The whole roster is put at once: if somebody else has changed it meanwhile, theirs is shown first.
   * @param {readonly Shift[]} next @returns {Promise<string>} what went wrong */
  const put = async (next) => {
    setWrong('');
    const before = roster.peek() ?? [];
    try {
      const found = await ask('GET', '/duty');
      if (!same(found, before)) {
        roster.value = found;
        setDoing(null);
        setWrong(t('Lịch trực vừa được người khác sửa; hãy xem lại rồi lưu.'));
        return '';
      }
      roster.value = await ask('PUT', '/duty', next);
      return '';
    } catch (error) {
      return wrongWords(error);
    }
  };
  /** @param {Shift} shift */
  const keep = (shift) => put(doing === 'new' || doing === null ? [...(all ?? []), shift] : (all ?? []).map((each, i) => (i === doing ? shift : each)));
  const done = () => setDoing(null);
  /** @param {Shift} shift */
  const row = (shift) => {
    const i = all?.indexOf(shift) ?? -1;
    if (doing === i) return html`<li key=${`f${i}`} class="in-hand"><${Form} first=${typedOf(shift)} keep=${keep} done=${done} /></li>`;
    return html`<${Row} key=${`${shift.name}${shift.from}${i}`} shift=${shift}>
      ${
          may('govern') &&
          html`<span class="row-deeds"><button type="button" class="quiet" aria-label=${t('Sửa ca trực của {name}', { name: shift.name })} onClick=${() => setDoing(i)}>${t('Sửa')}</button>
            <button type="button" class="quiet" aria-label=${t('Bỏ ca trực của {name}', { name: shift.name })} onClick=${async () => {
              const said = await put((all ?? []).filter((each) => each !== shift));
              if (said) setWrong(said);
            }}>${t('Bỏ')}</button></span>`
        }
    <//>`;
  };
  return html`
    <${Beside}
      title=${t('Lịch trực')}
      name="duty"
      out=${() => {
        if (doing === null) return false;
        done();
        return true;
      }}
    >
      <p class="soft">${t('Người phụ trách điểm cầu thấy tên và số của người đang trực trên điện thoại của họ.')}</p>
      ${all === null && html`<div class="bones" aria-hidden="true"><i></i><i></i><i></i></div>`}
      ${all?.length === 0 && html`<p class="empty">${t('Chưa xếp lịch trực.')}</p>`}
      <p class="wrong" role="status">${wrong}</p>
      ${on.length > 0 && html`<section><h3>${t('Đang trực')}</h3><ul class="contacts">${on.map(row)}</ul></section>`}
      ${others.length > 0 && html`<section><h3>${t('Ca khác')}</h3><ul class="contacts">${others.map(row)}</ul></section>`}
      ${may('govern') && all !== null && (doing === 'new' ? html`<section><${Form} first=${blank()} keep=${keep} done=${done} /></section>` : doing === null && html`<div class="pills tools"><button type="button" class="pill" onClick=${() => setDoing('new')}>${t('Thêm ca trực')}</button></div>`)}
    <//>
  `;
}

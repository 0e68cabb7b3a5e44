// An incident that somebody of the staff saw first: what is wrong, in which halls, and a word about it.
import { html } from '../vendor/html.js';
import { useLayoutEffect, useRef, useState } from '../vendor/hooks.mjs';
import { t } from '../language.js';
import { ask } from './conference.js';
import { figure } from './format.js';
import { openSide } from './go.js';
import { Beside } from './side.js';
import { TROUBLES, wrongWords } from './troubles.js';
import { darkAndSilent, reached, Whom } from './whom.js';

const NOTE_LIMIT = 500;
const POINTS_LIMIT = 1000;
/** In the order in which people call. An outage at the centre is found by the server alone. */
const FAULTS = ['no_picture', 'no_sound', 'lost', 'power_cut', 'not_receiving', 'flapping', 'other'];

/** @param {{point?: string, done?: () => void}} props  `point`: the hall beside whose name it stands; without it halls are chosen here */
export function OpeningForm({ point, done }) {
  const [fault, setFault] = useState('');
  const [chosen, setChosen] = useState(/** @type {import('./whom.js').Chosen} */ ({ units: [], points: point ? [point] : [] }));
  const [note, setNote] = useState('');
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState('');
  const form = useRef(/** @type {HTMLFormElement | null} */ (null));
  /** @param {string} field */
  const toField = (field) => /** @type {HTMLElement | null | undefined} */ (form.current?.querySelector(field))?.focus();
  useLayoutEffect(() => {
    if (point) toField('input[type=radio]');
  }, []);
  const codes = [...reached(chosen)];
  const n = codes.length;
  const send = async () => {
    if (busy) return;
    const lacking =
      !fault ? ['input[type=radio]', t('Chọn sự cố là gì.')]
      : n === 0 ? ['input[type=search]', t('Chọn điểm cầu gặp sự cố: gõ tên điểm cầu hoặc đơn vị.')]
      : n > POINTS_LIMIT ? ['input[type=search]', t('Một sự cố có tối đa {n} điểm cầu; hãy bỏ bớt.', { n: figure(POINTS_LIMIT) })]
      : null;
    setWrong(lacking?.[1] ?? '');
    if (lacking) return toField(lacking[0] ?? '');
    setBusy(true);
    try {
      const { number } = await ask('POST', '/incidents', { trouble: fault, points: codes, note: note.trim() });
      openSide('incidents', number);
    } catch (error) {
      setWrong(wrongWords(error));
    }
    setBusy(false);
  };
  return html`
    <form
      class="doing"
      ref=${form}
      novalidate
      aria-label=${t('Mở sự cố')}
      onSubmit=${(/** @type {Event} */ event) => {
        event.preventDefault();
        void send();
      }}
    >
      ${point && html`<h3>${t('Mở sự cố')}</h3>`}
      <fieldset class="reason">
        <legend>${t('Sự cố là gì?')}</legend>
        <div class="picks two">
          ${FAULTS.map((each) => html`<label class="pick" key=${each}><input type="radio" name="fault" value=${each} checked=${fault === each} onChange=${() => setFault(each)} /><span>${t(TROUBLES[each] ?? '')}</span></label>`)}
        </div>
      </fieldset>
      ${
        !point &&
        html`<fieldset class="reason">
          <legend>${t('Ở điểm cầu nào?')}</legend>
          <${Whom} chosen=${chosen} choose=${setChosen} groups=${darkAndSilent().filter(({ key }) => key === 'dark')} listed=${t('Điểm cầu gặp sự cố')} />
        </fieldset>`
      }
      <label class="typed"><span>${t('Ghi chú, nếu có')}</span><input class="line" type="text" autocomplete="off" maxlength=${NOTE_LIMIT} placeholder=${t('Ai báo, đã thử gì')} value=${note} onInput=${(/** @type {any} */ event) => setNote(event.target.value)} /></label>
      <p class="odd" role="alert">${wrong}</p>
      <div class="doing-foot">
        <button type="submit" class="pill strong" aria-disabled=${busy}>${n > 1 ? t('Mở sự cố cho {n} điểm cầu', { n: figure(n) }) : t('Mở sự cố')}</button>
        ${done && html`<button type="button" class="pill" onClick=${done}>${t('Thôi')}</button>`}
      </div>
    </form>
  `;
}

/** Beside the wall, for halls that are chosen here. */
export const Opening = () => html`
  <${Beside} title=${t('Mở sự cố')} name="opening" back="incidents" backTo=${t('Tất cả sự cố')}>
    <p class="soft">${t('Dùng khi có người gọi báo. Sự cố do máy hoặc điện thoại của điểm cầu báo thì tự hiện.')}</p>
    <${OpeningForm} />
  <//>
`;

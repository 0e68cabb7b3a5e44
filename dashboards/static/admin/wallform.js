// What a screen on a wall is to show: whose halls, which views for how long, in which colours and language.
import { html } from '../vendor/html.js';
import { useState } from '../vendor/hooks.mjs';
import { N, t } from '../language.js';
import { why } from '../office/asking.js';
import { Finder, Line, Select } from '../office/asks.js';
import { session } from '../office/store.js';
import { everywhere } from './roles.js';

/** @typedef {{view: string, seconds: number}} Shown
 * @typedef {{name: string, unit: string | null, views: Shown[], theme: string, language: string}} Look  as the server takes it
 * @typedef {Look & {handle: string, unit_name: string, created_at: string, screens: number, seen_at: string | null}} Wall */

/** In the order in which they take turns. @type {Record<string, string>} */
const VIEWS = {
  numbers: N('Hai con số của ngày'),
  units: N('Các đơn vị'),
  tiles: N('Mọi điểm cầu'),
  attention: N('Việc cần xử lý'),
};

/** @type {readonly (readonly [string, string])[]} */
const THEMES = [
  ['dark', N('Nền tối')],
  ['light', N('Nền sáng')],
  ['hour', N('Sáng ban ngày, tối ban đêm')],
];

/** Each in its own words, for whoever reads no other. @type {readonly (readonly [string, string])[]} */
const LANGUAGES = [
  ['vi', 'Tiếng Việt'],
  ['en', 'English'],
];

const NOT_SHOWN = 0;
const SECONDS = [NOT_SHOWN, 10, 20, 30, 60, 120, 300];
/** @type {readonly Shown[]} */
const USUAL = [
  { view: 'numbers', seconds: 20 },
  { view: 'units', seconds: 20 },
  { view: 'tiles', seconds: 30 },
  { view: 'attention', seconds: 20 },
];

/** @param {{wall?: Wall, does: string, act: (look: Look) => Promise<unknown>, close: () => void}} props  `act` throws what why() understands */
export function WallForm({ wall, does, act, close }) {
  const all = everywhere(session.value?.user.role ?? '');
  const before = wall?.views ?? USUAL;
  const [name, setName] = useState(wall?.name ?? '');
  const [unit, setUnit] = useState(/** @type {import('../office/asks.js').Found | null} */ (wall?.unit ? { code: wall.unit, name: wall.unit_name || wall.unit, parent: '' } : null));
  const [theme, setTheme] = useState(wall?.theme ?? 'dark');
  const [language, setLanguage] = useState(wall?.language ?? 'vi');
  const [seconds, setSeconds] = useState(/** @type {Record<string, number>} */ (Object.fromEntries(before.map((each) => [each.view, each.seconds]))));
  const [wrong, setWrong] = useState('');
  const [busy, setBusy] = useState(false);
  // A link that was made by a program may have them in an order of its own.
  const order = [...new Set([...before.map(({ view }) => view), ...Object.keys(VIEWS)])];
  /** @param {Event} event */
  const go = async (event) => {
    event.preventDefault();
    if (busy) return;
    const views = order.map((view) => ({ view, seconds: seconds[view] ?? NOT_SHOWN })).filter((each) => each.seconds !== NOT_SHOWN);
    if (views.length === 0) return setWrong(t('Hãy chọn ít nhất một màn hình.'));
    if (!all && !unit) return setWrong(t('Hãy chọn đơn vị.'));
    setBusy(true);
    try {
      await act({ name: name.trim(), unit: unit?.code ?? null, views, theme, language });
    } catch (error) {
      setWrong(why(error));
      setBusy(false);
    }
  };
  /** @param {string} view */
  const choices = (view) => [...new Set([...SECONDS, seconds[view] ?? NOT_SHOWN])].sort((a, b) => a - b);
  return html`
    <form onSubmit=${go}>
      <${Line} name=${t('Treo ở đâu')} value=${name} set=${setName} required maxlength="100" hint=${t('Ví dụ: Phòng họp Thường trực')} />
      <${Finder} name=${t('Cho xem đơn vị')} chosen=${unit} choose=${setUnit} required=${!all} />
      ${all && html`<p class="soft">${t('Để trống thì xem toàn hội nghị.')}</p>`}
      <fieldset class="turns"><legend>${t('Lần lượt hiện')}</legend>
        ${order.map(
          (view) => html`<${Select} key=${view} name=${t(VIEWS[view] ?? view)} value=${String(seconds[view] ?? NOT_SHOWN)} set=${(/** @type {string} */ value) => setSeconds({ ...seconds, [view]: Number(value) })}
            choices=${choices(view).map((each) => [String(each), each === NOT_SHOWN ? t('Không hiện') : t('{n} giây', { n: each })])} />`,
        )}
      </fieldset>
      <div class="turns">
        <${Select} name=${t('Giao diện')} value=${theme} set=${setTheme} choices=${THEMES.map(([key, words]) => [key, t(words)])} />
        <${Select} name=${t('Ngôn ngữ')} value=${language} set=${setLanguage} choices=${LANGUAGES} />
      </div>
      <p class="wrong" role="alert">${wrong}</p>
      <div class="pills"><button type="submit" class="pill strong" aria-disabled=${busy}>${does}</button><button type="button" class="pill" onClick=${close}>${t('Thôi')}</button></div>
    </form>
  `;
}

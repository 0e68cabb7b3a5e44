// The two numbers of the day, as large as there is room, with the hour beside them.
import { html } from '../vendor/html.js';
import { useLayoutEffect, useRef } from '../vendor/hooks.mjs';
import { t } from '../language.js';
import { figure, minute, share } from '../board/format.js';
import { Shape } from '../board/shape.js';
import { hallNow, state, whole } from '../board/store.js';
import { PHASES, roundInside, sittingName } from '../board/words.js';

/** How wide a figure is, in its own size: every digit as wide as the next, a point much less. @param {string} figure */
const ems = (figure) => [...figure].reduce((sum, letter) => sum + (/\d/.test(letter) ? 0.67 : 0.3), 0);

export function Hour() {
  const totals = state.value?.totals;
  const phase = totals?.phase ?? '';
  const [part] = sittingName(totals?.sitting);
  return html`
    <div class="hour">
      <time>${hallNow.value ? minute(hallNow.value) : '–'}</time>
      <p class="phase" data-phase=${phase}>${phase === 'live' && html`<${Shape} look="dot" />`}${t(PHASES[phase] ?? phase)}</p>
      <p>${part}</p>
    </div>
  `;
}

/** @param {{label: string, of?: string, n: number | null, all: number, part: string, note?: string}} props */
const Number = ({ label, of, n, all, part, note }) => html`
  <div class="number">
    <h2>${label}${of && html`<span> · ${of}</span>`}</h2>
    <div class="figures">
      <strong>${figure(n)}</strong>
      <div class="beside"><span class="share">${part}${note && html` <small>${note}</small>`}</span><span class="whole">/ ${figure(all)}</span></div>
    </div>
  </div>
`;

/** @param {{children?: any}} props */
export function Pair({ children }) {
  const sums = whole.value;
  const totals = state.value?.totals;
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  // By what they can grow to: a number that gets another digit must not move everything.
  const widest = ems(figure(sums.total)) + ems(figure(sums.expected));
  useLayoutEffect(() => box.current?.style.setProperty('--ems', String(widest)), [widest]);
  const after = totals?.phase === 'closing' || totals?.phase === 'closed';
  const halls = after ? sums.opened : sums.connected;
  const round = totals?.round ? roundInside(totals.round) : undefined;
  return html`
    <div class="pair" ref=${box}>
      <${Number} label=${after ? t('Điểm cầu đã tham gia') : t('Điểm cầu đang kết nối')} n=${halls} all=${sums.total} part=${share(halls, sums.total)} />
      <${Number}
        label=${t('Đại biểu có mặt')}
        of=${round}
        n=${sums.reported > 0 ? sums.present : null}
        all=${sums.expected}
        part=${share(sums.present, sums.answered)}
        note=${sums.unreported > 0 && sums.answered > 0 ? t('nơi đã báo') : undefined}
      />
      ${children}
    </div>
  `;
}

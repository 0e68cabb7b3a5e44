// The two numbers of the day, their share and whole beside them, the sum under them.
import { html } from '../vendor/html.js';
import { batch } from '../vendor/signals.mjs';
import { t } from '../language.js';
import { figure, instant, minute, share } from './format.js';
import { colouring, only, state, tab, whole } from './store.js';
import { COUNTED, ROUNDS, scannedWords } from './words.js';

/** @typedef {import('./state.js').Look} Look */

/** The halls that are not connected, the largest reason by name. @param {import('./state.js').RollUp} sums */
function rest(sums) {
  const missing = sums.total - sums.connected;
  if (!missing) return sums.total ? html`<p class="sum">${t('Tất cả đang kết nối')}</p>` : null;
  /** @type {Look[]} */
  const kinds = ['lost', 'reconnecting', 'ours', 'ended', 'not_opened', 'not_measured'];
  const [first, ...others] = kinds.map((look) => ({ look, n: sums.looks[look] })).filter(({ n }) => n > 0).sort((a, b) => b.n - a.n);
  const other = others.reduce((sum, { n }) => sum + n, 0);
  const words = first ? t(COUNTED[first.look], { n: figure(first.n) }) : '';
  return html`
    <p class="sum">
      ${t('Còn')} <b>${figure(missing)}</b>${words && `: ${words}`}${
        other > 0 && `, ${others.length === 1 && others[0] ? t(COUNTED[others[0].look], { n: figure(other) }) : t('{n} khác', { n: figure(other) })}`
      }
    </p>
  `;
}

/** How far the closing has come. @param {import('./state.js').RollUp} sums */
const closed = (sums) => {
  const open = sums.total - sums.looks.ended;
  return html`<p class="sum">${open ? t('{n} điểm cầu chưa kết thúc', { n: figure(open) }) : t('Tất cả đã kết thúc')}</p>`;
};

/** @param {{label: string, of?: string, n: string, share: string, whole: string, note?: string, children?: any}} props */
const Number = ({ label, of, n, share: part, whole: all, note, children }) => html`
  <div class="number">
    <h2 class="label">${label}${of && html`<span> · ${of}</span>`}</h2>
    <div class="figures">
      <strong>${n}</strong>
      <div class="beside">
        <span class="share">${part}</span>
        ${note && html`<small>${note}</small>`}
        <span class="whole">/ ${all}</span>
      </div>
    </div>
    ${children}
  </div>
`;

/** @param {{label: string, children?: any}} props */
const Small = ({ label, children }) => html`<div><dt>${label}</dt><dd>${children}</dd></div>`;

/** How far the next round has come, while the figures of the one before still are those of the day.
 * @param {{asked: NonNullable<import('./state.js').Totals['asked']>}} props */
const Asked = ({ asked }) => html`
  <div class="number asked">
    <h2 class="label">${t('{round} đang báo', { round: t(ROUNDS[asked.round] ?? asked.round) })}</h2>
    <p><strong>${figure(asked.received)}</strong> <span>/ ${figure(asked.due)}</span></p>
    <p class="sum">${t('hạn {time}', { time: minute(instant(asked.due_at) ?? 0) })}</p>
  </div>
`;

/** Lights the halls that somebody must settle. @param {import('./state.js').RollUp} sums */
function showDoubts(sums) {
  batch(() => {
    colouring.value = 'count';
    only.value = sums.counts.quarantined > 0 ? 'quarantined' : 'differs';
    tab.value = 'points';
  });
}

export function Numbers() {
  const sums = whole.value;
  const doubts = sums.counts.quarantined + sums.counts.differs;
  const totals = state.value?.totals;
  // After the day nobody is connected: then the number is of those who took part.
  const after = totals?.phase === 'closing' || totals?.phase === 'closed';
  const halls = after ? sums.opened : sums.connected;
  const round = totals?.round ? t(ROUNDS[totals.round] ?? totals.round).toLowerCase() : undefined;
  return html`
    <section class="numbers" aria-label=${t('Hai con số của ngày')}>
      <div class="pair">
      <${Number} label=${after ? t('Điểm cầu đã tham gia') : t('Điểm cầu đang kết nối')} n=${figure(halls)} share=${share(halls, sums.total)} whole=${figure(sums.total)}>
        ${after ? closed(sums) : rest(sums)}
      <//>
      <${Number}
        label=${t('Đại biểu có mặt')}
        of=${round}
        n=${figure(sums.present)}
        share=${share(sums.present, sums.answered)}
        note=${sums.unreported > 0 && sums.answered > 0 ? t('nơi đã báo') : undefined}
        whole=${figure(sums.expected)}
      >
        <p class="sum">
          <span>+ <b>${figure(sums.excused)}</b> ${t('có lý do')}</span>
          ${' '}<span>+ <b>${figure(sums.unexcused)}</b> ${t('không lý do')}</span>
          ${' '}<span>+ <b>${figure(sums.unreported)}</b> ${t('chưa báo cáo')}</span>
        </p>
      <//>
      ${totals?.asked && html`<${Asked} asked=${totals.asked} />`}
      </div>
      <dl class="small">
        <${Small} label=${t('Đã báo cáo')}>${figure(sums.reported)}/${figure(sums.total)} <span>(${share(sums.reported, sums.total)})</span><//>
        <${Small} label=${t('Báo đúng hạn')}>${share(sums.on_time, sums.total)}<//>
        ${sums.scanned !== null && html`<${Small} label=${t('Quét thẻ (lệch)')}>${scannedWords(sums.scanned, sums.gap)}<//>`}
        <${Small} label=${t('Khách mời, tính riêng')}>${figure(sums.guests)}<//>
        <${Small} label=${t('Chờ kiểm tra, khác nhau')}>${
          doubts > 0 ? html`<button type="button" class="to-doubts" onClick=${() => showDoubts(sums)}>${figure(doubts)}</button>` : figure(0)
        }<//>
      </dl>
    </section>
  `;
}

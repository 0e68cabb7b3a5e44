// What the calendar should have done and did not: said across the page until somebody has read it.
import { html } from '../vendor/html.js';
import { computed, signal } from '../vendor/signals.mjs';
import { t } from '../language.js';
import { conference } from './conference.js';
import { Cross, Shape } from './shape.js';
import { state } from './store.js';
import { missedWords } from './troubles.js';

const SHOWN = 3;
const KEPT = 'bridge.missed';

/** Up to which position of the journal somebody here has read, by conference. */
const read = signal(remembered());

/** @returns {Record<string, number>} */
function remembered() {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? '{}') ?? {};
  } catch {
    return {};
  }
}

/** @param {number} position */
function readUpTo(position) {
  read.value = { ...read.value, [conference.peek()?.id ?? '']: position };
  try {
    localStorage.setItem(KEPT, JSON.stringify(read.value));
  } catch {
    // Until the page is closed.
  }
}

const lines = computed(() => {
  const from = read.value[conference.value?.id ?? ''] ?? 0;
  return (state.value?.missed ?? []).filter(({ position }) => position > from);
});

export function Missed() {
  const all = lines.value;
  const [newest] = all;
  if (!newest) return null;
  return html`
    <div class="stale missed" role="alert">
      <${Shape} look="warned" />
      <p>
        ${all.slice(0, SHOWN).map((line) => html`<span key=${line.position}>${missedWords(line)}. </span>`)}
        ${all.length > SHOWN && t('Và {n} việc nữa.', { n: all.length - SHOWN })}
      </p>
      <button type="button" class="close" aria-label=${t('Đã đọc')} onClick=${() => readUpTo(newest.position)}><${Cross} /></button>
    </div>
  `;
}

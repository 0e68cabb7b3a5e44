// Reminders in one press: the halls that have not reported the round are asked again, and nobody else.
import { html } from '../vendor/html.js';
import { useState } from '../vendor/hooks.mjs';
import { t } from '../language.js';
import { ask, rounds } from './conference.js';
import { figure } from './format.js';
import { may } from './reader.js';
import { acting, hallSecond, state, unit } from './store.js';
import { wrongWords } from './troubles.js';
import { roundInside } from './words.js';

/** Halls without any figure for the round that is shown. One whose figure waits to be checked has answered. */
const silent = () => [...(state.value?.points.values() ?? [])].filter(({ report }) => report === 'none').map(({ code }) => code);

export function Remind() {
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState('');
  const totals = state.value?.totals;
  const opens_ms = rounds.value.get(`${totals?.sitting}/${totals?.round}`)?.opens_ms ?? 0;
  if (!may('coordinate') || !acting.value || !totals?.round || opens_ms > hallSecond.value * 1000) return null;
  const halls = silent();
  const remind = async () => {
    if (busy) return;
    setBusy(true);
    setSaid('');
    try {
      // On the board of a unit only its own halls are meant.
      const { reminded, resting } = await ask('POST', '/reminders', { sitting: totals.sitting, round: totals.round, ...(unit.peek() ? { points: halls } : {}) });
      setSaid(
        [
          reminded > 0 && t('Đã đôn đốc {n} điểm cầu.', { n: figure(reminded) }),
          resting > 0 && t('{n} điểm cầu vừa được nhắc, để yên ít phút.', { n: figure(resting) }),
          reminded + resting === 0 && t('Không còn điểm cầu nào chưa báo cáo.'),
        ]
          .filter(Boolean)
          .join(' '),
      );
    } catch (error) {
      setSaid(wrongWords(error));
    }
    setBusy(false);
  };
  return html`
    <div class="remind">
      ${halls.length > 0 && html`<button type="button" class="pill" aria-disabled=${busy} onClick=${remind}>${t('Đôn đốc {n} điểm chưa báo cáo', { n: figure(halls.length) })}</button>`}
      ${halls.length > 0 && !said && html`<small class="soft">${roundInside(totals.round)}</small>`}
      <p class="soft" role="status">${said}</p>
    </div>
  `;
}

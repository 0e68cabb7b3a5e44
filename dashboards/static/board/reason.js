// Why something is changed: one of a few words, or one's own. It goes into the journal as it stands here.
import { html } from '../vendor/html.js';
import { useRef } from '../vendor/hooks.mjs';
import { t } from '../language.js';

const LONGEST = 300;

/** @param {{reasons: readonly string[], chosen: string, choose: (reason: string) => void}} props */
export function Reason({ reasons, chosen, choose }) {
  const own = useRef(/** @type {HTMLInputElement | null} */ (null));
  const other = !reasons.includes(chosen);
  return html`
    <fieldset class="reason">
      <legend>${t('Lý do')}</legend>
      <div class="chips">
        ${reasons.map((each) => html`<button type="button" key=${each} aria-pressed=${chosen === each} onClick=${() => choose(each)}>${t(each)}</button>`)}
        <button
          type="button"
          aria-pressed=${other}
          onClick=${() => {
            if (!other) choose('');
            setTimeout(() => own.current?.focus());
          }}
        >${t('Lý do khác')}</button>
      </div>
      ${
        other &&
        html`<input
          ref=${own}
          type="text"
          aria-label=${t('Lý do khác')}
          placeholder=${t('Ghi ngắn gọn')}
          maxlength=${LONGEST}
          required
          value=${chosen}
          onInput=${(/** @type {any} */ event) => choose(event.target.value)}
        />`
      }
    </fieldset>
  `;
}

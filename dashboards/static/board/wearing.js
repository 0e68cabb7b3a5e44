// How the page looks and speaks: light or dark, Vietnamese or English, kept for a year.
import { html } from '../vendor/html.js';
import { useState } from '../vendor/hooks.mjs';
import { foreign, t } from '../language.js';

const YEAR_S = 31_536_000;

/** @param {string} name @param {string} value */
function remember(name, value) {
  document.cookie = `${name}=${value}; path=/; max-age=${YEAR_S}; samesite=lax${location.protocol === 'https:' ? '; secure' : ''}`;
}

/** @param {string} language */
function speakOnwards(language) {
  remember('language', language);
  location.reload();
}

/** @param {string} theme */
function dress(theme) {
  remember('theme', theme);
  document.documentElement.dataset.theme = theme;
}

/** @param {{name: string, choices: [string, string][], chosen: string, choose: (value: string) => void}} props */
export const Choice = ({ name, choices, chosen, choose }) => html`
  <fieldset class="choice">
    <legend>${name}</legend>
    ${choices.map(
      ([value, word]) => html`
        <button type="button" aria-pressed=${chosen === value} onClick=${() => choose(value)}>${word}</button>
      `,
    )}
  </fieldset>
`;

export function Theme() {
  const [theme, setTheme] = useState(document.documentElement.dataset.theme ?? '');
  return html`
    <${Choice}
      name=${t('Giao diện')}
      choices=${[['', t('Theo máy')], ['light', t('Sáng')], ['dark', t('Tối')]]}
      chosen=${theme}
      choose=${(/** @type {string} */ value) => {
        dress(value);
        setTheme(value);
      }}
    />
  `;
}

export const Language = () => html`
  <${Choice} name=${t('Ngôn ngữ')} choices=${[['vi', 'Tiếng Việt'], ['en', 'English']]} chosen=${foreign() ? 'en' : 'vi'} choose=${speakOnwards} />
`;

// Which language a screen on a wall speaks: what its address says goes before what its link says.
import { signal } from '../vendor/signals.mjs';
import { speak, words } from '../language.js';

/** The address of each language's words. @type {Record<string, string>} */
const catalogues = JSON.parse(document.getElementById('wall')?.dataset.catalogues ?? '{}');
const asked = new URLSearchParams(location.search).get('lang') ?? '';

/** @type {import('../vendor/signals.mjs').Signal<string>} */
export const spoken = signal(document.documentElement.lang);

/** From now on, if its words can be had; otherwise it is tried again with the next look.
 * @param {string} language */
export async function speakAs(language) {
  if (asked in catalogues || !(language in catalogues) || language === spoken.peek()) return;
  const address = catalogues[language];
  const found = await words(address);
  if (address && Object.keys(found).length === 0) return;
  speak(found);
  document.documentElement.lang = language;
  spoken.value = language;
}

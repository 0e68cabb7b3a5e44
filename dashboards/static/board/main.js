// Opens the board: the reader's language first, then who they are, then what happens.
import { html } from '../vendor/html.js';
import { render } from '../vendor/preact.mjs';
import { speak, t, words } from '../language.js';
import { App } from './app.js';
import { conferences } from './conference.js';
import { hurryDeeds, takeUp } from './deeds.js';
import { arriveFirst } from './go.js';
import { keepSheet } from './sheet.js';
import { keepEars } from './sound.js';
import { age, hurry, preparing, start, tick, trouble } from './store.js';

const TICK_MS = 200;
const AGE_MS = 1000;
const LOOK_AGAIN_MS = 5000;

const root = /** @type {HTMLElement} */ (document.getElementById('board'));

/** Whether there is no board to follow yet. */
const nothingYet = () => Boolean(trouble.peek()) || conferences.peek()?.length === 0 || preparing.peek();

const lookAgain = () => void (nothingYet() && begin());

async function begin() {
  try {
    await start(new URLSearchParams(location.search).get('conference'));
    trouble.value = '';
    takeUp();
  } catch (error) {
    trouble.value = t('Máy chủ chưa trả lời: {why}. Trang tự thử lại.', { why: error instanceof Error ? error.message : String(error) });
  }
  if (nothingYet()) setTimeout(lookAgain, LOOK_AGAIN_MS);
}

speak(await words(root.dataset.words));
arriveFirst();
root.replaceChildren();
render(html`<${App} />`, root);
keepSheet();
keepEars();
setInterval(tick, TICK_MS);
setInterval(age, AGE_MS);
addEventListener('online', () => {
  hurry();
  hurryDeeds();
});
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) hurry();
});
await begin();

// Opens a screen on a wall: the language first, then its link, then what happens.
import { html } from '../vendor/html.js';
import { render } from '../vendor/preact.mjs';
import { speak, words } from '../language.js';
import { age, tick } from '../board/store.js';
import { stayOn } from './awake.js';
import { Frame } from './frame.js';
import { keepOn } from './keeping.js';
import { spoken } from './speaking.js';
import { turnOn } from './turns.js';

const TICK_MS = 200;
const AGE_MS = 1000;

const root = /** @type {HTMLElement} */ (document.getElementById('wall'));

speak(await words(root.dataset.words));
root.replaceChildren();
// In another language everything is drawn anew.
const Spoken = () => html`<${Frame} key=${spoken.value} />`;
render(html`<${Spoken} />`, root);
stayOn();
turnOn();
setInterval(tick, TICK_MS);
setInterval(age, AGE_MS);
await keepOn();

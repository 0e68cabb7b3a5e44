// Opens the page on which a conference is closed, signed and reported: the language first, then who reads.
import { html } from '../vendor/html.js';
import { render } from '../vendor/preact.mjs';
import { speak, words } from '../language.js';
import { Frame } from './frame.js';
import { arriveFirst } from './places.js';
import { keepLooking, start } from './store.js';

const root = /** @type {HTMLElement} */ (document.getElementById('reports'));

speak(await words(root.dataset.words));
await start(new URLSearchParams(location.search).get('conference'));
arriveFirst();
root.replaceChildren();
render(html`<${Frame} />`, root);
keepLooking();

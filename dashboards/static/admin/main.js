// Opens the office: the reader's language first, then who they are and what they may do.
import { html } from '../vendor/html.js';
import { render } from '../vendor/preact.mjs';
import { speak, words } from '../language.js';
import { why } from '../office/asking.js';
import { learnWho, trouble } from '../office/store.js';
import { Frame } from './frame.js';
import { arriveFirst } from './places.js';

const root = /** @type {HTMLElement} */ (document.getElementById('admin'));

speak(await words(root.dataset.words));
try {
  await learnWho();
} catch (error) {
  trouble.value = why(error);
}
arriveFirst();
root.replaceChildren();
render(html`<${Frame} />`, root);

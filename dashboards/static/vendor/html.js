// Markup in plain modules: html`<p>${words}</p>` gives what render() draws.
import htm from './htm.mjs';
import { h } from './preact.mjs';

/** @type {(strings: TemplateStringsArray, ...values: any[]) => import('./preact.mjs').VNode<any>} */
export const html = /** @type {any} */ (htm.bind(h));

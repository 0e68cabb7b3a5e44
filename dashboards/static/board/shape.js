// The shape of a state: colour is never alone.
import { html } from '../vendor/html.js';

/** @param {{look: string | undefined}} props */
export const Shape = ({ look }) => html`<i class="shape" data-look=${look} aria-hidden="true"></i>`;

export const Telephone = () => html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M6.5 3.5h3l1.6 4.2-2 1.6a12 12 0 0 0 5.6 5.6l1.6-2 4.2 1.6v3a2 2 0 0 1-2.2 2A16.5 16.5 0 0 1 4.5 5.7a2 2 0 0 1 2-2.2Z" /></svg>`;

export const Glass = () => html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><circle cx="10.5" cy="10.5" r="6" /><path d="m15.2 15.2 5 5" /></svg>`;

export const Cross = () => html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="m6 6 12 12M18 6 6 18" /></svg>`;

export const Dots = () => html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M5 12h.01M12 12h.01M19 12h.01" stroke-width="3" /></svg>`;

export const Chevron = () => html`<svg class="icon chevron" viewBox="0 0 24 24" aria-hidden="true"><path d="m9 5 7 7-7 7" /></svg>`;

export const Back = () => html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="m14 6-6 6 6 6" /></svg>`;

/** How grave, as bars beside the word. @param {{n: number}} props */
export const Bars = ({ n }) => html`<i class="bars" data-n=${n} aria-hidden="true"><i></i><i></i><i></i></i>`;

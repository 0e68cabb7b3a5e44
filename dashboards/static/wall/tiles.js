// Every hall as a tile, under its district's name: all of them at once, however many there are.
import { html } from '../vendor/html.js';
import { useLayoutEffect, useMemo, useRef } from '../vendor/hooks.mjs';
import { t } from '../language.js';
import { fit } from '../board/fit.js';
import { figure } from '../board/format.js';
import { Shape } from '../board/shape.js';
import { look } from '../board/state.js';
import { calm, cell, groups, whole } from '../board/store.js';
import { LOOKS, stateWords } from '../board/words.js';
import { useWorstFirst } from './order.js';
import { Hour, Pair } from './pair.js';
import { Wrong, WRONG } from './units.js';

/** @typedef {import('../board/state.js').Look} Look */

/** The screen that everything is drawn for, in its pixels; the real one is so many times as large. */
const DRAWN_FOR = 16; // one rem
const LARGE = 18;
/** How large the headings are: a country's halls leave less room for them. `around`: a heading and the room under its tiles.
 * @type {readonly {letters: number, around: number, narrowest: number}[]} */
const HEADINGS = [
  { letters: LARGE, around: 39, narrowest: 160 },
  { letters: 16, around: 31, narrowest: 146 },
  { letters: 14, around: 25, narrowest: 120 },
  { letters: 11, around: 18, narrowest: 80 },
];
const LEAST = 2;
const MOST = 64;
const WORST = 4;
const WIDE = 10_000; // figures of more halls than so take a line of their own
const ANEW_MS = 20_000;

/** @param {{code: string}} props */
function Tile({ code }) {
  const point = cell(code)?.value;
  const now = point ? look(point) : undefined;
  const before = useRef(now);
  const tile = useRef(/** @type {HTMLElement | null} */ (null));
  useLayoutEffect(() => {
    // A change is seen once, softly.
    if (calm && tile.current && before.current !== now) tile.current.dataset.moved = tile.current.dataset.moved === 'a' ? 'b' : 'a';
    before.current = now;
  }, [now]);
  return html`<i ref=${tile} class="shape tile" data-code=${code} data-look=${now}></i>`;
}

/** @param {{group: import('../board/store.js').Group}} props */
const Members = ({ group }) => html`<div class="tiles">${group.members.map((code) => html`<${Tile} key=${code} code=${code} />`)}</div>`;

/** @param {{group: import('../board/store.js').Group}} props */
function Group({ group }) {
  const sums = group.sums.value;
  // Made once: were they drawn anew with every figure beside them, earlier ones would stay in memory as long as the view stands.
  const tiles = useMemo(() => html`<${Members} group=${group} />`, [group]);
  const acting = WRONG.some((each) => sums.looks[each] > 0 && each !== 'faulty' && each !== 'unstable');
  // Whoever has ended goes home: that they are not connected is no news.
  const all = sums.connected === sums.total || (sums.looks.ended > 0 && !acting);
  return html`
    <section class="group" data-lost=${sums.looks.lost > 0} data-acting=${acting}>
      <h3><span>${group.short}</span><span class="score">${all ? figure(sums.total) : html`<span class="both">${figure(sums.connected)}/${figure(sums.total)}</span><span class="lacking">−${figure(sums.total - sums.connected)}</span>`}</span></h3>
      <div role="img" aria-label=${t('{name}: {n} trong {all} kết nối', { name: group.name, n: figure(sums.connected), all: figure(sums.total) })}>${tiles}</div>
    </section>
  `;
}

/** With the first headings that leave room for every hall; with the smallest where none do.
 * @param {readonly number[]} sizes @param {number} width @param {number} height @param {number} pixel  of the screen, in ours */
function fitted(sizes, width, height, pixel) {
  let found = null;
  for (const { letters, around, narrowest } of HEADINGS) {
    const one = fit(sizes, width, height, around, narrowest, LEAST, MOST, pixel);
    if (one) found = { ...one, letters, around };
    if (one?.fits) break;
  }
  return found;
}

/** @param {{current: HTMLElement | null}} ref */
function useFit(ref) {
  useLayoutEffect(() => {
    const wall = ref.current;
    if (!wall) return undefined;
    const grow = () => {
      const scale = parseFloat(getComputedStyle(document.documentElement).fontSize) / DRAWN_FOR;
      const sizes = groups.peek().map(({ members }) => members.length);
      const found = fitted(sizes, wall.clientWidth / scale, wall.clientHeight / scale, 1 / (scale * devicePixelRatio));
      if (!found) return;
      for (const name of /** @type {const} */ (['tile', 'gap', 'letters', 'around'])) wall.style.setProperty(`--${name}`, `${found[name] / DRAWN_FOR}rem`);
      // Where letters are small, a place's name is worth more than both of its figures.
      wall.dataset.small = String(found.letters < LARGE);
      wall.style.columns = String(found.columns);
      wall.style.columnGap = `${found.between / DRAWN_FOR}rem`;
    };
    grow();
    const watcher = new ResizeObserver(grow);
    watcher.observe(wall);
    return () => watcher.disconnect();
  }, [groups.value]);
}

/** @param {{code: string}} props */
function HallWrong({ code }) {
  const point = cell(code)?.value;
  return point ? html`<span data-look-word=${look(point)}><${Shape} look=${look(point)} />${stateWords(point)}</span>` : null;
}

/** What the red and the amber of it are, for those who cannot read the small names. */
function Worst() {
  const order = useWorstFirst(ANEW_MS);
  const bad = order.filter(({ sums }) => WRONG.some((each) => sums.value.looks[each] > 0)).slice(0, whole.value.total < WIDE ? WORST : WORST - 1);
  return html`
    <aside class="worst">
      ${bad.length > 0 && html`<h2>${t('Cần chú ý')}</h2>`}
      ${bad.length === 0 && html`<p class="wrong"><${Wrong} sums=${whole.value} /></p>`}
      <ul>
        ${bad.map(
          ({ code, short, hall, sums }) => html`
            <li key=${code}><b>${short}</b> <span class="score" hidden=${hall}>${figure(sums.value.connected)}/${figure(sums.value.total)}</span><span class="wrong">${hall ? html`<${HallWrong} code=${code} />` : html`<${Wrong} sums=${sums.value} />`}</span></li>
          `,
        )}
      </ul>
    </aside>
  `;
}

const Legend = () => html`
  <ul class="legend">
    ${Object.entries(LOOKS)
      .map(([key, word]) => ({ key, word, n: whole.value.looks[/** @type {Look} */ (key)] }))
      .filter(({ n }) => n > 0)
      .map(({ key, word, n }) => html`<li key=${key}><${Shape} look=${key} />${t(word)} <b>${figure(n)}</b></li>`)}
  </ul>
`;

export function Tiles() {
  const wall = useRef(/** @type {HTMLElement | null} */ (null));
  useFit(wall);
  return html`
    <div class="top"><${Pair} /><${Hour} /></div>
    <section class="halls" aria-label=${t('Điểm cầu')}>
      <div class="groups" ref=${wall}>${groups.value.map((group) => html`<${Group} key=${group.code} group=${group} />`)}</div>
      <${Worst} />
      <${Legend} />
    </section>
  `;
}

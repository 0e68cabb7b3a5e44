// Every hall as a tile, under its district's name: all of them at once, however many there are.
import { html } from '../vendor/html.js';
import { useLayoutEffect, useRef } from '../vendor/hooks.mjs';
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
const AROUND = 39; // a heading and the room under its tiles
const NARROWEST = 160;
const LEAST = 2;
const MOST = 64;
const WORST = 4;
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
function Group({ group }) {
  const sums = group.sums.value;
  const acting = WRONG.some((each) => sums.looks[each] > 0 && each !== 'faulty' && each !== 'unstable');
  // Whoever has ended goes home: that they are not connected is no news.
  const all = sums.connected === sums.total || (sums.looks.ended > 0 && !acting);
  return html`
    <section class="group" data-lost=${sums.looks.lost > 0} data-acting=${acting}>
      <h3><span>${group.short}</span><span class="score">${all ? figure(sums.total) : `${figure(sums.connected)}/${figure(sums.total)}`}</span></h3>
      <div class="tiles" role="img" aria-label=${t('{name}: {n} trong {all} kết nối', { name: group.name, n: figure(sums.connected), all: figure(sums.total) })}>
        ${group.members.map((code) => html`<${Tile} key=${code} code=${code} />`)}
      </div>
    </section>
  `;
}

/** @param {{current: HTMLElement | null}} ref */
function useFit(ref) {
  useLayoutEffect(() => {
    const wall = ref.current;
    if (!wall) return undefined;
    const grow = () => {
      const scale = parseFloat(getComputedStyle(document.documentElement).fontSize) / DRAWN_FOR;
      const sizes = groups.peek().map(({ members }) => members.length);
      const found = fit(sizes, wall.clientWidth / scale, wall.clientHeight / scale, AROUND, NARROWEST, LEAST, MOST);
      if (!found) return;
      wall.style.setProperty('--tile', `${found.tile / DRAWN_FOR}rem`);
      wall.style.setProperty('--gap', `${found.gap / DRAWN_FOR}rem`);
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
  const bad = order.filter(({ sums }) => WRONG.some((each) => sums.value.looks[each] > 0)).slice(0, WORST);
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

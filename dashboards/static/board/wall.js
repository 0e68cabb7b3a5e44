// The wall: one tile a hall, grouped under its district, coloured by its line or by its count.
import { html } from '../vendor/html.js';
import { useEffect, useLayoutEffect, useMemo, useRef } from '../vendor/hooks.mjs';
import { N, t } from '../language.js';
import { fit } from './fit.js';
import { figure, share } from './format.js';
import { openPoint, toUnit } from './go.js';
import { Shape } from './shape.js';
import { countLook, look } from './state.js';
import { affairs, calm, cell, circumstances, colouring, groups, only, open, parentName, side, state, view, whole, zoom } from './store.js';
import { lower, TROUBLES } from './troubles.js';
import { COUNTS, countWords, LOOKS, stateWords } from './words.js';

/** @typedef {import('./state.js').Look} Look @typedef {import('./state.js').CountLook} CountLook */

const MOST_ZOOM = 2;
const FEW = 60; // so few halls are shown with their names at once
const FEW_GROUPS = 3; // so few stand one below the other, each as wide as the wall
const NAMES = 2;
// A group's heading and foot, and the narrowest heading, as board/style/tiles.css draws them; in the heading's own size.
const AROUND_EM = 2.85;
const NARROWEST_EM = 12.4;
const FOOT = 12;
const PHONE = '(max-width: 47.49rem)';

/** "trong sự cố 3: mất điện" or "". @param {import('./state.js').Point} point */
function incidentWords({ incident }) {
  if (incident == null) return '';
  const trouble = affairs.peek().incidents.get(incident)?.trouble;
  const words = trouble && TROUBLES[trouble];
  return words ? t('trong sự cố {n}: {trouble}', { n: incident, trouble: lower(t(words)) }) : t('trong sự cố {n}', { n: incident });
}

/** One hall. A change is seen once, softly: the mark is put on when the look moved, and fades by itself.
 * @param {{code: string}} props */
function Tile({ code }) {
  const point = cell(code)?.value;
  const before = useRef(/** @type {string | null} */ (null));
  const element = useRef(/** @type {HTMLElement | null} */ (null));
  const counting = colouring.value === 'count';
  const now = point ? (counting ? countLook(point) : look(point)) : '';
  const kind = `${counting}${now}`;
  useLayoutEffect(() => {
    if (calm && before.current !== null && before.current !== kind && before.current.startsWith(String(counting))) {
      const turn = element.current?.dataset.moved === 'a' ? 'b' : 'a';
      if (element.current) element.current.dataset.moved = turn;
    }
    before.current = kind;
  }, [kind]);
  if (!point) return null;
  return html`<i
    id=${`t-${code}`}
    ref=${element}
    class="shape tile"
    role="option"
    aria-selected="false"
    data-code=${code}
    data-look=${now}
    data-proxy=${counting && point.proxy ? '' : undefined}
    data-incident=${!counting && point.incident != null ? '' : undefined}
    data-name=${point.name}
    aria-label=${[`${point.name}: ${counting ? countWords(point) : stateWords(point)}`, !counting && incidentWords(point)].filter(Boolean).join(', ')}
  ></i>`;
}

/** What stands at the right of a heading: how many when all is well, "23/37" when not; bold when somebody must act.
 * @param {{sums: import('./state.js').RollUp}} props */
function Score({ sums }) {
  const counting = colouring.value === 'count';
  const done = counting ? sums.reported : sums.connected;
  const { lost: dark, not_receiving: deaf, reconnecting, ours, not_opened: closed } = sums.looks;
  const acting = counting ? sums.counts.quarantined + sums.counts.differs > 0 : dark + deaf + reconnecting + ours + (circumstances.value.live ? closed : 0) > 0;
  const resting = !counting && sums.looks.ended > 0;
  const score = done === sums.total || (resting && !acting) ? figure(sums.total) : `${figure(done)}/${figure(sums.total)}`;
  const lost = !counting && sums.looks.lost > 0;
  return html`
    <span class="score" data-acting=${acting} data-lost=${lost}>${lost && html`<${Shape} look="lost" />`}${score}</span>
    <span class="rate">${share(sums.present, sums.answered)}</span>
  `;
}

/** @param {{group: import('./store.js').Group}} props */
const Tiles = ({ group }) => html`
  <div class="tiles" role="listbox" aria-label=${group.name} tabindex="-1">
    ${group.members.map((code) => html`<${Tile} key=${code} code=${code} />`)}
  </div>
`;

/** @param {{group: import('./store.js').Group}} props */
function Group({ group }) {
  const sums = group.sums.value;
  // Made once: were they drawn anew with every figure beside them, earlier ones would stay in memory as long as the wall stands.
  const tiles = useMemo(() => html`<${Tiles} group=${group} />`, [group]);
  return html`
    <section class="group" data-lost=${colouring.value === 'link' && sums.looks.lost > 0}>
      <h3>${group.leads ? html`<a href=${toUnit(group.code)} title=${group.name}>${group.short}</a>` : html`<span>${group.short}</span>`}<${Score} sums=${sums} /></h3>
      ${tiles}
    </section>
  `;
}

/** @param {HTMLElement} wall @param {string} code */
const tileOf = (wall, code) => /** @type {HTMLElement | null} */ (wall.querySelector(`[data-code="${CSS.escape(code)}"]`));

/** The neighbour in that direction, by where the tiles stand. @param {HTMLElement} wall @param {HTMLElement} from @param {string} key */
function neighbour(wall, from, key) {
  const tiles = /** @type {HTMLElement[]} */ ([...wall.querySelectorAll('.tile')]);
  const here = tiles.indexOf(from);
  if (key === 'ArrowRight') return tiles[here + 1];
  if (key === 'ArrowLeft') return tiles[here - 1];
  if (key === 'Home') return tiles[0];
  if (key === 'End') return tiles.at(-1);
  const at = from.getBoundingClientRect();
  const x = at.left + at.width / 2;
  const y = at.top + at.height / 2;
  const down = key === 'ArrowDown' ? 1 : -1;
  let best;
  let nearest = Infinity;
  for (const tile of tiles) {
    const box = tile.getBoundingClientRect();
    const dy = (box.top + box.height / 2 - y) * down;
    const dx = Math.abs(box.left + box.width / 2 - x);
    if (dy < at.height / 2 || dx > at.width * 4) continue;
    const far = dy + dx * 3;
    if (far < nearest) {
      nearest = far;
      best = tile;
    }
  }
  return best;
}

/** One place to tab to, arrows from there; every tile is reached without a mouse.
 * @param {{current: HTMLElement | null}} ref */
function useKeyboard(ref) {
  useEffect(() => {
    const wall = ref.current;
    if (!wall) return undefined;
    /** @type {HTMLElement | null} */
    let here = null;
    /** @param {HTMLElement} tile @param {boolean} focus */
    const stand = (tile, focus) => {
      here?.removeAttribute('data-here');
      const list = /** @type {HTMLElement} */ (tile.parentElement);
      for (const other of wall.querySelectorAll('[role=listbox][tabindex="0"]')) other.setAttribute('tabindex', '-1');
      list.tabIndex = 0;
      list.setAttribute('aria-activedescendant', tile.id);
      here = tile;
      if (focus) {
        list.focus({ preventScroll: true });
        tile.dataset.here = '';
        tile.scrollIntoView({ block: 'nearest' });
      }
    };
    const first = /** @type {HTMLElement | null} */ (wall.querySelector('.tile'));
    if (first) stand(first, false);
    /** @param {FocusEvent} event */
    const entered = (event) => {
      const list = /** @type {HTMLElement} */ (event.target);
      if (list.getAttribute('role') === 'listbox' && here && here.parentElement === list) here.dataset.here = '';
    };
    const left = () => here?.removeAttribute('data-here');
    /** @param {KeyboardEvent} event */
    const typed = (event) => {
      if (/** @type {HTMLElement} */ (event.target).getAttribute('role') !== 'listbox' || !here) return;
      if (event.key === 'Enter' || event.key === ' ') {
        event.preventDefault();
        openPoint(here.dataset.code ?? '');
      } else if (/^(Arrow|Home|End)/.test(event.key)) {
        event.preventDefault();
        const next = neighbour(wall, here, event.key);
        if (next) stand(next, true);
      }
    };
    /** @param {MouseEvent} event */
    const clicked = (event) => {
      const tile = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest('.tile'));
      if (!tile) return;
      stand(tile, true);
      tile.removeAttribute('data-here');
      openPoint(tile.dataset.code ?? '');
    };
    wall.addEventListener('focusin', entered);
    wall.addEventListener('focusout', left);
    wall.addEventListener('keydown', typed);
    wall.addEventListener('click', clicked);
    return () => {
      wall.removeEventListener('focusin', entered);
      wall.removeEventListener('focusout', left);
      wall.removeEventListener('keydown', typed);
      wall.removeEventListener('click', clicked);
    };
  }, [groups.value]);
}

/** Names a tile under the pointer. @param {{current: HTMLElement | null}} ref @param {{current: HTMLElement | null}} hint */
function useHint(ref, hint) {
  useEffect(() => {
    const wall = ref.current;
    const card = hint.current;
    if (!wall || !card) return undefined;
    /** @param {Event} event */
    const over = (event) => {
      const tile = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest?.('.tile'));
      const point = tile && cell(tile.dataset.code ?? '')?.peek();
      if (!tile || !point) {
        card.hidden = true;
        return;
      }
      const parent = parentName(point);
      card.replaceChildren(
        Object.assign(document.createElement('b'), { textContent: point.name + (parent ? ` · ${parent}` : '') }),
        Object.assign(document.createElement('span'), { textContent: stateWords(point) }),
        Object.assign(document.createElement('span'), { textContent: countWords(point) }),
        ...(point.incident == null ? [] : [Object.assign(document.createElement('span'), { textContent: incidentWords(point) })]),
      );
      card.hidden = false;
      const at = tile.getBoundingClientRect();
      const left = Math.min(Math.max(8, at.left - 12), document.documentElement.clientWidth - card.offsetWidth - 8);
      const under = at.bottom + 8 + card.offsetHeight < innerHeight;
      card.style.transform = `translate(${Math.round(left)}px, ${Math.round(under ? at.bottom + 8 : at.top - 8 - card.offsetHeight)}px)`;
    };
    const away = () => {
      card.hidden = true;
    };
    wall.addEventListener('pointerover', over);
    wall.addEventListener('focusin', away);
    wall.addEventListener('pointerleave', away);
    addEventListener('scroll', away, { passive: true });
    return () => {
      wall.removeEventListener('pointerover', over);
      wall.removeEventListener('focusin', away);
      wall.removeEventListener('pointerleave', away);
      removeEventListener('scroll', away);
    };
  }, []);
}

/** Shows which tile is open, without redrawing the others. @param {{current: HTMLElement | null}} ref */
function useSelection(ref) {
  const code = open.value;
  useLayoutEffect(() => {
    const tile = code && ref.current ? tileOf(ref.current, code) : null;
    tile?.setAttribute('aria-selected', 'true');
    return () => tile?.setAttribute('aria-selected', 'false');
  }, [code, groups.value]);
}

/** Lights the halls of the incident that stands beside the wall. @param {{current: HTMLElement | null}} ref */
function useLit(ref) {
  const beside = side.value;
  const number = beside?.what === 'incidents' ? Number(beside.of) : 0;
  const incident = number ? affairs.value.incidents.get(number) : undefined;
  useLayoutEffect(() => {
    const wall = ref.current;
    if (!wall || !incident) return undefined;
    // Those of a long list that are not named know it themselves.
    const halls = new Set(incident.points.map(({ code }) => code));
    const lit = [.../** @type {NodeListOf<HTMLElement>} */ (wall.querySelectorAll('.tile'))].filter(({ dataset: { code = '' } }) => halls.has(code) || cell(code)?.peek().incident === number);
    for (const tile of lit) tile.dataset.lit = '';
    wall.dataset.lighting = '';
    return () => {
      delete wall.dataset.lighting;
      for (const tile of lit) delete tile.dataset.lit;
    };
  }, [incident, groups.value]);
}

/** Lets the tiles grow until the wall fills the screen, and not beyond.
 * @param {{current: HTMLElement | null}} ref @param {boolean} fitting */
function useFit(ref, fitting) {
  useLayoutEffect(() => {
    const wall = ref.current;
    if (!wall) return undefined;
    const grow = () => {
      const em = parseFloat(getComputedStyle(wall.querySelector('h3') ?? wall).fontSize);
      const top = wall.getBoundingClientRect().top + scrollY;
      const found =
        fitting && !matchMedia(PHONE).matches
          ? fit(groups.peek().map(({ members }) => members.length), wall.clientWidth, innerHeight - top - FOOT, AROUND_EM * em, NARROWEST_EM * em)
          : null;
      const { style } = wall;
      style.setProperty('--tile', found ? `${found.tile}px` : '');
      style.setProperty('--gap', found ? `${found.gap}px` : '');
      style.columns = found ? String(found.columns) : '';
      style.columnGap = found ? `${found.between}px` : '';
    };
    grow();
    const watcher = new ResizeObserver(grow);
    watcher.observe(wall.parentElement ?? wall);
    addEventListener('resize', grow);
    return () => {
      watcher.disconnect();
      removeEventListener('resize', grow);
    };
  }, [groups.value, fitting]);
}

export function Wall() {
  const wall = useRef(/** @type {HTMLElement | null} */ (null));
  const hint = useRef(/** @type {HTMLElement | null} */ (null));
  useKeyboard(wall);
  useHint(wall, hint);
  useSelection(wall);
  useLit(wall);
  const halls = groups.value.reduce((sum, { members }) => sum + members.length, 0);
  const level = zoom.value === 0 && halls <= FEW ? NAMES : zoom.value;
  useFit(wall, level === 0);
  return html`
    <div class="wall" ref=${wall} data-zoom=${level} data-few=${groups.value.length <= FEW_GROUPS} data-only=${only.value}>
      ${groups.value.map((group) => html`<${Group} key=${group.code} group=${group} />`)}
    </div>
    <div class="hint" ref=${hint} hidden aria-hidden="true"></div>
  `;
}

/** Said only where there are some. Incidents begin and end all day: were they one of these, the whole wall would move each time. */
const SELDOM = ['not_receiving', 'ended', 'proxy'];

/** Every state with its shape, word and number; a press leaves only those tiles lit. */
export function Legend() {
  const sums = whole.value;
  const counting = colouring.value === 'count';
  /** @type {[string, string, number][]} */
  const entries = counting
    ? [...Object.entries(COUNTS).map(([key, word]) => /** @type {[string, string, number]} */ ([key, word, sums.counts[/** @type {CountLook} */ (key)]])), ['proxy', N('Được nhập thay'), sums.proxy]]
    : [...Object.entries(LOOKS).map(([key, word]) => /** @type {[string, string, number]} */ ([key, word, sums.looks[/** @type {Look} */ (key)]])), ['incident', N('Trong sự cố'), sums.in_incident]];
  return html`
    <div class="legend" role="group" aria-label=${t('Lọc theo trạng thái')}>
      ${entries
        .filter(([key, , n]) => n > 0 || !SELDOM.includes(key))
        .map(
          ([key, word, n]) => html`
            <button type="button" key=${key} aria-pressed=${only.value === key} data-none=${n === 0} onClick=${() => (only.value = only.peek() === key ? null : key)}>
              <${Shape} look=${key} />${t(word)} <b>${figure(n)}</b>
            </button>
          `,
        )}
    </div>
  `;
}

/** @param {{name: string, value: string, choices: [string, string][], choose: (value: any) => void}} props */
const Switch = ({ name, value, choices, choose }) => html`
  <div class="switch" role="group" aria-label=${name}>
    ${choices.map(([key, word]) => html`<button type="button" key=${key} aria-pressed=${value === key} onClick=${() => choose(key)}>${word}</button>`)}
  </div>
`;

export function WallControls() {
  return html`
    <div class="controls">
      <${Switch}
        name=${t('Màu của ô')}
        value=${colouring.value}
        choices=${[['link', t('Kết nối')], ['count', t('Quân số')]]}
        choose=${(/** @type {'link' | 'count'} */ key) => {
          colouring.value = key;
          only.value = null;
        }}
      />
      <${Switch}
        name=${t('Cách xem')}
        value=${view.value}
        choices=${[['wall', t('Tường')], ['list', t('Danh sách')]]}
        choose=${(/** @type {'wall' | 'list'} */ key) => (view.value = key)}
      />
      ${
        view.value === 'wall' &&
        html`<div class="switch zoom" role="group" aria-label=${t('Cỡ ô')}>
          <button type="button" aria-label=${t('Ô nhỏ hơn')} disabled=${zoom.value === 0} onClick=${() => (zoom.value -= 1)}>−</button>
          <button type="button" aria-label=${t('Ô lớn hơn')} disabled=${zoom.value === MOST_ZOOM} onClick=${() => (zoom.value += 1)}>+</button>
        </div>`
      }
    </div>
  `;
}

export const nobodyYet = () => {
  const sums = whole.value;
  return state.value !== null && sums.total > 0 && sums.looks.not_opened + sums.looks.not_measured === sums.total && sums.reported === 0 && sums.opened === 0;
};

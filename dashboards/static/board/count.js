// A head count for a hall that only phones, or the right numbers in place of wrong ones: a sum as on paper.
import { html } from '../vendor/html.js';
import { useLayoutEffect, useRef, useState } from '../vendor/hooks.mjs';
import { t } from '../language.js';
import { rounds } from './conference.js';
import { decide } from './deeds.js';
import { figure, instant, minute } from './format.js';
import { answered, heads, judge, withParts } from './plausible.js';
import { Reason } from './reason.js';
import { hallNow, state } from './store.js';
import { REASONS, ROUNDS, saidWords, sittingName } from './words.js';

/** @typedef {'present' | 'excused' | 'unexcused' | 'guests'} Row @typedef {Record<Row, string>} Typed */
/** @typedef {{sitting: string, round: string}} Key */

/** @type {readonly Row[]} */
const ROWS = ['present', 'excused', 'unexcused', 'guests'];
const LABELS = () => ({ present: t('Có mặt'), excused: t('Vắng có lý do'), unexcused: t('Vắng không lý do'), guests: t('Khách mời') });

/** The rounds of a hall that may be counted now: those that have opened or have figures; before any has, the first.
 * @param {any} about @returns {{sitting: any, round: any, before: any, key: string}[]} */
function countable(about) {
  const all = (about?.sittings ?? []).flatMap((/** @type {any} */ sitting) =>
    sitting.rounds.map((/** @type {any} */ round, /** @type {number} */ i) => ({ sitting, round, before: sitting.rounds[i - 1] ?? null, key: `${sitting.id}/${round.round}` })),
  );
  const now = hallNow.peek();
  const opened = all.filter((/** @type {any} */ { round, key }) => round.said || (rounds.peek().get(key)?.opens_ms ?? 0) <= now);
  return opened.length ? opened : all.slice(0, 1);
}

/** The round that one most likely wants: the one on the board while it is silent there, else the newest.
 * @param {any} about */
export function wanted(about) {
  const all = countable(about);
  const totals = state.peek()?.totals;
  const shown = all.find(({ key }) => key === `${totals?.sitting}/${totals?.round}`);
  return shown && !shown.round.said ? shown : all.findLast(({ round }) => !round.said) ?? all.at(-1) ?? null;
}

/** @param {any} said @returns {Typed} */
const typedFrom = (said) => ({
  present: said ? String(said.present) : '',
  excused: said?.excused ? String(said.excused) : '',
  unexcused: said?.unexcused ? String(said.unexcused) : '',
  guests: said?.guests ? String(said.guests) : '',
});

/** @param {{name: Row, label: string, hint?: string, plus: boolean, value: string, set: (text: string) => void}} props */
function Field({ name, label, hint, plus, value, set }) {
  const n = heads(value) ?? 0;
  /** @param {number} by */
  const move = (by) => set(String(Math.max(0, (Number.isNaN(n) ? 0 : n) + by)));
  const id = `count-${name}`;
  return html`
    <div class="count-row">
      <label for=${id}><span aria-hidden="true">${plus && '+'}</span><span>${label}${hint && html` <small>${hint}</small>`}</span></label>
      <button type="button" tabindex="-1" aria-label=${t('Bớt một, {what}', { what: label })} disabled=${!n} onClick=${() => move(-1)}>−</button>
      <input
        id=${id}
        type="text"
        inputmode="numeric"
        autocomplete="off"
        maxlength="7"
        placeholder=${name === 'present' ? '' : '0'}
        value=${value}
        onInput=${(/** @type {any} */ event) => set(event.target.value)}
        onFocus=${(/** @type {any} */ event) => event.target.select()}
        onKeyDown=${(/** @type {KeyboardEvent} */ event) => {
          if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
          event.preventDefault();
          move(event.key === 'ArrowUp' ? 1 : -1);
        }}
      />
      <button type="button" tabindex="-1" aria-label=${t('Thêm một, {what}', { what: label })} onClick=${() => move(1)}>+</button>
    </div>
  `;
}

/** Whether the parts make the whole. @param {{sum: number, expected: number | null}} props */
function Whole({ sum, expected }) {
  if (expected == null) return html`<span class="soft">${t('chưa có số triệu tập')}</span>`;
  const missing = expected - sum;
  return missing === 0
    ? html`<span class="enough">${t('Đủ {n}', { n: figure(expected) })}</span>`
    : html`<span class="odd">${missing > 0 ? t('Còn {n} chưa rõ', { n: figure(missing) }) : t('Thừa {n}', { n: figure(-missing) })}</span>`;
}

/** Typed numbers outlive a look elsewhere in the panel. @typedef {Map<string, {typed: Typed, reason: string}>} Drafts */

/** @param {{code: string, about: any, seats: number | null, begin: {key: string, said?: any, reason?: string}, drafts: Drafts, done: () => void}} props */
export function CountForm({ code, about, seats, begin, drafts, done }) {
  const all = countable(about);
  const [key, setKey] = useState(begin.key);
  const at = all.find((each) => each.key === key) ?? all[0];
  // What stands when the form opens is what it corrects: a figure that changes meanwhile must not be replaced unseen.
  const stood = useRef(/** @type {Map<string, any>} */ (new Map()));
  if (at && !stood.current.has(at.key)) stood.current.set(at.key, at.round);
  const round = at ? stood.current.get(at.key) : null;
  const fresh = () => ({ typed: typedFrom(begin.said ?? round?.said), reason: begin.reason ?? REASONS.correct[0] ?? '' });
  const [draft, setDraft] = useState(drafts.get(key) ?? fresh());
  const [wrong, setWrong] = useState('');
  const form = useRef(/** @type {HTMLFormElement | null} */ (null));
  useLayoutEffect(() => {
    /** @type {HTMLInputElement | null | undefined} */ (form.current?.querySelector('#count-present'))?.focus();
  }, [key]);
  if (!at || !round) return null;

  /** @param {{typed: Typed, reason: string}} next */
  const write = (next) => {
    drafts.set(key, next);
    setDraft(next);
    setWrong('');
  };
  const labels = LABELS();
  const { typed, reason } = draft;
  const numbers = ROWS.map((name) => heads(typed[name]));
  const [present, excused, unexcused, guests] = numbers.map((n) => n ?? 0);
  const said = { present: present ?? 0, excused: excused ?? 0, unexcused: unexcused ?? 0, guests: guests ?? 0 };
  const readable = numbers.every((n) => !Number.isNaN(n));
  const expected = at.sitting.expected;
  const verdict = readable && numbers[0] !== null ? judge(said, { expected, seats, before: at.before?.said?.present ?? null }) : null;
  const correcting = Boolean(round.act);
  const moved = at.round.act !== round.act;
  const due = instant(round.due_at);

  /** @param {Event} event */
  const send = (event) => {
    event.preventDefault();
    if (!readable) return setWrong(t('Chỉ nhập số người, từ 0 đến 1.000.000.'));
    if (numbers[0] === null) {
      form.current?.querySelector('input')?.focus();
      return setWrong(t('Nhập số có mặt trước.'));
    }
    if (correcting && !reason.trim()) return setWrong(t('Chọn hoặc ghi lý do.'));
    const told = { round: round.round };
    const sent = correcting
      ? decide(code, [{ kind: 'correct', act: round.act, reason: reason.trim(), ...withParts(said, round.said) }], told)
      : decide(code, [{ kind: 'count', sitting: at.sitting.id, round: round.round, ...said }], told);
    if (!sent) return setWrong(t('Nhiều việc đang chờ máy chủ trả lời; hãy chờ một lát.'));
    drafts.delete(key);
    done();
  };

  return html`
    <form class="doing" ref=${form} onSubmit=${send} novalidate aria-labelledby="doing-title">
      <h3 id="doing-title">${correcting ? t('Đính chính') : t('Nhập thay')}${all.length > 1 ? '' : ` · ${t(ROUNDS[round.round] ?? round.round).toLowerCase()}`}</h3>
      ${
        all.length > 1 &&
        html`<div class="chips" role="group" aria-label=${t('Đợt')}>
          ${all.map(
            (each) => html`
              <button
                type="button"
                key=${each.key}
                aria-pressed=${each.key === key}
                onClick=${() => {
                  stood.current.delete(each.key);
                  setKey(each.key);
                  setDraft(drafts.get(each.key) ?? { typed: typedFrom(each.round.said), reason: REASONS.correct[0] ?? '' });
                  setWrong('');
                }}
              >${(about.sittings?.length ?? 0) > 1 ? `${sittingName(each.sitting)[0]} · ` : ''}${t(ROUNDS[each.round.round] ?? each.round.round)}</button>
            `,
          )}
        </div>`
      }
      <p class="soft">
        ${correcting ? t('Đang ghi: {words}', { words: saidWords(round.said) }) : due !== null && t('hạn {time}', { time: minute(due) })}
      </p>
      ${moved && html`<p class="odd" role="status">${t('Điểm cầu vừa gửi số khác: {words}.', { words: at.round.said ? saidWords(at.round.said) : t('Chưa báo cáo') })}</p>`}
      <div class="sum-sheet">
        <p class="summoned"><span>${t('Triệu tập')}</span><b>${figure(expected)}</b></p>
        ${ROWS.slice(0, 3).map(
          (name, i) => html`<${Field} key=${name} name=${name} label=${labels[name]} plus=${i > 0} value=${typed[name]} set=${(/** @type {string} */ text) => write({ reason, typed: { ...typed, [name]: text } })} />`,
        )}
        <p class="total" role="status">
          <span>${readable ? html`${figure(said.present)} + ${figure(said.excused)} + ${figure(said.unexcused)} = <b>${figure(answered(said))}</b>` : '–'}</span>
          ${readable && numbers[0] !== null && html`<${Whole} sum=${answered(said)} expected=${expected} />`}
        </p>
        <${Field} name="guests" label=${labels.guests} hint=${expected == null ? '' : t('ngoài {n}', { n: figure(expected) })} plus=${false} value=${typed.guests} set=${(/** @type {string} */ text) => write({ reason, typed: { ...typed, guests: text } })} />
      </div>
      ${correcting && html`<${Reason} reasons=${REASONS.correct} chosen=${reason} choose=${(/** @type {string} */ next) => write({ typed, reason: next })} />`}
      <p class="odd" role="status">${wrong || (verdict && verdict.grade !== 'fine' ? (verdict.grade === 'quarantined' ? t('{why}; sẽ chờ kiểm tra.', { why: verdict.why }) : `${verdict.why}.`) : '')}</p>
      <div class="doing-foot">
        <button type="submit" class="pill strong">${correcting ? t('Gửi đính chính') : t('Gửi thay điểm cầu')}</button>
        <button type="button" class="pill" onClick=${done}>${t('Thôi')}</button>
      </div>
      ${!correcting && html`<p class="soft">${t('Ghi là “nhập thay” cho đến khi điểm cầu xác nhận hoặc tự báo.')}</p>`}
    </form>
  `;
}

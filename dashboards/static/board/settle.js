// Figures that somebody must settle: one that waits, two that differ, one that is doubted.
import { html } from '../vendor/html.js';
import { useState } from '../vendor/hooks.mjs';
import { N, t } from '../language.js';
import { decide } from './deeds.js';
import { figure, instant, minute } from './format.js';
import { answered, judge, ledger } from './plausible.js';
import { may } from './reader.js';
import { Shape } from './shape.js';
import { acting, correcting } from './store.js';
import { byWords, othersWords, ROUNDS } from './words.js';

/** @typedef {{sitting: any, round: any, before: any, seats: number | null, code: string, correct: (said?: any, reason?: string) => void}} Doubt */

/** Asked once more where there is no way back. @param {{words: string, yes: string, go: () => void, no: () => void}} props */
const Sure = ({ words, yes, go, no }) => html`
  <div class="sure" role="group" aria-label=${yes}>
    <p>${words}</p>
    <div class="pills">
      <button type="button" class="pill strong" ref=${(/** @type {HTMLElement | null} */ button) => button?.focus()} onClick=${go}>${yes}</button>
      <button type="button" class="pill" onClick=${no}>${t('Thôi')}</button>
    </div>
  </div>
`;

/** @param {{at: string | null, by: string | null}} figure */
const source = ({ at, by }) => {
  const ms = instant(at);
  return [ms !== null && minute(ms), byWords(by)].filter(Boolean).join(', ');
};

/** "640 / 64 chờ kiểm tra" @param {Doubt} props */
function Quarantined({ sitting, round, code, correct }) {
  const [asking, setAsking] = useState(false);
  const inside = round.said.present + round.said.guests;
  const counted = ledger(sitting.expected, round.said);
  return html`
    <li class="doubt" data-kind="quarantined">
      <${Shape} look="quarantined" />
      <div>
        <h3>${t(ROUNDS[round.round] ?? round.round)}: <b>${figure(inside)} / ${figure(sitting.expected)}</b> ${t('chờ kiểm tra')}</h3>
        <p class="soft">${source(round)} · ${round.present == null ? t('chưa tính vào tổng') : t('đang tính số trước: {n} có mặt', { n: figure(round.present) })}</p>
        ${
          asking
            ? html`<${Sure}
                words=${t('Tính {present} có mặt, {guests} khách mời. Không hoàn tác được, chỉ đính chính.', { present: figure(counted.present), guests: figure(counted.guests) })}
                yes=${t('Cho tính {n} người', { n: figure(inside) })}
                go=${() => decide(code, [{ kind: 'release', act: round.act }], { round: round.round, present: inside }) && setAsking(false)}
                no=${() => setAsking(false)}
              />`
            : html`<div class="pills">
                ${may('settle') && acting.value && html`<button type="button" class="pill" onClick=${() => setAsking(true)}>${t('Cho tính')}</button>`}
                ${may('correct') && correcting.value && html`<button type="button" class="pill strong" onClick=${() => correct()}>${t('Sửa')}</button>`}
              </div>`
        }
      </div>
    </li>
  `;
}

/** Two figures side by side, with when and by whom. @param {Doubt} props */
function Differing({ round, code }) {
  const [asking, setAsking] = useState(/** @type {any} */ (null));
  const both = [
    { ...round.said, act: round.act, at: round.at, by: round.by, counts: true },
    { ...round.differing, counts: false },
  ];
  return html`
    <li class="doubt" data-kind="differs">
      <${Shape} look="differs" />
      <div>
        <h3>${t(ROUNDS[round.round] ?? round.round)}: <b>${t('hai số liệu khác nhau')}</b></h3>
        <div class="versus">
          ${both.map(
            (each) => html`
              <div key=${each.act}>
                <strong>${figure(each.present)}</strong>
                <span>${othersWords(each)}</span>
                <small class="soft">${source(each)}${each.counts && html`<br />${t('đang được tính')}`}</small>
                ${may('act') && acting.value && !asking && html`<button type="button" class="pill" aria-label=${`${t('Chọn số này')}, ${figure(each.present)}`} onClick=${() => setAsking(each)}>${t('Chọn số này')}</button>`}
              </div>
            `,
          )}
        </div>
        ${
          asking &&
          html`<${Sure}
            words=${t('Số còn lại không được tính nữa; vẫn nằm trong diễn biến.')}
            yes=${t('Chọn số {n}', { n: figure(asking.present) })}
            go=${() => decide(code, [{ kind: 'confirm', act: asking.act }], { round: round.round, present: asking.present }) && setAsking(null)}
            no=${() => setAsking(null)}
          />`
        }
      </div>
    </li>
  `;
}

/** A figure that counts and that somebody should look at. @param {Doubt} props */
function Warned({ sitting, round, before, seats, code, correct }) {
  const [asking, setAsking] = useState('');
  const { said } = round;
  const surplus = answered(said) - (sitting.expected ?? 0);
  const guests = Math.min(surplus, said.present);
  const why = judge(said, { expected: sitting.expected, seats, before: before?.said?.present ?? null }).why;
  const told = { round: round.round, present: said.present };
  /** @param {string} kind */
  const go = (kind) => {
    const confirm = { kind: 'confirm', act: round.act };
    const expected = { kind: 'expected', sitting: sitting.id, value: answered(said), reason: N('Bổ sung triệu tập') };
    if (decide(code, kind === 'expected' ? [expected, confirm] : [confirm], told)) setAsking('');
  };
  return html`
    <li class="doubt" data-kind="warned">
      <${Shape} look="warned" />
      <div>
        <h3>${t(ROUNDS[round.round] ?? round.round)}: <b>${figure(surplus > 0 ? answered(said) : said.present)} / ${figure(sitting.expected)}</b></h3>
        <p class="soft">${why || t('Được báo kèm cảnh báo')} · ${source(round)}</p>
        ${
          asking === 'expected'
            ? html`<${Sure}
                words=${t('Triệu tập đổi từ {before} thành {n}; không còn ai là khách mời thừa ra.', { before: figure(sitting.expected), n: figure(answered(said)) })}
                yes=${t('Triệu tập là {n}', { n: figure(answered(said)) })}
                go=${() => go('expected')}
                no=${() => setAsking('')}
              />`
          : asking === 'confirm'
            ? html`<${Sure} words=${t('Cảnh báo được gỡ; số liệu giữ nguyên.')} yes=${t('Số đúng như vậy')} go=${() => go('confirm')} no=${() => setAsking('')} />`
            : html`<div class="pills">
                ${
                  surplus > 0
                    ? html`
                        ${may('settle') && acting.value && html`<button type="button" class="pill" onClick=${() => setAsking('expected')}>${t('Triệu tập là {n}', { n: figure(answered(said)) })}</button>`}
                        ${
                          may('correct') &&
                          correcting.value &&
                          html`<button
                            type="button"
                            class="pill"
                            onClick=${() => correct({ ...said, present: said.present - guests, guests: said.guests + guests }, N('Thừa là khách mời'))}
                          >${t('{n} là khách mời', { n: figure(guests) })}</button>`
                        }
                      `
                    : html`${may('act') && acting.value && html`<button type="button" class="pill" onClick=${() => setAsking('confirm')}>${t('Số đúng như vậy')}</button>`}
                        ${may('correct') && correcting.value && html`<button type="button" class="pill" onClick=${() => correct()}>${t('Sửa')}</button>`}`
                }
              </div>`
        }
      </div>
    </li>
  `;
}

/** @param {{code: string, about: any, seats: number | null, correct: (key: string, said?: any, reason?: string) => void}} props */
export function Doubts({ code, about, seats, correct }) {
  const doubts = (about?.sittings ?? []).flatMap((/** @type {any} */ sitting) =>
    sitting.rounds.flatMap((/** @type {any} */ round, /** @type {number} */ i) => {
      // What waits is settled first: until then two figures stand beside a third.
      const Card = !round.said ? null : round.grade === 'quarantined' ? Quarantined : round.differing ? Differing : round.grade === 'warned' ? Warned : null;
      if (!Card) return [];
      const key = `${sitting.id}/${round.round}`;
      return [html`<${Card} key=${`${key}${round.act}`} ...${{ sitting, round, before: sitting.rounds[i - 1] ?? null, seats, code }} correct=${(/** @type {any} */ said, /** @type {string} */ reason) => correct(key, said, reason)} />`];
    }),
  );
  return doubts.length > 0 && html`<ul class="doubts" aria-label=${t('Cần quyết định')}>${doubts}</ul>`;
}

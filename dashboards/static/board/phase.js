// Moving the conference on: where it stands, what may come next, and what that brings, before it is done.
import { html } from '../vendor/html.js';
import { useEffect, useLayoutEffect, useRef, useState } from '../vendor/hooks.mjs';
import { signal } from '../vendor/signals.mjs';
import { t } from '../language.js';
import { conference, learnPlan, plan } from './conference.js';
import { date, figure, instant } from './format.js';
import { changePhase, whoMovedIt } from './moving.js';
import { CONSEQUENCES, FOR_GOOD, nextOf, ORDER, step, STEPS } from './phases.js';
import { may } from './reader.js';
import { Cross, Shape } from './shape.js';
import { state, whole } from './store.js';
import { PHASES } from './words.js';

/** Whether the dialog stands open. */
export const moving = signal(false);

/** What is still missing, said before the figures are closed. */
function missing() {
  const { total, reported, counts } = whole.value;
  return [
    total > reported && t('{n} điểm cầu chưa báo cáo', { n: figure(total - reported) }),
    counts.quarantined > 0 && t('{n} số liệu chờ kiểm tra', { n: figure(counts.quarantined) }),
    counts.differs > 0 && t('{n} nơi có hai số liệu khác nhau', { n: figure(counts.differs) }),
  ]
    .filter(Boolean)
    .join(', ');
}

/** "766 điểm cầu, 1 buổi, 3 đợt báo cáo": what is frozen on leaving the draft. */
function Frozen() {
  const sittings = plan.value?.sittings ?? [];
  const counted = sittings.filter(({ rehearsal }) => !rehearsal);
  const rounds = counted.reduce((sum, each) => sum + (each.rounds?.length ?? 0), 0);
  return html`
    <dl class="frozen">
      <div><dt>${t('Điểm cầu')}</dt><dd>${figure(plan.value?.points ?? conference.value?.points)}</dd></div>
      <div><dt>${t('Buổi')}</dt><dd>${plan.value ? figure(counted.length) : '–'}</dd></div>
      <div><dt>${t('Đợt báo cáo')}</dt><dd>${plan.value ? figure(rounds) : '–'}</dd></div>
    </dl>
  `;
}

/** @param {{from: string, to: string, version: number, after: number, back: () => void, done: () => void}} props */
function Sure({ from, to, version, after, back, done }) {
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState('');
  const yes = useRef(/** @type {HTMLButtonElement | null} */ (null));
  // In a dialog that opens with this question it is the attribute that counts.
  useLayoutEffect(() => yes.current?.focus(), []);
  const key = step(from, to);
  const left = to === 'closed' ? missing() : '';
  const go = async () => {
    if (busy) return;
    setBusy(true);
    setWrong('');
    try {
      await changePhase(to, version);
      done();
    } catch (error) {
      const { status, code, message } = /** @type {any} */ (error);
      if (status === 409) {
        const [now, who] = await Promise.all([learnPlan(), whoMovedIt(after)]);
        const phase = t(PHASES[now?.phase ?? ''] ?? '');
        setWrong(
          code !== 'version' ? message
          : who ? t('{who} đã chuyển hội nghị sang “{phase}” trước bạn.', { who, phase })
          : t('Người khác đã chuyển hội nghị sang “{phase}” trước bạn.', { phase }),
        );
      } else setWrong(status ? message : t('Máy chủ chưa trả lời; hội nghị có thể đã chuyển. Hãy bấm lại.'));
      setBusy(false);
    }
  };
  return html`
    <h2 id="moving-title">${t(STEPS[key] ?? '')}</h2>
    <p>${t(CONSEQUENCES[key] ?? '')}</p>
    ${from === 'draft' && html`<${Frozen} />`}
    ${left && html`<p class="odd">${t('Còn {what}.', { what: left })}</p>`}
    ${FOR_GOOD.includes(key) && html`<p><b>${t('Không quay lại được.')}</b></p>`}
    ${wrong && html`<p class="wrong" role="alert">${wrong}</p>`}
    <div class="pills">
      ${!wrong && html`<button type="button" class="pill strong" autofocus ref=${yes} aria-disabled=${busy} onClick=${go}>${busy ? t('Đang chuyển') : t(STEPS[key] ?? '')}</button>`}
      <button type="button" class="pill" onClick=${back}>${wrong ? t('Xem giai đoạn bây giờ') : t('Thôi')}</button>
    </div>
  `;
}

/** Every phase of the day, the current one marked, and the steps from here. @param {{choose: (to: string) => void}} props */
function Steps({ choose }) {
  const now = /** @type {import('./phases.js').Phase} */ (conference.value?.phase ?? 'draft');
  const next = nextOf(now);
  return html`
    <h2 id="moving-title" tabindex="-1">${t('Giai đoạn của hội nghị')}</h2>
    <ol class="phases">
      ${ORDER.map((each) => html`<li key=${each} aria-current=${each === now ? 'step' : undefined}><${Shape} look=${each === now ? 'steady' : ORDER.indexOf(each) < ORDER.indexOf(now) ? 'ended' : 'not_opened'} />${t(PHASES[each] ?? each)}</li>`)}
    </ol>
    ${
      next.length === 0
        ? html`<p class="soft">${t('Số liệu đã chốt; muốn sửa thì đề nghị đính chính, người khác duyệt.')}</p>`
        : html`<div class="pills">${[...next].reverse().map((to) => html`<button type="button" key=${to} class="pill" onClick=${() => choose(to)}>${t(STEPS[step(now, to)] ?? '')}</button>`)}</div>`
    }
  `;
}

/** @param {{first?: string}} props */
function Dialog({ first = '' }) {
  const box = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const [to, setTo] = useState(first);
  // The version is the one that was seen: who was faster is told so.
  const seen = useRef({ phase: conference.peek()?.phase ?? 'draft', version: conference.peek()?.version ?? 0, after: 1 });
  const look = () => {
    const now = conference.peek();
    seen.current = { phase: now?.phase ?? 'draft', version: now?.version ?? 0, after: state.peek()?.news[0]?.position ?? 1 };
  };
  useLayoutEffect(() => box.current?.showModal(), []);
  useEffect(() => {
    look();
    if (!first) void learnPlan().then(look);
  }, []);
  const close = () => {
    moving.value = false;
    start.value = '';
  };
  return html`
    <dialog class="dialog" ref=${box} aria-labelledby="moving-title" onClose=${close}>
      <button type="button" class="close" aria-label=${t('Đóng')} onClick=${() => box.current?.close()}><${Cross} /></button>
      ${
        to
          ? html`<${Sure} key=${to} from=${seen.current.phase} to=${to} version=${seen.current.version} after=${seen.current.after} back=${() => {
              look();
              setTo('');
            }} done=${() => box.current?.close()} />`
          : html`<${Steps} choose=${(/** @type {string} */ next) => {
              look();
              setTo(next);
            }} />`
      }
    </dialog>
  `;
}

/** The step that the dialog opens with, if one was chosen outside. */
const start = signal('');

/** @param {string} [to] */
export function openMoving(to = '') {
  start.value = to;
  moving.value = true;
}

export const Moving = () => (moving.value && may('govern') ? html`<${Dialog} first=${start.value} />` : null);

/** A conference that is being prepared has no board yet: it says what there is, and to whom it may, how to open it. */
export function Preparing() {
  const now = conference.value;
  const points = plan.value?.points ?? now?.points ?? 0;
  const ms = instant(now?.starts_at);
  return html`
    <section class="welcome">
      <h2>${t('Hội nghị đang chuẩn bị')}</h2>
      <p><b>${now?.title}</b>${ms !== null && ` · ${date(ms)}`}</p>
      <${Frozen} />
      ${
        !may('govern') ? html`<p>${t('Bảng này tự hiện ra khi ban tổ chức mở hội nghị.')}</p>`
        : points === 0 ? html`<p>${t('Chưa chọn điểm cầu nào cho hội nghị này.')}</p>`
        : html`
            <p>${t('Khi mở, danh sách điểm cầu và số triệu tập được chốt; đến lúc đó vẫn sửa được trong danh bạ.')}</p>
            <div class="pills">
              <button type="button" class="pill strong" onClick=${() => openMoving('open')}>${t('Mở hội nghị')}</button>
              <button type="button" class="pill" onClick=${() => openMoving('rehearsal')}>${t('Tổng duyệt trước')}</button>
            </div>
          `
      }
    </section>
  `;
}

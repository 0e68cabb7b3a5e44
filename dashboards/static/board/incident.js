// One incident: why, since when, whose it is, what can be done about it, its halls and what was done so far.
import { html } from '../vendor/html.js';
import { useEffect, useLayoutEffect, useRef, useState } from '../vendor/hooks.mjs';
import { N, t } from '../language.js';
import { incidentLook, over } from './affairs.js';
import { useAnew } from './anew.js';
import { ask } from './conference.js';
import { clock, figure, lasting, minute } from './format.js';
import { GivingForm } from './giving.js';
import { openSide, toPoint, toSide } from './go.js';
import { me, Running, Severity, useDeed, whereWords } from './incidents.js';
import { may } from './reader.js';
import { Shape } from './shape.js';
import { Beside } from './side.js';
import { look } from './state.js';
import { affairs, cell, hallSecond, parentName } from './store.js';
import { handWords, moveWords, titleWords, whyWords } from './troubles.js';

/** @typedef {import('./affairs.js').Incident} Incident */
/** @typedef {'assign' | 'note' | 'explain' | 'resolve' | 'reopen' | 'escalate'} Doing */

const HALLS_AT_FIRST = 14;

/** What each asks, the field it fills, how long that may be, and whether it may stay empty.
 * @type {Record<Exclude<Doing, 'assign'>, {title: string, field: string, most: number, free: boolean, yes: string, common: string[]}>} */
const ASKED = {
  note: { title: N('Ghi chú'), field: 'note', most: 500, free: false, yes: N('Ghi lại'), common: [] },
  explain: {
    title: N('Nguyên nhân là gì?'), field: 'cause', most: 200, free: false, yes: N('Ghi nguyên nhân'),
    common: [N('Mất điện khu vực'), N('Đứt cáp nhà mạng'), N('Nhà mạng chập chờn'), N('Hỏng thiết bị tại điểm cầu'), N('Mạng nội bộ của điểm cầu'), N('Thao tác nhầm'), N('Thiết bị tại trung tâm')],
  },
  resolve: { title: N('Đã khắc phục bằng cách nào?'), field: 'note', most: 500, free: true, yes: N('Đã khắc phục'), common: [N('Đã chạy máy phát'), N('Chuyển sang 4G'), N('Chuyển sang truyền hình'), N('Đã thay thiết bị')] },
  reopen: { title: N('Vì sao mở lại?'), field: 'reason', most: 500, free: false, yes: N('Mở lại'), common: [N('Vẫn chưa hết'), N('Đóng nhầm')] },
  escalate: { title: N('Báo lên cấp trên'), field: 'why', most: 500, free: false, yes: N('Báo lên'), common: [N('Quá lâu chưa khắc phục'), N('Cần điện lực hỗ trợ'), N('Cần nhà mạng hỗ trợ')] },
};

/** @param {{number: number, doing: Exclude<Doing, 'assign'>, done: () => void}} props */
function Form({ number, doing, done }) {
  const { busy, wrong, does } = useDeed();
  const [said, setSaid] = useState('');
  const [missing, setMissing] = useState('');
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  useLayoutEffect(() => field.current?.focus(), []);
  const asked = ASKED[doing];
  const send = async () => {
    const plain = said.trim();
    if (!plain && !asked.free) {
      setMissing(t('Ghi vài chữ trước khi gửi.'));
      field.current?.focus();
      return;
    }
    setMissing('');
    // What is chosen from the common words goes into the journal in one language, so that causes can be counted.
    const kept = asked.common.find((each) => t(each) === plain) ?? plain;
    if (await does(number, { do: doing, [asked.field]: kept })) done();
  };
  return html`
    <form
      class="doing"
      novalidate
      aria-labelledby="doing-title"
      onSubmit=${(/** @type {Event} */ event) => {
        event.preventDefault();
        void send();
      }}
    >
      <h3 id="doing-title">${t(asked.title)}</h3>
      ${asked.common.length > 0 && html`<div class="chips">${asked.common.map((each) => html`<button type="button" key=${each} aria-pressed=${said === t(each)} onClick=${() => setSaid(t(each))}>${t(each)}</button>`)}</div>`}
      <input
        ref=${field}
        class="line"
        type="text"
        autocomplete="off"
        aria-label=${t(asked.title)}
        placeholder=${asked.free ? t('Ghi ngắn gọn, nếu có') : t('Ghi ngắn gọn')}
        maxlength=${asked.most}
        value=${said}
        onInput=${(/** @type {any} */ event) => setSaid(event.target.value)}
      />
      <p class="odd" role="status">${missing || wrong}</p>
      <div class="doing-foot">
        <button type="submit" class="pill strong" aria-disabled=${busy}>${t(asked.yes)}</button>
        <button type="button" class="pill" onClick=${done}>${t('Thôi')}</button>
      </div>
    </form>
  `;
}

/** @param {{hit: import('./affairs.js').Hit}} props */
function Hall({ hit }) {
  const point = cell(hit.code)?.value;
  const parent = point ? parentName(point) : '';
  const going = hit.eased_at_s === null;
  return html`
    <li>
      <a class="hall" href=${toPoint(hit.code)} data-eased=${!going}>
        <${Shape} look=${point ? look(point) : 'not_opened'} />
        <span class="who"><b>${hit.name || hit.code}</b>${parent && html`<small>${parent}</small>`}</span>
        <span class="what"><time>${clock(hit.began_at_s * 1000)}</time><small>${going ? t('đã {time}', { time: lasting(hallSecond.value - hit.began_at_s) }) : t('trở lại {time}', { time: minute((hit.eased_at_s ?? 0) * 1000) })}</small></span>
      </a>
    </li>
  `;
}

/** @param {{incident: Incident}} props */
function Halls({ incident }) {
  const [all, setAll] = useState(false);
  const { points, count } = incident;
  const shown = all ? points : points.slice(0, HALLS_AT_FIRST);
  return html`
    <section>
      <h3>${t('{n} điểm cầu', { n: figure(count) })}${incident.failing > 0 && incident.failing < count ? `, ${t('{n} điểm còn mất', { n: figure(incident.failing) })}` : ''} · ${t('{n} đại biểu', { n: figure(incident.expected) })}</h3>
      <ul class="incident-halls">${shown.map((hit) => html`<${Hall} key=${hit.code} hit=${hit} />`)}</ul>
      ${points.length > shown.length && html`<button type="button" class="more" onClick=${() => setAll(true)}>${t('Xem thêm {n}', { n: figure(points.length - shown.length) })}</button>`}
      ${(all || points.length <= HALLS_AT_FIRST) && count > points.length && html`<p class="empty">${t('Và {n} điểm nữa, được làm nổi trên tường.', { n: figure(count - points.length) })}</p>`}
    </section>
  `;
}

const GROWS = ['incident-joined', 'incident-eased'];

/** Halls that come or go one after another are one line; what was said once more of the same halls is none. @param {any[]} history */
function folded(history) {
  /** @type {any[]} */
  const lines = [];
  /** Those that fail at this line. @type {Set<string>} */
  const failing = new Set();
  for (const line of history) {
    const points = /** @type {string[]} */ (line.points ?? []);
    if (line.kind === 'incident-joined' && line.count === points.length && points.every((each) => failing.has(each))) continue;
    for (const each of points) line.kind === 'incident-eased' ? failing.delete(each) : failing.add(each);
    const before = lines.at(-1);
    if (before && before.kind === line.kind && GROWS.includes(line.kind))
      lines[lines.length - 1] = { ...before, count: before.count + line.count, at_s: Math.min(before.at_s, line.at_s), until_s: Math.max(before.until_s ?? before.at_s, line.at_s) };
    else lines.push(line);
  }
  return lines;
}

/** @param {{history: any[]}} props */
const History = ({ history }) => html`
  <section>
    <h3>${t('Diễn biến')}</h3>
    <ol class="history">
      ${folded(history).map(
        (line, i) => html`
          <li key=${`${line.at_s}${line.kind}${i}`}>
            <time>${clock(line.at_s * 1000)}</time>
            <span>${moveWords(line)}${line.until_s > line.at_s ? `, ${t('đến {time}', { time: clock(line.until_s * 1000) })}` : ''}${line.by_name || line.by === 'staff' ? html` <span class="soft">· ${line.by_name ?? t('cán bộ trực')}</span>` : line.by === 'system' ? html` <span class="soft">· ${t('tự động')}</span>` : ''}</span>
          </li>
        `,
      )}
    </ol>
  </section>
`;

/** @param {{number: number}} props */
export function OneIncident({ number }) {
  const live = affairs.value.incidents.get(number);
  const { found, error } = useAnew(() => ask('GET', `/incidents/${number}`), [live, number]);
  const gone = error?.status === 404;
  const { busy, wrong, does } = useDeed();
  const [doing, setDoing] = useState(/** @type {Doing | null} */ (null));
  const from = useRef('');
  /** @type {Incident | undefined} */
  const incident = live ?? found ?? undefined;
  useEffect(() => {
    if (doing || !from.current) return;
    (document.getElementById(from.current) ?? document.getElementById('panel-title'))?.focus({ preventScroll: true });
    from.current = '';
  }, [doing]);
  const done = () => setDoing(null);
  /** @param {{what: Doing, strong?: boolean, children?: any}} props */
  const Begin = ({ what, strong = false, children }) => html`<button type="button" class=${strong ? 'pill strong' : 'pill'} id=${`do-${what}`} onClick=${() => {
    from.current = `do-${what}`;
    setDoing(what);
  }}>${children}</button>`;
  const where = incident ? whereWords(incident) : '';
  return html`
    <${Beside}
      title=${incident ? titleWords(incident) : t('Sự cố {n}', { n: number })}
      name=${`incident-${number}`}
      back="incidents"
      backTo=${t('Tất cả sự cố')}
      out=${() => {
        if (!doing) return false;
        done();
        return true;
      }}
    >
      ${!incident && gone && html`<p class="empty" role="alert">${t('Không có sự cố này, hoặc không thuộc phạm vi của bạn.')}</p>`}
      ${!incident && !gone && html`<div class="bones" aria-hidden="true"><i></i><i></i><i></i></div>`}
      ${
        incident &&
        html`
          <p class="soft">${t('Sự cố {n}', { n: number })}${where && ` · ${where}`}</p>
          <p class="state" data-look=${incidentLook(incident)}>
            <${Shape} look=${incidentLook(incident)} /><b>${handWords(incident, me())}</b>
            <small class="incident-facts"><${Running} incident=${incident} /><${Severity} incident=${incident} />${incident.level > 0 ? html`<span>${t('đã báo lên cấp {n}', { n: incident.level })}</span>` : ''}</small>
          </p>
          ${(incident.count > 1 || incident.reopened > 0) && html`<p class="why"><span class="soft">${t('Vì sao là một sự cố:')}</span> ${whyWords(incident)}</p>`}
          <dl class="axes">
            ${incident.again_at_s !== null && html`<div><dt>${over(incident) ? t('Lần cuối') : t('Mở lại từ')}</dt><dd>${clock(incident.again_at_s * 1000)}</dd></div>`}
            <div><dt>${incident.again_at_s === null ? t('Bắt đầu') : t('Lần đầu')}</dt><dd>${clock(incident.began_at_s * 1000)}${incident.noticed_at_s > incident.began_at_s ? html` <span class="soft">${t('nhận biết {time}', { time: clock(incident.noticed_at_s * 1000) })}</span>` : ''}</dd></div>
            <div><dt>${t('Nguyên nhân')}</dt><dd>${incident.cause ? t(incident.cause) : html`<span class="soft">${t('Chưa rõ')}</span>`}</dd></div>
            ${incident.note && html`<div><dt>${t('Ghi chú')}</dt><dd>${incident.note}</dd></div>`}
          </dl>
          ${
            doing
              ? doing === 'assign' ? html`<${GivingForm} number=${number} done=${done} />` : html`<${Form} key=${doing} number=${number} doing=${doing} done=${done} />`
              : may('coordinate') &&
                html`<div class="pills deeds">
                  ${!over(incident) && !incident.owner && html`<button type="button" class="pill strong" aria-disabled=${busy} onClick=${() => does(number, { do: 'acknowledge' })}>${t('Tiếp nhận')}</button>`}
                  ${!over(incident) && html`<${Begin} what="resolve" strong=${Boolean(incident.owner)}>${t('Đã khắc phục')}<//><${Begin} what="assign">${t('Giao việc')}<//><${Begin} what="explain">${t('Nguyên nhân')}<//>`}
                  <${Begin} what="note">${t('Ghi chú')}<//>
                  ${!over(incident) && incident.level < 3 && html`<${Begin} what="escalate">${t('Báo lên')}<//>`}
                  ${over(incident) && incident.into == null && html`<${Begin} what="reopen">${t('Mở lại')}<//>`}
                  ${!over(incident) && html`<button type="button" class="pill" onClick=${() => openSide('notices', `new-${number}`)}>${t('Nhắn các điểm này')}</button>`}
                  ${over(incident) && incident.into != null && html`<a class="pill" href=${toSide('incidents', incident.into)}>${t('Mở sự cố {n}', { n: incident.into })}</a>`}
                </div>`
          }
          <p class="wrong" role="status">${wrong}</p>
          <${Halls} incident=${incident} />
          ${found?.history && html`<${History} history=${found.history} />`}
        `
      }
    <//>
  `;
}

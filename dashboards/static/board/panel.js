// One hall: whom to call, how it stands on each axis, its counts, and what happened there.
import { html } from '../vendor/html.js';
import { useEffect, useRef, useState } from '../vendor/hooks.mjs';
import { N, t } from '../language.js';
import { useAnew } from './anew.js';
import { Badges, Papers } from './badges.js';
import { CallHere, Contacts } from './calls.js';
import { ExpectedForm, ModeForm, StageForm } from './change.js';
import { ask, conference } from './conference.js';
import { CountForm, wanted } from './count.js';
import { deeds } from './deeds.js';
import { details } from './details.js';
import { clock, figure, instant, lasting, minute } from './format.js';
import { closePoint, toSide } from './go.js';
import { OpeningForm } from './opening.js';
import { Photos } from './photos.js';
import { may } from './reader.js';
import { Receipts } from './receipts.js';
import { Doubts } from './settle.js';
import { Back, Cross, Shape } from './shape.js';
import { useArrival } from './side.js';
import { look } from './state.js';
import { acting, affairs, cell, correcting, hallNow, open, parentName, side, state } from './store.js';
import { fold } from './vietnamese.js';
import { handWords, STREAMS, titleWords } from './troubles.js';
import { countWords, LINKS, MODES, newsLook, newsWords, perceivedWords, ROUNDS, signed, sittingName, STAGES, stateWords, TYPES } from './words.js';

/** What one came from, and goes back to. @type {Record<string, string>} */
const BACK = { incidents: N('Về sự cố'), calls: N('Về danh sách cần gọi'), notices: N('Về thông báo'), duty: N('Về lịch trực') };
const PHOTOS_SHOWN = 4;

/** @param {{at: string | number | null | undefined}} props */
const From = ({ at }) => {
  const ms = instant(at);
  return ms === null ? null : html` <span class="soft">${t('từ {time}', { time: minute(ms) })}</span>`;
};

/** Something about the hall that this reader may change. @param {{what: string, id: string, begin: () => void}} props */
const Change = ({ what, id, begin }) => html` <button type="button" class="change" id=${id} aria-label=${t('Đổi: {what}', { what })} onClick=${begin}>${t('Đổi')}</button>`;

/** @param {{row: import('./state.js').Point, about: any, begin: (doing: Doing) => void}} props */
function Axes({ row, about, begin }) {
  const said = perceivedWords(row);
  const lost = row.link === 'lost';
  return html`
    <dl class="axes">
      <div><dt>${t('Trạng thái')}</dt><dd><span>${t(STAGES[row.stage] ?? row.stage)}<${From} at=${row.stage_at_s} /></span>${may('act') && acting.value && html`<${Change} id="change-stage" what=${t('Trạng thái')} begin=${() => begin({ what: 'stage' })} />`}</dd></div>
      <div><dt>${t('Đường truyền')}</dt><dd data-lost=${lost}>${t(LINKS[row.link] ?? row.link)}<${From} at=${row.link_at_s} /></dd></div>
      ${row.stream && row.stream !== 'not_followed' && html`<div><dt>${t('Luồng phát')}</dt><dd>${t(STREAMS[row.stream] ?? row.stream)}<${From} at=${about?.stream?.at} /></dd></div>`}
      <div><dt>${t('Hội trường báo')}</dt><dd>${said || html`<span class="soft">${t('Chưa báo')}</span>`}<${From} at=${about?.perceived?.at} /></dd></div>
      ${
        about?.line?.rtt_ms != null &&
        html`<div><dt>${t('Độ trễ')}</dt><dd>${figure(Math.round(about.line.rtt_ms))} ms${
          about.line.loss != null ? html` <span class="soft">· ${t('mất gói {share}', { share: `${figure(Math.round(about.line.loss * 1000) / 10)}%` })}</span>` : ''
        }</dd></div>`
      }
      ${about?.line_test && html`<div><dt>${t('Thử từ điện thoại')}</dt><dd>${testWords(about.line_test)}<${From} at=${about.line_test.at} /></dd></div>`}
      <div><dt>${t('Hình thức')}</dt><dd><span>${t(MODES[row.mode] ?? row.mode)}</span>${may('settle') && acting.value && html`<${Change} id="change-mode" what=${t('Hình thức')} begin=${() => begin({ what: 'mode' })} />`}</dd></div>
    </dl>
  `;
}

/** "42 ms, xuống 8,2 Mb/s, lên 1,1 Mb/s" @param {any} test */
const testWords = ({ rtt_ms, down_kbps, up_kbps, loss }) =>
  [
    rtt_ms != null && `${figure(Math.round(rtt_ms))} ms`,
    down_kbps != null && t('xuống {n} Mb/s', { n: figure(Math.round(down_kbps / 100) / 10) }),
    up_kbps != null && t('lên {n} Mb/s', { n: figure(Math.round(up_kbps / 100) / 10) }),
    loss > 0 && t('mất gói {share}', { share: `${figure(Math.round(loss * 1000) / 10)}%` }),
  ]
    .filter(Boolean)
    .join(', ');

/** The incident that the hall is in, and who has it in hand. @param {{number: number}} props */
function InIncident({ number }) {
  const incident = affairs.value.incidents.get(number);
  return html`<p class="in-incident"><a href=${toSide('incidents', number)}><b>${t('Sự cố {n}', { n: number })}</b>${incident ? `: ${titleWords(incident)}` : ''}</a>${incident && html`<small>${handWords(incident)}</small>`}</p>`;
}

/** Where the hall's word and its machine's disagree: who is believed, and why. The sentence is the server's: one of a table, which the catalogue has too. @param {{verdict: any}} props */
function Verdict({ verdict }) {
  if (!verdict || verdict.believed !== 'hall' || !verdict.said_at) return null;
  return html`<p class="verdict soft">${t(verdict.sentence)}</p>`;
}

/** What stands under a round's name. @param {any} round */
function roundWords(round) {
  const due = instant(round.due_at);
  const received = instant(round.received_at ?? round.at);
  if (!round.grade) return due !== null && t('hạn {time}', { time: minute(due) });
  return [
    received !== null && t('nhận {time}', { time: minute(received) }),
    round.on_time === false && t('chậm'),
    round.by === 'proxy' && t('nhập thay'),
    round.grade === 'quarantined' && t('{n} chờ kiểm tra', { n: figure((round.said?.present ?? 0) + (round.said?.guests ?? 0)) }),
    round.grade === 'warned' && t('có cảnh báo'),
    round.differing && t('khác nhau'),
    round.guests > 0 && t('{n} khách mời', { n: figure(round.guests) }),
  ]
    .filter(Boolean)
    .join(', ');
}

/** People who checked in one by one beside the newest head count, and who stayed to the end. @param {{sitting: any}} props */
function Besides({ sitting }) {
  const counted = sitting.rounds.findLast((/** @type {any} */ { present }) => present != null)?.present ?? null;
  if (sitting.scanned == null && sitting.stayed == null) return null;
  return html`
    <dl class="axes besides">
      ${sitting.scanned != null && html`<div><dt>${t('Quét thẻ')}</dt><dd>${figure(sitting.scanned)}${counted !== null && html` <span class="soft">${sitting.scanned === counted ? t('khớp số đếm') : t('{n} so với số đếm', { n: signed(sitting.scanned - counted) })}</span>`}</dd></div>`}
      ${sitting.stayed != null && html`<div><dt>${t('Đầu → cuối giờ')}</dt><dd>${figure(sitting.rounds[0]?.present)} → ${figure(sitting.rounds.at(-1)?.present)} <span class="soft">${signed(sitting.stayed)}</span></dd></div>`}
    </dl>
  `;
}

/** @param {{sitting: any, many: boolean, begin: (doing: Doing) => void}} props */
const Rounds = ({ sitting, many, begin }) => html`
  <div class="sitting-figures">
  <div class="sitting-top">
    <span id=${`s-${sitting.id}`}>${many && html`<b>${sittingName(sitting)[0]}</b> · `}${t('Triệu tập {n}', { n: figure(sitting.expected) })}</span>
    ${may('settle') && acting.value && html`<${Change} id=${`change-${sitting.id}`} what=${t('Triệu tập')} begin=${() => begin({ what: 'expected', from: `change-${sitting.id}` })} />`}
  </div>
  <table class="rounds" aria-labelledby=${`s-${sitting.id}`}>
    <thead>
      <tr><th><span class="unseen">${t('Đợt')}</span></th><th>${t('Có mặt')}</th><th>${t('Có lý do')}</th><th>${t('Không')}</th><th>${t('Chưa báo')}</th></tr>
    </thead>
    <tbody>
      ${sitting.rounds.map(
        (/** @type {any} */ round) => html`
          <tr data-silent=${round.present == null} data-grade=${round.grade} data-late=${round.on_time === false}>
            <th scope="row">${t(ROUNDS[round.round] ?? round.round)}</th>
            <td><b>${figure(round.present)}</b></td><td>${figure(round.excused)}</td><td>${figure(round.unexcused)}</td><td>${figure(round.unreported)}</td>
          </tr>
          <tr class="round-said" data-grade=${round.grade} data-late=${round.on_time === false}><td colspan="5"><small>${roundWords(round)}</small></td></tr>
        `,
      )}
    </tbody>
  </table>
  <${Besides} sitting=${sitting} />
  </div>
`;

/** @param {{history: import('./state.js').News[]}} props */
const History = ({ history }) => html`
  <section>
    <h3>${t('Diễn biến')}</h3>
    ${history.length === 0 && html`<p class="empty">${t('Chưa có gì xảy ra ở điểm cầu này.')}</p>`}
    <ol class="history">
      ${history.map((each) => html`<li><time>${clock(each.at_s * 1000)}</time><span>${newsLook(each) && html`<${Shape} look=${newsLook(each)} />`}${newsWords(each)}</span></li>`)}
    </ol>
  </section>
`;

/** What the hall's phone has shown of it. @param {{code: string, row: import('./state.js').Point}} props */
function Shown({ code, row }) {
  // Without them the panel says all that it said before.
  const { found } = useAnew(() => ask('GET', `/photos?point=${encodeURIComponent(code)}`), [code, row.reported_at_s]);
  const photos = /** @type {readonly import('./photos.js').Photo[]} */ (found?.photos ?? []);
  if (photos.length === 0) return null;
  return html`<section><h3>${t('Ảnh hội trường')}</h3><${Photos} photos=${photos.slice(0, PHOTOS_SHOWN)} path=${`/api/v1/conferences/${encodeURIComponent(conference.value?.id ?? '')}/photos`} /></section>`;
}

/** Keeps asking about the hall while it is open: once at the start and whenever its row changes.
 * @param {string} code @param {import('./state.js').Point | undefined} row */
function useDetails(code, row) {
  const settled = deeds.value.filter((each) => each.point === code && each.state === 'accepted').length;
  const { found: about, error } = useAnew(() => details(code), [code, row, settled]);
  let wrong = '';
  if (error) wrong = error.status === 404 ? t('Không có điểm cầu này, hoặc không thuộc phạm vi của bạn.') : t('Chưa lấy được thông tin điểm cầu. Trang sẽ thử lại khi có thay đổi.');
  return { about, wrong };
}

/**
 * What the reader is doing for the hall; `from` is where they were, to go back there.
 * @typedef {{what: 'count', key: string, said?: any, reason?: string, from?: string} | {what: 'stage' | 'mode' | 'expected' | 'incident', from?: string}} Doing
 */

/** @param {{code: string}} props */
function Point({ code }) {
  const row = cell(code)?.value;
  const { about, wrong } = useDetails(code, row);
  const heading = useRef(/** @type {HTMLElement | null} */ (null));
  const panel = useRef(/** @type {HTMLElement | null} */ (null));
  const [doing, setDoing] = useState(/** @type {Doing | null} */ (null));
  const drafts = useRef(/** @type {import('./count.js').Drafts} */ (new Map()));
  const busy = useRef(false);
  busy.current = doing !== null;
  const from = useRef('');
  /** @param {Doing} next */
  const begin = (next) => {
    from.current = next.from ?? `change-${next.what}`;
    setDoing(next);
    panel.current?.scrollTo(0, 0);
  };
  const done = () => setDoing(null);
  useEffect(() => {
    if (doing || !from.current) return;
    // Back to where one was; where that is gone, to the hall's name.
    (document.getElementById(from.current) ?? heading.current)?.focus({ preventScroll: true });
    from.current = '';
  }, [doing]);
  useArrival(heading, () => (busy.current ? setDoing(null) : closePoint()), [code]);

  const point = about?.point;
  const name = row?.name ?? point?.name ?? code;
  const parent = point?.parent_name ?? (row ? parentName(row) : '');
  const address = point?.address ?? '';
  // Where the address names the district already, once is enough.
  const where = [fold(address).includes(fold(parent)) ? '' : parent, address].filter(Boolean).join(' · ');
  const seen = row ? look(row) : undefined;
  const long = row?.link === 'lost' && row.link_at_s != null ? lasting(hallNow.value / 1000 - row.link_at_s) : '';
  const noticed = instant(about?.link?.noticed_at);
  const seats = point?.seats ?? row?.seats;
  const next = about && wanted(about);
  return html`
    <aside class="panel" aria-labelledby="panel-title" ref=${panel}>
      ${side.value && html`<button type="button" class="back" onClick=${closePoint}><${Back} />${t(BACK[side.value.what] ?? '')}</button>`}
      <div class="panel-top">
        <h2 id="panel-title" tabindex="-1" ref=${heading}>${name}</h2>
        <button type="button" class="close" aria-label=${t('Đóng')} onClick=${closePoint}><${Cross} /></button>
      </div>
      ${where && !doing && html`<p class="soft">${where}</p>`}
      ${
        row &&
        !doing &&
        html`<p class="state" data-look=${seen}>
          <${Shape} look=${seen} /><b>${stateWords(row)}</b>
          ${long && html`<small>${long}${noticed !== null ? t(', nhận biết {time}', { time: clock(noticed) }) : ''}</small>`}
          ${!long && html`<small>${countWords(row)}</small>`}
        </p>`
      }
      <${Receipts} code=${code} />
      ${
        doing && row && about
          ? doing.what === 'count' ? html`<${CountForm} code=${code} about=${about} seats=${seats ?? null} begin=${doing} drafts=${drafts.current} done=${done} />`
            : doing.what === 'stage' ? html`<${StageForm} row=${row} done=${done} />`
            : doing.what === 'incident' ? html`<${OpeningForm} point=${code} done=${done} />`
            : doing.what === 'mode' ? html`<${ModeForm} row=${row} done=${done} />`
            : html`<${ExpectedForm} row=${row} about=${about} done=${done} />`
          : html`
      ${about && html`<${Doubts} code=${code} about=${about} seats=${seats ?? null} correct=${(/** @type {string} */ key, /** @type {any} */ said, /** @type {string | undefined} */ reason) => begin({ what: 'count', key, said, reason })} />`}
      ${wrong && html`<p class="empty" role="alert">${wrong}</p>`}
      ${!about && !wrong && html`<div class="bones" aria-hidden="true"><i></i><i></i><i></i></div>`}
      ${row?.incident != null && html`<${InIncident} number=${row.incident} />`}
      <${Verdict} verdict=${about?.verdict} />
      ${about?.contacts?.length > 0 && html`<${Contacts} contacts=${about.contacts} />`}
      ${about && acting.value && html`<${CallHere} code=${code} name=${name} />`}
      ${about && may('coordinate') && acting.value && html`<p class="open-incident"><button type="button" class="change" id="change-incident" onClick=${() => begin({ what: 'incident' })}>${t('Mở sự cố cho điểm cầu này')}</button></p>`}
      ${about && may('see_names') && !about.contacts?.length && html`<p class="empty">${t('Chưa có số điện thoại của điểm cầu này.')}</p>`}
      ${row && html`<${Axes} row=${row} about=${about} begin=${begin} />`}
      ${about?.sittings?.map((/** @type {any} */ sitting) => html`<${Rounds} key=${sitting.id} sitting=${sitting} many=${about.sittings.length > 1} begin=${begin} />`)}
      ${row && may('see_names') && html`<${Shown} code=${code} row=${row} />`}
      ${about && html`<${History} history=${about.history ?? []} />`}
      ${
        point &&
        html`<dl class="axes record">
          <div><dt>${t('Loại')}</dt><dd>${t(TYPES[point.type] ?? point.type)}</dd></div>
          ${seats != null && html`<div><dt>${t('Chỗ ngồi')}</dt><dd>${figure(seats)}</dd></div>`}
          ${point.area && html`<div><dt>${t('Khu vực')}</dt><dd>${point.area}</dd></div>`}
          ${point.provider && html`<div><dt>${t('Nhà mạng')}</dt><dd>${point.provider}</dd></div>`}
          ${point.feeder && html`<div><dt>${t('Lộ điện')}</dt><dd>${point.feeder}</dd></div>`}
          <div><dt>${t('Mã')}</dt><dd>${code}</dd></div>
        </dl>`
      }
      <${Badges} kind="point" code=${code} look="change">${t('Tải thẻ đại biểu của điểm cầu (PDF)')}<//>
      ${about && html`<${Papers} kind="point" code=${code} form="counts" look="change">${t('Tải phiếu giấy báo quân số (PDF)')}<//>`}
      ${about && html`<${Papers} kind="point" code=${code} form="roll" look="change">${t('Tải phiếu giấy điểm danh (PDF)')}<//>`}
      ${
        next &&
        (next.round.act ? may('correct') && correcting.value : may('act') && acting.value) &&
        html`<div class="panel-foot"><button type="button" class="pill" id="change-count" onClick=${() => begin({ what: 'count', key: next.key })}>${next.round.act ? t('Đính chính') : t('Nhập thay')}</button></div>`
      }`
      }
    </aside>
  `;
}

export function Panel() {
  const code = open.value;
  return code && state.value ? html`<${Point} key=${code} code=${code} />` : null;
}

// The papers: drafts being made, a draft to be read and signed, what was signed and how it differs from the one before.
import { html } from '../vendor/html.js';
import { useEffect, useState } from '../vendor/hooks.mjs';
import { recognised, t } from '../language.js';
import { figure, instant } from '../board/format.js';
import { Shape } from '../board/shape.js';
import { ROUNDS } from '../board/words.js';
import { api, why } from '../office/asking.js';
import { Awaited, useTold } from '../office/listing.js';
import { moment } from '../office/moments.js';
import { sure } from '../office/sure.js';
import { Moves } from './corrections.js';
import { Making } from './making.js';
import { ladder, learn, of } from './store.js';

/** @typedef {{format: string, name: string, bytes: number, sha256: string}} File */
/**
 * @typedef {object} Report
 * @property {number} number
 * @property {'making' | 'failed' | 'draft' | 'signed'} status
 * @property {number} progress
 * @property {string} failed
 * @property {number | null} version
 * @property {boolean} stale
 * @property {boolean} runs_over  the leader’s page in the Word file
 * @property {boolean} closed
 * @property {string} made_at
 * @property {string} made_by
 * @property {string} job
 * @property {readonly File[]} files
 * @property {string | null} figures_sha256
 * @property {number | null} points
 * @property {number | null} expected
 * @property {number | null} present
 * @property {number | null} excused
 * @property {number | null} unexcused
 * @property {string | null} signed_at
 * @property {string | null} signed_by
 * @property {readonly number[]} corrections
 */

const FORMATS = ['docx', 'pdf', 'xlsx', 'csv', 'json'];
const PATIENCE_MS = 700;

/** "1,2 MB" @param {number} bytes */
const size = (bytes) => (bytes < 1_000_000 ? `${figure(Math.max(1, Math.round(bytes / 1000)))} kB` : `${figure(Math.round(bytes / 100_000) / 10)} MB`);

/** @param {{report: Report}} props */
const Files = ({ report }) => html`
  <p class="files">
    ${[...report.files]
      .sort((one, other) => FORMATS.indexOf(one.format) - FORMATS.indexOf(other.format))
      .map(
        ({ format, name, bytes }) => html`
          <a key=${format} class="pill" href=${`/api/v1${of(`/reports/${report.number}/files/${format}`)}`} download=${name}>${format.toUpperCase()} <small class="soft">${size(bytes)}</small></a>
        `,
      )}
  </p>
`;

/** The three figures that everybody asks for, and their whole. @param {{report: Report}} props */
const Sum = ({ report }) =>
  report.present !== null &&
  html`<p>${t('{points} điểm cầu · triệu tập {expected}: có mặt {present}, có lý do {excused}, không lý do {unexcused}', {
    points: figure(report.points),
    expected: figure(report.expected),
    present: figure(report.present),
    excused: figure(report.excused),
    unexcused: figure(report.unexcused),
  })}</p>`;

/** How this version differs from the one before, correction by correction. @param {{report: Report}} props */
function Differences({ report }) {
  const known = (ladder.value?.corrections ?? []).filter(({ number }) => report.corrections.includes(number));
  if (report.corrections.length === 0) return null;
  return html`
    <details class="differs">
      <summary>${t('Khác phiên bản trước ở {n} nơi', { n: figure(report.corrections.length) })}</summary>
      <ul class="corrections">
        ${known.map(
          (one) => html`
            <li key=${one.number} class="correction">
              <h4><a href=${`/points/${encodeURIComponent(one.point)}`}>${one.name}</a>${one.parent_name && html` <span class="parent">${one.parent_name}</span>`} · ${t(ROUNDS[one.round] ?? one.round)}</h4>
              <${Moves} before=${one.before} after=${one.count} />
              <p class="soft">${[one.reason, one.settled_by_name && t('duyệt: {who}', { who: one.settled_by_name }), one.settled_at && moment(one.settled_at)].filter(Boolean).join(' · ')}</p>
            </li>
          `,
        )}
      </ul>
    </details>
  `;
}

/** @param {{report: Report}} props */
const Signed = ({ report }) => html`
  <li class="version" data-status="signed">
    <h3><${Shape} look="steady" />${t('Phiên bản {n}', { n: report.version ?? 0 })}</h3>
    <p class="soft">${t('Ký lúc {time}', { time: moment(report.signed_at) })}${report.signed_by && ` · ${report.signed_by}`}</p>
    <${Sum} report=${report} />
    <${Files} report=${report} />
    <${Differences} report=${report} />
    <details class="seals">
      <summary>${t('Dấu niêm của từng tệp (SHA-256)')}</summary>
      <ul>${report.files.map(({ format, sha256 }) => html`<li class="seal" key=${format}>${format} ${sha256}</li>`)}<li class="seal">${t('số liệu')} ${report.figures_sha256}</li></ul>
    </details>
  </li>
`;

/** @param {Report} report @param {() => void} again */
function sign(report, again) {
  const now = ladder.peek();
  const until = instant(now?.grace_until);
  const graced = report.version === 1 && until !== null && until > (instant(now?.now) ?? 0);
  sure({
    title: t('Ký phiên bản {n}?', { n: report.version ?? 0 }),
    says: [
      t('Năm tệp của dự thảo số {n} được giữ nguyên từng byte và phát ra đúng như vậy về sau.', { n: report.number }),
      graced
        ? t('Còn trong thời gian chờ điện thoại gửi nốt, đến {time}. Ký lúc này thì số đến sau phải duyệt như đính chính.', { time: moment(now?.grace_until) })
        : t('Số liệu sau này chỉ đổi bằng đính chính và một phiên bản mới.'),
    ],
    does: graced ? t('Ký ngay, không chờ') : t('Ký'),
    done: t('Đã ký phiên bản {n}.', { n: report.version ?? 0 }),
    act: async (reason) => {
      await api(of(`/reports/${report.number}/sign`), { method: 'POST', body: { version: report.version, at_once: graced }, reason });
      again();
      await learn();
    },
  });
}

/** Whether the version for which a draft was made is signed by now: then nothing needs doing. @param {Report} report */
const isSettled = (report) => report.closed && (ladder.value?.versions ?? []).some(({ number }) => number === report.version);

/** @param {{report: Report, newest: boolean, maySign: boolean, again: () => void}} props */
function Draft({ report, newest, maySign, again }) {
  const closed = ladder.value?.closed_at !== null;
  return html`
    <li class="version" data-status="draft">
      <h3><${Shape} look=${report.stale ? 'ended' : 'not_opened'} />${t('Dự thảo số {n}', { n: report.number })}${report.closed && ` · ${t('cho phiên bản {n}', { n: report.version ?? 0 })}`}</h3>
      <p class="soft">${moment(report.made_at)} · ${report.job ? t('hệ thống tự lập khi chốt') : report.made_by}</p>
      <${Sum} report=${report} />
      <${Files} report=${report} />
      ${report.runs_over && html`<p class="odd">${t('Trang trình lãnh đạo trong tệp Word dài quá một trang; hãy thu gọn phần đầu của mẫu, tên cơ quan hoặc nơi nhận rồi lập dự thảo mới.')}</p>`}
      ${
        isSettled(report) ? html`<p class="soft">${t('Phiên bản {n} đã được ký.', { n: report.version ?? 0 })}</p>`
        : report.stale ? html`<p class="odd">${t('Số liệu hoặc đánh giá đã đổi sau khi lập; hãy lập dự thảo mới rồi ký.')}</p>`
        : !report.closed ? html`<p class="odd">${t('Số liệu tạm, lập trước khi chốt; không ký được.')}</p>`
        : newest && maySign && closed ? html`<div class="pills"><button type="button" class="pill strong" onClick=${() => sign(report, again)}>${t('Ký phiên bản {n}', { n: report.version ?? 0 })}</button></div>`
        : null
      }
    </li>
  `;
}

/** @param {{report: Report}} props */
const BeingMade = ({ report }) =>
  report.status === 'failed'
    ? html`<li class="version"><p class="wrong" role="alert">${t('Dự thảo số {n} không lập được: {why}', { n: report.number, why: recognised(report.failed) })}</p></li>`
    : html`<li class="version">
        <label class="made"><span>${t('Đang lập dự thảo số {n}', { n: report.number })}</span><progress max="1" value=${report.progress}></progress></label>
      </li>`;

export function Papers() {
  const { told, wrong, again } = useTold(of('/reports'));
  const [making, setMaking] = useState(false);
  const [failed, setFailed] = useState('');
  const reports = /** @type {readonly Report[]} */ (told?.reports ?? []);
  const busy = reports.some(({ status }) => status === 'making');
  useEffect(() => {
    if (!busy) return undefined;
    const soon = setTimeout(again, PATIENCE_MS);
    return () => clearTimeout(soon);
  }, [told]);
  /** @param {Record<string, unknown>} office */
  const make = async (office) => {
    try {
      await api(of('/reports'), { method: 'POST', body: { office } });
      setMaking(false);
      setFailed('');
    } catch (error) {
      setFailed(why(error));
      return;
    }
    again();
  };
  const newest = reports.find(({ status, stale, closed }) => status === 'draft' && !stale && closed)?.number;
  return html`
    <div class="office-top">
      <h2 tabindex="-1">${t('Báo cáo tổng hợp')}</h2>
      ${told?.may_sign && html`<div class="pills"><button type="button" class="pill strong" onClick=${() => setMaking(true)}>${t('Lập dự thảo')}</button></div>`}
    </div>
    ${
      told === null || wrong
        ? html`<${Awaited} wrong=${wrong} again=${again} />`
        : reports.length === 0
          ? html`<p class="empty">${told.may_sign ? t('Chưa có báo cáo nào. Khi chốt số liệu, hệ thống tự lập dự thảo; cũng có thể lập bất cứ lúc nào.') : t('Chưa có phiên bản nào được ký.')}</p>`
          : html`<ul class="versions">
              ${reports.map((report) =>
                report.status === 'signed' ? html`<${Signed} key=${report.number} report=${report} />`
                : report.status === 'draft' ? html`<${Draft} key=${report.number} report=${report} newest=${report.number === newest} maySign=${told.may_sign} again=${again} />`
                : html`<${BeingMade} key=${report.number} report=${report} />`,
              )}
            </ul>`
    }
    ${making && html`<${Making} office=${told.office} offices=${told.offices} close=${() => setMaking(false)} make=${make} failed=${failed} />`}
  `;
}

// The words of what goes on beside the halls: incidents and why they are one matter, calls and what they came to, notices.
import { foreign, N, t } from '../language.js';
import { figure, minute } from './format.js';

/** @typedef {import('./affairs.js').Incident} Incident @typedef {import('./affairs.js').Claim} Claim */

/** What is wrong, alone or after a hall's name. @type {Record<string, string>} */
export const TROUBLES = {
  lost: N('Mất tín hiệu'),
  power_cut: N('Mất điện'),
  flapping: N('Chập chờn'),
  no_picture: N('Mất hình'),
  no_sound: N('Mất tiếng'),
  not_receiving: N('Không có tín hiệu phát'),
  centre: N('Gián đoạn tại trung tâm'),
  other: N('Sự cố khác'),
};

/** The same of several halls. @type {Record<string, string>} */
const OF_MANY = {
  lost: N('{n} điểm mất tín hiệu'),
  power_cut: N('{n} điểm mất điện'),
  flapping: N('{n} điểm chập chờn'),
  no_picture: N('{n} điểm mất hình'),
  no_sound: N('{n} điểm mất tiếng'),
  not_receiving: N('{n} điểm không có tín hiệu phát'),
  centre: N('Gián đoạn tại trung tâm, {n} điểm'),
  other: N('{n} điểm có sự cố khác'),
};

/** @type {Record<string, string>} */
const BONDS = {
  feeder: N('cùng lộ điện {name}'),
  area: N('cùng khu vực {name}'),
  provider: N('cùng nhà mạng {name}'),
  centre: N('do trung tâm'),
};

/** @type {Record<import('./affairs.js').Severity, string>} */
export const SEVERITIES = { minor: N('Nhỏ'), major: N('Lớn'), critical: N('Nghiêm trọng') };

/** "14 điểm mất điện"; of one hall: "Xã Tản Lĩnh mất điện" stands as two words. @param {Incident} incident */
export function titleWords(incident) {
  const trouble = t(TROUBLES[incident.trouble] ?? incident.trouble);
  const [only] = incident.points;
  if (incident.count === 1 && only) return `${only.name}: ${lower(trouble)}`;
  return t(OF_MANY[incident.trouble] ?? OF_MANY.other ?? '', { n: figure(incident.count) });
}

/** @param {number} seconds */
function within(seconds) {
  if (seconds === 0) return t('cùng lúc');
  if (seconds < 120) return t('trong {n} giây', { n: seconds });
  return t('trong {n} phút', { n: Math.round(seconds / 60) });
}

/** Why its halls are one matter, as the server says it: "14 điểm, cùng khu vực Liên Hà, trong 40 giây". @param {Incident} incident */
export const whyWords = (incident) =>
  joined([t('{n} điểm', { n: figure(incident.count) }), ...together(incident), incident.reopened > 0 && t('tái diễn {n} lần', { n: figure(incident.reopened) })]);

/** The same without how many, where that stands beside it; of what came back, when it was there first: the time beside it is this time's.
 * @param {Incident} incident */
export const bondWords = (incident) =>
  joined([
    ...together(incident),
    incident.reopened > 0 && t('tái diễn {n} lần, lần đầu {time}', { n: figure(incident.reopened), time: minute(incident.began_at_s * 1000) }),
  ]);

/** @param {Incident} incident */
const together = ({ count, bond, bond_name, spread_s }) => {
  const shared = BONDS[bond];
  return [shared ? t(shared, { name: bond_name }) : count > 1 && t('do người trực gộp lại'), count > 1 && within(spread_s)];
};

/** @param {readonly (string | false)[]} parts */
const joined = (parts) => parts.filter(Boolean).join(', ');

/** Who has it in hand. @param {Incident} incident @param {string} [me] user name of whoever reads */
export function handWords({ status, owner, owner_name, by_itself, into }, me) {
  if (status === 'resolved') {
    if (into != null) return t('Đã gộp vào sự cố {n}', { n: into });
    return by_itself ? t('Đã tự hết') : t('Đã khắc phục');
  }
  if (owner && owner === me) return t('Bạn đang xử lý');
  if (owner_name || owner) return t('{name} đang xử lý', { name: owner_name || owner || '' });
  return status === 'acknowledged' ? t('Đang có người xử lý') : t('Chưa ai nhận');
}

/** "Hỏng thiết bị tại điểm cầu 4, Thao tác nhầm 2, chưa rõ 1": what was found to be the cause, the commonest first; empty where nobody
 * has said any. @param {readonly Incident[]} incidents */
export function causeSums(incidents) {
  /** @type {Map<string, number>} */
  const found = new Map();
  for (const { cause } of incidents) if (cause) found.set(cause, (found.get(cause) ?? 0) + 1);
  if (found.size === 0) return '';
  const unknown = incidents.filter(({ cause, into }) => !cause && into == null).length;
  const sums = [...found].sort(([, one], [, other]) => other - one).map(([cause, n]) => `${t(cause)} ${figure(n)}`);
  return [...sums, ...(unknown ? [t('chưa rõ {n}', { n: figure(unknown) })] : [])].join(', ');
}

/** "3 đang mở, 1 đang xử lý" @param {{open: number, acknowledged: number} | undefined} sums */
export function incidentSums(sums) {
  return [
    Boolean(sums?.open) && t('{n} đang mở', { n: figure(sums?.open) }),
    Boolean(sums?.acknowledged) && t('{n} đang xử lý', { n: figure(sums?.acknowledged) }),
  ]
    .filter(Boolean)
    .join(', ');
}

/** @param {any} line one of an incident's history */
export function moveWords({ kind, count, said: written, to, to_name, level, by_itself, into, by_name }) {
  // What was chosen from the common words is kept in one language.
  const said = written && t(written);
  switch (kind) {
    case 'incident-opened':
      return [t('Bắt đầu với {n} điểm', { n: figure(count) }), said].filter(Boolean).join(': ');
    case 'incident-joined':
      return t('Thêm {n} điểm', { n: figure(count) });
    case 'incident-eased':
      return t('{n} điểm đã trở lại', { n: figure(count) });
    case 'incident-acknowledged':
      return t('Đã tiếp nhận');
    case 'incident-assigned':
      return to || to_name ? t('Giao cho {name}', { name: to_name || to }) : t('Giao cho người khác');
    case 'incident-noted':
      return t('Ghi chú: {said}', { said });
    case 'incident-explained':
      return t('Nguyên nhân: {said}', { said });
    case 'incident-escalated':
      // Why the calendar did so it says in Vietnamese.
      return [t('Báo lên cấp {n}', { n: level ?? '' }), (by_name || !foreign()) && said].filter(Boolean).join(': ');
    case 'incident-resolved':
      if (into != null) return t('Gộp vào sự cố {n}', { n: into });
      return [by_itself ? t('Tự hết') : t('Đã khắc phục'), said].filter(Boolean).join(': ');
    case 'incident-reopened':
      return [by_itself ? t('Tái diễn') : t('Mở lại'), said].filter(Boolean).join(': ');
    default:
      return kind;
  }
}

/** An incident's line among what just happened; null for another kind. @param {import('./state.js').News} news */
export function incidentNews(news) {
  if (!news.kind.startsWith('incident-')) return null;
  const number = t('Sự cố {n}', { n: news.incident });
  const by = news.by_name ? `, ${news.by_name}` : '';
  if (news.kind === 'incident-opened' && news.trouble) {
    // Of one hall its name stands before it.
    const words = news.point ? t(TROUBLES[news.trouble] ?? news.trouble) : t(OF_MANY[news.trouble] ?? OF_MANY.other ?? '', { n: figure(news.points) });
    const shared = BONDS[news.bond];
    return [`${number}: ${lower(words)}`, shared && news.bond !== 'centre' && t(shared, { name: news.bond_name })].filter(Boolean).join(', ');
  }
  return `${number}: ${lower(moveWords({ ...news, count: news.points, said: news.note ?? news.cause ?? news.why ?? news.reason ?? '' }))}${by}`;
}

// --- calls

/** Why to call: each with its sentence and how it is summed up. @type {Record<string, string>} */
const WHY = {
  dark: N('Mất tín hiệu'),
  not_receiving: N('Đã nối, không có tín hiệu phát'),
  no_sound: N('Mất tiếng'),
  no_picture: N('Mất hình'),
  no_line: N('Không có tín hiệu'),
  not_opened: N('Chưa mở'),
  quarantined: N('Số liệu chờ kiểm tra'),
  differing: N('Hai số liệu khác nhau'),
  not_submitted: N('Chưa nộp số liệu'),
};

/** @type {Record<string, string>} */
const SILENT = { opening: N('Chưa báo đầu giờ'), middle: N('Chưa báo giữa giờ'), closing: N('Chưa báo cuối giờ') };

/** @param {string} why "dark", "silent:opening", "incident:3" */
function reasonWords(why) {
  const [kind = '', of = ''] = why.split(':');
  if (kind === 'silent') return t(SILENT[of] ?? N('Chưa báo cáo'));
  if (kind === 'incident') return t('Trong sự cố {n}, chưa ai nhận', { n: of });
  return t(WHY[kind] ?? kind);
}

/** "Mất tín hiệu, chưa báo đầu giờ"; that it is in an incident is said where nothing else is. @param {readonly string[]} why */
export function whyCall(why) {
  const said = why.filter((each) => !each.startsWith('incident:'));
  return (said.length ? said : why).map((each, i) => (i ? lower(reasonWords(each)) : reasonWords(each))).join(', ');
}

/** @type {[string, string[]][]} */
const KINDS_OF_CALL = [
  [N('{n} mất tín hiệu'), ['dark']],
  [N('{n} không có tín hiệu phát'), ['not_receiving']],
  [N('{n} mất hình hoặc tiếng'), ['no_line', 'no_sound', 'no_picture']],
  [N('{n} chưa mở'), ['not_opened']],
  [N('{n} chưa báo'), ['silent']],
  [N('{n} chờ kiểm tra'), ['quarantined']],
  [N('{n} trong sự cố'), ['incident']],
  [N('{n} khác nhau'), ['differing']],
  [N('{n} chưa nộp'), ['not_submitted']],
];

/** "14 mất tín hiệu, 2 chưa báo": a call sheet in one line, each hall by the weightiest of its reasons.
 * @param {readonly {why: readonly string[]}[]} rows @param {number} [most] so many kinds; the rest is one number */
export function callSums(rows, most = KINDS_OF_CALL.length) {
  const found = KINDS_OF_CALL.map(([words, kinds]) => ({ words, n: rows.filter(({ why }) => kinds.includes((why[0] ?? '').split(':')[0] ?? '')).length })).filter(({ n }) => n > 0);
  const rest = found.slice(most).reduce((sum, { n }) => sum + n, 0);
  return [...found.slice(0, most).map(({ words, n }) => t(words, { n: figure(n) })), ...(rest ? [t('{n} khác', { n: figure(rest) })] : [])].join(', ');
}

/** What a call came to, as it is pressed. @type {Record<string, string>} */
export const OUTCOMES = {
  answered: N('Đã nghe máy'),
  no_answer: N('Không nghe'),
  wrong_number: N('Sai số'),
  will_report: N('Sẽ báo'),
  being_mended: N('Đang khắc phục'),
};

/** "08:12 Thu Hà: không nghe" @param {{by_name: string, at_s: number, outcome: string, note: string}} last */
export const lastWords = ({ by_name, at_s, outcome, note }) =>
  [`${minute(at_s * 1000)} ${by_name ? `${by_name}: ` : ''}${lower(t(OUTCOMES[outcome] ?? outcome))}`, note].filter(Boolean).join(', ');

/** @param {Claim} claim */
export const claimWords = ({ by_name, by }) => (by_name || by ? t('{name} đang gọi', { name: by_name || by || '' }) : t('Đang có người gọi'));

// --- whether the broadcast arrives

/** @type {Record<string, string>} */
export const STREAMS = {
  fresh: N('Nhận tốt'),
  behind: N('Nhận chậm'),
  stalled: N('Đứng lại'),
  gone: N('Không có tín hiệu'),
};

// --- the calendar

/** @type {Record<string, string>} */
const OPENED = { opening: N('Mở đợt báo đầu giờ'), middle: N('Mở đợt báo giữa giờ'), closing: N('Mở đợt báo cuối giờ') };
/** @type {Record<string, string>} */
const REMINDED = { opening: N('Đôn đốc báo đầu giờ'), middle: N('Đôn đốc báo giữa giờ'), closing: N('Đôn đốc báo cuối giờ') };

/** A job of the calendar by its name: "remind:2026-03-07-am:opening:10". @param {string} job */
export function jobWords(job) {
  const [kind, ...of] = job.split(':');
  if (kind === 'open') return t(OPENED[of[1] ?? ''] ?? N('Mở đợt báo cáo'));
  if (kind === 'remind') return t(REMINDED[of[1] ?? ''] ?? N('Đôn đốc điểm cầu'));
  if (kind === 'flash') return t('Tin nhanh số liệu');
  if (kind === 'escalate') return t('Báo lên cấp trên sự cố {n}', { n: of[0] ?? '' });
  return job;
}

/** @param {import('./state.js').News} news a job that was missed */
export const missedWords = ({ job, due_at_s }) => t('Việc theo lịch bị lỡ: {job} lúc {time}', { job: lower(jobWords(job)), time: minute(due_at_s * 1000) });

// --- refusals

/** Why something could not be done. @param {unknown} error */
export function wrongWords(error) {
  if (error instanceof TypeError) return t('Không có mạng đến máy chủ; hãy thử lại.');
  return error instanceof Error ? error.message : String(error);
}

/** A sentence by itself. @param {string} words */
export const upper = (words) => words.charAt(0).toUpperCase() + words.slice(1);

/** A sentence inside another one. @param {string} words */
export const lower = (words) => words.charAt(0).toLowerCase() + words.slice(1);

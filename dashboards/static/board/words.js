// What the board calls things: every state has a word beside its colour and its shape.
import { N, t } from '../language.js';
import { clock, figure } from './format.js';
import { look, reported } from './state.js';
import { incidentNews, lower, missedWords, OUTCOMES, STREAMS } from './troubles.js';

/** @typedef {import('./state.js').Look} Look @typedef {import('./state.js').CountLook} CountLook */

/** In the legend's order. @type {Record<Look, string>} */
export const LOOKS = {
  steady: N('Ổn định'),
  not_receiving: N('Đã nối, không có tín hiệu phát'),
  faulty: N('Nối, mất hình hoặc tiếng'),
  unstable: N('Chập chờn'),
  reconnecting: N('Đang nối lại'),
  lost: N('Mất tín hiệu'),
  ours: N('Do trung tâm'),
  not_opened: N('Chưa mở'),
  not_measured: N('Truyền hình, không đo'),
  ended: N('Đã kết thúc'),
};

/** @type {Record<CountLook, string>} */
export const COUNTS = {
  on_time: N('Báo đúng hạn'),
  late: N('Báo chậm'),
  warned: N('Có cảnh báo'),
  quarantined: N('Chờ kiểm tra'),
  differs: N('Khác nhau'),
  silent: N('Chưa báo cáo'),
};

/** The same states inside a sentence: "14 mất tín hiệu". @type {Record<Look, string>} */
export const COUNTED = {
  steady: N('{n} ổn định'),
  not_receiving: N('{n} không có tín hiệu phát'),
  faulty: N('{n} mất hình hoặc tiếng'),
  unstable: N('{n} chập chờn'),
  reconnecting: N('{n} đang nối lại'),
  lost: N('{n} mất tín hiệu'),
  ours: N('{n} do trung tâm'),
  not_opened: N('{n} chưa mở'),
  not_measured: N('{n} xem truyền hình'),
  ended: N('{n} đã kết thúc'),
};

/** @type {Record<string, string>} */
export const PHASES = {
  draft: N('Đang chuẩn bị'),
  rehearsal: N('Tổng duyệt'),
  open: N('Đã mở điểm danh'),
  live: N('Đang diễn ra'),
  closing: N('Đang chốt số liệu'),
  closed: N('Đã chốt số liệu'),
};

/** @type {Record<string, string>} */
export const STAGES = {
  not_opened: N('Chưa mở'),
  on_site: N('Kỹ thuật đã đến'),
  line_tested: N('Đã thử đường truyền'),
  chair_present: N('Chủ trì có mặt'),
  in_session: N('Đang họp'),
  ended: N('Đã kết thúc'),
};

/** @type {Record<string, string>} */
export const LINKS = {
  never_seen: N('Chưa kết nối lần nào'),
  steady: N('Ổn định'),
  unstable: N('Chập chờn'),
  reconnecting: N('Đang nối lại'),
  lost: N('Mất tín hiệu'),
  unknown: N('Chưa rõ, do trung tâm'),
  not_measured: N('Không đo'),
};

/** What a line did, after a hall's name. @type {Record<string, string>} */
const LINE_NEWS = {
  steady: N('Đường truyền ổn định'),
  unstable: N('Đường truyền chập chờn'),
  lost: N('Mất tín hiệu'),
  unknown: N('Đường truyền chưa rõ'),
  not_measured: N('Không đo'),
};

/** @type {Record<string, string>} */
const CAUSES = {
  centre: N('gián đoạn tại trung tâm'),
  centre_outage: N('gián đoạn tại trung tâm'),
  restart: N('máy chủ khởi động lại'),
  flapping: N('nối rồi mất nhiều lần'),
  not_back: N('không nối lại được'),
  mode: N('đổi hình thức tiếp nhận'),
};

/** @type {Record<string, string>} */
export const MODES = {
  main_hall: N('Hội trường chính'),
  two_way: N('Hai chiều'),
  stream: N('Xem luồng phát'),
  tv: N('Truyền hình'),
  radio: N('Phát thanh'),
};

/** @type {Record<string, string>} */
export const TYPES = {
  city_hall: N('Điểm cầu Thành phố'),
  district: N('Điểm cầu quận, huyện, thị xã'),
  direct_unit: N('Đảng ủy trực thuộc'),
  commune: N('Xã, phường, thị trấn'),
  extra_hall: N('Hội trường bổ sung'),
};

/** @type {Record<string, string>} */
export const ROUNDS = { opening: N('Đầu giờ'), middle: N('Giữa giờ'), closing: N('Cuối giờ') };

/** Who counted beside the hall. @type {Record<string, string>} */
export const SOURCES = { inspector: N('Kiểm tra đột xuất'), chair: N('Chủ trì báo'), photo: N('Đếm trên ảnh') };

/** @type {Record<string, string>} */
const ROUND_INSIDE = { opening: N('đợt đầu giờ'), middle: N('đợt giữa giờ'), closing: N('đợt cuối giờ') };

/** @type {Record<string, string>} */
export const ROLES = { chair: N('Chủ trì'), operator: N('Phụ trách'), technician: N('Kỹ thuật'), secretary: N('Thư ký') };

/** @type {Record<string, string>} */
export const USER_ROLES = {
  admin: N('Quản trị'),
  organiser: N('Ban tổ chức'),
  coordinator: N('Điều phối'),
  operator: N('Người phụ trách điểm cầu'),
  inspector: N('Kiểm tra'),
  viewer: N('Người xem'),
};

/** @type {Record<string, string>} */
const FAULTS = {
  no_picture: N('Báo sự cố: mất hình'),
  no_sound: N('Báo sự cố: mất tiếng'),
  connection_lost: N('Báo sự cố: mất kết nối'),
  power_cut: N('Báo sự cố: mất điện'),
  other: N('Báo sự cố khác'),
};

/** What was taken back. @type {Record<string, string>} */
const UNDONE = {
  stage: N('Hoàn tác bước vừa báo'),
  perceived: N('Hoàn tác hình, tiếng vừa báo'),
  count: N('Hoàn tác quân số vừa báo'),
  scan: N('Hoàn tác một lượt điểm danh'),
};

/** Why a figure, a mode or an expected number is changed: kept in the journal as it stands here. */
export const REASONS = {
  correct: [N('Gõ nhầm số'), N('Đếm lại'), N('Người đến muộn'), N('Người về sớm'), N('Thừa là khách mời')],
  mode: [N('Mất điện'), N('Đường truyền không ổn định'), N('Hỏng thiết bị'), N('Theo kế hoạch')],
  expected: [N('Bổ sung triệu tập'), N('Giảm triệu tập'), N('Danh sách nhập sai')],
};

/** Who said a figure. @param {string | null | undefined} by */
export const byWords = (by) => (by === 'proxy' ? t('nhập thay') : t('điểm cầu báo'));

/** "60 có mặt, 3 có lý do, 1 không lý do": a figure as it was said. @param {import('./plausible.js').Said} said */
export const saidWords = (said) => `${t('{n} có mặt', { n: figure(said.present) })}, ${othersWords(said)}`;

/** Who is not here, or here besides. @param {import('./plausible.js').Said} said */
export const othersWords = (said) =>
  [
    t('{n} có lý do', { n: figure(said.excused) }),
    t('{n} không lý do', { n: figure(said.unexcused) }),
    said.guests > 0 && t('{n} khách mời', { n: figure(said.guests) }),
  ]
    .filter(Boolean)
    .join(', ');

/** What somebody here has decided, as its receipt says it. @param {import('./sending.js').Deed} deed */
export function deedWords({ acts, told }) {
  const act = acts[0];
  const round = t(ROUNDS[told.round] ?? '');
  switch (act?.kind) {
    case 'count':
      return t('Nhập thay, {round}: {n} có mặt', { round: lower(round), n: figure(act.present) });
    case 'correct':
      return t('Đính chính, {round}: {n} có mặt', { round: lower(round), n: figure(act.present) });
    case 'release':
      return t('Cho tính {n} người, {round}', { round: lower(round), n: figure(told.present) });
    case 'confirm':
      return t('Xác nhận số {n}, {round}', { round: lower(round), n: figure(told.present) });
    case 'stage':
      return t(STAGES[act.stage] ?? act.stage);
    case 'mode':
      return t('Chuyển sang: {mode}', { mode: t(MODES[act.reception_mode] ?? act.reception_mode) });
    case 'expected':
      return t('Triệu tập đổi thành {n}', { n: figure(act.value) });
    case 'undo':
      return t('Hoàn tác');
    default:
      return '';
  }
}

const SIT = /^(\d{4})-(\d\d)-(\d\d)-(am|pm|ev)/;

/** @type {Record<string, string>} */
const PARTS = { am: N('Buổi sáng'), pm: N('Buổi chiều'), ev: N('Buổi tối') };

/** ["Buổi sáng", "07/03/2026"]; a sitting that is named otherwise keeps its name.
 * @param {unknown} sitting an id, or {id, name} @returns {[string, string]} */
export function sittingName(sitting) {
  if (sitting == null) return ['', ''];
  const named = typeof sitting === 'object' ? /** @type {any} */ (sitting) : { id: String(sitting) };
  const parts = SIT.exec(String(named.id ?? ''));
  if (!parts) return [String(named.name ?? named.id ?? ''), ''];
  return [t(PARTS[/** @type {string} */ (parts[4])] ?? ''), `${parts[3]}/${parts[2]}/${parts[1]}`];
}

/** @param {string | null | undefined} round */
export const roundInside = (round) => (round ? t(ROUND_INSIDE[round] ?? round) : '');

/** What the hall says of picture, sound and signal, in one phrase.
 * @param {{picture: string | null, sound: string | null, line: string | null}} perceived */
export function perceivedWords({ picture, sound, line }) {
  if (!picture && !sound && !line) return '';
  if (line === 'none') return t('Không có tín hiệu');
  if (picture === 'none' && sound === 'none') return t('Mất hình và tiếng');
  if (sound === 'none') return t('Mất tiếng');
  if (picture === 'none') return t('Mất hình');
  if (picture === 'poor' && sound === 'poor') return t('Hình, tiếng kém');
  if (sound === 'poor') return t('Tiếng kém');
  if (picture === 'poor') return t('Hình kém');
  if (line === 'poor') return t('Tín hiệu kém');
  return t('Hình, tiếng tốt');
}

/** A tile's state as a phrase: "Mất tín hiệu từ 08:20:12".
 * @param {import('./state.js').Point} point */
export function stateWords(point) {
  const seen = look(point);
  if (seen === 'faulty') return perceivedWords(point);
  if (seen === 'not_opened' && point.stage !== 'not_opened') return t('{stage}, chưa kết nối', { stage: t(STAGES[point.stage] ?? point.stage) });
  const word = t(LOOKS[seen]) + (seen === 'steady' && point.stream === 'behind' ? `, ${t('luồng phát chậm')}` : '');
  return (seen === 'lost' || seen === 'reconnecting') && point.link_at_s != null
    ? t('{state} từ {time}', { state: word, time: clock(point.link_at_s * 1000) })
    : word;
}

/** "Có mặt 60 / 64, báo chậm", or that nothing was said. @param {import('./state.js').Point} point */
export function countWords(point) {
  const waits = point.report === 'quarantined';
  if (!reported(point)) {
    if (waits) return t('Số liệu chờ kiểm tra');
    return point.expected == null ? t('Chưa báo cáo') : t('Chưa báo cáo · {n} triệu tập', { n: figure(point.expected) });
  }
  return [
    t('Có mặt {present} / {expected}', { present: figure(point.present), expected: figure(point.expected) }),
    waits && t('số mới chờ kiểm tra'),
    point.differs && t('hai số liệu khác nhau'),
    point.proxy && t('nhập thay'),
    !waits && point.report === 'warned' && t('có cảnh báo'),
    point.on_time === false && t('báo chậm'),
  ]
    .filter(Boolean)
    .join(', ');
}

/** "+3", "−2", "0": a difference always says which way. @param {number | null | undefined} difference */
export const signed = (difference) => (difference == null ? '–' : difference > 0 ? `+${figure(difference)}` : difference < 0 ? `−${figure(-difference)}` : '0');

/** How many checked in one by one, beside the head count: "58 (−2)". @param {number | null} scanned @param {number | null} gap */
export const scannedWords = (scanned, gap) => (gap == null ? figure(scanned) : `${figure(scanned)} (${signed(gap)})`);

/** With the reason that somebody gave, if it may be read here. @param {string} words @param {import('./state.js').News} news */
const because = (words, news) => [news.reason ? `${words}: ${lower(t(news.reason))}` : words, news.by_name].filter(Boolean).join(', ');

/** What happened, as a phrase that follows the hall's name.
 * @param {import('./state.js').News} news */
export function newsWords(news) {
  switch (news.kind) {
    case 'stage-reached':
      return t(STAGES[news.stage] ?? news.stage);
    case 'hall-perceived':
      return perceivedWords(/** @type {any} */ (news));
    case 'figure-reported': {
      const words = t('{round}: {present} có mặt', { round: t(ROUNDS[news.round] ?? news.round), present: figure(news.present) });
      return [
        words,
        news.grade === 'quarantined' && t('chờ kiểm tra'),
        news.by === 'proxy' && t('nhập thay'),
        news.before != null && news.before !== news.present && t('trước đó {n}', { n: figure(news.before) }),
      ]
        .filter(Boolean)
        .join(', ');
    }
    case 'figure-corrected': {
      const words = t('Đính chính {before} thành {present}', { before: figure(news.before), present: figure(news.present) });
      return news.reason ? `${words}: ${lower(t(news.reason))}` : words;
    }
    case 'figures-submitted':
      return t('Đã nộp số liệu, {sitting}', { sitting: lower(sittingName(news.sitting)[0]) });
    case 'figures-returned':
      return because(t('Bị trả lại số liệu đã nộp, {sitting}', { sitting: lower(sittingName(news.sitting)[0]) }), news);
    case 'unit-checked': {
      const words = t('{unit} đã kiểm tra và nộp, {sitting}', { unit: news.unit_name, sitting: lower(sittingName(news.sitting)[0]) });
      return [words, news.without ? t('thiếu {n} điểm cầu', { n: figure(news.without) }) : '', news.by_name].filter(Boolean).join(', ');
    }
    case 'unit-returned':
      return because(t('Trả lại {unit} số liệu đã nộp, {sitting}', { unit: news.unit_name, sitting: lower(sittingName(news.sitting)[0]) }), news);
    case 'correction-asked': {
      const said = { number: figure(news.correction), before: news.before == null ? '–' : figure(news.before), present: figure(news.present) };
      return news.late
        ? t('Báo sau khi chốt: {before} thành {present} có mặt, chờ duyệt (số {number})', said)
        : because(t('Đề nghị đính chính {before} thành {present} có mặt, chờ duyệt (số {number})', said), news);
    }
    case 'correction-approved': {
      const said = { number: figure(news.correction), before: news.before == null ? '–' : figure(news.before), present: figure(news.present) };
      return because(t('Duyệt đính chính số {number}: {before} thành {present} có mặt', said), news);
    }
    case 'correction-refused':
      return because(t('Từ chối đính chính số {number}', { number: figure(news.correction) }), news);
    case 'version-signed':
      return [t('Đã ký báo cáo, phiên bản {version}', { version: figure(news.version) }), news.by_name].filter(Boolean).join(', ');
    case 'act-undone':
      return t(UNDONE[news.axis] ?? N('Hoàn tác'));
    case 'figure-released':
      return t('Số liệu được chấp nhận');
    case 'link-moved': {
      if (news.cause === 'left') return t('Rời đường truyền sau khi kết thúc');
      const words = t(LINE_NEWS[news.link] ?? news.link);
      const cause = news.cause ? CAUSES[news.cause] : undefined;
      return cause ? `${words}, ${t(cause)}` : words;
    }
    case 'mode-changed':
      return t('Chuyển sang: {mode}', { mode: t(MODES[news.mode] ?? news.mode) }) + (news.reason ? `, ${lower(t(news.reason))}` : '');
    case 'expected-changed':
      return t('Triệu tập đổi thành {n}', { n: figure(news.value) }) + (news.reason ? `: ${lower(t(news.reason))}` : '');
    case 'fault-reported':
      return t(FAULTS[news.fault] ?? FAULTS.other ?? '') + (news.note ? `: ${news.note}` : '');
    case 'phase-changed':
      return t('Hội nghị: {phase}', { phase: t(PHASES[news.phase] ?? news.phase) });
    case 'figure-confirmed':
      return t('Số liệu đã được xác nhận');
    case 'service-restarted':
      return t('Máy chủ khởi động lại; đường truyền chưa rõ, không tính cho điểm cầu');
    case 'centre-outage-began':
      return t('Gián đoạn tại trung tâm, {n} điểm cầu; không tính cho điểm cầu', {
        n: figure(Array.isArray(news.points) ? news.points.length : news.points),
      });
    case 'centre-outage-ended':
      return t('Trung tâm hoạt động trở lại');
    case 'stream-moved':
      return t('Luồng phát: {state}', { state: lower(t(STREAMS[news.stream] ?? N('Không theo dõi'))) });
    case 'call-ended':
      return [t('Đã gọi: {outcome}', { outcome: lower(t(OUTCOMES[news.outcome] ?? news.outcome)) }), news.by_name, news.note].filter(Boolean).join(', ');
    case 'notice-posted':
      return [news.urgent ? t('Thông báo khẩn: {text}', { text: news.text }) : t('Thông báo: {text}', { text: news.text }), news.by_name].filter(Boolean).join(', ');
    case 'reminders-sent':
      return [t('Đôn đốc {n} điểm cầu, {round}', { n: figure(news.points), round: roundInside(news.round) }), news.by_name].filter(Boolean).join(', ');
    case 'source-given':
      return t('{source}, {round}: {n} có mặt', { source: t(SOURCES[news.source] ?? news.source), round: roundInside(news.round), n: figure(news.present) });
    case 'job-missed':
      return missedWords(news);
    default:
      return incidentNews(news) ?? news.kind;
  }
}

/** Which shape stands beside a piece of news, if it is about a line. @param {import('./state.js').News} news */
export function newsLook(news) {
  if (news.kind === 'link-moved')
    return { steady: 'steady', unstable: 'unstable', lost: 'lost', unknown: 'ours', reconnecting: 'reconnecting' }[
      /** @type {string} */ (news.link)
    ];
  if (news.kind.startsWith('centre-outage')) return 'ours';
  if (news.kind === 'stream-moved') return news.stream === 'stalled' || news.stream === 'gone' ? 'not_receiving' : 'steady';
  return undefined;
}

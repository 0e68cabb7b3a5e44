// Asks the server, and says its refusals in words that tell what to do.
import { N, refusal, t } from '../language.js';
import { toLogin } from '../leaving.js';
import { session } from './store.js';

/** What the server refused. `body` is its problem+json. */
export class Refused extends Error {
  /** @param {number} status @param {Record<string, any>} body @param {number} wait_s */
  constructor(status, body, wait_s) {
    super(String(body.detail ?? ''));
    this.status = status;
    this.code = String(body.code ?? '');
    this.body = body;
    this.wait_s = wait_s;
  }
}

/** What each refusal means to whoever meets it, where the server's own sentence does not help. @type {Record<number, string>} */
const MEANINGS = {
  403: N('Tài khoản của bạn không có quyền làm việc này.'),
  404: N('Mục này không còn, hoặc không thuộc phạm vi của bạn.'),
  408: N('Đường truyền quá chậm nên gửi chưa xong; hãy thử lại.'),
  409: N('Việc này không làm được lúc này: có người vừa thay đổi, hoặc còn chỗ khác dùng đến.'),
  413: N('Tệp quá lớn.'),
  422: N('Nội dung chưa hợp lệ; hãy xem lại.'),
  429: N('Đã thử quá nhiều lần; hãy đợi ít phút.'),
  500: N('Máy chủ gặp lỗi; hãy báo người quản trị hệ thống.'),
  503: N('Máy chủ đang bận; hãy thử lại sau ít giây.'),
};

/** Refusals whose names say more than their numbers. @type {Record<string, string>} */
const NAMED = {
  wrong_password: N('Mật khẩu hiện tại không đúng.'),
  wrong_otp: N('Mã xác thực không đúng hoặc đã dùng; hãy đợi mã mới trên điện thoại.'),
  csrf: N('Phiên làm việc vừa thay đổi; hãy tải lại trang.'),
  exists: N('Đã có mục trùng mã hoặc trùng tên.'),
  own_account: N('Không tự khóa, tự đổi vai trò hay tự cấp lại mật khẩu; hãy nhờ người quản trị khác.'),
};

/** A refusal as a sentence. @param {unknown} error */
export function why(error) {
  if (!(error instanceof Refused)) return t('Không có mạng đến máy chủ; hãy thử lại.');
  const known = NAMED[error.code] ?? MEANINGS[error.status] ?? MEANINGS[500] ?? '';
  if (error.status === 404 && error.code === 'not_found') return t(known);
  if (error.code in NAMED && error.code !== 'exists') return t(known);
  return refusal(error.body) || t(known);
}

/** Whether the same may be taken another time: nobody has answered, or not to what was asked.
 * @param {unknown} error */
export const unanswered = (error) => !(error instanceof Refused) || [401, 408, 429].includes(error.status) || error.status >= 500;

/**
 * @typedef {object} How
 * @property {string} [method]
 * @property {unknown} [body]    sent as JSON
 * @property {Blob} [file]       sent as it is
 * @property {string} [reason]   kept in the audit log
 * @property {AbortSignal} [signal]
 */

/** @param {string} path @param {How} how */
async function asked(path, { method = 'GET', body, file, reason, signal }) {
  /** @type {Record<string, string>} */
  const headers = {};
  if (method !== 'GET') headers['X-CSRF-Token'] = session.peek()?.csrf ?? '';
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (file) headers['Content-Type'] = 'application/octet-stream';
  // A header holds plain letters only: the rest goes as %-codes.
  if (reason) headers['Bridge-Reason'] = encodeURIComponent(reason);
  return fetch(`/api/v1${path}`, { method, headers, body: file ?? (body === undefined ? null : JSON.stringify(body)), signal: signal ?? null });
}

/** @param {string} path @param {How} how @returns {Promise<Response>} */
async function answered(path, how) {
  let answer = await asked(path, how);
  if (answer.ok) return answer;
  let problem = await answer.json().catch(() => ({}));
  if (problem.code === 'csrf') {
    // Another tab has signed in anew: its token is ours too.
    const who = await fetch('/api/v1/session');
    if (who.ok) session.value = await who.json();
    answer = await asked(path, how);
    if (answer.ok) return answer;
    problem = await answer.json().catch(() => ({}));
  }
  if (answer.status === 401 && problem.code === 'signed_out') toLogin();
  throw new Refused(answer.status, problem, Number(answer.headers.get('Retry-After')) || 0);
}

/** The answer as JSON; null where there is none. Throws Refused. @param {string} path @param {How} [how] @returns {Promise<any>} */
export async function api(path, how = {}) {
  const answer = await answered(path, how);
  return answer.status === 204 ? null : answer.json();
}

/** The answer as a file on the reader's computer. Throws Refused. @param {string} path @param {How} how @param {string} name */
export async function download(path, how, name) {
  const answer = await answered(path, how);
  const told = /filename="([^"]+)"/.exec(answer.headers.get('Content-Disposition') ?? '')?.[1];
  keep(await answer.blob(), told ?? name);
}

/** @param {Blob} blob @param {string} name */
export function keep(blob, name) {
  const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(blob), download: name });
  document.body.append(link);
  link.click();
  link.remove();
  // The browser has taken its copy long before.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** "?q=dong+da&page=2", without what is empty. @param {Record<string, string | number | boolean | null | undefined>} asked */
export function query(asked) {
  const some = Object.entries(asked).filter(([, value]) => value !== '' && value != null);
  return some.length ? `?${new URLSearchParams(some.map(([name, value]) => [name, String(value)]))}` : '';
}

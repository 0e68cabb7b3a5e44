// The door: name and password, and whatever else the house asks for before it opens; then on to where one wanted to go.
import { N, refusal, speak, t, words } from './language.js';
import { waited } from './login_wait.js';

/** @typedef {'login' | 'own' | 'otp' | 'enrol'} Step one form each; the codes come after the last */
/** @typedef {{code?: string, detail?: string, wait_s?: number, secret?: string, uri?: string, qr?: string, recovery_codes?: string[]}} Told */

/** What the house says in whole sentences, for the catalogue. */
export const SAID = [
  N('Mật khẩu cần từ 10 đến 200 ký tự.'),
  N('Mật khẩu mới phải khác mật khẩu được cấp.'),
  N('Đang có quá nhiều người đăng nhập cùng lúc; hãy thử lại sau vài giây.'),
];

/** @template {HTMLElement} [Kind=HTMLElement] @param {string} id */
const the = (id) => /** @type {Kind} */ (document.getElementById(id));

// One question at a time stands on the page: a keeper of passwords must not mistake one for another.
const later = document.importNode(/** @type {HTMLTemplateElement} */ (the('later')).content, true);
/** @template {HTMLElement} Kind @param {string} id @returns {Kind} */
const kept = (id) => /** @type {Kind} */ (later.querySelector(`#${id}`));
/** @type {Record<Step, HTMLFormElement>} */
const forms = { login: the('login'), own: kept('own'), otp: kept('otp'), enrol: kept('enrol') };
/** @type {HTMLElement} */
const codes = kept('codes');
/** @type {HTMLElement} */
let standing = forms.login;
const steps = /** @type {Step[]} */ (Object.keys(forms));

/** What was given so far: the house wants all of it in one piece. @type {{username: string, password: string, new_password?: string, otp?: string}} */
let given = { username: '', password: '' };
let stopWaiting = () => {};

/** Whoever comes by the office's own link goes there anyway. */
const isBoundForOffice = new URLSearchParams(location.search).get('next')?.startsWith('/admin') === true;

/** Only a place of ours: an address from a stranger's link must not lead away. @returns {string} */
function next() {
  const asked = new URLSearchParams(location.search).get('next') ?? '/';
  // Read as the browser will read it: it drops tabs and takes a backslash for a slash.
  const place = new URL(asked, location.origin);
  // The whole address: a path alone may begin with two slashes (/.//host), which leads away.
  return asked.startsWith('/') && place.origin === location.origin ? place.href : '/';
}

/** @template {HTMLElement} Kind @param {Step | 'codes'} step @param {string} what @returns {Kind} */
const within = (step, what) => /** @type {Kind} */ ((step === 'codes' ? codes : forms[step]).querySelector(what));
/** @param {Step} step @returns {HTMLInputElement} the field that is asked for, or asked for again */
const field = (step) => within(step, step === 'login' ? '[name=password]' : 'input:not([hidden], :disabled)');

/** @param {Step | 'codes'} shown */
function show(shown) {
  const asked = shown === 'codes' ? codes : forms[shown];
  standing.replaceWith(asked);
  standing = asked;
  the('no-password').hidden = shown !== 'login';
  the('to-office').hidden = shown !== 'login' || isBoundForOffice;
  // The city's own service, where there is one.
  const city = document.getElementById('city');
  if (city) city.hidden = shown !== 'login';
  the('anew').hidden = shown === 'login' || shown === 'codes';
  // Another language is another page, and the codes are told this once.
  /** @type {HTMLElement} */ (document.querySelector('.door-language')).hidden = shown === 'codes';
  // What has to be read first is come to first.
  (shown === 'codes' || shown === 'enrol' ? within(shown, 'h2') : field(shown)).focus();
}

/** @param {Step} step @param {string} sentence */
function refuse(step, sentence) {
  const wrong = within(step, '.wrong');
  wrong.textContent = sentence;
  wrong.hidden = false;
  field(step).focus();
  field(step).select();
}

/** @param {Step} step */
function calm(step) {
  stopWaiting();
  stopWaiting = () => {};
  within(step, '.wrong').hidden = true;
  /** @type {HTMLButtonElement} */ (within(step, '[type=submit]')).disabled = false;
}

/** @param {Step} step @param {number} wait_s */
function wait(step, wait_s) {
  refuse(step, t('Đã thử sai quá nhiều lần.'));
  /** @type {HTMLButtonElement} */ (within(step, '[type=submit]')).disabled = true;
  stopWaiting = waited(within(step, '.wait'), wait_s, () => calm(step));
}

/** Begin again, with nothing kept of before but perhaps the name. @param {string} username */
function beginAgain(username) {
  given = { username: '', password: '' };
  for (const step of steps) {
    calm(step);
    forms[step].reset();
  }
  turnTo('phone');
  within('login', '[name=username]').setAttribute('value', username);
  show('login');
}

/** @param {Told} told */
function showEnrolment({ secret = '', uri = '', qr = '' }) {
  /** @type {HTMLImageElement} */ (within('enrol', '#qr')).src = qr;
  /** @type {HTMLAnchorElement} */ (within('enrol', '#uri')).href = uri;
  within('enrol', '#uri-text').textContent = uri;
  within('enrol', '#secret').textContent = secret.replace(/(.{4})(?=.)/g, '$1 ');
  show('enrol');
}

/** @param {string[]} told */
function showCodes(told) {
  within('codes', '#code-list').replaceChildren(
    ...told.map((code) => Object.assign(document.createElement('li'), { className: 'written', textContent: code })),
  );
  within('codes', '#copy').hidden = navigator.clipboard === undefined;
  show('codes');
}

/** @param {Step} step @param {number} status @param {Told} told */
function understand(step, status, told) {
  const sentence = refusal(told) || t('Máy chủ chưa trả lời; hãy thử lại.');
  switch (told.code) {
    case 'new_password_needed':
      /** @type {HTMLInputElement} */ (within('own', '[name=username]')).value = given.username;
      return show('own');
    case 'otp_needed':
      return show('otp');
    case 'otp_enrolment_needed':
      return showEnrolment(told);
    case 'wrong_otp':
      delete given.otp;
      return refuse(step, step === 'login' ? sentence : t('Mã không đúng hoặc đã dùng rồi; hãy đợi ứng dụng hiện mã mới.'));
    case 'weak_password':
      delete given.new_password;
      show('own');
      forms.own.reset();
      return refuse('own', sentence);
    case 'wrong_password': {
      // The answer to an earlier try may have been lost on its way.
      const isChanged = given.new_password !== undefined;
      if (step !== 'login') beginAgain(given.username);
      return refuse('login', isChanged ? t('Tên hoặc mật khẩu không đúng. Nếu vừa đặt mật khẩu mới, hãy nhập mật khẩu mới.') : t('Tên hoặc mật khẩu không đúng.'));
    }
    default:
      return status === 429 ? wait(step, told.wait_s ?? 60) : refuse(step, sentence);
  }
}

/** @param {Step} step */
async function knock(step) {
  calm(step);
  const button = /** @type {HTMLButtonElement} */ (within(step, '[type=submit]'));
  button.disabled = true;
  try {
    const answer = await fetch('/api/v1/session', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(given),
    });
    const told = /** @type {Told} */ (await answer.json().catch(() => ({})));
    button.disabled = false;
    if (!answer.ok) understand(step, answer.status, told);
    else if (told.recovery_codes?.length) showCodes(told.recovery_codes);
    else location.assign(next());
  } catch {
    button.disabled = false;
    refuse(step, t('Không có mạng đến máy chủ; hãy thử lại.'));
  }
}

/** @param {Step} step @returns {boolean} whether there is something to send */
function take(step) {
  const form = new FormData(forms[step]);
  const said = (/** @type {string} */ name) => String(form.get(name) ?? '');
  if (step === 'login') given = { username: said('username').trim(), password: said('password') };
  else if (step === 'own') {
    if (said('new_password') !== said('once_more')) {
      refuse('own', t('Hai lần nhập chưa giống nhau; hãy nhập lại.'));
      return false;
    }
    given.new_password = said('new_password');
  } else given.otp = said('otp').trim();
  return true;
}

for (const step of steps) {
  forms[step].addEventListener('submit', (event) => {
    event.preventDefault();
    if (take(step)) void knock(step);
  });
}

/** The second factor comes from the phone, or from the paper of recovery codes. @param {string} source */
function turnTo(source) {
  for (const part of /** @type {NodeListOf<HTMLElement>} */ (forms.otp.querySelectorAll('[data-with]'))) {
    part.hidden = part.dataset.with !== source;
    for (const input of part.querySelectorAll('input')) input.disabled = part.hidden;
  }
  for (const button of /** @type {NodeListOf<HTMLElement>} */ (forms.otp.querySelectorAll('[data-turn-to]'))) {
    button.hidden = button.dataset.turnTo === source;
  }
}

for (const button of /** @type {NodeListOf<HTMLElement>} */ (forms.otp.querySelectorAll('[data-turn-to]'))) {
  button.addEventListener('click', () => {
    turnTo(button.dataset.turnTo ?? 'phone');
    within('otp', '.wrong').hidden = true;
    field('otp').focus();
  });
}

// Somebody else at the same screen need not wait for who guessed before.
within('login', '[name=username]').addEventListener('input', () => calm('login'));
the('anew').addEventListener('click', () => beginAgain(''));
within('codes', '#enter').addEventListener('click', () => location.assign(next()));
within('codes', '#print').addEventListener('click', () => print());
within('codes', '#copy').addEventListener('click', async () => {
  const list = [...within('codes', '#code-list').children].map((each) => each.textContent).join('\n');
  within('codes', '#copied').textContent = await navigator.clipboard.writeText(list).then(
    () => t('Đã chép'),
    () => t('Trình duyệt không cho chép; hãy in hoặc ghi ra giấy.'),
  );
});

for (const choice of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-speak]'))) {
  choice.addEventListener('click', () => {
    document.cookie = `language=${choice.dataset.speak}; path=/; max-age=31536000; samesite=lax`;
    location.reload();
  });
}

the('to-office').hidden = isBoundForOffice;
speak(await words(/** @type {HTMLElement} */ (document.querySelector('main')).dataset.words));

// The door: name and password for a session, then on to where one wanted to go.
import { speak, t, words } from './language.js';

const form = /** @type {HTMLFormElement} */ (document.getElementById('login'));
const wrong = /** @type {HTMLElement} */ (document.getElementById('wrong'));
const button = /** @type {HTMLButtonElement} */ (form.querySelector('button[type=submit]'));

/** Only a place of ours: an address from a stranger's link must not lead away. @returns {string} */
function next() {
  const asked = new URLSearchParams(location.search).get('next') ?? '/';
  // Read as the browser will read it: it drops tabs and takes a backslash for a slash.
  const place = new URL(asked, location.origin);
  // The whole address: a path alone may begin with two slashes (/.//host), which leads away.
  return asked.startsWith('/') && place.origin === location.origin ? place.href : '/';
}

/** @param {string} sentence */
function refuse(sentence) {
  wrong.textContent = sentence;
  wrong.hidden = false;
  /** @type {HTMLInputElement} */ (form.elements.namedItem('password')).select();
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  wrong.hidden = true;
  button.disabled = true;
  const given = new FormData(form);
  try {
    const answer = await fetch('/api/v1/session', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ username: String(given.get('username')).trim(), password: given.get('password') }),
    });
    if (answer.ok) {
      location.assign(next());
      return;
    }
    const problem = await answer.json().catch(() => ({}));
    refuse(
      answer.status === 401 ? t('Tên hoặc mật khẩu không đúng.')
      : answer.status === 429 ? t('Thử quá nhiều lần; hãy chờ ít phút rồi thử lại.')
      : (problem.detail ?? t('Máy chủ chưa trả lời; hãy thử lại.')),
    );
  } catch {
    refuse(t('Không có mạng đến máy chủ; hãy thử lại.'));
  } finally {
    button.disabled = false;
  }
});

for (const choice of document.querySelectorAll('[data-speak]')) {
  choice.addEventListener('click', () => {
    document.cookie = `language=${/** @type {HTMLElement} */ (choice).dataset.speak}; path=/; max-age=31536000; samesite=lax`;
    location.reload();
  });
}

speak(await words(form.dataset.words));

// The screen stays on, and shows no pointer that nobody moves.

const IDLE_MS = 4_000;

/** Asks the system not to darken the screen; asks again whenever the page comes back. */
function stayAwake() {
  const lock = /** @type {any} */ (navigator).wakeLock;
  if (!lock) return;
  const ask = () => {
    if (document.hidden) return;
    // A system that saves power may say no: then it is asked again when the page comes back.
    lock.request('screen').then((/** @type {EventTarget} */ held) => held.addEventListener('release', ask, { once: true }), () => {});
  };
  document.addEventListener('visibilitychange', ask);
  ask();
}

/** The pointer, and what can be pressed, go after a while. */
function hidePointer() {
  const { dataset } = document.documentElement;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const stir = () => {
    delete dataset.idle;
    clearTimeout(timer);
    timer = setTimeout(() => {
      dataset.idle = '';
    }, IDLE_MS);
  };
  for (const kind of ['pointermove', 'pointerdown', 'keydown']) addEventListener(kind, stir, { passive: true });
  dataset.idle = '';
}

export function stayOn() {
  stayAwake();
  hidePointer();
}

const MORNING = 6;
const EVENING = 18;

/** What is worn at this hour of the hall. @param {string} theme @param {number} hour */
export const worn = (theme, hour) => (theme === 'hour' ? (hour >= MORNING && hour < EVENING ? 'light' : 'dark') : theme === 'light' ? 'light' : 'dark');

// Tried too often: how long it still takes, counted down before whoever waits.
import { t } from './language.js';

/** "14 phút 05 giây"; the seconds alone below a minute.
 * @param {number} left_s */
function inWords(left_s) {
  const minutes = Math.floor(left_s / 60);
  const seconds = left_s % 60;
  return minutes > 0 ? t('{minutes} phút {seconds} giây', { minutes, seconds: String(seconds).padStart(2, '0') }) : t('{n} giây', { n: seconds });
}

/** Counts down in `place` and then calls `over`. Answers how to end it before its time, which calls nothing.
 * @param {HTMLElement} place
 * @param {number} wait_s
 * @param {() => void} over */
export function waited(place, wait_s, over) {
  // A machine that slept has waited too.
  const until_ms = Date.now() + wait_s * 1000;
  const show = () => {
    const left_s = Math.ceil((until_ms - Date.now()) / 1000);
    if (left_s > 0) {
      place.textContent = t('Thử lại được sau {time}.', { time: inWords(left_s) });
      return;
    }
    end();
    over();
  };
  const beat = setInterval(show, 1000);
  function end() {
    clearInterval(beat);
    place.hidden = true;
  }
  place.hidden = false;
  show();
  return end;
}

// The board's own sound: off until it is switched on, remembered by this browser, one short tone and no file.
import { effect, signal } from '../vendor/signals.mjs';
import { listened, opened } from './sounding.js';
import { affairs, state } from './store.js';

const KEPT = 'bridge.sound';
const TONE_HZ = [660, 880];
const TONE_S = 0.14;
const LOUD = 0.18;

/** @returns {boolean} */
function remembered() {
  try {
    return localStorage.getItem(KEPT) === 'on';
  } catch {
    return false;
  }
}

/** Whether the board may be heard. */
export const sounding = signal(remembered());
/** How often it has sounded since the page was opened. */
export const sounded = signal(0);

/** @type {AudioContext | null} */
let voice = null;

function speak() {
  voice ??= new AudioContext();
  void voice.resume();
  return voice;
}

/** Two short notes, one after the other. */
function tone() {
  const at = speak();
  TONE_HZ.forEach((hz, i) => {
    const begins = at.currentTime + i * TONE_S;
    const note = new OscillatorNode(at, { type: 'sine', frequency: hz });
    const loud = new GainNode(at, { gain: 0 });
    loud.gain.setValueAtTime(0, begins);
    loud.gain.linearRampToValueAtTime(LOUD, begins + 0.02);
    loud.gain.linearRampToValueAtTime(0, begins + TONE_S);
    note.connect(loud).connect(at.destination);
    note.start(begins);
    note.stop(begins + TONE_S);
  });
  sounded.value += 1;
}

/** @param {boolean} on */
export function switchSound(on) {
  sounding.value = on;
  try {
    localStorage.setItem(KEPT, on ? 'on' : 'off');
  } catch {
    // Kept until the page is closed.
  }
  // Heard at once: so one knows how it sounds, and the browser knows that it was wished.
  if (on) tone();
}

/** From now on new grave incidents are heard, if that is wished. */
export function keepEars() {
  /** @type {import('./sounding.js').Heard | null} */
  let heard = null;
  effect(() => {
    const { incidents } = affairs.value;
    if (!state.value) return;
    if (heard === null) {
      heard = opened(incidents.values());
      return;
    }
    const now = listened(heard, incidents.values(), performance.now(), sounding.peek());
    heard = now.heard;
    if (now.sounds) tone();
  });
  // A browser lets a page be heard only after somebody has touched it.
  addEventListener('pointerdown', () => sounding.peek() && speak(), { once: true });
  addEventListener('keydown', () => sounding.peek() && speak(), { once: true });
}

/**
 * What a hand and an ear notice without looking: one short high tone for in, two low ones for anything else.
 *
 * @file
 */

/** @typedef {import("./door.js").Tone} Tone */

/** @type {Record<Tone, {hertz: number, times: number, shake_ms: number[]}>} */
const SOUND = {
  in: { hertz: 1175, times: 1, shake_ms: [60] },
  again: { hertz: 440, times: 2, shake_ms: [80, 60, 80] },
  no: { hertz: 220, times: 2, shake_ms: [160, 80, 160] },
};

export function sounder() {
  /** @type {AudioContext | null} */
  let room = null;
  return {
    /** Browsers let a page sound only after a tap; this is called in one. */
    wake() {
      const Context = window.AudioContext || /** @type {any} */ (window).webkitAudioContext;
      if (Context) room = new Context();
    },

    /** @param {Tone} tone */
    play(tone) {
      const { hertz, times, shake_ms } = SOUND[tone];
      if (window.navigator.vibrate) window.navigator.vibrate(shake_ms);
      if (room === null) return;
      for (let turn = 0; turn < times; turn++) {
        const from_s = room.currentTime + turn * 0.18;
        const voice = room.createOscillator();
        const loud = room.createGain();
        voice.frequency.value = hertz;
        loud.gain.setValueAtTime(0.2, from_s);
        loud.gain.exponentialRampToValueAtTime(0.001, from_s + 0.14);
        voice.connect(loud);
        loud.connect(room.destination);
        voice.start(from_s);
        voice.stop(from_s + 0.15);
      }
    },

    end() {
      if (room !== null) void room.close();
      room = null;
    },
  };
}

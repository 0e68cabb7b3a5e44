// The line to the server: a snapshot, then changes; whoever missed one asks again, and silence is said aloud.

export const STALE_MS = 12_000; // the server speaks at least every 5 s
const GIVE_UP_MS = 24_000; // a socket this silent is dead, whatever the browser believes
export const BLINK_MS = 1_000; // a server that is back within it was never away
const RETRY_FROM_MS = 500;
const RETRY_CAP_MS = 10_000;

/**
 * @typedef {'connecting' | 'live' | 'stale' | 'stopped'} Line
 * @typedef {{send(text: string): void, close(code?: number): void, onopen: any, onmessage: any, onclose: any}} Socket
 * @typedef {object} World   what the feed may not decide by itself
 * @property {() => Socket} open
 * @property {() => number} now        real milliseconds
 * @property {() => number} chance     0 up to 1
 * @property {(then: () => void, ms: number) => any} later
 * @property {(timer: any) => void} never
 * @typedef {object} Listener
 * @property {(frame: any) => boolean} take  adopts a frame; false when it does not follow on what is known
 * @property {() => {epoch: any, offset: number} | null} known
 * @property {(line: Line, code?: number) => void} line
 * @property {() => void} [refused]  a socket closed before it opened: perhaps we are signed out
 * @property {() => void} [returned]  the line stands again after it was gone, however briefly
 */

/** Full jitter: anything between nought and the doubled wait, so that two hundred screens do not come back at once.
 * @param {number} tries @param {number} chance */
export const wait = (tries, chance) => chance * Math.min(RETRY_CAP_MS, RETRY_FROM_MS * 2 ** tries);

/** Whether a close code means come again. @param {number} code */
export const comeAgain = (code) => code < 4500 || code > 4999;

/** Follows the board until stopped.
 * @param {World} world @param {Listener} listener */
export function follow(world, listener) {
  /** @type {Socket | null} */
  let socket = null;
  let tries = 0;
  let heard = world.now();
  /** @type {any} */
  let retry = null;
  /** @type {any} */
  let watch = null;
  /** @type {any} */
  let parted = null;
  /** @type {Line} */
  let line = 'connecting';
  let stopped = false;
  let before = false;

  /** @param {Line} next @param {number} [code] */
  const say = (next, code) => {
    world.never(parted);
    parted = null;
    if (next === line && code === undefined) return;
    line = next;
    listener.line(next, code);
  };

  const listen = () => {
    world.never(watch);
    watch = world.later(() => {
      const silence = world.now() - heard;
      if (silence >= STALE_MS) say('stale');
      if (silence >= GIVE_UP_MS && socket) socket.close();
      listen();
    }, 1000);
  };

  const connect = () => {
    retry = null;
    let opened = false;
    const mine = world.open();
    socket = mine;
    mine.onopen = () => {
      opened = true;
      if (before) listener.returned?.();
      before = true;
      const known = listener.known();
      mine.send(JSON.stringify(known ? { type: 'watch', epoch: known.epoch, offset: known.offset } : { type: 'watch' }));
    };
    mine.onmessage = (/** @type {{data: string}} */ { data }) => {
      if (mine !== socket) return;
      const frame = JSON.parse(data);
      heard = world.now();
      if (frame.type !== 'snapshot' && frame.type !== 'delta') {
        listener.take(frame);
      } else if (listener.take(frame)) {
        tries = 0;
        say('live');
      } else {
        mine.send(JSON.stringify({ type: 'watch' }));
      }
    };
    mine.onclose = (/** @type {{code: number}} */ { code }) => {
      if (mine !== socket || stopped) return;
      socket = null;
      if (!comeAgain(code)) {
        stop();
        say('stopped', code);
        return;
      }
      if (!opened) listener.refused?.();
      if (line === 'live') parted ??= world.later(() => say('connecting'), BLINK_MS);
      retry = world.later(connect, wait(tries, world.chance()));
      tries += 1;
    };
  };

  const stop = () => {
    stopped = true;
    world.never(retry);
    world.never(watch);
    world.never(parted);
    socket?.close(1000);
    socket = null;
  };

  listen();
  connect();
  return {
    stop,
    /** Real milliseconds since the last word. */
    silence: () => world.now() - heard,
    /** The network or the tab is back: do not sit out the wait. */
    hurry: () => {
      if (stopped || socket) return;
      world.never(retry);
      tries = 0;
      connect();
    },
  };
}

/** The browser's own world. @param {string} address @returns {World} */
export const browser = (address) => ({
  open: () => /** @type {any} */ (new WebSocket(address)),
  now: () => performance.now(),
  chance: Math.random,
  later: (then, ms) => setTimeout(then, ms),
  never: (timer) => clearTimeout(timer),
});

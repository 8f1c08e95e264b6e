// A short tone for a call that rings. Silent until it is switched on.

const EVERY_MS = 3_000;
/** @type {[hertz: number, after: number][]} */
const NOTES = [
  [880, 0],
  [1175, 0.16],
];

/** `ring(true)` plays every few seconds until `ring(false)`; `wake()` after a press lets the browser play at all. */
export function tone() {
  /** @type {AudioContext|null} */
  let context = null;
  /** @type {ReturnType<typeof setInterval>|undefined} */
  let timer;

  function play() {
    if (!context) return;
    context.resume().catch(() => {});
    for (const [hertz, after] of NOTES) beep(context, hertz, context.currentTime + after);
  }

  return {
    wake() {
      try {
        context ??= new AudioContext();
        context.resume().catch(() => {});
      } catch {
        context = null;
      }
    },
    /** @param {boolean} on */
    ring(on) {
      if (on === (timer !== undefined)) return;
      clearInterval(timer);
      timer = undefined;
      if (!on) return;
      play();
      timer = setInterval(play, EVERY_MS);
    },
    /** Once. */
    once: play,
  };
}

/**
 * @param {AudioContext} context
 * @param {number} hertz
 * @param {number} at
 */
function beep(context, hertz, at) {
  const source = context.createOscillator();
  const gain = context.createGain();
  source.frequency.value = hertz;
  gain.gain.setValueAtTime(0.0001, at);
  gain.gain.exponentialRampToValueAtTime(0.12, at + 0.02);
  gain.gain.exponentialRampToValueAtTime(0.0001, at + 0.14);
  source.connect(gain).connect(context.destination);
  source.start(at);
  source.stop(at + 0.15);
}

// Sends what is typed about a call to the bridge a moment after the typing, so that a reload or a colleague has it.

const WAIT_MS = 800;
const AGAIN_MS = 5_000;

/**
 * Watches the notes. `pending()` lists what the bridge does not have, as `[call, text]`; `send(call, text)` resolves
 * to `true` once it has it, to `null` when it never will, and to `false` when it is to be tried again.
 * @param {{pending: () => [string, string][], send: (call: string, text: string) => Promise<boolean|null>}} page
 */
export function noteKeeper({ pending, send }) {
  /** @type {Map<string, ReturnType<typeof setTimeout>>} */
  const timers = new Map();
  /** @type {Set<string>} */
  const sending = new Set();
  /** @type {Map<string, string>} */
  const refused = new Map();

  /**
   * @param {string} call
   * @param {number} wait
   */
  function start(call, wait) {
    clearTimeout(timers.get(call));
    timers.set(
      call,
      setTimeout(() => {
        timers.delete(call);
        submit(call);
      }, wait),
    );
  }

  /** @param {string} call */
  async function submit(call) {
    // One at a time for each call: the last one sent is the last one kept.
    if (sending.has(call)) return;
    const text = noteOf(call);
    if (text === undefined || refused.get(call) === text) return;
    sending.add(call);
    const kept = await send(call, text);
    sending.delete(call);
    if (kept === null) refused.set(call, text);
    else refused.delete(call);
    if (kept === false) start(call, AGAIN_MS);
    else if (noteOf(call) !== undefined && noteOf(call) !== text) start(call, WAIT_MS);
  }

  /** @param {string} call */
  function noteOf(call) {
    return pending().find(([one]) => one === call)?.[1];
  }

  return {
    /**
     * Something was typed.
     * @param {string} call
     */
    typed: (call) => start(call, WAIT_MS),
    /** Sends everything that waits now: the connection is back, or the page may go away. */
    flush() {
      for (const [call] of pending()) {
        clearTimeout(timers.get(call));
        timers.delete(call);
        submit(call);
      }
      for (const call of refused.keys()) if (noteOf(call) === undefined) refused.delete(call);
    },
    /** No agent is signed in. */
    stop() {
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
      refused.clear();
    },
  };
}

// Tells the bridge, once for each call, that its pop-up is on the screen.

/** @import { State } from './page' */

const RECEIPTS_MAX = 500;

/**
 * `send(call)` tells it.
 * @param {(call: string) => void} send
 */
export function makeReceipts(send) {
  /** @type {Set<string>} */
  const shown = new Set();

  return {
    /**
     * Ringing pop-ups are on the screen once the browser has painted.
     * @param {State} state
     */
    give({ entries, link }) {
      const fresh = entries.filter((entry) => entry.phase === 'ringing' && !shown.has(entry.key));
      if (!fresh.length || link.status !== 'online') return;
      for (const entry of fresh) shown.add(entry.key);
      for (const old of [...shown].slice(0, Math.max(0, shown.size - RECEIPTS_MAX))) shown.delete(old);
      requestAnimationFrame(() => {
        for (const entry of fresh) send(entry.key);
      });
    },
    /** Another agent may sign in. */
    forget: () => shown.clear(),
  };
}

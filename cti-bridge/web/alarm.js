// How a ringing call and a callback that is due are noticed in a background tab: the title and, when it was
// switched on, a tone. Of all tabs and machines of an agent only one does it.

import { takePart } from './leader.js';
import { tone } from './tone.js';

/** @import { LiveEntry, PageCallback, State } from './page' */

const CHECK_EVERY_MS = 3_000;
const HERE_EVERY_MS = 2_000;
const HEARD_MAX = 100;

/**
 * What there is to notice.
 * @typedef {{ringing: LiveEntry|null, due: PageCallback|null}} Events
 */

/**
 * The alarm. `page` gives `title(entry)` for a ringing call, `reminder(callback)`, `plain` (the title of a page at
 * rest), `ringing` (what a ringing title changes with), `here()` (asks the bridge that this socket rings), `changed()`
 * and `other(what)`.
 * @param {{
 *   state: () => State, sound: () => boolean, plain: string, ringing: string, title: (entry: LiveEntry) => string,
 *   reminder: (callback: PageCallback) => string, here: () => void, changed: () => void, other: (what: string) => void,
 * }} page
 */
export function makeAlarm(page) {
  const still = matchMedia('(prefers-reduced-motion: reduce)');
  const sounds = tone();
  /** @type {Set<number>} */
  const heard = new Set();
  /** @type {ReturnType<typeof takePart>|null} */
  let part = null;
  /** @type {string|null} */
  let agent = null;
  let checked = 0;
  let asked = 0;

  /** Whether this tab is the one that is heard. */
  function loud() {
    const { rings, socket } = page.state();
    if (!part) return false;
    if (rings === null || socket === null) return part.leads();
    if (!navigator.locks) return rings === socket;
    return part.leads() && part.sockets().has(rings);
  }

  function elsewhere() {
    const { rings, socket } = page.state();
    return rings !== null && socket !== null && rings !== socket && !(part?.sockets().has(rings) ?? false);
  }

  /** @param {Events} events */
  function titleOf({ ringing, due }) {
    const odd = !still.matches && Math.floor(Date.now() / 1000) % 2 === 1;
    if (ringing) return odd ? page.ringing : page.title(ringing);
    return odd || !due ? page.plain : page.reminder(due);
  }

  return {
    elsewhere,
    /**
     * An agent signed in, or the socket is new.
     * @param {string} code
     * @param {number|null} socket
     */
    signedIn(code, socket) {
      if (!part || agent !== code) {
        part?.stop();
        agent = code;
        part = takePart(code, { change: page.changed, other: page.other });
      }
      part.socket(socket);
    },
    signedOut() {
      part?.stop();
      part = agent = null;
      heard.clear();
      sounds.ring(false);
    },
    /**
     * Called often: sets the title and the tone to what goes on.
     * @param {Events} events
     */
    update({ ringing, due }) {
      const something = Boolean(ringing || due);
      const mine = something && loud();
      if (something && !mine && Date.now() - checked > CHECK_EVERY_MS && !elsewhere()) {
        checked = Date.now();
        part?.check();
      }
      const title = mine ? titleOf({ ringing, due }) : page.plain;
      if (document.title !== title) document.title = title;
      sounds.ring(mine && Boolean(ringing) && page.sound());
      const fresh = mine && due && !ringing && !heard.has(due.callback_no);
      if (!fresh) return;
      heard.add(due.callback_no);
      for (const old of [...heard].slice(0, Math.max(0, heard.size - HEARD_MAX))) heard.delete(old);
      if (page.sound()) sounds.once();
    },
    /** The agent uses this tab: from now on it is the one that rings. */
    used() {
      if (page.sound()) sounds.wake();
      const { rings, socket } = page.state();
      if (socket === null || rings === socket || Date.now() - asked < HERE_EVERY_MS) return;
      asked = Date.now();
      part?.take();
      page.here();
    },
    wake: () => sounds.wake(),
    /** @param {string} what */
    tell: (what) => part?.tell(what),
    stop: () => part?.stop(),
  };
}

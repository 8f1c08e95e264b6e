// Of all tabs that one browser has open for an agent, one is heard: the one that holds a lock of the browser. A leader
// that is stuck does not answer, and the lock is taken from it. Where a browser has no locks, each tab is its own leader.

const ANSWER_MS = 1_500;
const PEERS_MAX = 16;

/**
 * What tabs say to each other.
 * @typedef {{from: string} & (
 *   | {kind: 'socket', socket: number|null}
 *   | {kind: 'roll'|'gone'|'who'|'leader'}
 *   | {kind: 'tell', what: string}
 * )} Said
 */

/**
 * @template Union
 * @typedef {Union extends Said ? Omit<Union, 'from'> : never} Unsigned
 */

/**
 * Takes part in the election of `agent`. `on.change()` is told when `leads()` or `sockets()` may have changed;
 * `on.other(kind)` when another tab tells of something (`tell`).
 * @param {string} agent
 * @param {{change: () => void, other: (what: string) => void}} on
 */
export function takePart(agent, on) {
  const locks = globalThis.navigator?.locks ?? null;
  const name = `chakuden.rings.${agent}`;
  const channel = typeof BroadcastChannel === 'function' ? new BroadcastChannel(name) : null;
  const me = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
  /** @type {Map<string, number|null>} */
  const peers = new Map();
  /** @type {number|null} */
  let own = null;
  let leading = locks === null;
  /** @type {(() => void)|null} */
  let release = null;
  let over = false;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let question;

  /** @param {boolean} steal */
  function ask(steal) {
    if (!locks || over) return;
    const hold = () =>
      new Promise((/** @type {(value?: undefined) => void} */ resolve) => {
        if (over) return resolve();
        release = resolve;
        lead(true);
        return undefined;
      });
    const waiting = locks.request(name, steal ? { steal: true } : {}, hold);
    // The lock was stolen: this tab is in the queue again.
    waiting.catch(() => {
      lead(false);
      ask(false);
    });
  }

  /** @param {boolean} now */
  function lead(now) {
    if (leading === now || !locks) return;
    leading = now;
    on.change();
  }

  /** @param {Unsigned<Said>} message */
  function say(message) {
    channel?.postMessage({ from: me, ...message });
  }

  /** @param {MessageEvent<Said|null>} message */
  function hear({ data }) {
    if (data === null || typeof data !== 'object' || data.from === me) return;
    if (data.kind === 'socket') know(data.from, data.socket);
    else if (data.kind === 'roll' && own !== null) say({ kind: 'socket', socket: own });
    else if (data.kind === 'gone') forget(data.from);
    else if (data.kind === 'who' && leading) say({ kind: 'leader' });
    else if (data.kind === 'leader') {
      clearTimeout(question);
      question = undefined;
    } else if (data.kind === 'tell') on.other(data.what);
  }

  /**
   * @param {string} peer
   * @param {number|null} socket
   */
  function know(peer, socket) {
    peers.delete(peer);
    peers.set(peer, socket);
    for (const old of [...peers.keys()].slice(0, Math.max(0, peers.size - PEERS_MAX))) peers.delete(old);
    on.change();
  }

  /** @param {string} peer */
  function forget(peer) {
    if (peers.delete(peer)) on.change();
  }

  channel?.addEventListener('message', hear);
  ask(false);
  say({ kind: 'roll' });

  return {
    /** Whether this tab is the one of its browser. */
    leads: () => leading,
    /** The sockets of this browser's tabs. */
    sockets: () => new Set([own, ...peers.values()].filter((socket) => socket !== null && socket !== undefined)),
    /**
     * This tab's socket.
     * @param {number|null} number
     */
    socket(number) {
      own = number;
      say({ kind: 'socket', socket: number });
    },
    /** Something must be heard now: a leader that does not answer is stuck, and this tab takes over. */
    check() {
      if (leading || !locks || !channel || question) return;
      say({ kind: 'who' });
      question = setTimeout(() => {
        question = undefined;
        ask(true);
      }, ANSWER_MS);
    },
    /** The agent uses this tab: it is the one that rings. */
    take() {
      if (!leading) ask(true);
    },
    /**
     * Tells the other tabs.
     * @param {string} what
     */
    tell: (what) => say({ kind: 'tell', what }),
    stop() {
      over = true;
      clearTimeout(question);
      say({ kind: 'gone' });
      release?.();
      channel?.close();
    },
  };
}

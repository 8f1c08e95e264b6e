// The socket to the bridge: signs in, answers requests, takes pushes in order, comes back by itself.

/** @import { Connection, ConnectionEvents, Requests } from './page' */
/** @import { Answered, Frame, HelloAnswer, Push, Refused } from './protocol' */

const SUBPROTOCOL = 'chakuden.v1';
const ANSWER_TIMEOUT_MS = 10_000;
const PING_EVERY_MS = 15_000;
const ACK_EVERY_MS = 5_000;
// After a sleep or a change of network the socket may be dead and say nothing of it.
const PROBE_TIMEOUT_MS = 1_000;
const PROBE_SHOWN_MS = 200;
const FRESH_MS = 20_000;
const TICK_MS = 1_000;
const JUMP_MS = 4_000;
// For a while after that, attempts are short and follow each other: the network may need some seconds.
const EAGER_MS = 30_000;
const EAGER_ATTEMPT_MS = 1_500;
const EAGER_WAIT_MS = 250;
const BACKOFF_MS = [500, 1000, 2000, 4000, 8000, 15_000];
const UNAUTHORIZED = 4401;

/**
 * Where a page stands in its agent's stream (`docs/protocol.md`, "Frames" and "Signing in"). After `welcome`, `take`
 * says what a push is: `news`; a `replay` of what the snapshot already holds; a `duplicate`; or behind a `gap`, which
 * only a new snapshot can close.
 */
export class Cursor {
  /** @type {string|null} */
  epoch = null;
  seq = 0;
  #snapshot = 0;

  /** What to resume from, or nothing on the first sign-in. */
  get resume() {
    return this.epoch === null ? undefined : { epoch: this.epoch, seq: this.seq };
  }

  /** @param {Pick<HelloAnswer, 'epoch'|'seq'|'resumed'>} answer */
  welcome({ epoch, seq, resumed }) {
    const same = resumed === true && epoch === this.epoch;
    this.#snapshot = Number.isInteger(seq) ? seq : 0;
    this.seq = same ? Math.min(this.seq, this.#snapshot) : this.#snapshot;
    this.epoch = epoch ?? null;
  }

  /** @param {number} seq */
  take(seq) {
    if (!Number.isInteger(seq)) return 'news';
    if (seq <= this.seq) return 'duplicate';
    if (seq > this.#snapshot && seq !== Math.max(this.seq, this.#snapshot) + 1) return 'gap';
    this.seq = seq;
    return seq <= this.#snapshot ? 'replay' : 'news';
  }

  /** Forgets the stream: the next sign-in takes the snapshot alone. */
  reset() {
    this.epoch = null;
    this.seq = 0;
    this.#snapshot = 0;
  }
}

/**
 * A request that the bridge refused (`code` of `docs/protocol.md`), or that got no answer (`offline`, `timeout`). `sent`:
 * it may have been done all the same.
 */
export class RequestError extends Error {
  /** @param {string} code @param {string} [message] @param {boolean} [sent] */
  constructor(code, message, sent = code === 'timeout') {
    super(message ?? code);
    this.code = code;
    this.sent = sent;
  }
}

/** @typedef {ReturnType<typeof setTimeout>} Timer */

/**
 * A request that waits for its answer.
 * @typedef {{resolve: (data: Answered['data']) => void, reject: (error: RequestError) => void, timer: Timer}} Pending
 */

/**
 * Opens the connection and keeps it. `on` is told: `status({status, retryAt, lastSeen})` with `online`,
 * `checking` (it was, and may not be any more), `connecting` or `waiting`; `welcome(data)`; `push(kind, frame)` with the cursor's `news` or `replay`;
 * `refused(code)`, after which it is over; `clock(ms)`, the bridge's time now. `on.lang` is the language of messages.
 *
 * @param {string} url
 * @param {string} token
 * @param {ConnectionEvents} on
 * @returns {Connection}
 */
export function connect(url, token, on) {
  const cursor = new Cursor();
  /** @type {Map<Answered['re']|null, Pending>} */
  const pending = new Map();
  /** @type {WebSocket|null} */
  let socket = null;
  /** @type {Timer[]} */
  let timers = [];
  /** @type {Timer|undefined} */
  let retryTimer;
  let attempt = 0;
  let nextId = 1;
  let acked = 0;
  /** @type {number|null} */
  let lastSeen = null;
  /** The socket that is being probed. @type {WebSocket|null} */
  let probed = null;
  let signedIn = false;
  let openedAt = 0;
  let eagerUntil = 0;
  let over = false;

  function open() {
    clearTimeout(retryTimer);
    on.status({ status: 'connecting', retryAt: null, lastSeen });
    const mine = new WebSocket(url, SUBPROTOCOL);
    socket = mine;
    openedAt = Date.now();
    mine.onopen = () => greet(mine);
    mine.onmessage = ({ data }) => mine === socket && receive(data);
    mine.onclose = ({ code }) => mine === socket && lost(code);
    // A connection that neither opens nor fails would otherwise wait for the system's own minutes.
    timers = [setTimeout(() => abandon(mine), isEager() ? EAGER_ATTEMPT_MS : ANSWER_TIMEOUT_MS)];
  }

  /** @param {WebSocket} mine */
  async function greet(mine) {
    try {
      const data = await request('hello', { token, lang: on.lang, resume: cursor.resume });
      if (mine !== socket) return;
      stopTimers();
      attempt = 0;
      eagerUntil = 0;
      cursor.welcome(data);
      acked = cursor.seq;
      signedIn = true;
      timers = [setInterval(beat, PING_EVERY_MS), setInterval(acknowledge, ACK_EVERY_MS)];
      on.welcome(data);
      on.status({ status: 'online', retryAt: null, lastSeen });
      beat();
    } catch (error) {
      if (mine !== socket) return;
      if (codeOf(error) === 'unauthorized') finish('unauthorized');
      else abandon(mine);
    }
  }

  /** @param {string} text */
  function receive(text) {
    const frame = parse(text);
    if (!frame) return;
    lastSeen = Date.now();
    if ('ev' in frame) take(frame);
    else settle(frame);
  }

  /** @param {Push} frame */
  function take(frame) {
    const at = Date.parse(frame.at ?? '');
    const kind = cursor.take(frame.seq);
    if (kind === 'gap') return resync();
    if (kind === 'duplicate') return undefined;
    if (kind === 'news' && !Number.isNaN(at)) on.clock(at);
    return on.push(kind, frame);
  }

  /** @param {Answered|Refused} frame */
  function settle(frame) {
    const waiting = pending.get(frame.re);
    if (!waiting) return;
    pending.delete(frame.re);
    clearTimeout(waiting.timer);
    if (frame.ok === true) waiting.resolve(frame.data ?? {});
    else waiting.reject(new RequestError(frame.error?.code ?? 'internal', frame.error?.message));
  }

  /** @type {Requests} */
  function request(op, fields) {
    return new Promise((resolve, reject) => {
      if (socket?.readyState !== WebSocket.OPEN) return reject(new RequestError('offline'));
      const id = nextId++;
      const timer = setTimeout(() => {
        pending.delete(id);
        reject(new RequestError('timeout'));
      }, ANSWER_TIMEOUT_MS);
      pending.set(id, { resolve: /** @type {Pending['resolve']} */ (resolve), reject, timer });
      return socket.send(JSON.stringify({ id, op, ...fields }));
    });
  }

  /** A bridge that is stuck keeps its socket open; only an answer shows that it lives. */
  async function beat() {
    const mine = socket;
    try {
      const sent = Date.now();
      const { at } = await request('ping', {});
      const theirs = Date.parse(at ?? '');
      if (!Number.isNaN(theirs)) on.clock(theirs + (Date.now() - sent) / 2);
      on.status({ status: 'online', retryAt: null, lastSeen });
    } catch (error) {
      if (codeOf(error) === 'timeout' && mine === socket) abandon(mine);
    }
  }

  function acknowledge() {
    if (cursor.seq <= acked) return;
    acked = cursor.seq;
    request('ack', { seq: acked }).catch(() => {});
  }

  /** Something of the stream is missing: what there was is void, the snapshot counts. */
  function resync() {
    cursor.reset();
    attempt = 0;
    abandon(socket);
  }

  /** @param {WebSocket|null} mine */
  function abandon(mine) {
    if (mine !== socket) return;
    mine?.close();
    lost(0);
  }

  /** @param {number} code */
  function lost(code) {
    drop();
    if (over) return;
    if (code === UNAUTHORIZED) return finish('unauthorized');
    const base = BACKOFF_MS[Math.min(attempt++, BACKOFF_MS.length - 1)];
    const wait = (isEager() ? EAGER_WAIT_MS : base) * (0.75 + Math.random() / 2);
    on.status({ status: 'waiting', retryAt: Date.now() + wait, lastSeen });
    retryTimer = setTimeout(open, wait);
  }

  function drop() {
    stopTimers();
    socket = null;
    signedIn = false;
    for (const waiting of pending.values()) {
      clearTimeout(waiting.timer);
      waiting.reject(new RequestError('offline', undefined, true));
    }
    pending.clear();
  }

  function stopTimers() {
    for (const timer of timers) clearInterval(timer);
    timers = [];
  }

  /** @param {string} code */
  function finish(code) {
    close();
    on.refused(code);
  }

  function close() {
    over = true;
    clearInterval(ticking);
    clearTimeout(retryTimer);
    const mine = socket;
    drop();
    mine?.close(1000);
  }

  /**
   * The network is back, the page is visible again, or the machine woke up: tries at once when it waits, and makes sure
   * that a socket which seems open is alive.
   */
  function nudge() {
    if (over) return;
    if (socket === null) {
      eagerUntil = Date.now() + EAGER_MS;
      open();
    } else if (!signedIn) {
      if (Date.now() - openedAt > EAGER_ATTEMPT_MS) replace();
    } else probe(socket);
  }

  /** Asks for a sign of life, and connects anew when none comes soon. @param {WebSocket} mine */
  async function probe(mine) {
    if (probed === mine) return;
    probed = mine;
    const show = () => mine === socket && on.status({ status: 'checking', retryAt: null, lastSeen });
    const stale = lastSeen === null || Date.now() - lastSeen > FRESH_MS;
    const shown = setTimeout(show, stale ? 0 : PROBE_SHOWN_MS);
    if (stale) show();
    const late = setTimeout(() => mine === socket && replace(), PROBE_TIMEOUT_MS);
    await beat();
    clearTimeout(shown);
    clearTimeout(late);
    if (probed === mine) probed = null;
  }

  /** Gives the socket up and opens another one at once. */
  function replace() {
    const mine = socket;
    drop();
    mine?.close();
    eagerUntil = Date.now() + EAGER_MS;
    open();
  }

  function isEager() {
    return Date.now() < eagerUntil;
  }

  // Timers stand still while the machine sleeps: a clock that has jumped shows that it did.
  let tickedAt = Date.now();
  const ticking = setInterval(() => {
    const jumped = Date.now() - tickedAt > TICK_MS + JUMP_MS;
    tickedAt = Date.now();
    if (jumped) nudge();
  }, TICK_MS);

  open();
  return { request, close, nudge };
}

/** The code of a refusal, or nothing of any other error. @param {unknown} error */
export function codeOf(error) {
  return error instanceof RequestError ? error.code : undefined;
}

/**
 * What the bridge's health page says of the PBX: `up`, `down` or `none`; `null` when it says nothing.
 * @returns {Promise<string|null>}
 */
export async function sourceHealth() {
  try {
    return (await (await fetch('healthz', { cache: 'no-store' })).json()).source ?? null;
  } catch {
    return null;
  }
}

/**
 * @param {string} text
 * @returns {Frame|null}
 */
function parse(text) {
  try {
    const frame = JSON.parse(text);
    return frame !== null && typeof frame === 'object' ? frame : null;
  } catch {
    return null;
  }
}

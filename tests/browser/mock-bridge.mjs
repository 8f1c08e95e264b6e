// A stand-in for cti-bridge that speaks protocol v1 as its clients see it, and does what a test tells it.
// `node mock-bridge.mjs --play` plays calls in a loop, to look at the page.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocketServer } from 'ws';
import { AGENT, TOKEN, ago, akagi, candidate, gigantic, interactions, known, lead, nobody, plain, shared, unidentified } from './fixtures.mjs';

const WEB = fileURLToPath(new URL('../../cti-bridge/web/', import.meta.url));
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };
const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

/** The bridge of one agent. Everything that a test looks at or turns is public. */
export class MockBridge {
  /** Requests that came, as they came. */
  requests = [];
  /** Call records that `calls` answers. */
  records = [];
  cards = new Map([akagi(), gigantic(), plain('C00020', '大阪商事㈱'), plain('C00021', '大阪印刷㈱', { rank: 'A' })].map((card) => [card.customer.customer_code, card]));
  presence = 'ready';
  source = 'up';
  /** Whether `hello` says it too. */
  saysSource = true;
  /** A stuck bridge takes requests and answers none. */
  stuck = false;
  /** Takes no socket: the page is there, the bridge behind it is not. */
  refusing = false;
  /** What `hello` says about resuming: `true` when the epoch is the same. */
  resumable = true;

  #epoch = 1;
  #pushes = [];
  #live = new Map();
  #sockets = new Set();
  #http = null;
  #port = 0;

  async start() {
    this.#http = createServer((request, response) => this.#serve(request, response));
    const server = new WebSocketServer({ server: this.#http, path: '/ws', handleProtocols: (names) => names.has('chakuden.v1') && 'chakuden.v1' });
    server.on('connection', (socket) => this.#greet(socket));
    await new Promise((resolve, reject) => {
      this.#http.once('error', reject);
      this.#http.listen(this.#port, '127.0.0.1', resolve);
    });
    this.#port = this.#http.address().port;
    return this;
  }

  get url() {
    return `http://127.0.0.1:${this.#port}/`;
  }

  /** Closes the door and every socket; `start` opens it again on the same port. */
  async stop() {
    const http = this.#http;
    for (const socket of this.#sockets) socket.terminate();
    this.#sockets.clear();
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
  }

  /** A restarted bridge knows nothing of before, but finds the live calls again. */
  forgetStream() {
    this.#epoch += 1;
    this.#pushes = [];
  }

  /** Cuts the sockets, as a network does. */
  cut(code) {
    for (const socket of this.#sockets) {
      if (code) socket.close(code);
      else socket.terminate();
    }
    this.#sockets.clear();
  }

  push(ev, data) {
    const frame = { ev, seq: this.#pushes.length + 1, at: new Date().toISOString(), data };
    this.#pushes.push(frame);
    this.sendRaw(JSON.stringify(frame));
  }

  sendRaw(text) {
    for (const socket of this.#sockets) socket.send(text);
  }

  /** Loses a push: it has a number and is never sent. */
  lose(ev, data) {
    this.#pushes.push({ ev, seq: this.#pushes.length + 1, at: new Date().toISOString(), data });
  }

  ring(popup) {
    this.#live.set(popup.call.call_id, popup);
    this.push('call.ringing', popup);
    return popup.call.call_id;
  }

  update(popup) {
    this.#live.set(popup.call.call_id, popup);
    this.push('call.updated', popup);
  }

  answer(id) {
    const at = new Date().toISOString();
    this.#mark(id, { state: 'answered', answered_at: at });
    this.push('call.answered', { call_id: id, answered_at: at });
  }

  hold(id) {
    this.#mark(id, { state: 'held' });
    this.push('call.held', { call_id: id, at: new Date().toISOString() });
  }

  resume(id) {
    this.#mark(id, { state: 'answered' });
    this.push('call.resumed', { call_id: id, at: new Date().toISOString() });
  }

  dismiss(id, reason) {
    this.#live.delete(id);
    this.push('call.dismissed', { call_id: id, reason });
  }

  end(id, outcome = 'completed', talk = 65) {
    this.#live.delete(id);
    this.push('call.ended', { call_id: id, outcome, ended_at: new Date().toISOString(), talk_seconds: talk, uncertain: false });
  }

  /** A live call goes away while nobody listens: no push, it is just not in the next snapshot. */
  vanish(id) {
    this.#live.delete(id);
  }

  #mark(id, fields) {
    const popup = this.#live.get(id);
    this.#live.set(id, { ...popup, call: { ...popup.call, ...fields } });
  }

  async #serve(request, response) {
    const { pathname } = new URL(request.url, 'http://localhost');
    if (pathname === '/healthz') {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ status: 'ok', source: this.source, store: 'ok' }));
      return;
    }
    try {
      const file = normalize(join(WEB, pathname === '/' ? 'index.html' : decodeURIComponent(pathname)));
      if (!file.startsWith(WEB)) throw new Error('outside');
      const body = await readFile(file);
      response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream', 'content-security-policy': CSP, 'cache-control': 'no-store' });
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  }

  #greet(socket) {
    if (this.refusing) {
      socket.terminate();
      return;
    }
    socket.on('message', (data) => {
      const request = JSON.parse(data);
      this.requests.push(request);
      if (this.stuck) return;
      const answer = request.op === 'hello' ? this.#hello(socket, request) : this.#answer(request);
      if (answer) socket.send(JSON.stringify({ re: request.id, ...answer }));
    });
    socket.on('close', () => this.#sockets.delete(socket));
  }

  #hello(socket, { id, token, resume }) {
    if (token !== TOKEN) {
      socket.send(JSON.stringify({ re: id, ok: false, error: { code: 'unauthorized', message: 'wrong token' } }));
      socket.close(4401);
      return null;
    }
    const epoch = `epoch-${this.#epoch}`;
    const resumed = this.resumable && resume?.epoch === epoch;
    const data = { agent: AGENT, epoch, seq: this.#pushes.length, resumed, presence: this.presence, ...(this.saysSource && { source_up: this.source === 'up' }), calls: [...this.#live.values()] };
    socket.send(JSON.stringify({ re: id, ok: true, data }));
    for (const frame of resumed ? this.#pushes.slice(resume.seq) : []) socket.send(JSON.stringify(frame));
    this.#sockets.add(socket);
    return null;
  }

  #answer(request) {
    const ok = (data) => ({ ok: true, data });
    const fail = (code) => ({ ok: false, error: { code, message: code } });
    switch (request.op) {
      case 'ping': return ok({ at: new Date().toISOString() });
      case 'calls': return ok({ calls: this.records });
      case 'presence':
        this.presence = request.state;
        this.push('presence.changed', { presence: request.state, reason: null });
        return ok({ presence: request.state });
      case 'lookup': {
        const card = this.cards.get(request.number === '+81312345678' ? 'C00017' : request.customer_code);
        return card ? ok({ call: null, match: 'one', candidates: [candidate(card)], ...card }) : fail('not_found');
      }
      case 'search':
        return ok({ customers: [...this.cards.values()].map(candidate).filter((one) =>
          [one.customer_name, one.name_kana, one.customer_code].some((text) => text?.includes(request.q))).slice(0, request.limit) });
      case 'history': {
        const minutes = Math.round((Date.now() - Date.parse(request.before)) / 60_000) + 60;
        return ok({ entries: interactions(request.limit ?? 20, minutes), more: minutes < 3000 });
      }
      case 'call.shown': case 'ack': return ok({});
      default: return fail('unknown_op');
    }
  }
}

/** What plays in a loop for people: each step is a function and the seconds to wait after it. */
async function play(bridge) {
  const wait = (seconds) => new Promise((resolve) => { setTimeout(resolve, seconds * 1000); });
  bridge.records = [
    { call_id: 'p-1', direction: 'inbound', caller_kind: 'number', caller_e164: '+81663000000', customer_code: 'C00020', customer_name: '大阪商事㈱', agent_code: 'A201', started_at: ago(11), answered_at: ago(10), outcome: 'completed', talk_seconds: 182, queue: '注文' },
    { call_id: 'p-2', direction: 'inbound', caller_kind: 'number', caller_e164: '+819011112222', customer_code: null, customer_name: null, agent_code: 'A201', started_at: ago(22), answered_at: null, outcome: 'no_answer', talk_seconds: null, queue: 'サポート窓口' },
    { call_id: 'p-3', direction: 'inbound', caller_kind: 'withheld', caller_e164: null, customer_code: null, customer_name: null, agent_code: 'A201', started_at: ago(40), answered_at: ago(40), outcome: 'completed', talk_seconds: 35, queue: null },
  ];
  for (;;) {
    const first = bridge.ring(known(akagi()));
    await wait(6);
    bridge.answer(first);
    await wait(3);
    const second = bridge.ring(shared([bridge.cards.get('C00020'), bridge.cards.get('C00021')]));
    await wait(6);
    bridge.dismiss(second, 'answered_elsewhere');
    bridge.hold(first);
    await wait(3);
    bridge.resume(first);
    await wait(3);
    bridge.end(first);
    for (const popup of [nobody(), lead(), unidentified('withheld'), unidentified('payphone'), known(gigantic())]) {
      const id = bridge.ring(popup);
      await wait(5);
      bridge.dismiss(id, 'caller_hung_up');
      await wait(1);
    }
  }
}

if (process.argv.includes('--play')) {
  const bridge = await new MockBridge().start();
  console.log(`${bridge.url}#token=${TOKEN}`);
  await play(bridge);
}

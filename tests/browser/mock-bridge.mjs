// A stand-in for cti-bridge that speaks protocol v1 as its clients see it, and does what a test tells it.

import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import { AGENT, ago, akagi, gigantic, PERMISSIONS, plain, TOKEN } from './fixtures.mjs';
import { answerTo } from './mock/answers.mjs';
import { serve } from './mock/web.mjs';
import { answerFault, pushFault, requestFault } from './schema.mjs';

/** The bridge of one agent. Everything that a test looks at or turns is public. */
export class MockBridge {
  /** Requests that came, as they came. */
  requests = [];
  /** Frames of either side that the protocol does not have. A test with any fails. */
  faults = [];
  /** Whether frames are checked: a bridge of an older version says less. */
  checked = true;
  /** Call records that `calls` answers. */
  records = [];
  /** What `call.recordings` answers. */
  recordings = [];
  cards = new Map(
    [akagi(), gigantic(), plain('C00020', '大阪商事㈱'), plain('C00021', '大阪印刷㈱', { rank: 'A' })].map((card) => [
      card.customer.customer_code,
      card,
    ]),
  );
  /** Cards of leads by their code. */
  leads = new Map();
  /** Live pop-ups by their call. */
  live = new Map();
  /** The number of what is made next: an inquiry, a to-do, a callback. */
  nextNo = 500;
  presence = 'ready';
  presenceMore = { presence_reason: null, presence_since: ago(3), presence_until: null };
  permissions = PERMISSIONS;
  agent = AGENT;
  /** How one may sign in, and the password of the agent. */
  signIn = { token: true, password: false, oidc: null };
  password = 'correct horse';
  sources = [];
  missed = [];
  callbacks = [];
  team = { sources: [], agents: [], calls: [] };
  /** The error that an op is answered with from now on. */
  failing = new Map();
  /** Requests that came to other routes than the socket's, as `[method, path, headers, body]`. */
  posts = [];
  /** The socket that rings. */
  rings = null;
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
  #sockets = new Map();
  #nextSocket = 11;
  #http = null;
  #port = 0;

  async start() {
    this.#http = createServer((request, response) => serve(this, request, response));
    const server = new WebSocketServer({
      server: this.#http,
      path: '/ws',
      handleProtocols: (names) => names.has('chakuden.v1') && 'chakuden.v1',
    });
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
    for (const socket of this.#sockets.keys()) socket.terminate();
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
    for (const socket of this.#sockets.keys()) {
      if (code) socket.close(code);
      else socket.terminate();
    }
    this.#sockets.clear();
  }

  push(ev, data) {
    const frame = { ev, seq: this.#pushes.length + 1, at: new Date().toISOString(), data };
    this.#note(pushFault(frame));
    this.#pushes.push(frame);
    this.sendRaw(JSON.stringify(frame));
  }

  #note(fault) {
    if (fault && this.checked) this.faults.push(fault);
  }

  /** Sends text as it is, whatever it is; it is not checked. */
  sendRaw(text) {
    for (const socket of this.#sockets.keys()) socket.send(text);
  }

  /** Loses a push: it has a number and is never sent. */
  lose(ev, data) {
    this.#pushes.push({ ev, seq: this.#pushes.length + 1, at: new Date().toISOString(), data });
  }

  ring(popup) {
    this.live.set(popup.call.call_id, popup);
    this.push('call.ringing', popup);
    return popup.call.call_id;
  }

  update(popup) {
    this.live.set(popup.call.call_id, popup);
    this.push('call.updated', popup);
  }

  /** This agent places a call. */
  dialing(popup) {
    const dialled = { ...popup, call: { ...popup.call, direction: 'outbound', state: 'dialing' } };
    this.live.set(dialled.call.call_id, dialled);
    this.push('call.dialing', dialled);
    return dialled.call.call_id;
  }

  /** A colleague, or another tab, wrote the note of a call. */
  note(id, text, by = '鈴木 一郎') {
    this.#mark(id, { note: text, note_by: by });
    this.push('call.note', { call_id: id, text, by });
  }

  /** The presence changes by what the telephone does. */
  setPresence(presence, more = {}) {
    this.presence = presence;
    this.presenceMore = {
      presence_reason: more.reason ?? null,
      presence_since: more.since ?? new Date().toISOString(),
      presence_until: more.until ?? null,
    };
    this.push('presence.changed', {
      presence,
      reason: more.reason ?? null,
      since: this.presenceMore.presence_since,
      until: more.until ?? null,
      call_id: more.call_id ?? null,
    });
  }

  /** Another socket of the agent rings. */
  ringAt(socket) {
    this.rings = socket;
    this.push('ring.moved', { socket });
  }

  /** The time of a callback has come. */
  remind(callback) {
    this.callbacks = [...this.callbacks.filter((one) => one.callback_no !== callback.callback_no), callback];
    this.push('callback.due', callback);
  }

  changeMissed(no, fields) {
    this.missed = this.missed.map((one) => (one.missed_no === no ? { ...one, ...fields } : one));
    this.push(
      'missed.changed',
      this.missed.find((one) => one.missed_no === no),
    );
  }

  /** A colleague's presence changes: the overview says so as well, whenever the page asks for it again. */
  changeColleague(code, fields) {
    this.team = {
      ...this.team,
      agents: this.team.agents.map((one) => (one.agent_code === code ? { ...one, ...fields } : one)),
    };
    const { presence, reason, since, until, call_id } = this.team.agents.find((one) => one.agent_code === code);
    this.push('agents.changed', { agent_code: code, presence, reason, since, until, call_id });
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
    this.live.delete(id);
    this.push('call.dismissed', { call_id: id, reason });
  }

  end(id, outcome = 'completed', talk = 65) {
    this.live.delete(id);
    this.push('call.ended', {
      call_id: id,
      outcome,
      ended_at: new Date().toISOString(),
      talk_seconds: talk,
      uncertain: false,
    });
  }

  /** A live call goes away while nobody listens: no push, it is just not in the next snapshot. */
  vanish(id) {
    this.live.delete(id);
  }

  #mark(id, fields) {
    const popup = this.live.get(id);
    if (popup) this.live.set(id, { ...popup, call: { ...popup.call, ...fields } });
  }

  #greet(socket) {
    if (this.refusing) {
      socket.terminate();
      return;
    }
    socket.on('message', (data) => {
      const request = JSON.parse(data);
      this.requests.push(request);
      this.#note(requestFault(request));
      if (this.stuck) return;
      const answer =
        request.op === 'hello'
          ? this.#hello(socket, request)
          : this.failing.has(request.op)
            ? { ok: false, error: this.failing.get(request.op) }
            : answerTo(this, request, this.#sockets.get(socket));
      if (answer) this.#answered(socket, request.op, { re: request.id, ...answer });
    });
    socket.on('close', () => this.#sockets.delete(socket));
  }

  #answered(socket, op, frame) {
    this.#note(answerFault(op, frame));
    socket.send(JSON.stringify(frame));
  }

  #hello(socket, { id, token, resume }) {
    if (token !== TOKEN) {
      this.#answered(socket, 'hello', { re: id, ok: false, error: { code: 'unauthorized', message: 'wrong token' } });
      socket.close(4401);
      return null;
    }
    const epoch = `epoch-${this.#epoch}`;
    const resumed = this.resumable && resume?.epoch === epoch;
    const number = this.#nextSocket++;
    const open = this.missed.filter((one) => ['open', 'in_progress'].includes(one.status)).length;
    const more = this.permissions && {
      socket: number,
      rings: this.rings,
      permissions: this.permissions,
      ...this.presenceMore,
      sources: this.sources,
      missed_open: open,
      callbacks_due: this.callbacks.filter((one) => Date.parse(one.due_at) <= Date.now()),
    };
    const data = {
      ...more,
      agent: this.agent,
      epoch,
      seq: this.#pushes.length,
      resumed,
      presence: this.presence,
      ...(this.saysSource && { source_up: this.source === 'up' }),
      calls: [...this.live.values()],
    };
    this.#answered(socket, 'hello', { re: id, ok: true, data });
    for (const frame of resumed ? this.#pushes.slice(resume.seq) : []) socket.send(JSON.stringify(frame));
    this.#sockets.set(socket, number);
    return null;
  }
}

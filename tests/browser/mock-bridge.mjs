// A stand-in for cti-bridge that speaks protocol v1 as its clients see it, and does what a test tells it.
// `node mock-bridge.mjs --play` plays calls in a loop, to look at the page.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocketServer } from 'ws';
import {
  AGENT,
  ago,
  akagi,
  call,
  callback,
  candidate,
  chosen,
  colleagues,
  gigantic,
  interactions,
  known,
  lead,
  MASTERS,
  missed,
  nobody,
  PERMISSIONS,
  plain,
  record,
  shared,
  TOKEN,
  unidentified,
} from './fixtures.mjs';

import { answerFault, pushFault, requestFault } from './schema.mjs';

const WEB = fileURLToPath(new URL('../../cti-bridge/web/', import.meta.url));
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

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
  cards = new Map(
    [akagi(), gigantic(), plain('C00020', '大阪商事㈱'), plain('C00021', '大阪印刷㈱', { rank: 'A' })].map((card) => [
      card.customer.customer_code,
      card,
    ]),
  );
  /** Cards of leads by their code. */
  leads = new Map();
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
  team = { agents: [], calls: [] };
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
  #live = new Map();
  #sockets = new Map();
  #nextSocket = 11;
  #nextNo = 500;
  #http = null;
  #port = 0;

  async start() {
    this.#http = createServer((request, response) => this.#serve(request, response));
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
    this.#live.set(popup.call.call_id, popup);
    this.push('call.ringing', popup);
    return popup.call.call_id;
  }

  update(popup) {
    this.#live.set(popup.call.call_id, popup);
    this.push('call.updated', popup);
  }

  /** This agent places a call. */
  dialing(popup) {
    const dialled = { ...popup, call: { ...popup.call, direction: 'outbound', state: 'dialing' } };
    this.#live.set(dialled.call.call_id, dialled);
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
    this.#live.delete(id);
    this.push('call.dismissed', { call_id: id, reason });
  }

  end(id, outcome = 'completed', talk = 65) {
    this.#live.delete(id);
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
    this.#live.delete(id);
  }

  #mark(id, fields) {
    const popup = this.#live.get(id);
    if (popup) this.#live.set(id, { ...popup, call: { ...popup.call, ...fields } });
  }

  async #serve(request, response) {
    const { pathname } = new URL(request.url, 'http://localhost');
    if (pathname === '/healthz') {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ status: 'ok', source: this.source, store: 'ok' }));
      return;
    }
    if (pathname.startsWith('/v1/')) return this.#route(request, response, pathname);
    try {
      const file = normalize(join(WEB, pathname === '/' ? 'index.html' : decodeURIComponent(pathname)));
      if (!file.startsWith(WEB)) throw new Error('outside');
      const body = await readFile(file);
      response.writeHead(200, {
        'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
        'content-security-policy': CSP,
        'cache-control': 'no-store',
      });
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  }

  async #route(request, response, pathname) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const body = text ? JSON.parse(text) : null;
    this.posts.push([request.method, pathname, request.headers, body]);
    const say = (status, data, headers = {}) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(JSON.stringify(data));
    };
    if (pathname === '/v1/sign-in/options') return say(200, this.signIn);
    if (pathname === '/v1/oidc/start') {
      response.writeHead(302, { location: `/#token=${TOKEN}` }).end();
      return undefined;
    }
    if (pathname === '/v1/sign-out') return say(200, {});
    if (pathname !== '/v1/sign-in') return say(404, {});
    if (this.posts.filter(([, path]) => path === '/v1/sign-in').length > 3)
      return say(429, { error: { code: 'rate_limited' } }, { 'retry-after': '30' });
    if (body.password !== this.password || body.agent_code !== this.agent.agent_code)
      return say(401, { error: { code: 'unauthorized' } });
    return say(200, { token: TOKEN, expires_at: ago(-480) });
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
            : this.#answer(request, this.#sockets.get(socket));
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
      calls: [...this.#live.values()],
    };
    this.#answered(socket, 'hello', { re: id, ok: true, data });
    for (const frame of resumed ? this.#pushes.slice(resume.seq) : []) socket.send(JSON.stringify(frame));
    this.#sockets.set(socket, number);
    return null;
  }

  #answer(request, number) {
    const ok = (data) => ({ ok: true, data });
    const fail = (code) => ({ ok: false, error: { code, message: code } });
    switch (request.op) {
      case 'ping':
        return ok({ at: new Date().toISOString() });
      case 'calls':
        return ok({ calls: this.records.map(record) });
      case 'presence':
        this.setPresence(request.state, { reason: request.reason });
        return ok({ presence: request.state });
      case 'lookup': {
        const lead = this.leads.get(request.lead_code);
        if (lead) return ok({ call: null, match: 'one', match_by: 'code', candidates: [], ...lead });
        const card = this.cards.get(request.number === '+81312345678' ? 'C00017' : request.customer_code);
        return card
          ? ok({ call: null, match: 'one', match_by: 'code', candidates: [candidate(card)], ...card })
          : fail('not_found');
      }
      case 'search':
        return ok({
          customers: [...this.cards.values()]
            .map(candidate)
            .filter((one) =>
              [one.customer_name, one.name_kana, one.customer_code].some((text) => text?.includes(request.q)),
            )
            .slice(0, request.limit),
        });
      case 'history': {
        // `before` is the entry that the page has last: instant/kind/reference.
        const [at] = request.before.split('/');
        const minutes = Math.round((Date.now() - Date.parse(at)) / 60_000) + 60;
        return ok({ entries: interactions(request.limit ?? 20, minutes), more: minutes < 3000 });
      }
      case 'call.shown':
      case 'ack':
        return ok({});
      case 'ring.here':
        this.ringAt(number);
        return ok({});
      default:
        return this.permissions ? this.#work(request, ok, fail) : fail('unknown_op');
    }
  }

  /** What the agents' work is answered with. */
  #work(request, ok, fail) {
    switch (request.op) {
      case 'masters':
        return ok(MASTERS);
      case 'colleagues':
        return ok({
          colleagues: colleagues().agents.map(({ agent_code, agent_name }) => ({ agent_code, agent_name })),
        });
      case 'call.choose':
        return this.#choose(request, ok, fail);
      case 'call.forget': {
        const popup = this.#live.get(request.call_id);
        if (popup)
          this.update({
            ...shared(popup.candidates.map((one) => this.cards.get(one.customer_code))),
            call: { ...popup.call, chosen: null },
          });
        return ok({});
      }
      case 'contact.attach': {
        const popup = this.#live.get(request.call_id);
        const card = this.cards.get(request.customer_code);
        if (popup) this.update({ ...known(card), match_by: 'number', call: popup.call });
        return ok({ contact_id: this.#nextNo++ });
      }
      case 'customer.create':
        return ok({ customer_code: 'C00020' });
      case 'lead.create':
        return ok({ lead_code: `L-${this.#nextNo++}` });
      case 'call.note':
        this.note(request.call_id, request.text, this.agent.agent_name);
        return ok({});
      case 'call.wrapup': {
        const record = this.records.find((one) => one.call_id === request.call_id);
        if (record) Object.assign(record, { wrapped_at: new Date().toISOString(), note: request.note });
        if (request.done && this.presence === 'after_call_work') this.setPresence('ready');
        return ok({
          inquiry_no: request.inquiry ? String(this.#nextNo++) : null,
          task_no: request.task ? `T-${this.#nextNo++}` : null,
          callback_no: request.follow_up_at ? this.#nextNo++ : null,
        });
      }
      case 'call.dial':
        this.dialing({ ...nobody({ number: request.number, display: request.number, area: null }) });
        return ok({});
      case 'missed':
        return ok({
          missed: this.missed.filter((one) => request.status === 'all' || ['open', 'in_progress'].includes(one.status)),
        });
      case 'missed.claim':
        this.changeMissed(request.missed_no, {
          status: 'in_progress',
          assignee: this.agent.agent_code,
          assignee_name: this.agent.agent_name,
        });
        return ok({});
      case 'missed.release':
        this.changeMissed(request.missed_no, { status: 'open', assignee: null, assignee_name: null });
        return ok({});
      case 'missed.close':
        this.changeMissed(request.missed_no, {
          status: request.result,
          note: request.note ?? null,
          closed_at: new Date().toISOString(),
        });
        return ok({});
      case 'callbacks':
        return ok({ callbacks: this.callbacks });
      case 'callback.done':
        this.callbacks = this.callbacks.filter((one) => one.callback_no !== request.callback_no);
        return ok({});
      case 'agents':
        return ok(this.team);
      case 'inquiry.create':
      case 'task.create':
        return this.#create(request, ok, fail);
      case 'inquiry.update':
      case 'task.done':
        return this.#progress(request, ok);
      default:
        return fail('unknown_op');
    }
  }

  #create(
    { op, customer_code: code, kind, subject, title, due_on: due = null, assignee = this.agent.agent_name },
    ok,
    fail,
  ) {
    const open = this.cards.get(code)?.open;
    if (!open) return fail('conflict');
    const no = String(this.#nextNo++);
    if (op === 'inquiry.create')
      open.inquiries = [
        ...open.inquiries,
        { inquiry_no: no, kind, subject, status: 'open', opened_at: new Date().toISOString(), assignee },
      ];
    else open.tasks = [...open.tasks, { task_no: `T-${no}`, title, due_on: due, assignee }];
    this.push('customer.changed', { customer_code: code });
    return ok(op === 'inquiry.create' ? { inquiry_no: no } : { task_no: `T-${no}` });
  }

  #progress({ inquiry_no: inquiry, task_no: task, status }, ok) {
    for (const { customer, open } of this.cards.values()) {
      const before = JSON.stringify(open);
      open.tasks = open.tasks.filter((one) => one.task_no !== task);
      open.inquiries = open.inquiries
        .map((one) => (one.inquiry_no === inquiry ? { ...one, status } : one))
        .filter((one) => one.status !== 'done');
      if (JSON.stringify(open) !== before) this.push('customer.changed', { customer_code: customer.customer_code });
    }
    return ok({});
  }

  #choose(request, ok, fail) {
    const popup = this.#live.get(request.call_id);
    if (!popup) return fail('not_found');
    const card = this.cards.get(request.customer_code);
    const [first] = popup.candidates.filter((one) => one.customer_code === request.customer_code);
    const matched = request.site
      ? { ...card?.matched_contact, contact_id: null, person_name: request.site, level: 'site' }
      : (first?.people?.find((one) => one.contact_id === request.contact_id) ?? card?.matched_contact);
    const candidates = popup.candidates.map((one) => (one === first ? { ...one, matched_contact: matched } : one));
    if (card)
      this.update({
        ...chosen({ ...card, matched_contact: matched }, candidates, this.agent.agent_name),
        call: { ...popup.call, chosen: { by: this.agent.agent_name, at: new Date().toISOString() } },
      });
    return ok({});
  }
}

/** What plays in a loop for people: each step is a function and the seconds to wait after it. */
async function play(bridge) {
  const wait = (seconds) =>
    new Promise((resolve) => {
      setTimeout(resolve, seconds * 1000);
    });
  bridge.records = [
    {
      call_id: 'p-1',
      direction: 'inbound',
      caller_kind: 'number',
      caller_e164: '+81663000000',
      customer_code: 'C00020',
      customer_name: '大阪商事㈱',
      agent_code: 'A201',
      started_at: ago(11),
      answered_at: ago(10),
      outcome: 'completed',
      talk_seconds: 182,
      queue: '注文',
    },
    {
      call_id: 'p-2',
      direction: 'inbound',
      caller_kind: 'number',
      caller_e164: '+819011112222',
      customer_code: null,
      customer_name: null,
      agent_code: 'A201',
      started_at: ago(22),
      answered_at: null,
      outcome: 'no_answer',
      talk_seconds: null,
      queue: 'サポート窓口',
    },
    {
      call_id: 'p-3',
      direction: 'inbound',
      caller_kind: 'withheld',
      caller_e164: null,
      customer_code: null,
      customer_name: null,
      agent_code: 'A201',
      started_at: ago(40),
      answered_at: ago(40),
      outcome: 'completed',
      talk_seconds: 35,
      queue: null,
    },
  ];
  bridge.agent = { ...AGENT, role: 'supervisor' };
  bridge.permissions = [...PERMISSIONS, 'presence.all', 'calls.all'];
  bridge.missed = missed();
  bridge.callbacks = [callback(), callback({ due_at: ago(-60), note: null })];
  bridge.team = colleagues();
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
    bridge.setPresence('after_call_work', { until: ago(-0.5), call_id: first });
    await wait(10);
    bridge.setPresence('ready');
    const codes = ['C00020', 'C00021'].map((code) => bridge.cards.get(code));
    const popups = [
      nobody(),
      lead(),
      {
        ...chosen(codes[1], shared(codes).candidates, '鈴木 一郎'),
        call: call({ number: '+81663000000', display: '06-6300-0000', area: '大阪' }),
      },
      ...['withheld', 'payphone', 'out_of_area', 'service_conflict'].map(unidentified),
      known(gigantic()),
    ];
    for (const popup of popups) {
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

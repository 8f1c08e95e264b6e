// The agents' page: wires the connection, the state and the views together.

import { connect } from './connection.js';
import { el, region } from './dom.js';
import { clock, dayOf, elapsed } from './format.js';
import { labels, languageOf } from './labels.js';
import { forget, remembered, remember, tokenFromAddress } from './session.js';
import { callLines, customersToRefresh, initial, isLive, reduce, selectedEntry, shownPopup } from './state.js';
import { callList, tabList } from './view/calls.js';
import { agentLine, linkState, presenceSwitch } from './view/header.js';
import { callBar, idle, popupBody } from './view/popup.js';
import { searchBox } from './view/search.js';
import { signinForm } from './view/signin.js';
import { alertText, contactText, join, titleOf } from './view/text.js';
import { timeline } from './view/timeline.js';

const HISTORY_PAGE = 20;
const CALLS_MAX = 100;
const RECEIPTS_MAX = 500;
const TOAST_MS = 6000;
const GONE_MS = 10_000;
const TICK_MS = 500;

const t = labels(languageOf(location.search, navigator.language));
const $ = (id) => document.getElementById(id);

let state = initial();
let connection = null;
let clockOffset = 0;
let scheduled = false;
let toastTimer = 0;
let goneTimer = 0;
let shownTab = null;
const shown = new Set();

// ---------------------------------------------------------------- events → state

function dispatch(action) {
  try {
    state = reduce(state, action);
  } catch (error) {
    console.error('an event was left out', action.type, error);
  }
  if (scheduled) return;
  scheduled = true;
  queueMicrotask(() => {
    scheduled = false;
    render();
  });
}

function signIn(token) {
  if (!token) return dispatch({ type: 'signed_out', error: t('signin.empty') });
  connection?.close();
  remember(token);
  const url = new URL('ws', location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  url.search = '';
  url.hash = '';
  dispatch({ type: 'signed_out' });
  connection = connect(url.href, token, {
    status: (link) => dispatch({ type: 'link', ...link }),
    welcome(data) {
      dispatch({ type: 'welcome', data });
      if (data.source_up !== true) refreshSource();
      refreshCalls();
    },
    push,
    refused: () => signOut(t('signin.unauthorized')),
    clock: (ms) => { clockOffset = ms - Date.now(); },
  });
  return undefined;
}

function signOut(error = null) {
  connection?.close();
  connection = null;
  forget();
  shown.clear();
  dispatch({ type: 'signed_out', error });
}

function push(kind, frame) {
  const before = state;
  dispatch({ type: kind === 'news' ? 'push' : 'replay', ev: frame.ev, data: frame.data, at: frame.at });
  if (kind !== 'news') return;
  if (frame.ev === 'call.ringing') announceRinging(frame.data?.call?.call_id);
  if (frame.ev === 'call.dismissed') announceDismissed(before, frame.data);
  if (frame.ev === 'call.dismissed' || frame.ev === 'call.ended') refreshCalls();
  if (frame.ev === 'rank.updated') refreshCards();
}

/** Ranks were updated: cards that this page looked up may be old. A card that cannot be read stays as it is. */
async function refreshCards() {
  for (const code of customersToRefresh(state)) {
    const data = await ask('lookup', { customer_code: code }, null);
    if (data) dispatch({ type: 'fresh', code, data });
  }
}

/** `hello` may say that no telephone system is connected; whether one should be, only the health page knows. */
async function refreshSource() {
  try {
    const { source } = await (await fetch('healthz', { cache: 'no-store' })).json();
    if (source === 'none') dispatch({ type: 'source', up: null });
    else if (state.source === null && (source === 'up' || source === 'down')) dispatch({ type: 'source', up: source === 'up' });
  } catch {
    // It stays unknown until the bridge pushes `source.state`.
  }
}

async function refreshCalls() {
  const data = await ask('calls', { limit: CALLS_MAX }, null);
  if (data) dispatch({ type: 'records', calls: data.calls });
}

/** Sends a request; a failure is said in a toast, unless `failure` is `null`. */
async function ask(op, fields, failure) {
  try {
    return await connection.request(op, fields);
  } catch (error) {
    if (failure) toast(t.or(`error.${error.code}`, t(failure)));
    return null;
  }
}

const actions = {
  signIn,
  signOut: () => signOut(),
  setPresence: async (presence) => {
    const data = await ask('presence', { state: presence }, 'error.presence');
    if (data) dispatch({ type: 'presence', presence: data.presence ?? presence });
  },
  select(key, focus = false) {
    dispatch({ type: 'select', key });
    if (focus) queueMicrotask(() => document.querySelector(`[data-key="${CSS.escape(`tab-${key}`)}"]`)?.focus());
  },
  close: (key) => dispatch({ type: 'close', key }),
  choose: async (key, code) => {
    const data = await ask('lookup', { customer_code: code }, 'error.lookup');
    if (data) dispatch({ type: 'choose', key, data });
  },
  lookUpAgain: async (key, number) => {
    const data = await ask('lookup', { number }, 'error.lookup');
    if (data) dispatch({ type: 'refill', key, data });
  },
  unchoose: (key) => dispatch({ type: 'unchoose', key }),
  openCard: async (code) => {
    const data = await ask('lookup', { customer_code: code }, 'error.lookup');
    if (data) dispatch({ type: 'card', data });
  },
  moreHistory: async (code, before) => {
    dispatch({ type: 'history', code, busy: true });
    const data = await ask('history', { customer_code: code, before, limit: HISTORY_PAGE }, 'error.history');
    dispatch({ type: 'history', code, data });
  },
  focusSearch: () => search.focus(),
};

// ---------------------------------------------------------------- state → page

const search = searchBox($('search'), {
  t,
  search: (q, limit) => connection.request('search', { q, limit }),
  open: actions.openCard,
  fail: () => toast(t('error.search')),
});

const stageParts = { tabs: el('div', { class: 'tab-slot' }), gone: el('p', { id: 'gone', class: 'gone small', role: 'status' }), stale: el('div', { class: 'stale-slot', role: 'status' }), bar: el('div'), body: el('div', { class: 'body' }) };
const panel = el('div', { id: 'popup', class: 'panel card', role: 'tabpanel', 'aria-label': t('tabs.label') }, stageParts.bar, stageParts.body);
// What comes and goes has its room beside the tabs: nothing below it may move while somebody reads.
$('stage').append(el('div', { class: 'tab-row' }, stageParts.tabs, stageParts.stale, stageParts.gone), panel);

const regions = {
  signin: region($('signin')), presence: region($('presence')), agent: region($('agent')), link: region($('link')),
  calls: region($('calls')), timeline: region($('timeline')),
  tabs: region(stageParts.tabs), stale: region(stageParts.stale), bar: region(stageParts.bar), body: region(stageParts.body),
};

/** Draws one part; a part that cannot be drawn says so and leaves the others alone. */
function draw(name, inputs, make) {
  regions[name](inputs, () => {
    try {
      return make();
    } catch (error) {
      console.error('a part was not drawn', name, error);
      return el('p', { class: 'soft small' }, t('error.view'));
    }
  });
}

function now() {
  return Date.now() + clockOffset;
}

function render() {
  const { agent, link, source, presence } = state;
  const online = link.status === 'online';
  const stale = agent !== null && !online;
  const today = dayOf(now());
  const retryIn = link.retryAt === null ? null : Math.max(0, Math.ceil((link.retryAt - Date.now()) / 1000));
  const context = { t, today, actions };

  $('signin').hidden = agent !== null;
  $('top').hidden = $('desk').hidden = agent === null;
  if (agent === null) {
    draw('signin', [state.error, connection !== null, retryIn], () =>
      signinForm(context, { error: state.error, waiting: connection !== null, retryIn }));
    document.title = t('app.name');
    return;
  }
  draw('presence', [presence, online], () => presenceSwitch(context, { presence, online }));
  draw('agent', [agent], () => agentLine(context, agent));
  draw('link', [link.status, retryIn, source], () => linkState(context, { status: link.status, retryIn, source }));
  draw('calls', [state.entries, state.notes, state.records, state.selected, stale, today], () =>
    callList(context, { lines: callLines(state, today), selected: state.selected, stale }));
  draw('tabs', [state.entries, state.selected, stale], () => tabList(context, { entries: state.entries, selected: state.selected, stale }));
  showSelectedTab();
  draw('stale', [stale, stale && link.lastSeen], () => (stale
    ? el('p', { class: 'stale-banner small', id: 'stale-banner' }, t('stale.banner', { at: link.lastSeen ? clock(link.lastSeen, true) : '—' }))
    : null));
  renderStage(context, { stale, online });
  tick();
  receipts();
}

/** Many tabs scroll: the one that is chosen must be seen. */
function showSelectedTab() {
  if (shownTab === state.selected) return;
  shownTab = state.selected;
  stageParts.tabs.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
}

function renderStage(context, { stale, online }) {
  const entry = selectedEntry(state);
  const popup = entry && shownPopup(entry);
  const code = popup?.customer?.customer_code ?? null;
  const dim = stale && entry !== null && isLive(entry);
  panel.classList.toggle('stale', dim);
  draw('bar', [entry, dim, dim && state.link.lastSeen], () =>
    (entry ? callBar(context, { entry, stale: dim, lastSeen: state.link.lastSeen }) : null));
  draw('body', [entry?.key, popup, context.today, !entry && state.presence, !entry && online, !entry && state.source], () =>
    (entry ? popupBody(context, { entry, popup }) : idle(context, { presence: state.presence, online, source: state.source })));
  $('timeline').classList.toggle('without', code === null);
  const history = code === null ? null : state.history[code];
  draw('timeline', [code, popup?.interactions, history, context.today], () =>
    timeline(context, { code, own: popup?.interactions ?? [], history }));
}

/** Tells the bridge, once each and after the browser painted, that a ringing pop-up is on the screen. */
function receipts() {
  const fresh = state.entries.filter((entry) => entry.phase === 'ringing' && !shown.has(entry.key));
  if (!fresh.length || state.link.status !== 'online') return;
  for (const entry of fresh) shown.add(entry.key);
  for (const old of [...shown].slice(0, Math.max(0, shown.size - RECEIPTS_MAX))) shown.delete(old);
  requestAnimationFrame(() => {
    for (const entry of fresh) connection?.request('call.shown', { call_id: entry.key }).catch(() => {});
  });
}

// ---------------------------------------------------------------- time, title, voice

/** Counts the seconds of what goes on; nothing is built anew for it. */
function tick() {
  for (const node of document.querySelectorAll('[data-since]')) {
    const since = Date.parse(node.dataset.since);
    const text = Number.isNaN(since) ? '' : elapsed((now() - since) / 1000);
    if (node.textContent !== text) node.textContent = text;
  }
}

const still = matchMedia('(prefers-reduced-motion: reduce)');

function titleNow() {
  const ringing = state.link.status === 'online' ? state.entries.find((entry) => entry.phase === 'ringing') : null;
  if (!ringing) return t('app.name');
  const plain = !still.matches && Math.floor(Date.now() / 1000) % 2 === 1;
  return plain ? `● ${t('phase.ringing')}` : `☎ ${titleOf(t, ringing.popup)}`;
}

setInterval(() => {
  if (state.agent === null && connection === null) return;
  const newDay = dayOf(now()) !== drawnDay;
  drawnDay = dayOf(now());
  if (newDay || state.link.status === 'waiting') render();
  if (newDay && connection) refreshCalls();
  tick();
  if (state.agent !== null && document.title !== titleNow()) document.title = titleNow();
}, TICK_MS);
let drawnDay = dayOf(now());

function announceRinging(callId) {
  const entry = state.entries.find((one) => one.key === callId);
  if (entry?.phase !== 'ringing') return;
  const { popup } = entry;
  const [first] = popup.alerts;
  $('announce').textContent = join([
    t('announce.ringing', { name: titleOf(t, popup) }),
    popup.customer ? contactText(t, popup.matched_contact) : null,
    first && t('announce.alert', { text: `${t.or(`alert.${first.code}`, '')} ${alertText(t, first, dayOf(now()))}` }),
  ], '. ');
}

function announceDismissed(before, data) {
  const entry = before.entries.find((one) => one.key === data?.call_id);
  if (!entry) return;
  const name = titleOf(t, shownPopup(entry));
  clearTimeout(goneTimer);
  stageParts.gone.textContent = t('announce.dismissed', { name, reason: t.or(`reason.${data.reason}`, data.reason ?? '') });
  goneTimer = setTimeout(() => { stageParts.gone.textContent = ''; }, GONE_MS);
}

function toast(text) {
  clearTimeout(toastTimer);
  $('toast').textContent = text;
  toastTimer = setTimeout(() => { $('toast').textContent = ''; }, TOAST_MS);
}

// ---------------------------------------------------------------- the browser

addEventListener('keydown', (event) => {
  const typing = event.target instanceof Element && event.target.closest('input, textarea, select, [contenteditable]');
  if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey || state.agent === null) return;
  event.preventDefault();
  search.focus();
});
addEventListener('online', () => connection?.nudge());
document.addEventListener('visibilitychange', () => { if (!document.hidden) connection?.nudge(); });
addEventListener('hashchange', () => {
  const token = tokenFromAddress();
  if (token) signIn(token);
});

document.documentElement.lang = t.lang;
$('calls').setAttribute('aria-label', t('calls.title'));
$('timeline').setAttribute('aria-label', t('timeline.title'));
document.querySelector('.brand').textContent = t('app.name');
const token = tokenFromAddress() ?? remembered();
if (token) signIn(token);
else render();

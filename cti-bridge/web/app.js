// The agents' page: wires the connection, the state and the screen together.

import { makeAccount } from './account.js';
import { makeAsk } from './actions/ask.js';
import { makeActions } from './actions.js';
import { makeSayer } from './again.js';
import { makeAlarm } from './alarm.js';
import { codeOf, connect, RequestError, sourceHealth } from './connection.js';
import { byId, focusOn, typesIn } from './dom.js';
import { draftKeeper } from './drafts.js';
import { ringingCall, selectedEntry } from './entries.js';
import { clock, dayOf } from './format.js';
import { noteKeeper } from './keeper.js';
import { labels, languageOf } from './labels.js';
import { abilities, dueCallbacks, may } from './lists.js';
import { makeReceipts } from './receipts.js';
import { workToResume } from './resume.js';
import { makeScreen } from './screen.js';
import * as kept from './session.js';
import { customersToRefresh, initial, reduce } from './state.js';
import { keepEnterable } from './typed.js';
import { searchBox } from './view/search.js';
import { titleOf } from './view/text.js';
import { makeVoice } from './voice.js';
import { notesToSend } from './work.js';

/** @import { Actions, Connection, Dispatch, PageForActions, State } from './page' */
/** @import { HelloAnswer, Push } from './protocol' */

const TICK_MS = 500;
const TYPING_MS = 3_000;
/** Requests that may well succeed a moment later. */
const TRY_AGAIN = ['offline', 'timeout', 'busy', 'internal', 'rate_limited'];

const t = labels(languageOf(location.search, navigator.language));

let state = initial();
/** @type {Connection|null} */
let connection = null;
let clockOffset = 0;
let scheduled = false;
let lastTyped = 0;
let sound = kept.soundOn();

// ---------------------------------------------------------------- events → state

/** @type {Dispatch} */
function dispatch(action) {
  const before = state;
  try {
    state = reduce(state, action);
  } catch (error) {
    console.error('an event was left out', action.type, error);
  }
  if (state.drafts !== before.drafts) drafts.changed();
  if (scheduled) return;
  scheduled = true;
  queueMicrotask(() => {
    scheduled = false;
    render();
  });
}

/** @param {string} token */
function signIn(token, session = false) {
  if (!token) return dispatch({ type: 'signed_out', error: t('signin.empty') });
  connection?.close();
  kept.remember(token, session);
  const url = new URL('ws', location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  url.search = '';
  url.hash = '';
  dispatch({ type: 'signed_out' });
  connection = connect(url.href, token, {
    lang: t.lang,
    status: (link) => dispatch({ type: 'link', ...link }),
    welcome,
    push,
    refused: () => signOut(t('signin.unauthorized')),
    clock: (ms) => {
      clockOffset = ms - Date.now();
    },
  });
  return undefined;
}

/**
 * Signed in, or connected again. Lists come anew, and what was typed and not sent goes out.
 * @param {HelloAnswer} data
 */
async function welcome(data) {
  const typed = drafts.restore(data.agent?.agent_code);
  if (typed !== null) dispatch({ type: 'drafts', drafts: typed });
  dispatch({ type: 'welcome', data });
  alarm.signedIn(data.agent?.agent_code ?? '', data.socket ?? null);
  if (data.source_up !== true) refreshSource();
  keeper.flush();
  sayer.online();
  const masters = actions.loadMasters();
  if (may(state, 'calls.work')) {
    actions.loadCallbacks();
    actions.loadColleagues();
  }
  if (may(state, 'missed.read')) actions.loadMissed(state.missedAll);
  if (state.view === 'team') actions.loadTeam();
  for (const code of customersToRefresh(state)) refreshCard(code);
  await masters;
  reloadWork();
}

/** @param {string|null} [error] why, when it was not the agent's wish */
function signOut(error = null) {
  if (error === null) account.giveBack();
  connection?.close();
  connection = null;
  // Who leaves leaves nothing behind. Who is thrown out finds what was typed when signing in again.
  drafts.now();
  kept.forget(error !== null);
  drafts.stop();
  keeper.stop();
  sayer.stop();
  alarm.signedOut();
  voice.forget();
  receipts.forget();
  dispatch({ type: 'signed_out', error });
  account.load();
}

/**
 * @param {'news'|'replay'} kind
 * @param {Push} frame
 */
function push(kind, frame) {
  if (kind === 'replay') return dispatch({ ...frame, type: 'replay' });
  const before = state;
  dispatch({ ...frame, type: 'push', typing: typing() });
  return react(before, frame);
}

/**
 * What follows from a push besides the new state.
 * @param {State} before
 * @param {Push} frame
 */
function react(before, { ev, data }) {
  /**
   * @param {State} one
   * @param {string|undefined} key
   */
  const entryIn = (one, key) => one.entries.find((entry) => entry.key === key);
  if (ev === 'call.ringing') voice.ringing(entryIn(state, data?.call?.call_id));
  if (ev === 'call.dismissed') voice.dismissed(entryIn(before, data?.call_id), data?.reason);
  if (ev === 'call.dismissed' || ev === 'call.ended') actions.loadCalls();
  if (ev === 'rank.updated') for (const code of customersToRefresh(state)) refreshCard(code);
  if (ev === 'customer.changed' && customersToRefresh(state).includes(data?.customer_code))
    refreshCard(data.customer_code);
  if (ev === 'presence.changed' && before.presence !== state.presence) reloadWork();
}

/**
 * A card that this page looked up may be old. One that cannot be read stays as it is.
 * @param {string} code
 */
async function refreshCard(code) {
  const data = await ask('lookup', { customer_code: code }, null);
  if (data) dispatch({ type: 'fresh', code, data });
}

/** `hello` may say that no PBX is connected; whether one should be, only the health page knows. */
async function refreshSource() {
  const source = await sourceHealth();
  if (source === 'none') dispatch({ type: 'source', up: null });
  else if (state.source === null && (source === 'up' || source === 'degraded' || source === 'down'))
    dispatch({ type: 'source', up: source !== 'down' });
}

async function reloadWork() {
  if (!(await actions.loadCalls())) return;
  const { open, close } = workToResume(state);
  for (const key of open) actions.reopen(key, selectedEntry(state) === null);
  for (const key of close) leave(key);
}

/**
 * The work after a call is done: its tab leaves, and the keyboard goes to what is on the stage now.
 * @param {string} key
 */
function leave(key) {
  dispatch({ type: 'close', key });
  requestAnimationFrame(() => {
    if (document.activeElement === document.body) focusOn('.tab [aria-selected="true"]', { preventScroll: true });
  });
}

function typing() {
  return Date.now() - lastTyped < TYPING_MS && typesIn(byId('stage'));
}

function now() {
  return Date.now() + clockOffset;
}

// ---------------------------------------------------------------- the parts

const sayer = makeSayer((op, fields) =>
  connection ? connection.request(op, fields) : Promise.reject(new RequestError('offline')),
);
const attempt = sayer.say;

const account = makeAccount({
  t,
  signIn,
  refused: (error) => dispatch({ type: 'signed_out', error }),
  changed: () => render(),
});

const drafts = draftKeeper(() => state);

const keeper = noteKeeper({
  pending: () => notesToSend(state),
  async send(call, text) {
    dispatch({ type: 'note_sent', key: call, text });
    try {
      await attempt('call.note', { call_id: call, text });
      dispatch({ type: 'note_kept', key: call, text });
      return true;
    } catch (error) {
      return TRY_AGAIN.includes(codeOf(error) ?? '') ? false : null;
    }
  },
});

/** @type {PageForActions} */
const page = {
  t,
  dispatch,
  attempt,
  now,
  leave,
  toast: (text) => voice.toast(text),
  state: () => state,
  focusSearch: () => search.focus(),
  typed: keeper.typed,
  flushNotes: keeper.flush,
  told: (what) => alarm.tell(what),
  refresh: refreshCard,
};
const ask = makeAsk(page);
/** @type {Actions} */
const actions = {
  ...makeActions(page, ask),
  signIn,
  signInWith: account.signInWith,
  singleSignOn: account.singleSignOn,
  signOut: () => signOut(),
  focusNote: () => screen.focusNote(),
  select(key, focus = false) {
    dispatch({ type: 'select', key });
    if (focus) queueMicrotask(() => focusOn(`[data-key="${CSS.escape(`tab-${key}`)}"]`));
  },
  setSound(on) {
    sound = on;
    kept.keepSound(on);
    if (on) alarm.wake();
    render();
  },
};

const alarm = makeAlarm({
  state: () => state,
  sound: () => sound,
  plain: t('app.name'),
  ringing: `● ${t('phase.ringing')}`,
  title: (entry) => `☎ ${titleOf(t, entry.popup)}`,
  reminder: (one) =>
    `⏰ ${t('callback.announce', { at: clock(Date.parse(one.due_at) || 0), name: one.customer_name ?? one.display ?? '' })}`,
  here: () => attempt('ring.here', {}).catch(() => {}),
  changed: () => render(),
  other(what) {
    if (what === 'callbacks') actions.loadCallbacks();
    if (what === 'work') reloadWork();
  },
});

const receipts = makeReceipts((call) => {
  attempt('call.shown', { call_id: call }).catch(() => {});
});

const search = searchBox(byId('search'), {
  t,
  search: (q, limit) => attempt('search', { q, limit }),
  open: (code) => actions.openCard(code),
  dial: (number, text) => actions.dial(number, text),
  dials: () => abilities(state).dials,
  fail: () => voice.toast(t('error.search')),
});

const screen = makeScreen({
  t,
  actions,
  now,
  connected: () => connection !== null,
  options: account.options,
  sound: () => sound,
  elsewhere: alarm.elsewhere,
});
const voice = makeVoice({ t, now, gone: screen.gone });

// ---------------------------------------------------------------- state → page

function render() {
  screen.show(state);
  if (state.agent === null) return;
  for (const one of dueCallbacks(state, now())) voice.due(one);
  alert();
  receipts.give(state);
}

function alert() {
  const online = state.link.status === 'online';
  alarm.update({
    ringing: online ? ringingCall(state) : null,
    due: dueCallbacks(state, now())[0] ?? null,
  });
}

let drawnDay = dayOf(now());
let drawnDue = '';

setInterval(() => {
  if (state.agent === null && connection === null) return;
  const newDay = dayOf(now()) !== drawnDay;
  drawnDay = dayOf(now());
  const due = dueCallbacks(state, now())
    .map((one) => one.callback_no)
    .join();
  if (newDay || due !== drawnDue || state.link.status === 'waiting') render();
  drawnDue = due;
  if (newDay && connection) actions.loadCalls();
  if (state.waiting !== null && !typing()) dispatch({ type: 'take' });
  if (state.view === 'team' && !document.hidden) actions.refreshTeam();
  screen.tick();
  if (state.agent !== null) alert();
}, TICK_MS);

// ---------------------------------------------------------------- the browser

addEventListener('keydown', (event) => {
  alarm.used();
  const busy = event.target instanceof Element && event.target.closest('input, textarea, select, [contenteditable]');
  if (busy || event.ctrlKey || event.metaKey || event.altKey || state.agent === null) return;
  if (event.key === '/') search.focus();
  else if (event.key !== 'n' || !screen.focusNote()) return;
  event.preventDefault();
});
keepEnterable(() => voice.toast(t('hint.cleaned')));
addEventListener('pointerdown', () => alarm.used());
addEventListener('focus', () => alarm.used());
byId('stage').addEventListener('input', () => {
  lastTyped = Date.now();
});
for (const event of ['online', 'pageshow', 'focus']) addEventListener(event, () => connection?.nudge());
addEventListener('pagehide', () => {
  keeper.flush();
  drafts.now();
  alarm.stop();
});
document.addEventListener('visibilitychange', () => {
  if (document.hidden) keeper.flush();
  else connection?.nudge();
});
addEventListener('hashchange', () => {
  const token = kept.tokenFromAddress();
  if (token) signIn(token);
});

document.documentElement.lang = t.lang;
byId('calls').setAttribute('aria-label', t('calls.title'));
byId('timeline').setAttribute('aria-label', t('timeline.title'));
byId('brand').textContent = t('app.name');
const session = kept.expectedSession() || kept.isSession();
const token = kept.tokenFromAddress() ?? kept.remembered();
if (token) signIn(token, session);
else {
  render();
  account.load();
}

// What the page knows, and how each event changes it. Pure: no DOM, no socket, no clock.
//
// An entry is a tab: a call (`key` is its id) or a card that was opened by hand (`key` is `card:CODE`). Its phase is
// `dialing`, `ringing`, `answered`, `held`, `ended` or `card`. A call that is dismissed leaves; one that was answered
// or dialled and then ended stays, for the work after it, until that is saved, the agent closes it or it is the oldest
// of too many. An entry's `popup` stays the same object while it says the same, so that the views leave what somebody
// reads alone. Drafts are in `work.js`, lists around the calls in `lists.js`.

import { initialLists, LIST_PUSHES, LIST_STEPS, welcomeLists } from './lists.js';
import { interactionsOf, nameOf, popupOf, recordsOf, samePopup } from './popup.js';
import { isUnsaved, pruneDrafts, remoteNote, WORK_PUSHES, WORK_STEPS } from './work.js';

/** How many of each the page keeps: it stays open for weeks. */
export const LIMITS = Object.freeze({
  live: 24,
  ended: 2,
  unsaved: 8,
  cards: 6,
  notes: 50,
  history: 300,
  records: 200,
});

const LIVE = new Set(['dialing', 'ringing', 'answered', 'held']);
/** The panels that the stage can show. */
export const VIEWS = Object.freeze(['desk', 'missed', 'team']);

/**
 * The state before anybody signs in.
 * @returns {import('./page').State}
 */
export function initial() {
  return {
    agent: null,
    error: null,
    link: { status: 'closed', retryAt: null, lastSeen: null },
    source: null,
    view: 'desk',
    entries: [],
    selected: null,
    waiting: null,
    notes: [],
    records: [],
    history: {},
    drafts: {},
    ...initialLists(),
  };
}

/**
 * Whether an entry is a call that goes on.
 * @param {import('./page').Entry} entry
 */
export function isLive(entry) {
  return LIVE.has(entry.phase);
}

/**
 * The entry that the stage shows, or `null`.
 * @param {import('./page').State} state
 * @returns {import('./page').Entry|null}
 */
export function selectedEntry(state) {
  return state.entries.find((entry) => entry.key === state.selected) ?? null;
}

/**
 * The card of an entry: the one that was chosen among several candidates, else its own.
 * @param {import('./page').Entry} entry
 */
export function shownPopup(entry) {
  return entry.chosen ?? entry.popup;
}

/**
 * The next state. Actions that are unknown change nothing.
 * @param {import('./page').State} state
 * @returns {import('./page').State}
 */
export function reduce(state, action) {
  const step = Object.hasOwn(STEPS, action.type) ? STEPS[action.type] : null;
  return step ? step(state, action) : state;
}

const STEPS = {
  ...LIST_STEPS,
  ...WORK_STEPS,

  /** The answer to `hello`: its snapshot is the truth about live calls. */
  welcome(state, { data }) {
    const popups = asList(data.calls)
      .map((wire) => popupOf(wire))
      .filter((popup) => popup?.call);
    const present = new Set(popups.map((popup) => popup.call.call_id));
    let next = {
      ...state,
      ...welcomeLists(data),
      agent: data.agent ?? null,
      error: null,
      source: typeof data.source_up === 'boolean' ? data.source_up : null,
    };
    for (const entry of state.entries) {
      if (isLive(entry) && !present.has(entry.key)) next = leave(next, entry.key, { reason: 'lost', at: null });
    }
    for (const popup of popups) next = arrive(next, popup);
    return next;
  },

  /** A push that is news. While the agent types (`typing`), a new call waits in its tab. */
  push(state, { ev, data, at, typing = false }) {
    const step = Object.hasOwn(PUSHES, ev) ? PUSHES[ev] : null;
    return step && data !== null && typeof data === 'object' ? step(state, data, at ?? null, typing) : state;
  },

  /** The agent stopped typing: the waiting call takes the stage, if it still rings and no other was chosen. */
  take(state) {
    if (state.waiting === null) return state;
    const rings = state.entries.some((entry) => entry.key === state.waiting && entry.phase === 'ringing');
    const current = selectedEntry(state);
    const free = rings && !(current && isLive(current));
    return { ...state, waiting: null, ...(free && { selected: state.waiting, view: 'desk' }) };
  },

  view: (state, { view }) => (VIEWS.includes(view) ? { ...state, view, waiting: null } : state),

  /** A push from before the snapshot, sent again: it only tells how a call went away meanwhile. */
  replay(state, { ev, data, at }) {
    const known = data && state.notes.some((note) => note.call_id === data.call_id);
    if (!known || state.entries.some((entry) => entry.key === data.call_id && isLive(entry))) return state;
    if (ev === 'call.dismissed') return renote(state, data.call_id, { reason: data.reason });
    if (ev !== 'call.ended') return state;
    const ended = endOf(data, at);
    const told = renote(state, data.call_id, { outcome: ended.outcome, talk: ended.talk });
    return change(told, data.call_id, (entry) => ({ ...entry, ended }));
  },

  link(state, { status, retryAt = null, lastSeen }) {
    return { ...state, link: { status, retryAt, lastSeen: lastSeen ?? state.link.lastSeen } };
  },

  records: (state, { calls }) => ({ ...state, records: recordsOf(calls).slice(0, LIMITS.records) }),

  /** A card that was looked up by hand gets a tab of its own. */
  card(state, { data }) {
    const popup = popupOf(data);
    if (!popup?.customer) return state;
    const key = `card:${popup.customer.customer_code}`;
    const entry = { ...BLANK, key, phase: 'card', popup: { ...popup, call: null } };
    const entries = state.entries.some((one) => one.key === key)
      ? state.entries.map((one) => (one.key === key ? entry : one))
      : [...state.entries, entry];
    return bound({ ...state, entries, selected: key, view: 'desk', waiting: null });
  },

  /** A customer's card was read again: whatever shows it and is not the bridge's own pop-up of a live call gets it. */
  fresh(state, { code, data }) {
    const popup = popupOf(data);
    if (popup?.customer?.customer_code !== code) return state;
    const shows = (one) => one?.customer?.customer_code === code;
    return keysToRefresh(state, code).reduce(
      (now, key) =>
        change(now, key, (entry) =>
          shows(entry.chosen)
            ? { ...entry, chosen: samePopup(entry.chosen, popup) ? entry.chosen : popup }
            : { ...entry, popup: { ...popup, call: entry.popup.call } },
        ),
      state,
    );
  },

  /** One of several candidates was chosen for a call. */
  choose(state, { key, data }) {
    const popup = popupOf(data);
    return popup?.customer ? change(state, key, (entry) => ({ ...entry, chosen: popup, choosing: false })) : state;
  },

  /** A call's caller was looked up again by hand. */
  refill(state, { key, data }) {
    const popup = popupOf(data);
    return popup
      ? change(state, key, (entry) => ({ ...entry, popup: { ...popup, call: entry.popup.call }, chosen: null }))
      : state;
  },

  unchoose: (state, { key }) => change(state, key, (entry) => ({ ...entry, chosen: null })),

  /** The list of candidates again, although one of them was chosen; or away with it. */
  choosing: (state, { key, on = true }) =>
    change(state, key, (entry) => (entry.choosing === on ? entry : { ...entry, choosing: on })),

  /** Which form is open under a call: `lead`, `customer` or none. */
  form: (state, { key, form = null }) => change(state, key, (entry) => ({ ...entry, form })),

  /** Whether the fields of the wrap-up are open. */
  unfold: (state, { key, open }) => change(state, key, (entry) => ({ ...entry, unfolded: open })),

  select(state, { key }) {
    return state.entries.some((entry) => entry.key === key)
      ? { ...state, selected: key, view: 'desk', waiting: null }
      : state;
  },

  /** A live call cannot be closed: it is on the telephone, whatever the page does. */
  close(state, { key }) {
    const entry = state.entries.find((one) => one.key === key);
    return entry && !isLive(entry) ? remove({ ...state, drafts: without(state.drafts, key) }, key) : state;
  },

  /** A call that is over and whose tab left comes back for its wrap-up, out of its record. `stage`: and is shown. */
  reopen(state, { popup: wire, ended, stage = true }) {
    const popup = popupOf(wire);
    if (!popup?.call) return state;
    const key = popup.call.call_id;
    if (state.entries.some((entry) => entry.key === key)) return stage ? STEPS.select(state, { key }) : state;
    const entry = {
      ...BLANK,
      key,
      phase: 'ended',
      answered: popup.call.answered_at ?? null,
      popup,
      ended,
      unfolded: true,
    };
    const next = remoteNote({ ...state, entries: [...state.entries, entry] }, key, popup.call.note, popup.call.note_by);
    return bound(stage || next.selected === null ? { ...next, selected: key, view: 'desk', waiting: null } : next);
  },

  /** Older interactions of a customer; `busy` while they are on their way. */
  history(state, { code, busy = false, data }) {
    const known = state.history[code] ?? { entries: [], more: null, busy: false };
    if (!data) return { ...state, history: { ...state.history, [code]: { ...known, busy } } };
    const entries = [...known.entries, ...interactionsOf(data.entries)].slice(0, LIMITS.history);
    const more = data.more === true && entries.length < LIMITS.history;
    return { ...state, history: { ...state.history, [code]: { entries, more, busy: false } } };
  },

  signed_out: (_state, { error = null }) => ({ ...initial(), error }),
};

const PUSHES = {
  ...LIST_PUSHES,
  ...WORK_PUSHES,
  'call.ringing': (state, data, _at, typing) => arrive(state, popupOf(data), typing),
  'call.dialing': (state, data) => arrive(state, popupOf(data, 'dialing')),
  'call.updated': (state, data, _at, typing) => update(state, popupOf(data), typing),
  'call.answered': (state, data, at) =>
    phase(state, data.call_id, 'answered', data.answered_at ?? at, { answered: data.answered_at ?? at }),
  'call.held': (state, data, at) => phase(state, data.call_id, 'held', data.at ?? at),
  'call.resumed': (state, data) =>
    change(state, data.call_id, (entry) =>
      isLive(entry) ? { ...entry, phase: 'answered', since: entry.answered ?? data.at ?? entry.since } : entry,
    ),
  'call.dismissed': (state, data, at) => leave(state, data.call_id, { reason: data.reason, at }),
  'call.ended': (state, data, at) => end(state, data, at),
};

/** What every entry has. */
const BLANK = Object.freeze({
  since: null,
  answered: null,
  chosen: null,
  choosing: false,
  form: null,
  unfolded: false,
  ended: null,
});

/**
 * @param {import('./page').State} state
 * @param {string} code
 */
function keysToRefresh(state, code) {
  const shows = (entry) => shownPopup(entry)?.customer?.customer_code === code;
  // The bridge itself pushes the pop-up of a live call anew, but not what was chosen for it.
  return state.entries.filter((entry) => shows(entry) && (entry.chosen || !isLive(entry))).map((entry) => entry.key);
}

/**
 * The call that nobody has been found for, which a card that is opened by hand may belong to: a live one first.
 * @param {import('./page').State} state
 */
export function callToIdentify(state) {
  const open = state.entries.filter(
    (entry) =>
      entry.popup.call &&
      entry.popup.call.caller.kind !== 'internal' &&
      (entry.choosing || (!shownPopup(entry).customer && nameOf(shownPopup(entry)) === null)),
  );
  return open.find(isLive) ?? open.at(-1) ?? null;
}

/**
 * The customers whose cards the page looked up by itself, and must look up again when ranks change.
 * @param {import('./page').State} state
 */
export function customersToRefresh(state) {
  const codes = state.entries.map((entry) => shownPopup(entry)?.customer?.customer_code).filter(Boolean);
  return [...new Set(codes)].filter((code) => keysToRefresh(state, code).length > 0);
}

/**
 * A pop-up comes, or comes again with more in it. It takes the stage only from what is not a live call.
 * @param {import('./page').State} state
 * @param {import('./page').PagePopup|null} popup
 * @returns {import('./page').State}
 */
function arrive(state, popup, typing = false) {
  if (!popup?.call) return state;
  const key = popup.call.call_id;
  const told = remoteNote(state, key, popup.call.note, popup.call.note_by);
  const phaseNow = LIVE.has(popup.call.state) ? popup.call.state : 'ringing';
  const answered = popup.call.answered_at ?? null;
  const since = ['ringing', 'dialing'].includes(phaseNow) ? popup.call.started_at : (answered ?? popup.call.started_at);
  const before = state.entries.find((entry) => entry.key === key);
  if (before) {
    const same = phaseNow === before.phase ? (before.since ?? since) : since;
    return change(told, key, (entry) => ({
      ...filled(entry, popup),
      answered,
      phase: phaseNow,
      since: same,
      ended: null,
    }));
  }
  const current = selectedEntry(state);
  const entry = { ...BLANK, key, phase: phaseNow, since, answered, popup };
  const kept = (current && isLive(current)) || (typing && current);
  const next = { ...told, entries: [...state.entries, entry] };
  if (kept) return bound({ ...next, waiting: isLive(current) ? next.waiting : key });
  return bound({ ...next, selected: key, view: 'desk' });
}

/**
 * More about a call. One that is over here stays over: only what is known of the caller is new.
 * @param {import('./page').State} state
 * @param {import('./page').PagePopup|null} popup
 * @returns {import('./page').State}
 */
function update(state, popup, typing) {
  const before = popup?.call && state.entries.find((entry) => entry.key === popup.call.call_id);
  if (!before || isLive(before) || LIVE.has(popup.call.state)) return arrive(state, popup, typing);
  const told = remoteNote(state, before.key, popup.call.note, popup.call.note_by);
  return change(told, before.key, (entry) => filled(entry, popup));
}

/**
 * The entry with this pop-up, which stays the same object while it says the same.
 * @param {import('./page').Entry} entry
 * @param {import('./page').PagePopup} popup
 */
function filled(entry, popup) {
  const kept = samePopup(entry.popup, popup) ? entry.popup : popup;
  return {
    ...entry,
    popup: kept,
    chosen: stillOffered(entry.chosen, popup),
    choosing: entry.choosing && kept === entry.popup,
  };
}

/**
 * @param {import('./page').PagePopup|null} chosen
 * @param {import('./page').PagePopup} popup
 */
function stillOffered(chosen, popup) {
  if (!chosen || popup.match !== 'many') return null;
  return popup.candidates.some((one) => one.customer_code === chosen.customer.customer_code) ? chosen : null;
}

/**
 * @param {import('./page').State} state
 * @param {string} key
 */
function phase(state, key, name, since, more = {}) {
  return change(state, key, (entry) =>
    isLive(entry) ? { ...entry, ...more, phase: name, since: since ?? entry.since } : entry,
  );
}

/** The call goes on without this agent, or not at all: its tab leaves, the list keeps a line that says why. */
function leave(state, key, { reason, at }) {
  const entry = state.entries.find((one) => one.key === key);
  if (!entry || !isLive(entry)) return state;
  // Who transfers a call has typed about it: that is not taken away.
  if (reason === 'transferred' && entry.phase !== 'ringing' && isUnsaved(state, key)) {
    return end(state, { call_id: key, outcome: 'transferred', ended_at: at, talk_seconds: null }, at);
  }
  if (reason === 'lost' && entry.phase !== 'ringing') {
    return end(state, { call_id: key, outcome: 'unknown', ended_at: at, talk_seconds: null, uncertain: true }, at);
  }
  return remove(withNote(state, entry, { reason }), key);
}

/** A line for the call list, until the bridge's own record of the call comes. */
function withNote(state, entry, { reason = null, outcome = null, talk = null }) {
  const popup = shownPopup(entry);
  const { call } = entry.popup;
  const note = {
    call_id: entry.key,
    reason,
    outcome,
    talk,
    started_at: call.started_at,
    caller: call.caller,
    direction: call.direction,
    queue: call.queue ?? null,
    name: nameOf(popup),
    customer_code: popup.customer?.customer_code ?? null,
  };
  const others = state.notes.filter((one) => one.call_id !== entry.key);
  return { ...state, notes: [note, ...others].slice(0, LIMITS.notes) };
}

function renote(state, callId, more) {
  return { ...state, notes: state.notes.map((note) => (note.call_id === callId ? { ...note, ...more } : note)) };
}

function endOf(data, at) {
  return {
    outcome: data.outcome,
    at: data.ended_at ?? at,
    talk: data.talk_seconds ?? null,
    uncertain: data.uncertain === true,
  };
}

/** The call is over. One that this agent never answered leaves; the others stay for the work after them. */
function end(state, data, at) {
  const entry = state.entries.find((one) => one.key === data.call_id);
  if (!entry || !isLive(entry)) return state;
  if (entry.phase === 'ringing') {
    return leave(state, entry.key, { reason: data.outcome === 'abandoned' ? 'caller_hung_up' : 'no_answer', at });
  }
  const ended = endOf(data, at);
  return bound(
    change(withNote(state, entry, ended), entry.key, (one) => ({ ...one, phase: 'ended', ended, unfolded: true })),
  );
}

function change(state, key, make) {
  let touched = false;
  const entries = state.entries.map((entry) => {
    if (entry.key !== key) return entry;
    const next = make(entry);
    touched ||= next !== entry;
    return next;
  });
  return touched ? { ...state, entries } : state;
}

/** Takes a tab away. The stage goes to a live call first, a ringing one before others, else to the newest tab. */
function remove(state, key) {
  const entries = state.entries.filter((entry) => entry.key !== key);
  const selected = state.selected === key ? successor(entries) : state.selected;
  return prune({ ...state, entries, selected });
}

function successor(entries) {
  const next = entries.find((entry) => entry.phase === 'ringing') ?? entries.find(isLive) ?? entries.at(-1);
  return next?.key ?? null;
}

/** Drops the oldest of what is too many, never what is on the stage. */
function bound(state) {
  const over = (entry, unsaved) => entry.phase === 'ended' && isUnsaved(state, entry.key) === unsaved;
  /** @type {['live'|'ended'|'unsaved'|'cards', (entry: import('./page').Entry) => boolean][]} */
  const groups = [
    ['live', isLive],
    ['ended', (e) => over(e, false)],
    ['unsaved', (e) => over(e, true)],
    ['cards', (e) => e.phase === 'card'],
  ];
  let { entries } = state;
  for (const [name, belongs] of groups) {
    let excess = entries.filter(belongs).length - LIMITS[name];
    entries = entries.filter((entry) => !(excess > 0 && belongs(entry) && entry.key !== state.selected && excess--));
  }
  return prune(entries.length === state.entries.length ? state : { ...state, entries });
}

/** Forgets the interactions of customers, and the drafts of calls, that no tab shows any more. */
function prune(whole) {
  const state = pruneDrafts(whole);
  const shown = new Set(
    state.entries.flatMap((entry) => [entry.popup, entry.chosen].map((popup) => popup?.customer?.customer_code)),
  );
  const kept = Object.entries(state.history).filter(([code]) => shown.has(code));
  return kept.length === Object.keys(state.history).length ? state : { ...state, history: Object.fromEntries(kept) };
}

function without(object, key) {
  const { [key]: _, ...others } = object;
  return others;
}

function asList(value) {
  return Array.isArray(value) ? value : [];
}

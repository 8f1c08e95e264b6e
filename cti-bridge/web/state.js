// What the page knows, and how each event changes it. Pure: no DOM, no socket, no clock.
//
// An entry is a tab: a call (`key` is its id) or a card that was opened by hand (`key` is `card:CODE`). Its phase is
// `ringing`, `answered`, `held`, `ended` or `card`. A call that is dismissed leaves; one that was answered and then
// ended stays, for the work after it, until the agent closes it or it is the oldest of too many. An entry's `popup`
// stays the same object while it says the same, so that the views leave what somebody reads alone.

import { dayOfInstant } from './format.js';
import { interactionsOf, nameOf, popupOf, recordsOf, samePopup } from './popup.js';

/** How many of each the page keeps: it stays open for weeks. */
export const LIMITS = Object.freeze({ live: 24, ended: 2, cards: 6, notes: 50, history: 300, records: 200 });

const LIVE = new Set(['ringing', 'answered', 'held']);

/** The state before anybody signs in. */
export function initial() {
  return {
    agent: null, error: null,
    link: { status: 'closed', retryAt: null, lastSeen: null },
    source: null, presence: null,
    entries: [], selected: null,
    notes: [], records: [], history: {},
  };
}

/** Whether an entry is a call that goes on. */
export function isLive(entry) {
  return LIVE.has(entry.phase);
}

/** The entry that the stage shows, or `null`. */
export function selectedEntry(state) {
  return state.entries.find((entry) => entry.key === state.selected) ?? null;
}

/** The card of an entry: the one that was chosen among several candidates, else its own. */
export function shownPopup(entry) {
  return entry.chosen ?? entry.popup;
}

/** The next state. Actions that are unknown change nothing. */
export function reduce(state, action) {
  const step = Object.hasOwn(STEPS, action.type) ? STEPS[action.type] : null;
  return step ? step(state, action) : state;
}

const STEPS = {
  /** The answer to `hello`: its snapshot is the truth about live calls. */
  welcome(state, { data }) {
    const popups = asList(data.calls).map(popupOf).filter((popup) => popup?.call);
    const present = new Set(popups.map((popup) => popup.call.call_id));
    let next = { ...state, agent: data.agent ?? null, error: null, presence: data.presence ?? null, source: typeof data.source_up === 'boolean' ? data.source_up : null };
    for (const entry of state.entries) {
      if (isLive(entry) && !present.has(entry.key)) next = leave(next, entry.key, { reason: 'lost', at: null });
    }
    for (const popup of popups) next = arrive(next, popup);
    return next;
  },

  /** A push that is news. */
  push(state, { ev, data, at }) {
    const step = Object.hasOwn(PUSHES, ev) ? PUSHES[ev] : null;
    return step && data !== null && typeof data === 'object' ? step(state, data, at ?? null) : state;
  },

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

  /** Whether the telephone system is connected; `null` when there is none or nobody knows. */
  source: (state, { up }) => ({ ...state, source: up }),
  presence: (state, { presence }) => ({ ...state, presence }),
  records: (state, { calls }) => ({ ...state, records: recordsOf(calls).slice(0, LIMITS.records) }),

  /** A card that was looked up by hand gets a tab of its own. */
  card(state, { data }) {
    const popup = popupOf(data);
    if (!popup?.customer) return state;
    const key = `card:${popup.customer.customer_code}`;
    const entry = { key, phase: 'card', since: null, answered: null, popup: { ...popup, call: null }, chosen: null, ended: null };
    const entries = state.entries.some((one) => one.key === key)
      ? state.entries.map((one) => (one.key === key ? entry : one))
      : [...state.entries, entry];
    return bound({ ...state, entries, selected: key });
  },

  /** A customer's card was read again: whatever shows it and is not the bridge's own pop-up of a live call gets it. */
  fresh(state, { code, data }) {
    const popup = popupOf(data);
    if (popup?.customer?.customer_code !== code) return state;
    const shows = (one) => one?.customer?.customer_code === code;
    return keysToRefresh(state, code).reduce((now, key) => change(now, key, (entry) => (shows(entry.chosen)
      ? { ...entry, chosen: samePopup(entry.chosen, popup) ? entry.chosen : popup }
      : { ...entry, popup: { ...popup, call: entry.popup.call } })), state);
  },

  /** One of several candidates was chosen for a call. */
  choose(state, { key, data }) {
    const popup = popupOf(data);
    return popup?.customer ? change(state, key, (entry) => ({ ...entry, chosen: popup })) : state;
  },

  /** A call's caller was looked up again by hand. */
  refill(state, { key, data }) {
    const popup = popupOf(data);
    return popup ? change(state, key, (entry) => ({ ...entry, popup: { ...popup, call: entry.popup.call }, chosen: null })) : state;
  },

  unchoose: (state, { key }) => change(state, key, (entry) => ({ ...entry, chosen: null })),

  select(state, { key }) {
    return state.entries.some((entry) => entry.key === key) ? { ...state, selected: key } : state;
  },

  /** A live call cannot be closed: it is on the telephone, whatever the page does. */
  close(state, { key }) {
    const entry = state.entries.find((one) => one.key === key);
    return entry && !isLive(entry) ? remove(state, key) : state;
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
  'call.ringing': (state, data) => arrive(state, popupOf(data)),
  'call.updated': (state, data) => arrive(state, popupOf(data)),
  'call.answered': (state, data, at) =>
    phase(state, data.call_id, 'answered', data.answered_at ?? at, { answered: data.answered_at ?? at }),
  'call.held': (state, data, at) => phase(state, data.call_id, 'held', data.at ?? at),
  'call.resumed': (state, data) => change(state, data.call_id, (entry) =>
    (isLive(entry) ? { ...entry, phase: 'answered', since: entry.answered ?? data.at ?? entry.since } : entry)),
  'call.dismissed': (state, data, at) => leave(state, data.call_id, { reason: data.reason, at }),
  'call.ended': (state, data, at) => end(state, data, at),
  'presence.changed': (state, data) => ({ ...state, presence: data.presence ?? state.presence }),
  'source.state': (state, data) => ({ ...state, source: data.up === true }),
};

function keysToRefresh(state, code) {
  const shows = (entry) => shownPopup(entry)?.customer?.customer_code === code;
  // The bridge itself pushes the pop-up of a live call anew, but not what was chosen for it.
  return state.entries.filter((entry) => shows(entry) && (entry.chosen || !isLive(entry))).map((entry) => entry.key);
}

/** The customers whose cards the page looked up by itself, and must look up again when ranks change. */
export function customersToRefresh(state) {
  const codes = state.entries.map((entry) => shownPopup(entry)?.customer?.customer_code).filter(Boolean);
  return [...new Set(codes)].filter((code) => keysToRefresh(state, code).length > 0);
}

/** A pop-up comes, or comes again with more in it. It takes the stage only from what is not a live call. */
function arrive(state, popup) {
  if (!popup?.call) return state;
  const key = popup.call.call_id;
  const phaseNow = LIVE.has(popup.call.state) ? popup.call.state : 'ringing';
  const answered = popup.call.answered_at ?? null;
  const since = phaseNow === 'ringing' ? popup.call.started_at : answered ?? popup.call.started_at;
  const before = state.entries.find((entry) => entry.key === key);
  if (before) {
    const same = phaseNow === before.phase ? before.since ?? since : since;
    const kept = samePopup(before.popup, popup) ? before.popup : popup;
    return change(state, key, (entry) => ({ ...entry, popup: kept, answered, phase: phaseNow, since: same, ended: null, chosen: stillOffered(entry.chosen, popup) }));
  }
  const current = selectedEntry(state);
  const entries = [...state.entries, { key, phase: phaseNow, since, answered, popup, chosen: null, ended: null }];
  return bound({ ...state, entries, selected: current && isLive(current) ? state.selected : key });
}

function stillOffered(chosen, popup) {
  if (!chosen || popup.match !== 'many') return null;
  return popup.candidates.some((one) => one.customer_code === chosen.customer.customer_code) ? chosen : null;
}

function phase(state, key, name, since, more = {}) {
  return change(state, key, (entry) => (isLive(entry) ? { ...entry, ...more, phase: name, since: since ?? entry.since } : entry));
}

/** The call goes on without this agent, or not at all: its tab leaves, the list keeps a line that says why. */
function leave(state, key, { reason, at }) {
  const entry = state.entries.find((one) => one.key === key);
  if (!entry || !isLive(entry)) return state;
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
    call_id: entry.key, reason, outcome, talk, started_at: call.started_at, caller: call.caller, direction: call.direction,
    queue: call.queue ?? null, name: nameOf(popup), customer_code: popup.customer?.customer_code ?? null,
  };
  const others = state.notes.filter((one) => one.call_id !== entry.key);
  return { ...state, notes: [note, ...others].slice(0, LIMITS.notes) };
}

function renote(state, callId, more) {
  return { ...state, notes: state.notes.map((note) => (note.call_id === callId ? { ...note, ...more } : note)) };
}

function endOf(data, at) {
  return { outcome: data.outcome, at: data.ended_at ?? at, talk: data.talk_seconds ?? null, uncertain: data.uncertain === true };
}

/** The call is over. One that this agent never answered leaves; the others stay for the work after them. */
function end(state, data, at) {
  const entry = state.entries.find((one) => one.key === data.call_id);
  if (!entry || !isLive(entry)) return state;
  if (entry.phase === 'ringing') {
    return leave(state, entry.key, { reason: data.outcome === 'abandoned' ? 'caller_hung_up' : 'no_answer', at });
  }
  const ended = endOf(data, at);
  return bound(change(withNote(state, entry, ended), entry.key, (one) => ({ ...one, phase: 'ended', ended })));
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
  const groups = [['live', isLive], ['ended', (e) => e.phase === 'ended'], ['cards', (e) => e.phase === 'card']];
  let { entries } = state;
  for (const [name, belongs] of groups) {
    let excess = entries.filter(belongs).length - LIMITS[name];
    entries = entries.filter((entry) => !(excess > 0 && belongs(entry) && entry.key !== state.selected && excess--));
  }
  return prune(entries.length === state.entries.length ? state : { ...state, entries });
}

/** Forgets the interactions of customers that no tab shows any more. */
function prune(state) {
  const shown = new Set(state.entries.flatMap((entry) =>
    [entry.popup, entry.chosen].map((popup) => popup?.customer?.customer_code)));
  const kept = Object.entries(state.history).filter(([code]) => shown.has(code));
  return kept.length === Object.keys(state.history).length ? state : { ...state, history: Object.fromEntries(kept) };
}

function asList(value) {
  return Array.isArray(value) ? value : [];
}

/**
 * The lines of the call list, newest first: live calls, then what the bridge recorded today together with what
 * left this page on this day (`today`), each call once.
 */
export function callLines(state, today) {
  const live = state.entries.filter((entry) => isLive(entry)).map((entry) => ({
    call_id: entry.key, live: true, phase: entry.phase, since: entry.since, key: entry.key,
    name: nameOf(shownPopup(entry)), caller: entry.popup.call.caller, queue: entry.popup.call.queue ?? null,
    match: entry.popup.match, started_at: entry.popup.call.started_at, direction: entry.popup.call.direction,
  }));
  const notes = new Map(state.notes.map((note) => [note.call_id, note]));
  const seen = new Set(live.map((line) => line.call_id));
  const past = [];
  for (const record of state.records) {
    if (seen.has(record.call_id)) continue;
    seen.add(record.call_id);
    past.push(recordLine(record, notes.get(record.call_id), state.agent?.agent_code));
  }
  for (const note of state.notes) {
    if (!seen.has(note.call_id) && dayOfInstant(note.started_at) === today) past.push(noteLine(note));
  }
  past.sort((a, b) => String(b.started_at).localeCompare(String(a.started_at)));
  return [...live.reverse(), ...past];
}

function recordLine(record, note, me) {
  const mine = !record.agent_code || record.agent_code === me;
  return {
    call_id: record.call_id, live: false, name: record.customer_name ?? note?.name ?? null,
    customer_code: record.customer_code ?? note?.customer_code ?? null,
    caller: note?.caller ?? { kind: record.caller_kind ?? 'unknown', number: record.caller_e164 ?? null },
    queue: record.queue ?? null, started_at: record.started_at, direction: record.direction,
    outcome: record.outcome ?? null, talk: record.talk_seconds ?? null,
    reason: note?.reason ?? null,
    missed: mine && !record.answered_at && record.direction !== 'outbound'
      && note?.reason !== 'answered_elsewhere' && ['no_answer', 'abandoned', 'busy'].includes(record.outcome),
  };
}

function noteLine(note) {
  return {
    call_id: note.call_id, live: false, name: note.name, customer_code: note.customer_code, caller: note.caller,
    queue: note.queue, started_at: note.started_at, direction: note.direction, outcome: note.outcome, talk: note.talk,
    reason: note.reason, missed: note.direction !== 'outbound' && ['no_answer', 'caller_hung_up'].includes(note.reason),
  };
}

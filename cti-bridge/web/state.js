// What the page knows, and how each event changes it. Pure: no DOM, no socket, no clock.
//
// An entry is a tab: a call (`key` is its id) or a card that was opened by hand (`key` is `card:CODE`). Its phase is
// `dialing`, `ringing`, `answered`, `held`, `ended` or `card`. A call that is dismissed leaves; one that was answered
// or dialled and then ended stays, for the work after it, until that is saved, the agent closes it or it is the oldest
// of too many. An entry's `popup` stays the same object while it says the same, so that the views leave what somebody
// reads alone. The tabs are in `entries.js`, what the telephone does to them in `calls.js`, drafts in `work.js`, lists
// around the calls in `lists.js`.

import { arrive, CALL_PUSHES, leave, replayed } from './calls.js';
import { BLANK, bound, change, isLive, LIMITS, remove, selectedEntry, shownPopup, withCard } from './entries.js';
import { initialLists, LIST_PUSHES, LIST_STEPS, welcomeLists } from './lists.js';
import { hasCall, interactionsOf, nameOf, popupOf, recordsOf, samePopup } from './popup.js';
import { objects } from './wire.js';
import { remoteNote, WORK_PUSHES, WORK_STEPS } from './work.js';

/** @import { Action, CardEntry, EndedEntry, Entry, LiveEntry, PushReducers, Reducers, State, Steps } from './page' */
/** @import { Push, Pushes } from './protocol' */

/**
 * The panels that the stage can show.
 * @type {State['view'][]}
 */
const VIEWS = ['desk', 'missed', 'team'];

/**
 * The state before anybody signs in.
 * @returns {State}
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
 * The next state. Actions that are unknown change nothing.
 * @template {keyof Steps} Type
 * @param {State} state
 * @param {Action<Type>} action
 * @returns {State}
 */
export function reduce(state, action) {
  const step = Object.hasOwn(STEPS, action.type) ? STEPS[action.type] : null;
  return step ? step(state, action) : state;
}

/** @type {Reducers<Steps>} */
const STEPS = {
  ...LIST_STEPS,
  ...WORK_STEPS,

  /** The answer to `hello`: its snapshot is the truth about live calls. */
  welcome(state, { data }) {
    const popups = objects(data.calls)
      .map((wire) => popupOf(wire))
      .filter(hasCall);
    const present = new Set(popups.map((popup) => popup.call.call_id));
    /** @type {State} */
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
  push: (state, { ev, data, at = null, typing = false }) => pushed(state, ev, data, at, typing),

  replay: replayed,

  /** The agent stopped typing: the waiting call takes the stage, if it still rings and no other was chosen. */
  take(state) {
    if (state.waiting === null) return state;
    const rings = state.entries.some((entry) => entry.key === state.waiting && entry.phase === 'ringing');
    const current = selectedEntry(state);
    const free = rings && !(current && isLive(current));
    return { ...state, waiting: null, ...(free && { selected: state.waiting, view: 'desk' }) };
  },

  view: (state, { view }) => (VIEWS.includes(view) ? { ...state, view, waiting: null } : state),

  link(state, { status, retryAt = null, lastSeen }) {
    return { ...state, link: { status, retryAt, lastSeen: lastSeen ?? state.link.lastSeen } };
  },

  records: (state, { calls }) => ({ ...state, records: recordsOf(calls).slice(0, LIMITS.records) }),

  /** A card that was looked up by hand gets a tab of its own. */
  card(state, { data }) {
    const popup = popupOf(data);
    if (!popup?.customer) return state;
    const key = `card:${popup.customer.customer_code}`;
    /** @type {CardEntry} */
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
    return keysToRefresh(state, code).reduce(
      (now, key) =>
        change(now, key, (entry) =>
          entry.chosen?.customer?.customer_code === code
            ? { ...entry, chosen: samePopup(entry.chosen, popup) ? entry.chosen : popup }
            : withCard(entry, popup),
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
    return popup ? change(state, key, (entry) => ({ ...withCard(entry, popup), chosen: null })) : state;
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
    if (!hasCall(popup)) return state;
    const key = popup.call.call_id;
    if (state.entries.some((entry) => entry.key === key)) return stage ? STEPS.select(state, { key }) : state;
    /** @type {EndedEntry} */
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

/** @type {PushReducers} */
const PUSHES = { ...LIST_PUSHES, ...WORK_PUSHES, ...CALL_PUSHES };

/**
 * @template {Push['ev']} Kind
 * @param {State} state
 * @param {Kind} ev
 * @param {Pushes[Kind]} data
 * @param {string|null} at
 * @param {boolean} typing
 */
function pushed(state, ev, data, at, typing) {
  const step = Object.hasOwn(PUSHES, ev) ? PUSHES[ev] : undefined;
  return step && data !== null && typeof data === 'object' ? step(state, data, at, typing) : state;
}

/**
 * @param {State} state
 * @param {string} code
 */
function keysToRefresh(state, code) {
  // The bridge itself pushes the pop-up of a live call anew, but not what was chosen for it.
  return state.entries
    .filter((entry) => customerOn(entry) === code && (entry.chosen || !isLive(entry)))
    .map((entry) => entry.key);
}

/**
 * The code of the customer whose card an entry shows.
 * @param {Entry} entry
 */
function customerOn(entry) {
  return shownPopup(entry).customer?.customer_code;
}

/**
 * The call that nobody has been found for, which a card that is opened by hand may belong to: a live one first.
 * @param {State} state
 * @returns {LiveEntry|EndedEntry|null}
 */
export function callToIdentify(state) {
  const open = state.entries.flatMap((entry) =>
    entry.phase !== 'card' &&
    entry.popup.call.caller.kind !== 'internal' &&
    (entry.choosing || (!shownPopup(entry).customer && nameOf(shownPopup(entry)) === null))
      ? [entry]
      : [],
  );
  return open.find(isLive) ?? open.at(-1) ?? null;
}

/**
 * The customers whose cards the page looked up by itself, and must look up again when ranks change.
 * @param {State} state
 */
export function customersToRefresh(state) {
  const codes = new Set(state.entries.map(customerOn).filter((code) => code !== undefined));
  return [...codes].filter((code) => keysToRefresh(state, code).length > 0);
}

/**
 * @template Value
 * @param {Record<string, Value>} object
 * @param {string} key
 */
function without(object, key) {
  const { [key]: _, ...others } = object;
  return others;
}

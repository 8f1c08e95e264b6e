// What the telephone does to the tabs: calls ring, are answered, held, handed over and end. Pure.

import {
  BLANK,
  bound,
  change,
  filled,
  isLive,
  isLivePhase,
  LIMITS,
  remove,
  selectedEntry,
  shownPopup,
} from './entries.js';
import { hasCall, nameOf, popupOf } from './popup.js';
import { isUnsaved, remoteNote } from './work.js';

/** @import { Ended, LiveEntry, Note, PagePopup, Pushed, PushReducers, State } from './page' */
/** @import { CallState } from './protocol' */

/** @type {PushReducers} */
export const CALL_PUSHES = {
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

/**
 * A push from before the snapshot, sent again: it only tells how a call went away meanwhile.
 * @param {State} state
 * @param {Pushed} push
 */
export function replayed(state, { ev, data, at = null }) {
  if ((ev !== 'call.dismissed' && ev !== 'call.ended') || !data) return state;
  const key = data.call_id;
  const known = state.notes.some((note) => note.call_id === key);
  if (!known || state.entries.some((entry) => entry.key === key && isLive(entry))) return state;
  if (ev === 'call.dismissed') return renote(state, key, { reason: data.reason });
  const ended = endOf(data, at);
  const told = renote(state, key, { outcome: ended.outcome, talk: ended.talk });
  return change(told, key, (entry) => (entry.phase === 'ended' ? { ...entry, ended } : entry));
}

/**
 * A pop-up comes, or comes again with more in it. It takes the stage only from what is not a live call.
 * @param {State} state
 * @param {PagePopup|null} popup
 * @param {boolean} [typing]
 * @returns {State}
 */
export function arrive(state, popup, typing = false) {
  if (!hasCall(popup)) return state;
  const key = popup.call.call_id;
  const told = remoteNote(state, key, popup.call.note, popup.call.note_by);
  const phaseNow = isLivePhase(popup.call.state) ? popup.call.state : 'ringing';
  const answered = popup.call.answered_at ?? null;
  const since = ['ringing', 'dialing'].includes(phaseNow) ? popup.call.started_at : (answered ?? popup.call.started_at);
  const before = state.entries.find((entry) => entry.key === key);
  if (before) {
    const same = phaseNow === before.phase ? (before.since ?? since) : since;
    return change(told, key, (entry) =>
      entry.phase === 'card' ? entry : { ...filled(entry, popup), answered, phase: phaseNow, since: same, ended: null },
    );
  }
  const current = selectedEntry(state);
  /** @type {LiveEntry} */
  const entry = { ...BLANK, key, phase: phaseNow, since, answered, popup };
  const talking = current !== null && isLive(current);
  const next = { ...told, entries: [...state.entries, entry] };
  if (talking) return bound(next);
  if (typing && current) return bound({ ...next, waiting: key });
  return bound({ ...next, selected: key, view: 'desk' });
}

/**
 * More about a call. One that is over here stays over: only what is known of the caller is new.
 * @param {State} state
 * @param {PagePopup|null} popup
 * @param {boolean} typing
 * @returns {State}
 */
function update(state, popup, typing) {
  if (!hasCall(popup)) return state;
  const { call } = popup;
  const before = state.entries.find((entry) => entry.key === call.call_id);
  if (!before || isLive(before) || isLivePhase(call.state)) return arrive(state, popup, typing);
  const told = remoteNote(state, before.key, call.note, call.note_by);
  return change(told, before.key, (entry) => (entry.phase === 'ended' ? filled(entry, popup) : entry));
}

/**
 * @param {State} state
 * @param {string} key
 * @param {CallState} name
 * @param {string|null} since
 * @param {{answered?: string|null}} [more]
 */
function phase(state, key, name, since, more = {}) {
  return change(state, key, (entry) =>
    isLive(entry) ? { ...entry, ...more, phase: name, since: since ?? entry.since } : entry,
  );
}

/**
 * The call goes on without this agent, or not at all: its tab leaves, the list keeps a line that says why.
 * @param {State} state
 * @param {string} key
 * @param {{reason: string, at: string|null}} how
 */
export function leave(state, key, { reason, at }) {
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

/**
 * A line for the call list, until the bridge's own record of the call comes.
 * @param {State} state
 * @param {LiveEntry} entry
 * @param {Partial<Pick<Note, 'reason'|'outcome'|'talk'>>} how
 * @returns {State}
 */
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

/**
 * @param {State} state
 * @param {string} callId
 * @param {Partial<Note>} more
 * @returns {State}
 */
function renote(state, callId, more) {
  return { ...state, notes: state.notes.map((note) => (note.call_id === callId ? { ...note, ...more } : note)) };
}

/**
 * The end of a call as the bridge tells it, or as the page concludes.
 * @typedef {{outcome: string, ended_at?: string|null, talk_seconds?: number|null, uncertain?: boolean}} CallEnd
 */

/**
 * @param {CallEnd} data
 * @param {string|null} at
 * @returns {Ended}
 */
function endOf(data, at) {
  return {
    outcome: data.outcome,
    at: data.ended_at ?? at,
    talk: data.talk_seconds ?? null,
    uncertain: data.uncertain === true,
  };
}

/**
 * The call is over. One that this agent never answered leaves; the others stay for the work after them.
 * @param {State} state
 * @param {CallEnd & {call_id: string}} data
 * @param {string|null} at
 * @returns {State}
 */
function end(state, data, at) {
  const entry = state.entries.find((one) => one.key === data.call_id);
  if (!entry || !isLive(entry)) return state;
  if (entry.phase === 'ringing') {
    return leave(state, entry.key, { reason: data.outcome === 'abandoned' ? 'caller_hung_up' : 'no_answer', at });
  }
  const ended = endOf(data, at);
  return bound(
    change(withNote(state, entry, ended), entry.key, (one) =>
      isLive(one) ? { ...one, phase: 'ended', ended, unfolded: true } : one,
    ),
  );
}

// The lines of the call list, out of the state. Pure.

import { isLive, shownPopup } from './entries.js';
import { dayOfInstant } from './format.js';
import { nameOf } from './popup.js';

/** @import { LiveLine, Note, PastLine, State } from './page' */
/** @import { CallEntry, Caller } from './protocol' */

/**
 * The lines of the call list, newest first: live calls, then what the bridge recorded today together with what
 * left this page on this day (`today`), each call once.
 * @param {State} state
 * @param {string} today
 * @returns {(LiveLine|PastLine)[]}
 */
export function callLines(state, today) {
  /** @type {LiveLine[]} */
  const live = state.entries.filter(isLive).map((entry) => ({
    call_id: entry.key,
    live: true,
    phase: entry.phase,
    key: entry.key,
    name: nameOf(shownPopup(entry)),
    caller: entry.popup.call.caller,
    queue: entry.popup.call.queue ?? null,
    started_at: entry.popup.call.started_at,
    direction: entry.popup.call.direction,
  }));
  const notes = new Map(state.notes.map((note) => [note.call_id, note]));
  const seen = new Set(live.map((line) => line.call_id));
  /** @type {PastLine[]} */
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

/**
 * @param {CallEntry} record
 * @param {Note|undefined} note
 * @param {string|undefined} me
 * @returns {PastLine}
 */
function recordLine(record, note, me) {
  const mine = !record.agent_code || record.agent_code === me;
  return {
    call_id: record.call_id,
    live: false,
    name: record.customer_name ?? note?.name ?? null,
    customer_code: record.customer_code ?? note?.customer_code ?? null,
    caller: note?.caller ?? callerOf(record),
    queue: record.queue ?? null,
    started_at: record.started_at,
    direction: record.direction,
    outcome: record.outcome ?? null,
    talk: record.talk_seconds ?? null,
    reason: note?.reason ?? null,
    recorded: (record.recordings ?? []).length > 0,
    // What was talked about waits for its wrap-up until one is saved.
    unwrapped: mine && Boolean(record.answered_at) && record.wrapped_at === null,
    missed:
      mine &&
      !record.answered_at &&
      record.direction !== 'outbound' &&
      note?.reason !== 'answered_elsewhere' &&
      ['no_answer', 'abandoned', 'busy'].includes(record.outcome ?? ''),
  };
}

/**
 * The caller of a call record, as a pop-up has it.
 * @param {CallEntry} record
 * @returns {Caller}
 */
export function callerOf(record) {
  return {
    kind: /** @type {Caller['kind']} */ (record.caller_kind ?? 'unknown'),
    number: record.caller_e164 ?? null,
    display: record.caller_display ?? null,
    area: null,
  };
}

/**
 * @param {Note} note
 * @returns {PastLine}
 */
function noteLine(note) {
  return {
    ...note,
    live: false,
    recorded: false,
    unwrapped: false,
    missed: note.direction !== 'outbound' && ['no_answer', 'caller_hung_up'].includes(note.reason ?? ''),
  };
}

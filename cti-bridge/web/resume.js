// The work after calls that was begun elsewhere or before a reload: what the page opens again, and what it closes. Pure.

import { abilities } from './lists.js';
import { isUnsaved } from './work.js';

/** @import { State } from './page' */

/**
 * The calls whose wrap-up was under way when the page was loaded anew, or is under way on another machine (`open`), and
 * those whose wrap-up was saved elsewhere (`close`).
 * @param {State} state
 */
export function workToResume(state) {
  const wanted = new Set(Object.keys(state.drafts).filter((key) => isUnsaved(state, key)));
  const current = callAfterWhichWorkGoesOn(state);
  if (current) wanted.add(current);
  const shown = new Map(state.entries.map((entry) => [entry.key, entry]));
  const open = state.records.filter((record) => {
    return !shown.has(record.call_id) && wanted.has(record.call_id) && record.ended_at;
  });
  const close = state.records.filter((record) => {
    const saved = record.wrapped_at && state.presence !== 'after_call_work';
    return saved && shown.get(record.call_id)?.phase === 'ended' && !isUnsaved(state, record.call_id);
  });
  return { open: open.map((record) => record.call_id), close: close.map((record) => record.call_id) };
}

/** @param {State} state */
function callAfterWhichWorkGoesOn(state) {
  if (state.presence !== 'after_call_work' || !abilities(state).works) return null;
  const last = state.records.find(
    (one) => one.agent_code === state.agent?.agent_code && one.answered_at && one.ended_at && one.wrapped_at === null,
  );
  return state.presenceMore.callId ?? last?.call_id ?? null;
}

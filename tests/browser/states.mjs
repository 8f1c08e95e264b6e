// States of the page for the tests of its pure parts.

import { initial, reduce } from '../../cti-bridge/web/state.js';
import { AGENT, akagi, known, PERMISSIONS } from './fixtures.mjs';

export const AT = '2026-10-31T05:02:11.120Z';

/** The state after signing in. */
export const signedIn = (more = {}) =>
  reduce(initial(), {
    type: 'welcome',
    data: { agent: AGENT, permissions: PERMISSIONS, presence: 'ready', calls: [], ...more },
  });

/** After a push. */
export const push = (state, ev, data, typing = false) => reduce(state, { type: 'push', ev, data, at: AT, typing });

/** After the agent typed. */
export const typed = (state, key, fields) => reduce(state, { type: 'draft', key, fields });

/** A call that was answered, and its key. */
export function answered(state = signedIn(), popup = known(akagi())) {
  const key = popup.call.call_id;
  return [push(push(state, 'call.ringing', popup), 'call.answered', { call_id: key, answered_at: AT }), key, popup];
}

/** After the end of a call. */
export const over = (state, key, outcome = 'completed') =>
  push(state, 'call.ended', { call_id: key, outcome, talk_seconds: 5 });

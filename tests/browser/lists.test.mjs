// Presence, missed calls, callbacks and the call list.

import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { listActions } from '../../cti-bridge/web/actions/lists.js';
import { callLines } from '../../cti-bridge/web/lines.js';
import { abilities, dueCallbacks } from '../../cti-bridge/web/lists.js';
import { reduce } from '../../cti-bridge/web/state.js';
import { ago, callback, day, missedCall } from './fixtures.mjs';
import { AT, push, signedIn } from './states.mjs';

test('missed calls: by rank, then by waiting time; counted; closed ones leave', () => {
  const list = [
    missedCall({ missed_no: 1, rank: null, first_at: ago(90) }),
    missedCall({ missed_no: 2, rank: 'B', first_at: ago(5) }),
    missedCall({ missed_no: 3, rank: 'B', first_at: ago(50) }),
    missedCall({ missed_no: 4, rank: 'S', first_at: ago(1) }),
    missedCall({ missed_no: 5, status: 'done' }),
    { missed_no: 'x' },
    null,
  ];
  const numbers = (state) => state.missed.map((one) => one.missed_no);
  const masters = { type: 'masters', data: { ranks: ['S', 'A', 'B', null].map((rank) => ({ rank, color: null })) } };
  let state = reduce(reduce(signedIn({ missed_open: 9 }), masters), { type: 'missed', data: { missed: list } });
  assert.deepEqual([numbers(state), state.missedOpen], [[4, 3, 2, 1], 4]);
  state = push(state, 'missed.changed', { ...list[2], status: 'done', closed_by_call: 'c-1' });
  assert.deepEqual([numbers(state), state.missedOpen], [[4, 2, 1], 3]);
  state = push(state, 'missed.changed', missedCall({ missed_no: 6, rank: 'A', first_at: ago(2) }));
  assert.deepEqual(numbers(state), [4, 6, 2, 1]);
  const all = reduce(state, { type: 'missed', all: true, data: { missed: list.slice(0, 5) } });
  assert.deepEqual([numbers(all).at(-1), all.missedOpen], [5, 4]);
  const taken = reduce(signedIn(), {
    type: 'missed',
    data: { missed: [missedCall(), missedCall({ status: 'in_progress', assignee: 'A203' })] },
  });
  assert.equal(taken.missedOpen, 1, 'the badge counts what nobody has taken');
});

test("missed calls follow the company's own ranks, also when these come later", () => {
  const missed = ['A', 'S', '特A', '?'].map((rank, at) => missedCall({ missed_no: at, rank, first_at: ago(9 - at) }));
  let state = reduce(signedIn(), { type: 'missed', data: { missed } });
  state = reduce(state, { type: 'masters', data: { ranks: ['特A', 'A', 'S'].map((rank) => ({ rank, color: null })) } });
  assert.deepEqual(
    state.missed.map((one) => one.rank),
    ['特A', 'A', 'S', '?'],
  );
});

test('callbacks become due by a push or by the clock, once each, and can be snoozed', () => {
  const now = Date.parse(AT);
  const at = (minutes) => new Date(now + minutes * 60_000).toISOString();
  const list = [
    callback({ callback_no: 1, due_at: at(-1) }),
    callback({ callback_no: 2, due_at: at(5) }),
    callback({ callback_no: 3, due_at: at(-9), assignee: 'A999' }),
    callback({ callback_no: 4, status: 'done' }),
  ];
  let state = reduce(signedIn(), { type: 'callbacks', data: { callbacks: list } });
  const due = (ms = now) => dueCallbacks(state, ms).map((one) => one.callback_no);
  assert.deepEqual(due(), [1], 'a colleague’s is no business of this page');
  assert.deepEqual(due(now + 300_000), [1, 2]);
  state = push(state, 'callback.due', callback({ callback_no: 2, due_at: at(5) }));
  assert.deepEqual(due(), [1, 2]);
  state = reduce(state, { type: 'snooze', no: 1, until: now + 600_000 });
  assert.deepEqual([due(), due(now + 600_001)], [[2], [1, 2]]);
  state = reduce(state, { type: 'callback_done', no: 1 });
  state = push(state, 'callback.due', callback({ callback_no: 2, status: 'done' }));
  assert.deepEqual(due(now + 999_999), []);
});

test('presence keeps its reason, its time and its end', () => {
  const state = push(signedIn({ presence_reason: 'x', presence_since: AT }), 'presence.changed', {
    presence: 'after_call_work',
    since: AT,
    until: ago(-1),
    call_id: 'c-1',
  });
  assert.deepEqual(
    [state.presence, state.presenceMore.since, state.presenceMore.callId, state.presenceMore.reason],
    ['after_call_work', AT, 'c-1', null],
  );
});

test('a presence asked for during a call follows the call', () => {
  let state = push(signedIn(), 'presence.changed', { presence: 'on_call', since: AT });
  state = reduce(state, { type: 'presence', presence: 'on_call', asked: 'away' });
  assert.deepEqual([state.presence, state.presenceNext], ['on_call', 'away']);
  assert.equal(push(state, 'presence.changed', { presence: 'on_call', since: AT }).presenceNext, 'away');
  assert.deepEqual(
    [
      push(state, 'presence.changed', { presence: 'away' }).presence,
      push(state, 'presence.changed', { presence: 'away' }).presenceNext,
    ],
    ['away', null],
  );
  assert.equal(reduce(state, { type: 'presence', presence: 'ready', asked: 'ready' }).presenceNext, null);
});

test('what an agent can do is what is allowed and what the bridge knows', () => {
  const served = (state) => reduce(reduce(state, { type: 'masters', data: {} }), { type: 'missed', data: {} });
  const nothing = { works: false, dials: false, picksUp: false, reads: false, leads: false, assigns: false };
  assert.deepEqual(abilities(signedIn()), nothing, 'an older bridge has no such requests');
  assert.deepEqual(abilities(served(signedIn({ permissions: undefined }))), nothing);
  assert.deepEqual(abilities(served(signedIn())), { ...nothing, works: true, dials: true, reads: true });
  assert.equal(abilities(served(signedIn({ permissions: ['presence.all'] }))).leads, true);
  assert.equal(abilities(served(signedIn({ permissions: ['calls.pickup'] }))).picksUp, true);
});

test('a line says whether its wrap-up is missing', () => {
  const record = { call_id: 'c', agent_code: 'A201', started_at: AT, answered_at: AT, outcome: 'completed' };
  const line = (more) =>
    callLines(reduce(signedIn(), { type: 'records', calls: [{ ...record, ...more }] }), day(0))[0].unwrapped;
  assert.deepEqual(
    [
      line({ wrapped_at: null }),
      line({ wrapped_at: AT }),
      line({}),
      line({ wrapped_at: null, answered_at: null }),
      line({ wrapped_at: null, agent_code: 'A999' }),
    ],
    [true, false, false, false, false],
  );
});

test('the team is asked for once when it is opened, and again when it is old', (t) => {
  mock.timers.enable({ apis: ['Date'] });
  t.after(() => mock.timers.reset());
  const asked = [];
  const lists = listActions({ dispatch() {} }, async (op) => {
    asked.push(op);
    return null;
  });
  mock.timers.tick(60_000);
  lists.loadTeam();
  lists.refreshTeam();
  assert.deepEqual(asked, ['agents']);
  mock.timers.tick(5_001);
  lists.refreshTeam();
  lists.refreshTeam();
  assert.deepEqual(asked, ['agents', 'agents']);
});

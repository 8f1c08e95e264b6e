// The tabs: which come, which leave, which one is on the stage.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS, selectedEntry, shownPopup } from '../../cti-bridge/web/entries.js';
import { LIST_LIMITS } from '../../cti-bridge/web/lists.js';
import { workToResume } from '../../cti-bridge/web/resume.js';
import { callToIdentify, reduce } from '../../cti-bridge/web/state.js';
import { DRAFT_LIMITS, draftOf } from '../../cti-bridge/web/work.js';
import {
  akagi,
  callback,
  chosen,
  known,
  missedCall,
  nobody,
  plain,
  shared,
  talked,
  unidentified,
} from './fixtures.mjs';
import { AT, answered, over, push, signedIn, typed } from './states.mjs';

test('a snapshot takes each call as it is: ringing, dialling, answered, held', () => {
  const states = ['ringing', 'dialing', 'answered', 'held'];
  const calls = states.map((state) => known(akagi(), { state }));
  assert.deepEqual(
    signedIn({ calls }).entries.map((entry) => entry.phase),
    states,
  );
});

test('an ended call with something unsaved is kept before others', () => {
  let state = signedIn();
  let key;
  [state, key] = answered(state);
  state = over(typed(state, key, { note: '未保存' }), key);
  for (let i = 0; i < 6; i++) {
    let other;
    [state, other] = answered(state);
    state = over(state, other);
  }
  assert.ok(state.entries.some((entry) => entry.key === key));
  assert.equal(state.entries.filter((entry) => entry.phase === 'ended').length, LIMITS.ended + 1);
});

test('the tab of a transferred call stays while something is unsaved, else it leaves', () => {
  let [state, key] = answered();
  const left = push(state, 'call.dismissed', { call_id: key, reason: 'transferred' });
  assert.equal(left.entries.length, 0);
  state = push(typed(state, key, { note: 'x' }), 'call.dismissed', { call_id: key, reason: 'transferred' });
  assert.deepEqual([state.entries[0].phase, state.entries[0].ended.outcome], ['ended', 'transferred']);
});

test('an outgoing call is dialled, answered, ended; unanswered it still stays for its wrap-up', () => {
  const popup = { ...nobody(), call: { ...nobody().call, direction: 'outbound' } };
  const key = popup.call.call_id;
  let state = push(signedIn(), 'call.dialing', popup);
  assert.equal(state.entries[0].phase, 'dialing');
  assert.equal(over(state, key, 'busy').entries[0].phase, 'ended');
  state = push(state, 'call.answered', { call_id: key, answered_at: AT });
  assert.deepEqual([state.entries[0].phase, state.entries[0].since], ['answered', AT]);
});

test('a call that comes while somebody types waits for the stage, and gives way to a choice', () => {
  const card = reduce(signedIn(), { type: 'card', data: known(akagi(), null) });
  const popup = nobody();
  const waiting = push(card, 'call.ringing', popup, true);
  assert.deepEqual([waiting.selected, waiting.waiting], ['card:C00017', popup.call.call_id]);
  assert.equal(reduce(waiting, { type: 'take' }).selected, popup.call.call_id);
  const chosenByHand = reduce(waiting, { type: 'select', key: 'card:C00017' });
  assert.equal(reduce(chosenByHand, { type: 'take' }).selected, 'card:C00017');
  const gone = push(waiting, 'call.dismissed', { call_id: popup.call.call_id, reason: 'no_answer' });
  assert.equal(reduce(gone, { type: 'take' }).selected, 'card:C00017');
  assert.equal(push(signedIn(), 'call.ringing', popup, true).selected, popup.call.call_id, 'an empty stage is free');
});

test('a call that rings brings the calls back from another view, unless a live one is on the stage', () => {
  const listed = reduce(signedIn(), { type: 'view', view: 'missed' });
  assert.equal(push(listed, 'call.ringing', nobody()).view, 'desk');
  const [talking] = answered();
  assert.equal(push(reduce(talking, { type: 'view', view: 'missed' }), 'call.ringing', nobody()).view, 'missed');
  assert.equal(reduce(signedIn(), { type: 'view', view: 'nothing' }).view, 'desk');
});

test('the list of candidates comes back without losing the card, and closes when the card is another', () => {
  const [a, b] = [plain('C1', '一'), plain('C2', '二')];
  const popup = chosen(a, shared([a, b]).candidates);
  const key = popup.call.call_id;
  let state = push(signedIn(), 'call.ringing', popup);
  state = reduce(state, { type: 'choosing', key });
  assert.ok(selectedEntry(state).choosing);
  assert.equal(push(state, 'call.updated', popup).entries[0].choosing, true, 'the same says nothing new');
  state = push(state, 'call.updated', { ...chosen(b, popup.candidates), call: popup.call });
  assert.equal(selectedEntry(state).choosing, false);
  assert.equal(shownPopup(selectedEntry(state)).customer.customer_code, 'C2');
});

test('a card that is opened by hand may belong to the call that has nobody', () => {
  const state = push(signedIn(), 'call.ringing', unidentified('withheld'));
  assert.equal(callToIdentify(state)?.key, state.entries[0].key);
  assert.equal(callToIdentify(push(signedIn(), 'call.ringing', known(akagi()))), null);
  const internal = unidentified('internal');
  assert.equal(callToIdentify(push(signedIn(), 'call.ringing', internal)), null);
});

test('a call that is over comes back for its wrap-up once, with its note', () => {
  const popup = {
    ...known(akagi()),
    call: { ...known(akagi()).call, call_id: 'c-past', state: 'ended', note: '前のメモ' },
  };
  let state = reduce(signedIn(), {
    type: 'reopen',
    popup,
    ended: { outcome: 'completed', at: AT, talk: 3, uncertain: false },
  });
  assert.deepEqual(
    [state.entries[0].phase, state.selected, draftOf(state, 'c-past').note],
    ['ended', 'c-past', '前のメモ'],
  );
  state = reduce(state, { type: 'reopen', popup, ended: {} });
  assert.equal(state.entries.length, 1);
  const ringing = push(signedIn(), 'call.ringing', nobody());
  assert.equal(reduce(ringing, { type: 'reopen', popup, ended: {}, stage: false }).selected, ringing.selected);
});

test('drafts, lists and tabs are bounded', () => {
  let state = signedIn();
  for (let i = 0; i < 400; i++) {
    let key;
    [state, key] = answered(state);
    state = over(typed(state, key, { note: `n${i}` }), key);
    state = push(state, 'call.note', { call_id: `far-${i}`, text: 'x', by: 'y' });
    state = push(state, 'missed.changed', missedCall());
    state = push(state, 'callback.due', callback());
    state = push(state, 'source.state', { up: false, source: `s${i}`, source_up: false });
    state = reduce(state, { type: 'snooze', no: i, until: i });
  }
  state = reduce(state, { type: 'team', data: { agents: Array(9999).fill({}), calls: Array(9999).fill({}) } });
  assert.ok(Object.keys(state.drafts).length <= DRAFT_LIMITS.drafts);
  assert.ok(state.entries.length <= LIMITS.live + LIMITS.ended + LIMITS.unsaved + 2, String(state.entries.length));
  assert.equal(state.missed.length, LIST_LIMITS.missed);
  assert.equal(state.callbacks.length, LIST_LIMITS.callbacks);
  assert.equal(state.sources.length, LIST_LIMITS.sources);
  assert.ok(Object.keys(state.snoozed).length <= LIST_LIMITS.callbacks);
  assert.deepEqual([state.team.agents.length, state.team.calls.length], [LIST_LIMITS.agents, LIST_LIMITS.calls]);
});

test('the work after a call is opened on another machine, and closed when it was saved there', () => {
  const presented = (presence) => reduce(signedIn({ presence }), { type: 'masters', data: {} });
  const recorded = (state, ...calls) => reduce(state, { type: 'records', calls });
  const record = talked({ call_id: 'c-far' });
  const working = recorded(presented('after_call_work'), record);
  assert.deepEqual(workToResume(working), { open: ['c-far'], close: [] });
  assert.deepEqual(workToResume(recorded(presented('ready'), record)), { open: [], close: [] });
  const theirs = talked({ call_id: 'c-far', agent_code: 'A999' });
  assert.deepEqual(workToResume(recorded(presented('after_call_work'), theirs)), { open: [], close: [] });

  const [talking, key] = answered(presented('ready'));
  const ended = over(talking, key);
  const saved = talked({ call_id: key, wrapped_at: AT });
  assert.deepEqual(workToResume(recorded(ended, saved)), { open: [], close: [key] });
  const unsaved = typed(ended, key, { note: '未保存' });
  assert.deepEqual(workToResume(recorded(unsaved, saved)), { open: [], close: [] }, 'nothing typed is closed');
});

// What an agent types about a call until it is saved.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instantOf } from '../../cti-bridge/web/format.js';
import { initial, reduce } from '../../cti-bridge/web/state.js';
import { createFields, draftOf, draftsToRemember, notesToSend, wrapupFields } from '../../cti-bridge/web/work.js';
import { AGENT, missedCall, nobody, PERMISSIONS } from './fixtures.mjs';
import { answered, push, signedIn, typed } from './states.mjs';

test('typing goes to the draft and rebuilds no field', () => {
  let [state, key] = answered();
  state = typed(state, key, { note: 'あ', unheard_of: 1 });
  assert.deepEqual(
    [draftOf(state, key).note, draftOf(state, key).touched, draftOf(state, key).rev, draftOf(state, key).unheard_of],
    ['あ', true, 0, undefined],
  );
  assert.deepEqual(notesToSend(state), [[key, 'あ']]);
  state = reduce(state, { type: 'note_kept', key, text: 'あ' });
  assert.deepEqual(notesToSend(state), []);
  assert.equal(draftOf(state, key).rev, 0);
});

test('a note from elsewhere replaces only what nobody typed here', () => {
  let [state, key] = answered();
  const remote = (text, by = '鈴木 一郎') => {
    state = push(state, 'call.note', { call_id: key, text, by });
    return draftOf(state, key);
  };
  assert.deepEqual([remote('一').note, draftOf(state, key).by], ['一', '鈴木 一郎']);
  state = typed(state, key, { note: '一二' });
  assert.deepEqual([remote('別').note, draftOf(state, key).theirs], ['一二', { text: '別', by: '鈴木 一郎' }]);
  assert.deepEqual(notesToSend(state), [[key, '一二']], 'and what was typed is still to be sent');
  state = reduce(state, { type: 'take_theirs', key });
  assert.deepEqual([draftOf(state, key).note, draftOf(state, key).theirs], ['一二\n別', null]);
  state = reduce(state, { type: 'note_kept', key, text: '一二\n別' });
  assert.equal(remote('一二\n別 続き').note, '一二\n別 続き', 'what holds all of it may come in');
  assert.equal(remote('消えた').theirs.text, '消えた');
  state = reduce(state, { type: 'drop_theirs', key });
  state = reduce(state, { type: 'note_kept', key, text: draftOf(state, key).note });
  assert.equal(remote('別の画面で直した', AGENT.agent_name).note, '別の画面で直した', 'the agent’s own other tab');
});

test('the echo of a sent note is not taken for a colleague’s, though more was typed since', () => {
  let [state, key] = answered();
  state = typed(state, key, { note: 'ab' });
  state = reduce(state, { type: 'note_sent', key, text: 'ab' });
  state = typed(state, key, { note: 'abc' });
  state = push(state, 'call.note', { call_id: key, text: 'ab', by: AGENT.agent_name });
  assert.deepEqual(
    [draftOf(state, key).note, draftOf(state, key).theirs, notesToSend(state)],
    ['abc', null, [[key, 'abc']]],
  );
});

test('nothing typed is lost by any push', () => {
  let [state, key, popup] = answered();
  state = typed(state, key, {
    note: 'メモ',
    category: 'order',
    subject: '件名',
    task: 'ToDo',
    follow_day: '2026-12-01',
  });
  const before = draftOf(state, key);
  const pushes = [
    ['call.updated', { ...popup, call: { ...popup.call, state: 'answered' } }],
    ['call.held', { call_id: key }],
    ['call.resumed', { call_id: key }],
    ['call.ringing', nobody()],
    ['presence.changed', { presence: 'away' }],
    ['missed.changed', missedCall()],
    ['customer.changed', { customer_code: 'C00017' }],
    ['call.ended', { call_id: key, outcome: 'completed' }],
    ['call.note', { call_id: 'c-other', text: 'x' }],
  ];
  for (const [ev, data] of pushes) {
    state = push(state, ev, data);
    assert.deepEqual(draftOf(state, key), before, ev);
  }
  state = reduce(state, { type: 'welcome', data: { agent: AGENT, permissions: PERMISSIONS, calls: [] } });
  assert.deepEqual(draftOf(state, key), before, 'nor by a snapshot');
});

test('a wrap-up says only what was filled in; an inquiry and a to-do need a customer', () => {
  const [state, key] = answered();
  const draft = { ...draftOf(typed(state, key, { note: 'n' }), key) };
  assert.deepEqual(wrapupFields(key, draft, null), { call_id: key, note: 'n' });
  const full = {
    ...draft,
    category: 'order',
    result: 'callback',
    status: 'open',
    follow_day: '2026-12-01',
    follow_time: '',
    inquiry_kind: '',
    subject: ' 件名 ',
    body: '',
    task: ' T ',
    task_due: '2026-12-02',
  };
  assert.deepEqual(wrapupFields(key, full, 'C1'), {
    call_id: key,
    note: 'n',
    category: 'order',
    result: 'callback',
    status: 'open',
    follow_up_at: '2026-12-01T01:00:00.000Z',
    customer_code: 'C1',
    inquiry: { kind: 'inquiry', subject: '件名' },
    task: { title: 'T', due_on: '2026-12-02' },
  });
  assert.equal(wrapupFields(key, full, null).inquiry, undefined);
  assert.equal(wrapupFields(key, full, null).task, undefined);
});

test('what was opened from a card leaves its draft, the rest stays unsaved', () => {
  const key = 'card:C1';
  const both = typed(signedIn(), key, {
    inquiry_kind: 'complaint',
    subject: 'a',
    body: 'b',
    task: 'c',
    task_due: '2026-12-01',
  });
  assert.deepEqual(createFields(draftOf(both, key)), {
    inquiry: { kind: 'complaint', subject: 'a', body: 'b' },
    task: { title: 'c', due_on: '2026-12-01' },
  });
  const rest = reduce(both, { type: 'created', key, what: 'inquiry' });
  assert.deepEqual(createFields(draftOf(rest, key)), { inquiry: null, task: { title: 'c', due_on: '2026-12-01' } });
  assert.equal(draftOf(rest, key).touched, true);
  assert.equal(draftOf(reduce(rest, { type: 'created', key, what: 'task' }), key).touched, false);
});

test('a follow-up is a Japanese day and minute', () => {
  assert.equal(instantOf('2026-12-01', '00:30'), '2026-11-30T15:30:00.000Z');
  assert.equal(instantOf('2026-12-01', ''), '2026-12-01T01:00:00.000Z');
  assert.equal(instantOf('', '10:00'), null);
  assert.equal(instantOf('2026-13-45', '10:00'), null);
});

test('what is typed while a wrap-up is being saved is unsaved again, and what was created is not created twice', () => {
  let [state, key] = answered();
  state = typed(state, key, { note: '一', subject: '件名' });
  const sent = draftOf(state, key);
  state = reduce(state, { type: 'wrapup', key, step: 'sent' });
  const later = typed(state, key, { note: '一二' });
  assert.equal(draftOf(reduce(later, { type: 'wrapup', key, step: 'saved', sent, data: {} }), key).touched, true);
  state = reduce(state, { type: 'wrapup', key, step: 'saved', sent, data: { inquiry_no: '5' } });
  assert.deepEqual(
    [
      draftOf(state, key).touched,
      draftOf(state, key).subject,
      draftOf(state, key).kept,
      draftOf(state, key).saved.inquiry_no,
    ],
    [false, '', '一', '5'],
  );
  state = reduce(typed(state, key, { note: '三' }), { type: 'wrapup', key, step: 'failed' });
  assert.deepEqual([draftOf(state, key).note, draftOf(state, key).saving], ['三', false]);
});

test('drafts over a reload: only what is unsaved, and the bridge’s note wins nothing from it', () => {
  let [state, key, popup] = answered();
  const [both, other] = answered(state);
  state = both;
  state = typed(state, key, { note: 'ab', category: 'order' });
  state = push(state, 'call.note', { call_id: other, text: 'far', by: 'x' });
  const kept = JSON.parse(JSON.stringify(draftsToRemember(state)));
  assert.deepEqual(Object.keys(kept), [key]);
  let fresh = reduce(initial(), { type: 'drafts', drafts: kept });
  fresh = reduce(fresh, {
    type: 'welcome',
    data: { agent: AGENT, calls: [{ ...popup, call: { ...popup.call, state: 'answered', note: 'a' } }] },
  });
  assert.deepEqual([draftOf(fresh, key).note, draftOf(fresh, key).category], ['ab', 'order']);
  assert.equal(draftOf(fresh, key).theirs.text, 'a');
  assert.equal(reduce(initial(), { type: 'drafts', drafts: { x: null, y: { note: 5 } } }).drafts.x, undefined);
});

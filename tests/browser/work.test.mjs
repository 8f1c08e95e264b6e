// The page's pure parts around a call: drafts, presence, missed calls, callbacks, the note's keeper.

import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { LIMITS, selectedEntry, shownPopup } from '../../cti-bridge/web/entries.js';
import { instantOf } from '../../cti-bridge/web/format.js';
import { noteKeeper } from '../../cti-bridge/web/keeper.js';
import { callLines } from '../../cti-bridge/web/lines.js';
import { abilities, dueCallbacks, LIST_LIMITS } from '../../cti-bridge/web/lists.js';
import { callToIdentify, initial, reduce } from '../../cti-bridge/web/state.js';
import {
  createFields,
  DRAFT_LIMITS,
  draftOf,
  draftsToRemember,
  notesToSend,
  wrapupFields,
} from '../../cti-bridge/web/work.js';
import {
  AGENT,
  ago,
  akagi,
  callback,
  chosen,
  day,
  known,
  missedCall,
  nobody,
  PERMISSIONS,
  plain,
  shared,
  unidentified,
} from './fixtures.mjs';

const AT = '2026-10-31T05:02:11.120Z';

const signedIn = (more = {}) =>
  reduce(initial(), {
    type: 'welcome',
    data: { agent: AGENT, permissions: PERMISSIONS, presence: 'ready', calls: [], ...more },
  });
const push = (state, ev, data, typing = false) => reduce(state, { type: 'push', ev, data, at: AT, typing });
const typed = (state, key, fields) => reduce(state, { type: 'draft', key, fields });

/** A call that was answered, and its key. */
function answered(state = signedIn(), popup = known(akagi())) {
  const key = popup.call.call_id;
  return [push(push(state, 'call.ringing', popup), 'call.answered', { call_id: key, answered_at: AT }), key, popup];
}

const over = (state, key, outcome = 'completed') =>
  push(state, 'call.ended', { call_id: key, outcome, talk_seconds: 5 });

test('a snapshot takes each call as it is: ringing, dialling, answered, held', () => {
  const states = ['ringing', 'dialing', 'answered', 'held'];
  const calls = states.map((state) => known(akagi(), { state }));
  assert.deepEqual(
    signedIn({ calls }).entries.map((entry) => entry.phase),
    states,
  );
});

test('typing goes to the draft and tells no field to be made anew', () => {
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

test('the echo of a note on its way is no colleague’s, though more was typed since', () => {
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

test('who transfers keeps the tab while something is unsaved, else it leaves', () => {
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

test('missed calls: rank, then who waits longest; the count; closed ones leave', () => {
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
  let state = reduce(signedIn({ missed_open: 9 }), { type: 'missed', data: { missed: list } });
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

test('callbacks are due by the bridge’s word or by the clock, once each, and can be put off', () => {
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

test('what is asked for during a call comes after it', () => {
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
  const nothing = { works: false, dials: false, reads: false, leads: false, assigns: false };
  assert.deepEqual(abilities(signedIn()), nothing, 'an older bridge has no such requests');
  assert.deepEqual(abilities(served(signedIn({ permissions: undefined }))), nothing);
  assert.deepEqual(abilities(served(signedIn())), { ...nothing, works: true, dials: true, reads: true });
  assert.equal(abilities(served(signedIn({ permissions: ['presence.all'] }))).leads, true);
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

test('none of it grows without end', () => {
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

// ---------------------------------------------------------------- the keeper of notes

/** A keeper over one note, with a clock of its own. */
function keeping(t, answers) {
  mock.timers.enable({ apis: ['setTimeout'] });
  t.after(() => mock.timers.reset());
  const world = { note: '', kept: '', sent: [] };
  const keeper = noteKeeper({
    pending: () => (world.note === world.kept ? [] : [['c', world.note]]),
    async send(_call, text) {
      world.sent.push(text);
      const answer = await answers(world);
      if (answer === true) world.kept = text;
      return answer;
    },
  });
  const settle = async () => {
    for (let i = 0; i < 6; i++) await Promise.resolve();
  };
  return {
    world,
    keeper,
    pass: async (ms) => {
      mock.timers.tick(ms);
      await settle();
    },
  };
}

test('a note goes out once when the typing pauses', async (t) => {
  const { world, keeper, pass } = keeping(t, () => true);
  for (const text of ['a', 'ab', 'abc']) {
    world.note = text;
    keeper.typed('c');
    await pass(500);
  }
  await pass(1000);
  assert.deepEqual(world.sent, ['abc']);
});

test('what is typed while a note is on its way is sent after it', async (t) => {
  let answer;
  const { world, keeper, pass } = keeping(
    t,
    () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
  );
  world.note = 'a';
  keeper.typed('c');
  await pass(800);
  world.note = 'ab';
  keeper.typed('c');
  await pass(2000);
  assert.deepEqual(world.sent, ['a'], 'one at a time');
  answer(true);
  await pass(0);
  await pass(800);
  assert.deepEqual(world.sent, ['a', 'ab']);
});

test('a note that did not arrive is tried again, one that is refused is not', async (t) => {
  let answer = false;
  const { world, keeper, pass } = keeping(t, () => answer);
  world.note = 'a';
  keeper.typed('c');
  await pass(800);
  await pass(5000);
  assert.deepEqual(world.sent, ['a', 'a']);
  answer = null;
  await pass(5000);
  await pass(60_000);
  keeper.flush();
  assert.deepEqual(world.sent, ['a', 'a', 'a']);
  world.note = 'ab';
  answer = true;
  keeper.flush();
  await pass(0);
  assert.deepEqual(world.sent.at(-1), 'ab', 'but a new text is');
});

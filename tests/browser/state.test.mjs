import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cursor } from '../../cti-bridge/web/connection.js';
import { LIMITS, selectedEntry, shownPopup } from '../../cti-bridge/web/entries.js';
import { callLines } from '../../cti-bridge/web/lines.js';
import { popupOf } from '../../cti-bridge/web/popup.js';
import { customersToRefresh, initial, reduce } from '../../cti-bridge/web/state.js';
import { AGENT, akagi, day, interactions, known, nobody, plain, shared, unidentified } from './fixtures.mjs';

const AT = '2026-10-31T05:02:11.120Z';
const TODAY = day(0);

/** The state after these pushes, signed in. */
function after(...pushes) {
  return pushes.reduce((state, [ev, data]) => reduce(state, { type: 'push', ev, data, at: AT }), signedIn());
}

function signedIn(calls = []) {
  return reduce(initial(), {
    type: 'welcome',
    data: { agent: AGENT, epoch: 'e', seq: 0, resumed: false, presence: 'ready', calls },
  });
}

const keys = (state) => state.entries.map((entry) => entry.key);
const phases = (state) => state.entries.map((entry) => entry.phase);

test('a call rings, is answered, held, resumed, and stays for the work after it', () => {
  const popup = known(akagi());
  const id = popup.call.call_id;
  let state = after(['call.ringing', popup]);
  assert.deepEqual(phases(state), ['ringing']);
  assert.equal(state.selected, id);
  const steps = [
    ['call.answered', { answered_at: AT }, 'answered'],
    ['call.held', { at: AT }, 'held'],
    ['call.resumed', { at: AT }, 'answered'],
  ];
  for (const [ev, more, phase] of steps) {
    const before = selectedEntry(state).popup;
    state = reduce(state, { type: 'push', ev, data: { call_id: id, ...more }, at: AT });
    assert.deepEqual(phases(state), [phase]);
    assert.equal(selectedEntry(state).popup, before, 'the card is not built anew');
  }
  assert.equal(selectedEntry(state).since, AT);
  state = reduce(state, {
    type: 'push',
    ev: 'call.ended',
    data: { call_id: id, outcome: 'completed', ended_at: AT, talk_seconds: 9, uncertain: false },
    at: AT,
  });
  assert.deepEqual(phases(state), ['ended']);
  assert.deepEqual(selectedEntry(state).ended, { outcome: 'completed', at: AT, talk: 9, uncertain: false });
  assert.equal(reduce(state, { type: 'close', key: id }).entries.length, 0);
});

test('a dismissed call leaves, and the list says why', () => {
  const popup = known(akagi());
  const state = after(
    ['call.ringing', popup],
    ['call.dismissed', { call_id: popup.call.call_id, reason: 'answered_elsewhere' }],
  );
  assert.deepEqual(keys(state), []);
  assert.equal(state.selected, null);
  const [line] = callLines(state, TODAY);
  assert.equal(line.reason, 'answered_elsewhere');
  assert.equal(line.name, '株式会社赤木電機');
  assert.equal(line.missed, false);
});

test('the end of a call that nobody answered takes its pop-up away', () => {
  const popup = nobody();
  const state = after(['call.ringing', popup], ['call.ended', { call_id: popup.call.call_id, outcome: 'abandoned' }]);
  assert.deepEqual(keys(state), []);
  assert.equal(callLines(state, TODAY)[0].missed, true);
});

test('a second call takes the stage from anything but a live call', () => {
  const [first, second] = [known(akagi()), nobody()];
  let state = after(['call.ringing', first], ['call.ringing', second]);
  assert.equal(state.selected, first.call.call_id);
  assert.equal(state.entries.length, 2);
  state = reduce(state, {
    type: 'push',
    ev: 'call.dismissed',
    data: { call_id: first.call.call_id, reason: 'no_answer' },
    at: AT,
  });
  assert.equal(state.selected, second.call.call_id);
  const reading = reduce(signedIn(), { type: 'card', data: { ...known(akagi(), null) } });
  assert.equal(reading.selected, 'card:C00017');
  const rung = reduce(reading, { type: 'push', ev: 'call.ringing', data: second, at: AT });
  assert.equal(rung.selected, second.call.call_id);
  assert.equal(rung.entries.length, 2, 'the card keeps its tab');
});

test('a rank run refreshes the cards that the page looked up, not the stage and not live pop-ups', () => {
  const ranked = (rank) => ({ ...known(akagi(), null), customer: { ...known(akagi(), null).customer, rank } });
  const live = known(akagi());
  const calling = after(['call.ringing', live]);
  assert.deepEqual(customersToRefresh(calling), [], 'the bridge pushes that one itself');
  assert.equal(reduce(calling, { type: 'fresh', code: 'C00017', data: ranked('S') }), calling);
  let state = reduce(calling, { type: 'card', data: ranked('B') });
  state = reduce(state, { type: 'select', key: live.call.call_id });
  assert.deepEqual(customersToRefresh(state), ['C00017']);
  const fresh = reduce(state, { type: 'fresh', code: 'C00017', data: ranked('S') });
  assert.equal(fresh.entries.find((entry) => entry.key === 'card:C00017').popup.customer.rank, 'S');
  assert.equal(fresh.entries.find((entry) => entry.key === live.call.call_id).popup, state.entries[0].popup);
  assert.equal(fresh.selected, live.call.call_id);
  assert.equal(reduce(state, { type: 'fresh', code: 'C00017', data: null }), state);
});

test('a live call cannot be closed by hand', () => {
  const popup = nobody();
  const state = after(['call.ringing', popup]);
  assert.equal(reduce(state, { type: 'close', key: popup.call.call_id }), state);
});

test('an update puts more into the same tab and keeps the seconds', () => {
  const popup = unidentified('unknown');
  let state = after(['call.ringing', popup]);
  const { since } = state.entries[0];
  const card = known(akagi());
  state = reduce(state, {
    type: 'push',
    ev: 'call.updated',
    data: { ...card, call: { ...card.call, call_id: popup.call.call_id, started_at: AT } },
    at: AT,
  });
  assert.equal(state.entries.length, 1);
  assert.equal(state.entries[0].since, since);
  assert.equal(state.entries[0].popup.customer.customer_code, 'C00017');
});

test('a choice among candidates lasts while it is offered', () => {
  const [a, b] = [plain('C1', '一'), plain('C2', '二')];
  const popup = shared([a, b]);
  let state = after(['call.ringing', popup]);
  assert.equal(shownPopup(selectedEntry(state)).customer, null, 'nothing is picked');
  state = reduce(state, { type: 'choose', key: popup.call.call_id, data: { ...known(b, null) } });
  assert.equal(shownPopup(selectedEntry(state)).customer.customer_code, 'C2');
  state = reduce(state, { type: 'push', ev: 'call.updated', data: popup, at: AT });
  assert.equal(shownPopup(selectedEntry(state)).customer.customer_code, 'C2');
  state = reduce(state, { type: 'push', ev: 'call.updated', data: { ...shared([a]), call: popup.call }, at: AT });
  assert.equal(selectedEntry(state).chosen, null);
});

test('the snapshot is the truth: ghosts leave, talks that ended stay as uncertain, new calls come', () => {
  const [ringing, talking, fresh] = [nobody(), known(akagi()), nobody()];
  let state = after(
    ['call.ringing', talking],
    ['call.answered', { call_id: talking.call.call_id, answered_at: AT }],
    ['call.ringing', ringing],
  );
  state = reduce(state, { type: 'welcome', data: { agent: AGENT, presence: 'away', calls: [fresh] } });
  assert.deepEqual(keys(state), [talking.call.call_id, fresh.call.call_id]);
  assert.deepEqual(phases(state), ['ended', 'ringing']);
  assert.equal(state.entries[0].ended.uncertain, true);
  assert.equal(state.presence, 'away');
  assert.deepEqual(
    state.notes.map((note) => note.reason),
    ['lost', null],
  );
  const told = reduce(state, {
    type: 'replay',
    ev: 'call.dismissed',
    data: { call_id: ringing.call.call_id, reason: 'transferred' },
    at: AT,
  });
  assert.equal(told.notes.find((note) => note.call_id === ringing.call.call_id).reason, 'transferred');
  const ended = reduce(told, {
    type: 'replay',
    ev: 'call.ended',
    data: { call_id: talking.call.call_id, outcome: 'completed', talk_seconds: 7, uncertain: false },
    at: AT,
  });
  assert.deepEqual(ended.entries[0].ended, { outcome: 'completed', at: AT, talk: 7, uncertain: false });
});

test('a replayed ringing does not bring back a call that is over', () => {
  const state = signedIn();
  assert.equal(reduce(state, { type: 'replay', ev: 'call.ringing', data: nobody(), at: AT }), state);
});

test('unknown actions and pushes change nothing', () => {
  const state = after(['call.ringing', nobody()]);
  for (const action of [
    { type: 'never.heard.of' },
    { type: 'constructor' },
    { type: 'push', ev: 'never.heard.of', data: {} },
    { type: 'push', ev: 'toString', data: {} },
    { type: 'push', ev: 'call.ringing', data: null },
    { type: 'push', ev: 'call.ringing', data: { call: 5 } },
    { type: 'push', ev: 'call.answered', data: { call_id: 'c-none' } },
    { type: 'push', ev: 'call.dismissed', data: {} },
    { type: 'card', data: null },
    { type: 'select', key: 'none' },
  ])
    assert.equal(reduce(state, action), state, JSON.stringify(action));
});

test('wire data of wrong types becomes nulls and empty lists', () => {
  const popup = popupOf({
    call: { call_id: 'c-x', caller: 'text' },
    match: 'what',
    candidates: 'none',
    customer: { customer_code: 'C1', contacts: 5, preferences: [1, 'a'] },
    alerts: [null, 3, { code: 'x' }],
    recent_sales: [{ lines: {} }],
    open: 7,
    metrics: { monthly_sales: 'x' },
    memo: 9,
  });
  assert.equal(popup.call.caller.kind, 'unknown');
  assert.equal(popup.match, 'one');
  assert.deepEqual(popup.customer.contacts, []);
  assert.deepEqual(popup.customer.preferences, ['a']);
  assert.equal(popup.customer.customer_name, 'C1');
  assert.equal(popup.alerts.length, 1);
  assert.deepEqual(popup.recent_sales[0].lines, []);
  assert.deepEqual(popup.open.invoices, []);
  assert.deepEqual(popup.metrics.monthly_sales, []);
  assert.equal(popup.memo, null);
  assert.equal(popupOf('x'), null);
});

test('tabs, notes and history are bounded', () => {
  let state = signedIn();
  for (let i = 0; i < 300; i++) {
    const popup = known(akagi());
    state = reduce(state, { type: 'push', ev: 'call.ringing', data: popup, at: AT });
    if (i % 3 === 0)
      state = reduce(state, {
        type: 'push',
        ev: 'call.dismissed',
        data: { call_id: popup.call.call_id, reason: 'no_answer' },
        at: AT,
      });
    if (i % 3 === 1) {
      state = reduce(state, {
        type: 'push',
        ev: 'call.answered',
        data: { call_id: popup.call.call_id, answered_at: AT },
        at: AT,
      });
      state = reduce(state, {
        type: 'push',
        ev: 'call.ended',
        data: { call_id: popup.call.call_id, outcome: 'completed' },
        at: AT,
      });
    }
    const code = `C${i}`;
    state = reduce(state, { type: 'card', data: known(plain(code, code), null) });
    state = reduce(state, { type: 'history', code, data: { entries: interactions(200, i), more: true } });
  }
  const count = (phase) => phases(state).filter((one) => one === phase).length;
  assert.ok(count('ringing') <= LIMITS.live);
  assert.ok(count('ended') <= LIMITS.ended + 1);
  assert.ok(count('card') <= LIMITS.cards + 1);
  assert.equal(state.notes.length, LIMITS.notes);
  assert.ok(Object.keys(state.history).length <= LIMITS.cards + 2);
  for (let i = 0; i < 5; i++)
    state = reduce(state, { type: 'history', code: 'C299', data: { entries: interactions(200, i), more: true } });
  assert.equal(state.history.C299.entries.length, LIMITS.history);
  assert.equal(state.history.C299.more, false);
});

test('the list shows each call once, live ones on top, missed ones marked', () => {
  const popup = known(akagi());
  let state = after(['call.ringing', popup]);
  const record = (call_id, minute, more) => ({
    call_id,
    started_at: `2026-10-31T05:${minute}:00Z`,
    direction: 'inbound',
    caller_kind: 'number',
    caller_e164: '+819011112222',
    agent_code: 'A201',
    ...more,
  });
  state = reduce(state, {
    type: 'records',
    calls: [
      record(popup.call.call_id, '02', {}),
      record('c-a', '01', { outcome: 'no_answer' }),
      null,
      { nothing: 1 },
      record('c-b', '00', { outcome: 'completed', answered_at: AT }),
      record('c-c', '03', { outcome: 'no_answer', agent_code: 'A999' }),
    ],
  });
  const lines = callLines(state, TODAY);
  assert.deepEqual(
    lines.map((line) => line.call_id),
    [popup.call.call_id, 'c-c', 'c-a', 'c-b'],
  );
  assert.deepEqual(
    lines.map((line) => line.missed ?? false),
    [false, false, true, false],
  );
});

test('too many calls: the oldest go first, never the one on the stage', () => {
  const popups = Array.from({ length: LIMITS.live + 3 }, () => nobody());
  const state = after(...popups.map((popup) => ['call.ringing', popup]));
  assert.equal(state.entries.length, LIMITS.live);
  assert.equal(state.selected, popups[0].call.call_id);
  assert.deepEqual(keys(state).slice(0, 2), [popups[0].call.call_id, popups[4].call.call_id]);
});

test('a call that just ended is in the list before its record comes, and only on its own day', () => {
  const popup = known(akagi());
  const id = popup.call.call_id;
  const state = after(
    ['call.ringing', popup],
    ['call.answered', { call_id: id, answered_at: AT }],
    ['call.ended', { call_id: id, outcome: 'completed', talk_seconds: 65 }],
  );
  const [line, ...others] = callLines(state, TODAY);
  assert.deepEqual(
    [line.call_id, line.outcome, line.talk, line.missed, others.length],
    [id, 'completed', 65, false, 0],
  );
  assert.deepEqual(callLines(state, day(1)), []);
});

test('the cursor tells news, replays, duplicates and gaps apart', () => {
  const cursor = new Cursor();
  assert.equal(cursor.resume, undefined);
  cursor.welcome({ epoch: 'a', seq: 10, resumed: false });
  assert.deepEqual([cursor.take(11), cursor.take(11), cursor.take(13)], ['news', 'duplicate', 'gap']);
  assert.deepEqual(cursor.resume, { epoch: 'a', seq: 11 });
  cursor.welcome({ epoch: 'a', seq: 14, resumed: true });
  assert.deepEqual(
    [cursor.take(12), cursor.take(13), cursor.take(14), cursor.take(15)],
    ['replay', 'replay', 'replay', 'news'],
  );
  cursor.welcome({ epoch: 'a', seq: 20, resumed: true });
  assert.deepEqual([cursor.take(18), cursor.take(21)], ['replay', 'news'], 'the bridge may have dropped old pushes');
  cursor.welcome({ epoch: 'b', seq: 0, resumed: false });
  assert.deepEqual([cursor.take(1), cursor.take(2)], ['news', 'news']);
  cursor.reset();
  assert.equal(cursor.resume, undefined);
});

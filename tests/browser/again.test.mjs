// Requests that write are repeated with their key until their outcome is known.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mock, test } from 'node:test';
import { makeSayer, ONCE } from '../../cti-bridge/web/again.js';
import { RequestError } from '../../cti-bridge/web/connection.js';

const lost = () => new RequestError('offline', undefined, true);

/** A sayer over these answers, each an error or data, and what was sent. */
function saying(...answers) {
  const sent = [];
  const sayer = makeSayer(async (op, fields) => {
    sent.push([op, fields]);
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  });
  return { sent, sayer, keys: () => sent.map(([, { key }]) => key) };
}

test('every operation that writes for an agent is sent with a key', () => {
  const schema = JSON.parse(readFileSync(new URL('../../docs/protocol.schema.json', import.meta.url), 'utf8'));
  const operations = Object.entries(schema['x-operations']);
  const working = operations.filter(([, { permission }]) => permission === 'calls.work').map(([op]) => op);
  // A list, and the note, whose keeper sends the whole text again.
  const others = ['call.note', 'colleagues'];
  assert.deepEqual([...ONCE, ...others].sort(), working.sort());
});

const settle = async () => {
  for (let i = 0; i < 6; i++) await Promise.resolve();
};

test('a request that was under way when the connection broke is repeated with its key', async () => {
  const { sayer, sent, keys } = saying(lost(), { task_no: 'T1' });
  const said = sayer.say('task.create', { title: 'x' });
  await settle();
  assert.equal(sent.length, 1, 'it waits');
  sayer.online();
  assert.deepEqual(await said, { task_no: 'T1' });
  assert.equal(new Set(keys()).size, 1);
  assert.match(keys()[0], /^[0-9a-f]{32}$/);
});

test('a time-out is asked about once more, and by hand with the same key', async () => {
  const late = () => new RequestError('timeout');
  const { sayer, sent, keys } = saying(late(), late(), { task_no: 'T1' }, { task_no: 'T2' });
  await assert.rejects(sayer.say('task.create', { title: 'x' }), { code: 'timeout' });
  assert.equal(sent.length, 2);
  assert.deepEqual(await sayer.say('task.create', { title: 'x' }), { task_no: 'T1' });
  assert.equal(new Set(keys()).size, 1);
  await sayer.say('task.create', { title: 'x' });
  assert.equal(new Set(keys()).size, 2, 'once answered, the same words are another intention');
});

test('a refused or unsent request is not repeated, and reading has no key', async () => {
  for (const error of [new RequestError('conflict'), new RequestError('busy'), new RequestError('offline')]) {
    const { sayer, sent } = saying(error);
    await assert.rejects(sayer.say('task.done', { task_no: 'T1' }), { code: error.code });
    assert.equal(sent.length, 1, error.code);
  }
  const { sayer, sent } = saying({});
  await sayer.say('lookup', { number: '1' });
  assert.deepEqual(sent, [['lookup', { number: '1' }]]);
});

test('nothing is repeated after two minutes or for another agent', async (t) => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  t.after(() => mock.timers.reset());
  const old = saying(lost());
  const waited = assert.rejects(old.sayer.say('task.done', { task_no: 'T1' }), { code: 'offline' });
  await settle();
  mock.timers.tick(120_000);
  await waited;
  const left = saying(lost());
  const gone = assert.rejects(left.sayer.say('task.done', { task_no: 'T1' }), { code: 'offline' });
  await settle();
  left.sayer.stop();
  await gone;
  assert.deepEqual([old.sent.length, left.sent.length], [1, 1]);
});

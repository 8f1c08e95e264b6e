// The keeper of notes, with a clock of its own.

import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { noteKeeper } from '../../cti-bridge/web/keeper.js';

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

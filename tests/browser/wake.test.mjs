// The connection after a sleep or a change of network: a socket that seems open is dead and says nothing of it.

import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { connect } from '../../cti-bridge/web/connection.js';

/** A network of sockets that open at once and answer, unless they are dead. */
function online(t) {
  mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'], now: 1_795_000_000_000 });
  const world = { sockets: [], statuses: [], dead: false, welcomes: 0 };
  class Socket {
    static OPEN = 1;
    readyState = 0;
    constructor() {
      world.sockets.push(this);
      this.dead = world.dead;
      if (!this.dead) queueMicrotask(() => this.opens());
    }
    opens() {
      this.readyState = 1;
      this.onopen();
    }
    send(text) {
      const { id, op } = JSON.parse(text);
      const data = op === 'hello' ? { epoch: 'e', seq: 0, calls: [] } : {};
      if (!this.dead) queueMicrotask(() => this.onmessage({ data: JSON.stringify({ re: id, ok: true, data }) }));
    }
    close() {
      this.readyState = 3;
    }
  }
  const before = globalThis.WebSocket;
  globalThis.WebSocket = Socket;
  const connection = connect('ws://bridge/ws', 'token', {
    lang: 'ja',
    status: ({ status }) => world.statuses.push(status),
    welcome: () => world.welcomes++,
    push() {},
    refused() {},
    clock() {},
  });
  t.after(() => {
    connection.close();
    globalThis.WebSocket = before;
    mock.timers.reset();
  });
  const settle = async () => {
    for (let i = 0; i < 20; i++) await Promise.resolve();
  };
  const pass = async (ms, step = 50) => {
    for (let at = 0; at < ms; at += step) {
      mock.timers.tick(step);
      await settle();
    }
  };
  const die = () => {
    for (const socket of world.sockets) socket.dead = true;
  };
  const since = async (act) => {
    world.statuses.length = 0;
    await act();
    return world.statuses;
  };
  return { world, connection, settle, pass, die, since };
}

test('a dead socket is found out at once when the page is looked at', async (t) => {
  const { world, connection, settle, pass, die, since } = online(t);
  await settle();
  assert.equal(world.welcomes, 1);
  die();
  const statuses = await since(async () => {
    connection.nudge();
    await pass(1_100);
  });
  assert.equal(world.welcomes, 2, 'another socket is signed in');
  assert.deepEqual(statuses.slice(0, 2), ['checking', 'connecting']);
  assert.equal(statuses.at(-1), 'online');
});

test('a living socket is left alone, and no other state is shown', async (t) => {
  const { world, connection, settle, since } = online(t);
  await settle();
  const statuses = await since(async () => {
    connection.nudge();
    await settle();
  });
  assert.deepEqual([...new Set(statuses)], ['online']);
  assert.equal(world.sockets.length, 1);
});

test('after a sleep the page does not say that it is connected', async (t) => {
  const { world, settle, pass, die, since } = online(t);
  await settle();
  await pass(2_000);
  die();
  const statuses = await since(async () => {
    // The machine sleeps: time passes, and no timer runs.
    mock.timers.setTime(Date.now() + 600_000);
    mock.timers.tick(1);
    await settle();
  });
  if (statuses.length === 0) await pass(1_000);
  assert.equal(statuses[0], 'checking');
  await pass(1_100);
  assert.equal(world.welcomes, 2);
});

test('when the network comes back some seconds later, so does the page', async (t) => {
  const { world, connection, settle, pass, die } = online(t);
  await settle();
  die();
  world.dead = true;
  connection.nudge();
  await pass(9_000);
  assert.equal(world.welcomes, 1);
  world.dead = false;
  await pass(2_000);
  assert.equal(world.welcomes, 2);
});

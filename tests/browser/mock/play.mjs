// Plays calls in a loop on the stand-in bridge, to look at the page: `npm run mock`.

import {
  AGENT,
  ago,
  akagi,
  call,
  callback,
  chosen,
  colleagues,
  gigantic,
  known,
  lead,
  missed,
  nobody,
  PERMISSIONS,
  shared,
  TOKEN,
  unidentified,
} from '../fixtures.mjs';
import { MockBridge } from '../mock-bridge.mjs';

/** What plays in a loop for people: each step is a function and the seconds to wait after it. */
async function play(bridge) {
  const wait = (seconds) =>
    new Promise((resolve) => {
      setTimeout(resolve, seconds * 1000);
    });
  bridge.records = [
    {
      call_id: 'p-1',
      direction: 'inbound',
      caller_kind: 'number',
      caller_e164: '+81663000000',
      customer_code: 'C00020',
      customer_name: '大阪商事㈱',
      agent_code: 'A201',
      started_at: ago(11),
      answered_at: ago(10),
      outcome: 'completed',
      talk_seconds: 182,
      queue: '注文',
    },
    {
      call_id: 'p-2',
      direction: 'inbound',
      caller_kind: 'number',
      caller_e164: '+819011112222',
      customer_code: null,
      customer_name: null,
      agent_code: 'A201',
      started_at: ago(22),
      answered_at: null,
      outcome: 'no_answer',
      talk_seconds: null,
      queue: 'サポート窓口',
    },
    {
      call_id: 'p-3',
      direction: 'inbound',
      caller_kind: 'withheld',
      caller_e164: null,
      customer_code: null,
      customer_name: null,
      agent_code: 'A201',
      started_at: ago(40),
      answered_at: ago(40),
      outcome: 'completed',
      talk_seconds: 35,
      queue: null,
    },
  ];
  bridge.agent = { ...AGENT, role: 'supervisor' };
  bridge.permissions = [...PERMISSIONS, 'presence.all', 'calls.all'];
  bridge.missed = missed();
  bridge.callbacks = [callback(), callback({ due_at: ago(-60), note: null })];
  bridge.team = colleagues();
  for (;;) {
    const first = bridge.ring(known(akagi()));
    await wait(6);
    bridge.answer(first);
    await wait(3);
    const second = bridge.ring(shared([bridge.cards.get('C00020'), bridge.cards.get('C00021')]));
    await wait(6);
    bridge.dismiss(second, 'answered_elsewhere');
    bridge.hold(first);
    await wait(3);
    bridge.resume(first);
    await wait(3);
    bridge.end(first);
    bridge.setPresence('after_call_work', { until: ago(-0.5), call_id: first });
    await wait(10);
    bridge.setPresence('ready');
    const codes = ['C00020', 'C00021'].map((code) => bridge.cards.get(code));
    const popups = [
      nobody(),
      lead(),
      {
        ...chosen(codes[1], shared(codes).candidates, '鈴木 一郎'),
        call: call({ number: '+81663000000', display: '06-6300-0000', area: '大阪' }),
      },
      ...['withheld', 'payphone', 'out_of_area', 'service_conflict'].map(unidentified),
      known(gigantic()),
    ];
    for (const popup of popups) {
      const id = bridge.ring(popup);
      await wait(5);
      bridge.dismiss(id, 'caller_hung_up');
      await wait(1);
    }
  }
}

const bridge = await new MockBridge().start();
console.log(`${bridge.url}#token=${TOKEN}`);
await play(bridge);

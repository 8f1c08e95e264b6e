// The connections to the bridge and to the PBX, in a real browser against the stand-in bridge.

import assert from 'node:assert/strict';
import { akagi, known, nobody, unidentified } from './fixtures.mjs';
import { onPage, received, signedIn, text, unchecked, waitText } from './on-page.mjs';

onPage(
  'a lost connection is shown, and no pop-up still seems to ring',
  async (page, bridge) => {
    const kept = bridge.ring(known(akagi()));
    const ghost = bridge.ring(nobody());
    await page.waitForSelector(`[data-entry="${ghost}"]`);
    await bridge.stop();
    await waitText(page, '#link-state.busy', '再接続中…');
    await waitText(page, '#stale-banner', /最終確認 \d\d:\d\d:\d\d/);
    await waitText(page, '.callbar.stale', /最終確認 \d\d:\d\d:\d\d/);
    for (const part of ['.callbar', '.tabs', '#calls']) assert.ok(!(await text(page, part)).includes('着信中'), part);
    assert.equal(await page.locator('[data-since]').count(), 0, 'no seconds count on');
    assert.ok(!(await page.title()).includes('☎') || (await page.waitForFunction(() => !document.title.includes('☎'))));
    assert.ok(await page.locator('.presence-away').isDisabled());
    bridge.vanish(ghost);
    await bridge.start();
    await page.waitForSelector('#link-state.good');
    await page.waitForSelector('.callbar.ringing');
    assert.equal(await page.locator('#stale-banner').count(), 0);
    await page.locator(`[data-entry="${ghost}"]`).waitFor({ state: 'detached' });
    await waitText(page, `#calls [data-call="${ghost}"]`, '切断中に終了');
    assert.ok(await page.locator(`[data-entry="${kept}"]`).isVisible());
  },
  { offline: true },
);

onPage(
  'after a break the pushes that were missed are caught up with',
  async (page, bridge) => {
    const id = bridge.ring(known(akagi()));
    await page.waitForSelector('.callbar.ringing');
    bridge.cut();
    bridge.dismiss(id, 'answered_elsewhere');
    await page.waitForSelector('.idle');
    await waitText(page, `#calls [data-call="${id}"]`, '他のオペレーターが応答');
    const hello = bridge.requests.filter((request) => request.op === 'hello').at(-1);
    assert.deepEqual(hello.resume, { epoch: 'epoch-1', seq: 1 });
  },
  { offline: true },
);

onPage(
  'a restarted bridge starts a new stream, and the page follows it',
  async (page, bridge) => {
    const before = bridge.ring(known(akagi()));
    await page.waitForSelector('.callbar.ringing');
    bridge.forgetStream();
    bridge.cut(1000);
    await page.waitForSelector('#link-state.busy');
    await page.waitForSelector('#link-state.good');
    const next = bridge.ring(nobody());
    await page.waitForSelector(`[data-entry="${next}"]`);
    bridge.answer(before);
    await page.waitForSelector('.callbar.answered');
  },
  { offline: true },
);

onPage(
  'a push that is missing is noticed, and the snapshot fills the gap',
  async (page, bridge) => {
    const popup = known(akagi());
    bridge.ring(nobody());
    await page.waitForSelector('.callbar.ringing');
    bridge.lose('call.ringing', popup);
    const third = bridge.ring(unidentified('payphone'));
    await page.waitForSelector(`[data-entry="${third}"]`);
    assert.equal(bridge.requests.filter((request) => request.op === 'hello').length, 2);
    assert.equal(bridge.requests.filter((request) => request.op === 'hello')[1].resume, undefined);
  },
  { offline: true },
);

onPage(
  'a stuck bridge is noticed although its socket stays open',
  async (page, bridge) => {
    await page.clock.install();
    await signedIn(page, bridge);
    bridge.ring(known(akagi()));
    await page.waitForSelector('.callbar.ringing');
    bridge.stuck = true;
    await page.clock.fastForward(16_000);
    await received(page, bridge, (request) => request.op === 'ping' && bridge.stuck);
    await page.clock.fastForward(11_000);
    await page.waitForSelector('.callbar.stale');
    bridge.stuck = false;
    await page.clock.fastForward(30_000);
    await page.waitForSelector('#link-state.good');
  },
  { signIn: false, offline: true },
);

onPage(
  'handled pushes are acknowledged',
  async (page, bridge) => {
    await page.clock.install();
    await signedIn(page, bridge);
    bridge.ring(nobody());
    await page.waitForSelector('.callbar.ringing');
    await page.clock.fastForward(6_000);
    assert.equal((await received(page, bridge, (request) => request.op === 'ack')).seq, 1);
  },
  { signIn: false },
);

onPage('the connection to the PBX is shown as it is', async (page, bridge) => {
  await waitText(page, '#source-state.good', '電話 接続');
  bridge.push('source.state', { up: false, source: 'hq', source_up: false, degraded: false, problems: [] });
  await waitText(page, '#source-state.bad', '電話 切断');
  await waitText(page, '.idle h1', 'PBX に接続していません');
  bridge.push('source.state', { up: true, source: 'hq', source_up: true, degraded: false, problems: [] });
  await waitText(page, '.idle h1', '着信を待っています');
});

onPage(
  'a PBX that is down is shown from the start',
  async (page) => {
    await waitText(page, '#source-state.bad', '電話 切断');
  },
  {
    setUp: (bridge) => {
      bridge.source = 'down';
    },
  },
);

onPage(
  'the health page is asked when the sign-in does not say whether the PBX is connected',
  async (page) => {
    await waitText(page, '#source-state.good', '電話 接続');
  },
  {
    setUp: (bridge) => {
      unchecked(bridge);
      bridge.saysSource = false;
    },
  },
);

onPage(
  'without a PBX none is mentioned',
  async (page) => {
    await page.waitForFunction(() => !document.querySelector('#source-state'));
  },
  {
    setUp: (bridge) => {
      bridge.source = 'none';
    },
  },
);

onPage(
  'of several PBXs the one that is down is named',
  async (page, bridge) => {
    await waitText(page, '#source-state.good', '電話 接続');
    bridge.push('source.state', { up: false, source: 'osaka', source_up: false, degraded: false, problems: [] });
    await waitText(page, '#source-state.bad', '電話 切断: osaka');
    bridge.push('source.state', { up: true, source: 'osaka', source_up: true, degraded: false, problems: [] });
    await waitText(page, '#source-state.good', '電話 接続');
  },
  {
    setUp: (bridge) => {
      bridge.sources = [
        { name: 'tokyo', up: true, problems: [] },
        { name: 'osaka', up: true, problems: [] },
      ];
    },
  },
);

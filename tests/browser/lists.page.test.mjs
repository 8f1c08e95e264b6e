// Missed calls and callbacks, in a real browser against the stand-in bridge.

import assert from 'node:assert/strict';
import { asked } from './at-work.mjs';
import { ago, callback, missed, PERMISSIONS } from './fixtures.mjs';
import { onPage, received, signedIn, waitText } from './on-page.mjs';

const withMissed = {
  setUp: (bridge) => {
    bridge.missed = missed();
  },
};
const row = (name) => `.missed-row:has-text("${name}")`;

onPage(
  'missed calls: by rank, then by waiting time; claimed, closed with a note, closed by a call',
  async (page, bridge) => {
    await waitText(page, '[data-key=view-missed] .badge', '3');
    await page.click('[data-key=view-missed]');
    await page.waitForSelector('.missed-row');
    assert.deepEqual(await page.locator('.missed-row .missed-who > :first-child').allInnerTexts(), [
      '大阪印刷㈱',
      '株式会社赤木電機',
      '未登録',
      '大阪商事㈱',
    ]);
    await waitText(page, row('赤木'), /3回 初回 \d\d:\d\d · 最終 \d\d:\d\d.*放棄 · サポート窓口.*まで/s);
    await waitText(page, row('大阪印刷'), '期限超過');
    await waitText(page, row('大阪商事'), '鈴木 一郎 が対応中');
    assert.equal(await page.locator(row('大阪商事')).getByRole('button', { name: '対応する' }).count(), 0);
    await page.locator(row('赤木')).getByRole('button', { name: '対応する' }).click();
    await waitText(page, row('赤木'), '自分が対応中');
    await page.locator(row('赤木')).getByLabel('完了のメモ').pressSequentially('折り返し');
    bridge.changeMissed(bridge.missed[2].missed_no, { count: 5 });
    await waitText(page, row('未登録'), '5回');
    await page.keyboard.type('済み');
    await page.locator(row('赤木')).getByRole('button', { name: '完了' }).click();
    const request = await received(page, bridge, asked('missed.close'));
    assert.deepEqual([request.result, request.note], ['done', '折り返し済み']);
    await page.waitForSelector(row('赤木'), { state: 'detached' });
    bridge.changeMissed(bridge.missed[1].missed_no, { status: 'done', closed_by_call: 'c-9', closed_at: ago(0) });
    await page.waitForSelector(row('大阪印刷'), { state: 'detached' });
    await waitText(page, '[data-key=view-missed] .badge', '1');
    await page.getByLabel('完了したものも表示').check();
    await waitText(page, row('大阪印刷'), '完了 · 通話で完了');
  },
  withMissed,
);

onPage(
  'a missed call that a colleague took first is reported, and the list shows who',
  async (page, bridge) => {
    await page.click('[data-key=view-missed]');
    bridge.failing.set('missed.claim', { code: 'conflict', message: 'claimed' });
    Object.assign(bridge.missed[0], { status: 'in_progress', assignee: 'A203', assignee_name: '鈴木 一郎' });
    await page.locator(row('赤木')).getByRole('button', { name: '対応する' }).click();
    await waitText(page, '#toast', '先に他のオペレーターが対応を始めました。');
    await waitText(page, row('赤木'), '鈴木 一郎 が対応中');
  },
  withMissed,
);

onPage(
  'a supervisor may take a missed call away from a colleague',
  async (page, bridge) => {
    await page.click('[data-key=view-missed]');
    await page.locator(row('大阪商事')).getByRole('button', { name: '対応を解除' }).click();
    await received(page, bridge, asked('missed.release'));
    await page.locator(row('大阪商事')).getByRole('button', { name: '対応する' }).waitFor();
  },
  {
    setUp: (bridge) => {
      bridge.missed = missed();
      bridge.permissions = [...PERMISSIONS, 'missed.assign'];
    },
  },
);

onPage(
  'a missed caller is called back from the list, and a call that rings takes the stage from it',
  async (page, bridge) => {
    await page.click('[data-key=view-missed]');
    await page.locator(row('大阪印刷')).locator('.dial').click();
    assert.equal((await received(page, bridge, asked('call.dial'))).number, '+81663000000');
    await page.waitForSelector('.callbar.dialing');
    assert.ok(await page.locator('#missed').isHidden());
  },
  withMissed,
);

onPage('a due callback is shown and announced without taking the focus', async (page, bridge) => {
  await page.focus('#search-input');
  const one = callback();
  bridge.remind(one);
  await waitText(page, '.reminder', /折り返しの時刻です.*大阪商事㈱.*06-6300-0000.*見積の件/s);
  await waitText(page, '#announce-later', /折り返し \d\d:\d\d 大阪商事㈱/);
  assert.equal(await page.evaluate(() => document.activeElement.id), 'search-input', 'the focus stays');
  await page.waitForFunction(() => document.title.startsWith('⏰'));
  await page.getByRole('button', { name: '10分後' }).click();
  await page.waitForSelector('.reminder', { state: 'detached' });
  bridge.remind(callback({ customer_name: '株式会社赤木電機' }));
  await page.locator('.reminder .dial').click();
  await received(page, bridge, asked('call.dial'));
  await page.locator('.reminder').getByRole('button', { name: '完了' }).click();
  await received(page, bridge, asked('callback.done'));
  await page.waitForSelector('.reminder', { state: 'detached' });
  await page.waitForFunction(() => document.title === '着電');
});

onPage(
  'a callback becomes due while the page is open, without a push',
  async (page, bridge) => {
    await page.clock.install();
    await signedIn(page, bridge);
    await page.click('[data-key=view-missed]');
    await waitText(page, '.callback-row', '大阪商事㈱');
    assert.equal(await page.locator('.reminder').count(), 0);
    bridge.stuck = true;
    await page.clock.fastForward(61_000);
    await page.waitForSelector('.reminder');
    bridge.stuck = false;
  },
  {
    signIn: false,
    setUp: (bridge) => {
      bridge.callbacks = [callback({ due_at: new Date(Date.now() + 60_000).toISOString() })];
    },
  },
);

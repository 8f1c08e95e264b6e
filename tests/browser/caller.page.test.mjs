// Whom a call is shown as coming from, in a real browser against the stand-in bridge.

import assert from 'node:assert/strict';
import { akagi, call, known, nobody, shared, unidentified } from './fixtures.mjs';
import { older, onPage, received, text, unchecked, waitText } from './on-page.mjs';

onPage(
  'a shared number offers its customers and picks none',
  async (page, bridge) => {
    const [a, b] = [bridge.cards.get('C00020'), bridge.cards.get('C00021')];
    bridge.ring(shared([a, b]));
    await waitText(page, '#popup h1', 'この番号には2件のお客様が登録されています');
    assert.equal(await page.locator('.who').count(), 0);
    assert.equal(bridge.requests.filter((request) => request.op === 'lookup').length, 0);
    await page.getByRole('button', { name: '大阪印刷㈱' }).click();
    await waitText(page, '.who h1', '大阪印刷㈱');
    assert.equal(bridge.requests.find((request) => request.op === 'lookup').customer_code, 'C00021');
    assert.ok(await page.locator('.callbar.ringing').isVisible(), 'it is still this call');
    await page.getByRole('button', { name: '候補に戻る' }).click();
    await page.waitForSelector('.chooser');
  },
  { setUp: older },
);

onPage('a number that nobody has is shown with the number', async (page, bridge) => {
  bridge.ring(nobody());
  await waitText(page, '#popup h1', '該当者なし');
  await waitText(page, '.unknown .number', '090-1111-2222');
});

for (const [kind, label] of [
  ['withheld', '非通知'],
  ['payphone', '公衆電話'],
  ['out_of_area', '表示圏外'],
  ['service_conflict', 'サービス競合'],
  ['unknown', '番号不明'],
  ['a_new_kind', '番号不明'],
]) {
  onPage(`a caller without a number: ${kind}`, async (page, bridge) => {
    // A newer bridge may know kinds that this page does not.
    if (kind === 'a_new_kind') unchecked(bridge);
    bridge.ring(unidentified(kind));
    await waitText(page, '#popup h1', label);
    assert.equal(await text(page, '.callbar .number'), label);
  });
}

onPage('a lookup that failed is not shown as nobody, and can be tried again', async (page, bridge) => {
  bridge.ring({ ...nobody({ number: '+81312345678', display: '03-1234-5678', area: '東京' }), match: 'failed' });
  await waitText(page, '#popup h1', '顧客を確認できませんでした');
  await page.getByRole('button', { name: 'もう一度調べる' }).click();
  await waitText(page, '.who h1', '株式会社赤木電機');
  assert.equal((await received(page, bridge, (request) => request.op === 'lookup')).number, '+81312345678');
  assert.ok(await page.locator('.callbar.ringing').isVisible());
});

onPage('a colleague on an extension is no customer', async (page, bridge) => {
  bridge.ring({ ...nobody(), call: call({ kind: 'internal', number: '203', display: '203', area: null }) });
  await waitText(page, '#popup h1', '社内からの内線です');
  await waitText(page, '.callbar .number', '内線 203');
});

onPage('a caller who becomes known is shown at once', async (page, bridge) => {
  const popup = unidentified('unknown');
  bridge.ring(popup);
  await waitText(page, '#popup h1', '番号不明');
  const card = known(akagi());
  bridge.update({ ...card, call: { ...card.call, call_id: popup.call.call_id } });
  await waitText(page, '.who h1', '株式会社赤木電機');
  assert.equal(await page.locator('.tab').count(), 1);
});

onPage('the name that came with the call is shown as unverified, and it is only text', async (page, bridge) => {
  bridge.ring(nobody({ number: '+819011112222', display: '090-1111-2222', caller_name: '<b>アカギ</b>' }));
  await waitText(page, '.caller-name', '「<b>アカギ</b>」(未確認)');
  assert.match(await page.locator('.caller-name').getAttribute('title'), /確認されていません/);
});

onPage('a number that calls again says how often, and whether anybody has talked with it', async (page, bridge) => {
  const last_at = '2026-11-30T01:05:00Z';
  bridge.ring(nobody({ earlier_today: { calls: 2, last_at, talked_at: null } }));
  await waitText(page, '.again', '本日3回目 · 未応対(前回 10:05)');
  assert.equal(await page.locator('.again.danger').count(), 1);
  bridge.ring(nobody({ earlier_today: { calls: 1, last_at, talked_at: '2026-11-30T01:06:00Z' } }));
  await page.locator('[role=tab]').nth(1).click();
  await waitText(page, '.again', '本日2回目 · 10:06 に応対済み');
  assert.equal(await page.locator('.again.danger').count(), 0);
  bridge.ring(nobody());
  await page.locator('[role=tab]').nth(2).click();
  await page.waitForFunction(() => !document.querySelector('.again'));
});

onPage('a nuisance is marked from the call, shown, and unmarked', async (page, bridge) => {
  bridge.ring(nobody());
  await page.getByRole('button', { name: '迷惑電話に登録' }).click();
  await waitText(page, '.callbar .nuisance', '迷惑電話');
  assert.match(await page.locator('.callbar .nuisance').getAttribute('title'), /佐藤 花子/);
  await page.getByRole('button', { name: '迷惑電話の登録を解除' }).click();
  await page.waitForSelector('.callbar .nuisance', { state: 'detached' });
  bridge.ring(unidentified('withheld'));
  await page.locator('[role=tab]').nth(1).click();
  await waitText(page, '.callbar .number', '非通知');
  assert.equal(await page.getByRole('button', { name: '迷惑電話に登録' }).count(), 0, 'there is no number');
});

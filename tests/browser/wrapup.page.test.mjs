// The wrap-up of a call, in a real browser against the stand-in bridge.

import assert from 'node:assert/strict';
import { afterwards, asked, note, talking } from './at-work.mjs';
import { ago, nobody, TOKEN, talked } from './fixtures.mjs';
import { onPage, received, waitText } from './on-page.mjs';

onPage('the wrap-up needs no mouse, and everything it says arrives', async (page, bridge) => {
  const id = await talking(page, bridge);
  await page.keyboard.press('n');
  await page.keyboard.type('請求の件 11/25 に振込');
  await afterwards(page, bridge, id);
  assert.equal(await page.evaluate(() => document.activeElement.name), 'note', 'the focus stayed in the note');
  await page.locator('.is-category input').first().focus();
  await page.keyboard.press('7');
  await page.locator('.is-result input').first().focus();
  await page.keyboard.press('ArrowRight');
  await page.locator('.is-status input').first().focus();
  await page.keyboard.press('ArrowRight');
  await page.getByRole('button', { name: '明日 10:00' }).press('Enter');
  await page.locator('summary[data-key^=extras-open]').press('Enter');
  await page.getByLabel('種類').selectOption('complaint');
  await page.getByLabel('件名').fill('請求書が届かない');
  await page.getByLabel('ToDo', { exact: true }).fill('請求書を再送');
  await page.getByLabel('期日').fill('2026-12-01');
  await page.keyboard.press('Control+Enter');
  const request = await received(page, bridge, asked('call.wrapup'));
  assert.match(request.follow_up_at, /^\d{4}-\d\d-\d\dT01:00:00\.000Z$/);
  assert.match(request.key, /^[0-9a-f]{32}$/);
  delete request.id;
  delete request.key;
  delete request.follow_up_at;
  assert.deepEqual(request, {
    op: 'call.wrapup',
    call_id: id,
    note: '請求の件 11/25 に振込',
    category: 'billing',
    result: 'callback',
    status: 'in_progress',
    customer_code: 'C00017',
    inquiry: { kind: 'complaint', subject: '請求書が届かない' },
    task: { title: '請求書を再送', due_on: '2026-12-01' },
    done: true,
  });
  await waitText(page, '#toast', /保存しました · 問合せ #\d+ · ToDo #T-\d+ · 折り返し #\d+/);
  await page.waitForSelector('.idle');
  await page.waitForSelector('.presence-ready[aria-pressed=true]');
  await page.waitForFunction(() => sessionStorage.getItem('chakuden.drafts') === null); // Nothing of it stays in the browser.
});

onPage('a wrap-up that cannot be saved loses nothing', async (page, bridge) => {
  const id = await talking(page, bridge);
  await afterwards(page, bridge, id);
  bridge.failing.set('call.wrapup', { code: 'timeout', message: 'late' });
  await page.fill(note, '残る');
  await page.click('.is-category label >> nth=2');
  await page.keyboard.press('Control+Enter');
  await waitText(page, '#toast', '応答がありませんでした');
  assert.equal(await page.inputValue(note), '残る');
  assert.ok(await page.locator('.is-category input >> nth=2').isChecked());
  bridge.failing.clear();
  await page.getByRole('button', { name: '保存して完了' }).click();
  await page.waitForSelector('.idle');
  const keys = bridge.requests.filter(asked('call.wrapup')).map((request) => request.key);
  assert.deepEqual([keys.length, new Set(keys).size], [3, 1], 'repeated by itself and by hand, it is the same');
});

onPage('saving while talking keeps the call, and the work after it still comes', async (page, bridge) => {
  const id = await talking(page, bridge);
  await page.fill(note, '途中で保存');
  await page.keyboard.press('Control+Enter');
  assert.equal((await received(page, bridge, asked('call.wrapup'))).done, false);
  await waitText(page, '.wrap-state', '保存しました');
  assert.ok(await page.locator('.callbar.answered').isVisible());
  await afterwards(page, bridge, id, { wrapped_at: ago(1) });
  assert.ok(await page.locator('.callbar.ended').isVisible());
});

onPage('a reload in the middle of the wrap-up brings everything back', async (page, bridge) => {
  const id = await talking(page, bridge);
  await afterwards(page, bridge, id);
  await page.click('.is-category label >> nth=4');
  await page.locator(note).pressSequentially('書きかけ');
  await page.reload();
  await page.waitForSelector('.callbar.ended');
  await page.waitForFunction((field) => document.querySelector(field)?.value === '書きかけ', note);
  assert.ok(await page.locator('.is-category input >> nth=4').isChecked());
  await waitText(page, '.who h1', '株式会社赤木電機');
  await page.focus(note);
  await page.keyboard.press('Control+Enter');
  const request = await received(page, bridge, asked('call.wrapup'));
  assert.deepEqual([request.note, request.category, request.customer_code], ['書きかけ', 'delivery_change', 'C00017']);
});

onPage(
  'a session that ends in the middle of the wrap-up loses nothing; leaving on purpose leaves nothing behind',
  async (page, bridge) => {
    const id = await talking(page, bridge);
    await afterwards(page, bridge, id);
    await page.click('.is-category label >> nth=4');
    await page.locator(note).pressSequentially('書きかけ');
    bridge.cut(4401);
    await page.fill('#token', TOKEN);
    await page.keyboard.press('Enter');
    await page.waitForFunction((field) => document.querySelector(field)?.value === '書きかけ', note);
    assert.ok(await page.locator('.is-category input >> nth=4').isChecked());
    await page.getByRole('button', { name: 'サインアウト' }).click();
    await page.waitForSelector('#token');
    assert.equal(await page.evaluate(() => sessionStorage.length), 0);
  },
);

onPage(
  'the work after a call comes up on another machine too',
  async (page) => {
    await waitText(page, '.callbar.ended', '通話終了');
    await page.waitForFunction((field) => document.querySelector(field)?.value === 'もう一台で書いたメモ', note);
  },
  {
    setUp: (bridge) => {
      bridge.records = [talked({ call_id: 'c-far', note: 'もう一台で書いたメモ' })];
      bridge.presence = 'after_call_work';
    },
  },
);

onPage(
  'a wrap-up that was saved on another machine closes the tab here, not one with unsaved words',
  async (page, bridge) => {
    const id = await talking(page, bridge);
    await afterwards(page, bridge, id);
    bridge.records[0].wrapped_at = ago(0);
    bridge.setPresence('ready');
    await page.waitForSelector('.idle');
    const second = await talking(page, bridge, nobody());
    await afterwards(page, bridge, second);
    await page.fill(note, 'まだ保存していない');
    bridge.records[0].wrapped_at = ago(0);
    const calls = bridge.requests.filter(asked('calls')).length;
    bridge.setPresence('ready');
    await page.waitForSelector('.presence-ready[aria-pressed=true]');
    while (bridge.requests.filter(asked('calls')).length === calls)
      await page.evaluate(() => new Promise(requestAnimationFrame));
    assert.equal(await page.inputValue(note), 'まだ保存していない');
  },
);

onPage(
  'a call without its wrap-up is marked in the list and can be opened later',
  async (page, bridge) => {
    await page.getByRole('button', { name: '株式会社赤木電機 の後処理を開く' }).click();
    await page.waitForSelector('.wrapup.unfolded');
    await page.fill(note, '後から');
    await page.keyboard.press('Control+Enter');
    assert.equal((await received(page, bridge, asked('call.wrapup'))).call_id, 'p-1');
    await page.waitForSelector('.line-wrap', { state: 'detached' });
  },
  {
    setUp: (bridge) => {
      bridge.records = [talked()];
    },
  },
);

onPage(
  'a callback and a to-do are given to a colleague, with the keyboard; a reload keeps whom',
  async (page, bridge) => {
    const id = await talking(page, bridge);
    await afterwards(page, bridge, id);
    await page.getByRole('button', { name: '明日 10:00' }).press('Enter');
    const callsBack = page.getByLabel('折り返しの担当');
    assert.deepEqual(
      await callsBack.locator('option').allInnerTexts(),
      ['自分', '高橋 次郎', '鈴木 一郎', '田中 三郎', '伊藤 四葉'],
      'oneself is there once',
    );
    await callsBack.focus();
    await page.keyboard.press('ArrowDown');
    await page.locator('summary[data-key^=extras-open]').press('Enter');
    await page.getByLabel('ToDo', { exact: true }).fill('見積を送る');
    await page.getByLabel('ToDo の担当').selectOption('鈴木 一郎');
    await page.reload();
    await page.waitForSelector('.wrapup.unfolded');
    assert.equal(await page.getByLabel('ToDo の担当').inputValue(), '鈴木 一郎');
    await page.locator(note).focus();
    await page.keyboard.press('Control+Enter');
    const request = await received(page, bridge, asked('call.wrapup'));
    assert.deepEqual([request.follow_up_by, request.task], ['A202', { title: '見積を送る', assignee: '鈴木 一郎' }]);
  },
);

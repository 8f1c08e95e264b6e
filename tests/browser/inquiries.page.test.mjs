// Inquiries and to-dos on a card: opened without a call, got further, done, in a real browser against the stand-in bridge.

import assert from 'node:assert/strict';
import { asked, lookedUp } from './at-work.mjs';
import { gigantic, known, PERMISSIONS } from './fixtures.mjs';
import { onPage, received, waitText } from './on-page.mjs';

onPage('open cards are refreshed when the customer changes', async (page, bridge) => {
  await lookedUp(page);
  await waitText(page, '.rows', '納期遅延');
  bridge.cards
    .get('C00017')
    .open.tasks.push({ task_no: 'T-10', title: '請求書を再送', due_on: null, assignee: '鈴木 一郎', origin: 'here' });
  bridge.push('customer.changed', { customer_code: 'C00017' });
  await waitText(page, '.rows', '請求書を再送');
});

onPage('a to-do is done and an inquiry gets further on the card', async (page, bridge) => {
  await lookedUp(page);
  await page.getByRole('button', { name: '納期の再回答 を完了にする' }).click();
  assert.equal((await received(page, bridge, asked('task.done'))).task_no, 'T-9');
  await page.locator('.rows').getByText('納期の再回答').waitFor({ state: 'detached' });
  await page.getByLabel('問合せ #332 の状況').selectOption('done');
  const { inquiry_no: no, status } = await received(page, bridge, asked('inquiry.update'));
  assert.deepEqual([no, status], ['332', 'done']);
  await page.getByLabel('問合せ #332 の状況').waitFor({ state: 'detached' });
});

onPage(
  'a complaint and a to-do are opened from a card that was looked up, without a call and without a mouse',
  async (page, bridge) => {
    await lookedUp(page);
    await page.locator('summary[data-key^=extras-open]').press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Tab');
    await page.keyboard.type('納品書の誤り');
    await page.keyboard.press('Tab');
    await page.keyboard.type('数量が違う');
    await page.getByLabel('ToDo', { exact: true }).fill('納品書を再発行');
    await page.getByLabel('期日').fill('2026-12-01');
    await page.keyboard.press('Control+Enter');
    const inquiry = await received(page, bridge, asked('inquiry.create'));
    delete inquiry.id;
    delete inquiry.key;
    assert.deepEqual(inquiry, {
      op: 'inquiry.create',
      customer_code: 'C00017',
      kind: 'complaint',
      subject: '納品書の誤り',
      body: '数量が違う',
    });
    const task = await received(page, bridge, asked('task.create'));
    delete task.id;
    delete task.key;
    assert.deepEqual(task, {
      op: 'task.create',
      customer_code: 'C00017',
      title: '納品書を再発行',
      due_on: '2026-12-01',
    });
    await waitText(page, '#toast', /保存しました · 問合せ #\d+ · ToDo #T-\d+/);
    await waitText(page, '.boxes', '納品書の誤り');
    await waitText(page, '.boxes', '納品書を再発行');
    assert.equal(await page.getByLabel('件名').inputValue(), '', 'nothing is sent twice');
    await page.keyboard.press('Control+Enter');
    await waitText(page, '#toast', '件名か ToDo を入力してください。');
    assert.equal(bridge.requests.filter(asked('inquiry.create')).length, 1);
  },
);

onPage(
  'what could not be opened from a card stays in its field, also beside a call that rings',
  async (page, bridge) => {
    bridge.failing.set('task.create', { code: 'busy', message: 'busy' });
    await lookedUp(page);
    await page.locator('summary[data-key^=extras-open]').press('Enter');
    await page.getByLabel('件名').fill('カタログ希望');
    await page.getByLabel('ToDo', { exact: true }).fill('カタログを送る');
    await page.getByRole('button', { name: '作成' }).click();
    await waitText(page, '#toast', /問合せ #\d+/);
    assert.deepEqual(
      [await page.getByLabel('件名').inputValue(), await page.getByLabel('ToDo', { exact: true }).inputValue()],
      ['', 'カタログを送る'],
    );
    const id = bridge.ring(known(gigantic()));
    await page.locator(`[data-entry="${id}"]`).click();
    await page.locator('[data-entry="card:C00017"]').click();
    assert.equal(await page.getByLabel('ToDo', { exact: true }).inputValue(), 'カタログを送る');
    bridge.failing.clear();
    await page.getByRole('button', { name: '作成' }).click();
    await waitText(page, '.boxes', 'カタログを送る');
    assert.equal(bridge.requests.filter(asked('inquiry.create')).length, 1, 'the inquiry is not opened again');
  },
);

onPage(
  'without permission to work on calls nothing can be opened',
  async (page) => {
    await lookedUp(page);
    await waitText(page, '.who h1', '株式会社赤木電機');
    assert.equal(await page.locator('.create').count(), 0);
  },
  {
    setUp: (bridge) => {
      bridge.permissions = PERMISSIONS.filter((one) => one !== 'calls.work');
    },
  },
);

onPage(
  'a to-do from a card is given to a colleague; where nobody can be listed it is one’s own',
  async (page, bridge) => {
    await lookedUp(page);
    await page.locator('summary[data-key^=extras-open]').press('Enter');
    await page.getByLabel('ToDo', { exact: true }).fill('訪問');
    await page.getByLabel('ToDo の担当').selectOption('伊藤 四葉');
    await page.keyboard.press('Control+Enter');
    assert.equal((await received(page, bridge, asked('task.create'))).assignee, '伊藤 四葉');
    await waitText(page, '.boxes', '訪問 · 伊藤 四葉');
    bridge.failing.set('colleagues', { code: 'unknown_op', message: 'no' });
    await page.reload();
    await page.waitForSelector('#link-state.good');
    await lookedUp(page);
    assert.equal(await page.getByLabel('ToDo の担当').count(), 0);
  },
);

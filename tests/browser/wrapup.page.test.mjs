// What an agent writes about a call and opens without one, in a real browser against the stand-in bridge.

import assert from 'node:assert/strict';
import { afterwards, asked, end, lookedUp, note, talking } from './at-work.mjs';
import { ago, akagi, gigantic, known, missedCall, nobody, PERMISSIONS, TOKEN } from './fixtures.mjs';
import { onPage, received, waitText } from './on-page.mjs';

// ---------------------------------------------------------------- wrap-up

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
  delete request.id;
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

onPage('the note is kept as it is typed; no push touches the field, the caret or the focus', async (page, bridge) => {
  const popup = known(akagi());
  const id = await talking(page, bridge, popup);
  await page.locator(note).pressSequentially('あいうえお');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await page.evaluate((field) => {
    document.querySelector(field).dataset.mark = 'same';
  }, note);
  bridge.update({ ...popup, call: { ...popup.call, state: 'answered', answered_at: ago(0) }, alerts: [] });
  await page.waitForSelector('.alerts', { state: 'detached' });
  bridge.hold(id);
  await page.waitForSelector('.callbar.held');
  bridge.push('missed.changed', missedCall());
  bridge.setPresence('on_call', { call_id: id });
  await page.waitForSelector('.presence-chip.is-on_call');
  await page.keyboard.type('*');
  assert.equal(await page.inputValue(note), 'あいう*えお');
  assert.equal(await page.getAttribute(note, 'data-mark'), 'same');
  await received(
    page,
    bridge,
    asked('call.note', (one) => one.call_id === id && one.text === 'あいう*えお'),
  );
  await waitText(page, '.wrap-state', 'メモは保存済み');
});

onPage('a word that an input method puts together survives whatever comes', async (page, bridge) => {
  const id = await talking(page, bridge);
  await page.focus(note);
  const input = await page.context().newCDPSession(page);
  await input.send('Input.imeSetComposition', { text: 'にほん', selectionStart: 3, selectionEnd: 3 });
  end(bridge, id);
  await waitText(page, '.presence-chip', '後処理中');
  assert.equal(await page.inputValue(note), 'にほん');
  await input.send('Input.insertText', { text: '日本' });
  await page.waitForSelector('.wrapup.unfolded');
  assert.equal(await page.inputValue(note), '日本');
});

onPage('a colleague’s note does not replace what is being typed; it waits beside it', async (page, bridge) => {
  const id = await talking(page, bridge);
  bridge.note(id, '前の担当のメモ');
  await page.waitForFunction((field) => document.querySelector(field).value === '前の担当のメモ', note);
  await page.locator(note).pressSequentially(' 続き');
  bridge.note(id, '別の内容');
  await waitText(page, '.theirs', '鈴木 一郎 の入力 別の内容');
  assert.equal(await page.inputValue(note), '前の担当のメモ 続き');
  await page.getByRole('button', { name: '末尾に追加' }).click();
  await page.waitForFunction((field) => document.querySelector(field).value === '前の担当のメモ 続き\n別の内容', note);
  await received(
    page,
    bridge,
    asked('call.note', (one) => one.text === '前の担当のメモ 続き\n別の内容'),
  );
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
      bridge.records = [
        {
          call_id: 'c-far',
          direction: 'inbound',
          caller_kind: 'number',
          caller_e164: '+81312345678',
          customer_code: 'C00017',
          agent_code: 'A201',
          started_at: ago(3),
          answered_at: ago(2),
          ended_at: ago(1),
          outcome: 'completed',
          talk_seconds: 60,
          note: 'もう一台で書いたメモ',
          wrapped_at: null,
        },
      ];
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
  'what is typed while the connection is lost goes out when it is back',
  async (page, bridge) => {
    const id = await talking(page, bridge);
    await bridge.stop();
    await page.waitForSelector('.callbar.stale');
    await page.fill(note, '切れている間のメモ');
    await waitText(page, '.wrap-state', '接続が回復しだい、メモを保存します');
    await bridge.start();
    assert.equal((await received(page, bridge, asked('call.note'))).call_id, id);
    await waitText(page, '.wrap-state', 'メモは保存済み');
    assert.equal(await page.inputValue(note), '切れている間のメモ');
  },
  { offline: true },
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
      bridge.records = [
        {
          call_id: 'p-1',
          direction: 'inbound',
          caller_kind: 'number',
          caller_e164: '+81312345678',
          customer_code: 'C00017',
          customer_name: '株式会社赤木電機',
          agent_code: 'A201',
          started_at: ago(30),
          answered_at: ago(29),
          ended_at: ago(28),
          outcome: 'completed',
          talk_seconds: 60,
          wrapped_at: null,
        },
      ];
    },
  },
);

onPage('what an agent did for a customer is on every open card at once', async (page, bridge) => {
  await page.keyboard.press('/');
  await page.keyboard.type('赤木');
  await page.waitForSelector('#search-list [role=option]');
  await page.keyboard.press('Enter');
  await waitText(page, '.rows', '納期遅延');
  bridge.cards
    .get('C00017')
    .open.tasks.push({ task_no: 'T-10', title: '請求書を再送', due_on: null, assignee: '鈴木 一郎' });
  bridge.push('customer.changed', { customer_code: 'C00017' });
  await waitText(page, '.rows', '請求書を再送');
});

onPage('a to-do is done and an inquiry gets further on the card', async (page, bridge) => {
  await page.keyboard.press('/');
  await page.keyboard.type('赤木');
  await page.waitForSelector('#search-list [role=option]');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: '納期の再回答 を完了にする' }).click();
  assert.equal((await received(page, bridge, asked('task.done'))).task_no, 'T-9');
  await page.locator('.rows').getByText('納期の再回答').waitFor({ state: 'detached' });
  await page.getByLabel('問合せ #332 の状況').selectOption('done');
  const { inquiry_no: no, status } = await received(page, bridge, asked('inquiry.update'));
  assert.deepEqual([no, status], ['332', 'done']);
  await page.getByLabel('問合せ #332 の状況').waitFor({ state: 'detached' });
});

// ---------------------------------------------------------------- without a call

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
    assert.deepEqual(inquiry, {
      op: 'inquiry.create',
      customer_code: 'C00017',
      kind: 'complaint',
      subject: '納品書の誤り',
      body: '数量が違う',
    });
    const task = await received(page, bridge, asked('task.create'));
    delete task.id;
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
  'who may not work on calls opens nothing',
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

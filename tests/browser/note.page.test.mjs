// The note of a call while it is written, in a real browser against the stand-in bridge.

import assert from 'node:assert/strict';
import { asked, end, note, talking } from './at-work.mjs';
import { ago, akagi, known, missedCall } from './fixtures.mjs';
import { onPage, received, waitText } from './on-page.mjs';

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

onPage('a word being composed with an input method survives every push', async (page, bridge) => {
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
  'what is pasted with marks of direction and control characters is cleaned, and the page says so',
  async (page, bridge) => {
    const id = await talking(page, bridge);
    await page.locator(note).pressSequentially('前後');
    await page.keyboard.press('ArrowLeft');
    // As a paste does it.
    await page.evaluate(() => document.execCommand('insertText', false, '\u202e赤木\u0007\u2069\n電機'));
    await waitText(page, '#toast', '入力できない文字');
    await page.keyboard.type('*');
    assert.equal(await page.inputValue(note), '前赤木\n電機*後');
    await received(
      page,
      bridge,
      asked('call.note', (one) => one.call_id === id && one.text === '前赤木\n電機*後'),
    );
  },
);

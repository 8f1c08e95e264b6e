// Calls at once, calling out and presence, in a real browser against the stand-in bridge.

import assert from 'node:assert/strict';
import { afterwards, asked, lookedUp, note, talking } from './at-work.mjs';
import { ago, akagi, chosen, known, nobody, PERMISSIONS, shared, talked } from './fixtures.mjs';
import { onPage, received, signedIn, text, waitText } from './on-page.mjs';

// ---------------------------------------------------------------- several calls

onPage('a second call overwrites nothing: each state is seen in its tab', async (page, bridge) => {
  const first = await talking(page, bridge);
  await page.fill(note, '一件目のメモ');
  const second = bridge.ring(nobody());
  await waitText(page, `.tab.ringing [data-entry="${second}"]`, '着信中');
  assert.ok((await text(page, '#popup')).includes('株式会社赤木電機'));
  bridge.hold(first);
  await waitText(page, `.tab.held [data-entry="${first}"]`, '保留中');
  await page.click(`[data-entry="${second}"]`);
  bridge.answer(second);
  await page.waitForSelector('.callbar.answered');
  assert.equal(await page.inputValue(note), '');
  await page.fill(note, '二件目のメモ');
  await page.click(`[data-entry="${first}"]`);
  await page.waitForFunction((field) => document.querySelector(field).value === '一件目のメモ', note);
  await waitText(page, '#calls .now.held', '保留中');
});

onPage(
  'a call that rings does not interrupt typing: it waits in its tab until the typing stops',
  async (page, bridge) => {
    await page.clock.install();
    await signedIn(page, bridge);
    const first = await talking(page, bridge);
    await afterwards(page, bridge, first);
    await page.locator(note).pressSequentially('まだ書い');
    const second = bridge.ring(nobody());
    await page.waitForSelector(`.tab.ringing [data-entry="${second}"]`);
    await page.keyboard.type('ている');
    assert.equal(await page.inputValue(note), 'まだ書いている');
    assert.equal(await page.getAttribute(`[data-entry="${first}"]`, 'aria-selected'), 'true');
    assert.match(await text(page, '#announce'), /着信 090-1111-2222/);
    await page.clock.fastForward(4_000);
    await waitText(page, '.callbar.ringing', '090-1111-2222');
    await page.click(`[data-entry="${first}"]`);
    assert.equal(await page.inputValue(note), 'まだ書いている');
  },
  { signIn: false },
);

onPage('a transferred call brings its note and the customer that was chosen', async (page, bridge) => {
  const [a, b] = [bridge.cards.get('C00020'), bridge.cards.get('C00021')];
  const popup = chosen(b, shared([a, b]).candidates);
  const id = bridge.ring({ ...popup, call: { ...popup.call, note: '納期の件。資料は送付済み', note_by: '鈴木 一郎' } });
  await waitText(page, '.handed', /引き継ぎメモ · 鈴木 一郎.*納期の件。資料は送付済み/s);
  await waitText(page, '.who h1', '大阪印刷㈱');
  bridge.answer(id);
  await page.waitForFunction((field) => document.querySelector(field)?.value === '納期の件。資料は送付済み', note);
});

onPage('unsaved text stays when a call is handed over', async (page, bridge) => {
  const id = await talking(page, bridge);
  await page.fill(note, '転送します');
  bridge.dismiss(id, 'transferred');
  await waitText(page, '.callbar.ended', '通話終了 · 転送');
  assert.equal(await page.inputValue(note), '転送します');
  assert.equal((await received(page, bridge, asked('call.note'))).text, '転送します');
});

// ---------------------------------------------------------------- calling

onPage(
  'numbers are called with one press: on the card, in the timeline, in the list, in the search',
  async (page, bridge) => {
    bridge.cards.get('C00017').interactions[0].body = '折り返しは 090-2222-3333 へ(伝票 2026-0001 の件)';
    await page.click('#calls [data-call="p-2"] .dial');
    assert.equal((await received(page, bridge, asked('call.dial'))).number, '+819011112222');
    await waitText(page, '#toast', '発信しています。お手元の電話が先に鳴ります。');
    await waitText(page, '.callbar.dialing', /発信中 0:\d\d/);
    await lookedUp(page);
    await page.click('.more-details summary');
    await page.getByRole('button', { name: '048-123-4567 に発信' }).click();
    await received(
      page,
      bridge,
      asked('call.dial', (one) => one.number === '048-123-4567'),
    );
    await page.locator('[data-entry="card:C00017"]').click();
    assert.deepEqual(
      await page.locator('#timeline .dial').evaluateAll((nodes) => nodes.map((node) => node.dataset.dial)),
      ['090-2222-3333'],
      'a slip’s number is no telephone number',
    );
    await page.keyboard.press('/');
    await page.keyboard.type('03 5555 6666');
    await waitText(page, '#search-list', '03 5555 6666 に発信');
    await page.keyboard.press('Enter');
    assert.equal(bridge.requests.filter((one) => one.number === '0355556666').length, 0, 'Enter alone calls nobody');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await received(
      page,
      bridge,
      asked('call.dial', (one) => one.number === '0355556666'),
    );
  },
  {
    setUp: (bridge) => {
      bridge.records = [
        {
          call_id: 'p-2',
          direction: 'inbound',
          caller_kind: 'number',
          caller_e164: '+819011112222',
          agent_code: 'A201',
          started_at: ago(22),
          answered_at: null,
          outcome: 'no_answer',
        },
      ];
    },
  },
);

onPage(
  'an outgoing call is followed: dialling, answered, ended; one that nobody answers can be wrapped up',
  async (page, bridge) => {
    const id = bridge.dialing(known(akagi()));
    await waitText(page, '.callbar.dialing', /発信中.*発信.*03-1234-5678/s);
    assert.equal(await page.title(), '着電', 'nothing rings');
    bridge.answer(id);
    await waitText(page, '.callbar.answered', '通話中');
    bridge.end(id);
    await waitText(page, '.callbar.ended', '通話終了');
    const second = bridge.dialing(nobody());
    await page.waitForSelector('.callbar.dialing');
    bridge.end(second, 'no_answer', 0);
    await waitText(page, '.callbar.ended', '応答なし');
    await page.waitForSelector('.wrapup.unfolded');
  },
);

onPage('a refusal of the PBX is shown in its words', async (page, bridge) => {
  bridge.failing.set('call.dial', { code: 'refused', message: '内線 201 が話中です' });
  bridge.ring(known(akagi()));
  await page.click('.more-details summary');
  await page.getByRole('button', { name: '048-123-4567 に発信' }).click();
  await waitText(page, '#toast', 'PBX が受け付けませんでした: 内線 201 が話中です');
});

onPage(
  'without permission to call, numbers are text',
  async (page, bridge) => {
    bridge.ring(known(akagi()));
    await page.click('.more-details summary');
    await waitText(page, '.more-details', '048-123-4567');
    assert.equal(await page.locator('.dial').count(), 0);
  },
  {
    setUp: (bridge) => {
      bridge.permissions = PERMISSIONS.filter((one) => one !== 'calls.dial');
    },
  },
);

// ---------------------------------------------------------------- presence

onPage('a click is not lost when its part changes between press and release', async (page, bridge) => {
  await page.click('.presence-away');
  await page.waitForSelector('.presence-chip.is-away');
  const box = await page.locator('.presence-ready').boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  bridge.setPresence('away', { reason: 'meeting' });
  // Pushes are shown in their order: when the second one is seen, the first one was handled.
  bridge.push('source.state', { up: false, source: 'hq', source_up: false, degraded: false, problems: [] });
  await page.waitForSelector('#source-state:not(.good)');
  await page.mouse.up();
  await received(
    page,
    bridge,
    asked('presence', (one) => one.state === 'ready'),
  );
  await page.waitForSelector('.presence-ready[aria-pressed=true]');
});

onPage('presence: away with a reason, on a call, the work after it with its time, and done', async (page, bridge) => {
  await page.getByRole('button', { name: '離席中' }).click();
  await page.getByLabel('離席の理由').selectOption('meeting');
  await received(
    page,
    bridge,
    asked('presence', (one) => one.state === 'away' && one.reason === 'meeting'),
  );
  await waitText(page, '.presence-chip.is-away', /^0:\d\d$/);
  await page.getByRole('button', { name: '受付可' }).click();
  bridge.setPresence('on_call', { call_id: 'c-0', since: ago(2) });
  await waitText(page, '.presence-chip.is-on_call', /通話中 2:\d\d/);
  bridge.setPresence('after_call_work', { until: ago(-1), since: ago(0.5) });
  await waitText(page, '.presence-chip.is-after_call_work', /後処理中 0:[3-5]\d\s*残り (1:00|0:\d\d)/);
  await page.getByRole('button', { name: '続ける' }).click();
  await received(
    page,
    bridge,
    asked('presence', (one) => one.state === 'after_call_work'),
  );
  await waitText(page, '.presence-chip.is-after_call_work', /後処理中 0:[0-2]\d/);
  await page.getByRole('button', { name: '後処理を完了' }).click();
  await page.waitForSelector('.presence-ready[aria-pressed=true]');
  bridge.setPresence('after_call_work', { until: ago(0) });
  await page.waitForSelector('.presence-chip.is-after_call_work');
  bridge.setPresence('ready');
  await page.waitForSelector('.presence-chip.is-after_call_work', { state: 'detached' });
});

onPage('presence is set with one press, and follows another tab', async (page, bridge) => {
  await page.getByRole('button', { name: '離席中' }).click();
  await page.waitForSelector('.presence-away[aria-pressed=true]');
  assert.deepEqual(bridge.presence, 'away');
  await waitText(page, '.idle h1', '離席中です');
  bridge.setPresence('ready');
  await page.waitForSelector('.presence-ready[aria-pressed=true]');
});

onPage(
  'a free-text reason for being away is entered with the keyboard, beside the fixed ones',
  async (page, bridge) => {
    await page.getByRole('button', { name: '離席中' }).press('Enter');
    const reasons = page.locator('select[data-key=presence-reason]');
    await reasons.selectOption({ label: '自由に入力…' });
    const own = page.locator('.reason-field input');
    await own.waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.dataset.key), 'presence-own');
    await page.keyboard.press('Enter');
    await page.keyboard.type('銀行へ');
    await page.keyboard.press('Escape');
    await reasons.waitFor();
    assert.equal(
      await page.evaluate(() => document.activeElement.dataset.key),
      'presence-reason',
      'Escape gives it up',
    );
    await reasons.selectOption({ label: '自由に入力…' });
    await own.pressSequentially('銀'.repeat(105));
    assert.equal((await own.inputValue()).length, 100, 'no more than the bridge takes');
    await own.fill(' 銀行へ ');
    await page.keyboard.press('Enter');
    await received(
      page,
      bridge,
      asked('presence', (one) => one.state === 'away' && one.reason === '銀行へ'),
    );
    await reasons.waitFor();
    assert.equal(await reasons.inputValue(), '銀行へ');
    assert.equal(bridge.requests.filter(asked('presence')).length, 2, 'an empty reason was not sent');
    await reasons.selectOption('meeting');
    await received(
      page,
      bridge,
      asked('presence', (one) => one.reason === 'meeting'),
    );
  },
);

onPage('a free-text reason that the bridge refuses stays in its field', async (page, bridge) => {
  await page.getByRole('button', { name: '離席中' }).click();
  await page.locator('select[data-key=presence-reason]').selectOption({ label: '自由に入力…' });
  bridge.failing.set('presence', { code: 'busy', message: 'busy' });
  await page.locator('.reason-field input').fill('銀行へ');
  await page.getByRole('button', { name: '設定' }).click();
  await waitText(page, '#toast', '混み合っています');
  assert.equal(await page.locator('.reason-field input').inputValue(), '銀行へ');
  bridge.failing.clear();
  await page.getByRole('button', { name: '受付可' }).click();
  await page.locator('.reason-field').waitFor({ state: 'detached' });
});

onPage(
  'a recording is opened from its call',
  async (page, bridge) => {
    assert.equal(await page.locator('[data-call=p-2] [data-key^=recording]').count(), 0, 'it was not recorded');
    const button = page.getByRole('button', { name: '株式会社赤木電機 の録音を開く' });
    await button.click();
    await waitText(page, '#toast', /録音の場所が設定されていません/);
    const opened = new Promise((done) => {
      page.context().once('page', done);
    });
    bridge.recordings = [
      { file: 'x.wav', url: 'javascript:alert(1)' },
      { file: 'a.wav', url: `${new URL(page.url()).origin}/v1/sign-in/options?a.wav` },
    ];
    await button.click();
    const tab = await opened;
    await tab.waitForLoadState();
    assert.match(tab.url(), /\?a\.wav$/);
    assert.equal(await tab.evaluate(() => window.opener), null, 'it cannot reach the page');
    const asks = bridge.requests.filter((one) => one.op === 'call.recordings');
    assert.deepEqual([asks.length, asks[0].call_id], [2, 'p-1']);
    await tab.close();
  },
  {
    setUp: (bridge) => {
      bridge.records = [
        talked({ recordings: ['a.wav'], wrapped_at: ago(0) }),
        talked({ call_id: 'p-2', customer_name: '髙橋商店', customer_code: 'C00018' }),
      ];
      bridge.recordings = [{ file: 'a.wav', url: null }];
    },
  },
);

// A call from ringing to its end, in a real browser against the stand-in bridge.

import assert from 'node:assert/strict';
import { ago, akagi, known, leadsCard, nobody, talked, unidentified } from './fixtures.mjs';
import { onPage, received, text, waitText } from './on-page.mjs';

onPage(
  'the bridge is told once that a ringing pop-up is on the screen',
  async (page, bridge) => {
    const id = bridge.ring(known(akagi()));
    const receipt = await received(page, bridge, (request) => request.op === 'call.shown');
    assert.equal(receipt.call_id, id);
    bridge.cut();
    await page.waitForSelector('#link-state.busy');
    await page.waitForSelector('#link-state.good');
    bridge.answer(id);
    await page.waitForSelector('.callbar.answered');
    assert.equal(bridge.requests.filter((request) => request.op === 'call.shown').length, 1);
  },
  { offline: true },
);

onPage('a call is followed: ringing seconds, answered, held, resumed, ended, closed', async (page, bridge) => {
  const id = bridge.ring(known(akagi(), { started_at: ago(1) }));
  await waitText(page, '.callbar', /着信中 1:(0[2-9]|[1-5]\d)/);
  bridge.answer(id);
  await waitText(page, '.callbar.answered', /通話中 0:\d\d/);
  bridge.hold(id);
  await waitText(page, '.callbar.held', '保留中');
  bridge.resume(id);
  await waitText(page, '.callbar.answered', '通話中');
  bridge.end(id, 'completed', 65);
  await waitText(page, '.callbar.ended', '通話終了 · 完了 · 通話 1:05');
  assert.ok((await text(page, '#popup')).includes('株式会社赤木電機'), 'the card stays for the work after the call');
  await page.getByRole('button', { name: '株式会社赤木電機 を閉じる' }).click();
  await page.waitForSelector('.idle');
});

onPage('the line that was called has its name, and its greeting until the call is over', async (page, bridge) => {
  const greeting = 'お電話ありがとうございます。赤城商事ご注文センターでございます。';
  const id = bridge.ring(known(akagi(), { line: { name: 'ご注文専用', greeting } }));
  await waitText(page, '.callbar .to', 'ご注文専用');
  await waitText(page, '.callbar .greeting', greeting);
  bridge.answer(id);
  await page.waitForSelector('.callbar.answered .greeting');
  bridge.end(id, 'completed', 65);
  await page.waitForSelector('.callbar.ended');
  assert.equal(await page.locator('.callbar .greeting').count(), 0);
});

onPage(
  'answering leaves the card alone: opened details, scrolling and focus stay',
  async (page, bridge) => {
    const id = bridge.ring(known(akagi()));
    await page.click('.more-details summary');
    await page.focus('.more-details summary');
    await page.evaluate(() => {
      document.querySelector('.who').dataset.mark = 'same';
    });
    const top = () => page.evaluate(() => document.querySelector('.who').getBoundingClientRect().top);
    const before = await top();
    bridge.answer(id);
    await page.waitForSelector('.callbar.answered');
    assert.ok(await page.locator('.more-details[open]').isVisible());
    assert.equal(await page.getAttribute('.who', 'data-mark'), 'same');
    assert.equal(await page.evaluate(() => document.activeElement.tagName), 'SUMMARY');
    await bridge.stop();
    await page.waitForSelector('#stale-banner');
    assert.equal(await top(), before, 'losing the connection does not move the card');
    await bridge.start();
    await page.waitForSelector('#link-state.good');
    assert.equal(await page.getAttribute('.who', 'data-mark'), 'same', 'nor does a new snapshot that says the same');
    bridge.ring(nobody());
    await page.waitForSelector('.tab >> nth=1');
    assert.equal(await top(), before, 'a second call does not move the card');
    await page.waitForSelector('.now >> nth=1');
  },
  { offline: true },
);

onPage('when a colleague answers, the pop-up goes away and the list says why', async (page, bridge) => {
  const id = bridge.ring(known(akagi()));
  await page.waitForSelector('.callbar.ringing');
  bridge.dismiss(id, 'answered_elsewhere');
  await page.waitForSelector('.idle');
  await waitText(page, `#calls [data-call="${id}"]`, '他のオペレーターが応答');
  await waitText(page, '#gone', '株式会社赤木電機: 他のオペレーターが応答');
  assert.equal(await page.locator('.tab').count(), 0);
  await page.click(`#calls [data-call="${id}"] button`);
  await waitText(page, '.callbar', '顧客カード');
});

for (const [reason, label] of [
  ['no_answer', '応答なし'],
  ['caller_hung_up', 'お客様が切断'],
  ['transferred', '転送'],
  ['rejected', '拒否'],
]) {
  onPage(`a pop-up goes away with its reason: ${reason}`, async (page, bridge) => {
    const id = bridge.ring(unidentified('withheld'));
    await page.waitForSelector('.callbar.ringing');
    bridge.dismiss(id, reason);
    await page.waitForSelector('.idle');
    await waitText(page, `#calls [data-call="${id}"]`, label);
  });
}

onPage(
  'several calls at once: the second waits in a tab, and takes over when the first is gone',
  async (page, bridge) => {
    const first = bridge.ring(known(akagi()));
    await page.waitForSelector('.callbar.ringing');
    const second = bridge.ring(nobody());
    await page.waitForSelector(`[data-entry="${second}"]`);
    assert.equal(await page.getAttribute(`[data-entry="${first}"]`, 'aria-selected'), 'true');
    assert.ok((await text(page, '#popup')).includes('株式会社赤木電機'));
    await page.click(`[data-entry="${second}"]`);
    await waitText(page, '#popup h1', '該当者なし');
    await page.keyboard.press('ArrowLeft');
    await waitText(page, '#popup h1', '株式会社赤木電機');
    assert.equal(await page.evaluate(() => document.activeElement.dataset.entry), first);
    bridge.dismiss(first, 'no_answer');
    await waitText(page, '#popup h1', '該当者なし');
  },
);

onPage('the title says who is calling', async (page, bridge) => {
  const id = bridge.ring(known(akagi()));
  await page.waitForFunction(() => document.title === '☎ 株式会社赤木電機');
  await page.waitForFunction(() => document.title === '● 着信中');
  bridge.answer(id);
  await page.waitForFunction(() => document.title === '着電');
});

onPage(
  'reduced motion is respected',
  async (page, bridge) => {
    bridge.ring(known(akagi()));
    await page.waitForSelector('.callbar.ringing');
    assert.equal(
      await page.evaluate(() => getComputedStyle(document.querySelector('.callbar .phase'), '::before').animationName),
      'none',
    );
    await page.waitForFunction(() => document.title === '☎ 株式会社赤木電機');
  },
  { context: { reducedMotion: 'reduce' } },
);

onPage(
  'the calls of the day: missed ones are marked, the live one is on top',
  async (page, bridge) => {
    await waitText(page, '#calls .missed', '不在');
    bridge.ring(known(akagi()));
    await page.waitForSelector('.callbar.ringing');
    const lines = await page
      .locator('#calls li')
      .evaluateAll((nodes) => nodes.map((node) => node.innerText.replaceAll('\n', ' ')));
    assert.match(lines[0], /株式会社赤木電機/);
    assert.match(lines[1], /大阪商事㈱.*完了 · 3:02/);
    assert.match(lines[2], /不在.*090-1111-2222.*応答なし/);
  },
  {
    setUp: (bridge) => {
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
        },
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
  'a call with a lead comes back for its wrap-up with the lead’s card',
  async (page, bridge) => {
    bridge.leads.set('L-7', leadsCard());
    await page.locator('[data-key="wrap-p-7"]').press('Enter');
    assert.equal((await received(page, bridge, (request) => request.op === 'lookup')).lead_code, 'L-7');
    await waitText(page, '.lead h1', '新規カフェ準備室');
    await waitText(page, '.callbar.ended', '通話終了');
  },
  {
    setUp: (bridge) => {
      bridge.records = [talked({ call_id: 'p-7', customer_code: null, customer_name: null, lead_code: 'L-7' })];
    },
  },
);

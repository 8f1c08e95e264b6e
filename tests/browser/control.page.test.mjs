// What agents have done with their calls from the screen, in a real browser against the stand-in bridge.

import assert from 'node:assert/strict';
import { asked, talking } from './at-work.mjs';
import { akagi, known } from './fixtures.mjs';
import { onPage, received, waitText } from './on-page.mjs';

const controls = { hangup: true, hold: true, transfer: true, queues: ['support'] };
const controlled = (more = {}) => known(akagi(), { controls: { ...controls, ...more } });
const buttons = (page) => page.locator('.controls :is(.hold, .hangup):enabled, .controls summary').allInnerTexts();
const press = (page, name) => page.locator('.controls').getByRole('button', { name, exact: true }).click();

onPage('a call is held, resumed and hung up from the screen', async (page, bridge) => {
  const id = bridge.ring(controlled());
  await page.waitForSelector('.callbar.ringing');
  assert.deepEqual(await buttons(page), [], 'nothing while it rings');
  const top = () => page.evaluate(() => document.querySelector('.who').getBoundingClientRect().top);
  const before = await top();
  bridge.answer(id);
  await page.waitForSelector('.callbar.answered .controls');
  assert.equal(await top(), before, 'the card stays where it was');
  assert.deepEqual(await buttons(page), ['保留', '転送', '切断']);
  await press(page, '保留');
  await page.waitForSelector('.callbar.held');
  assert.deepEqual(await buttons(page), ['保留解除', '転送', '切断']);
  await press(page, '保留解除');
  await page.waitForSelector('.callbar.answered');
  await press(page, '切断');
  await page.waitForSelector('.callbar.ended');
  assert.deepEqual(await buttons(page), [], 'nothing afterwards');
  const orders = bridge.requests.filter((one) => /^call\.(hold|hangup)$/.test(one.op));
  assert.deepEqual(
    orders.map(({ op, call_id, held }) => [op, call_id, held]),
    [
      ['call.hold', id, true],
      ['call.hold', id, false],
      ['call.hangup', id, undefined],
    ],
  );
});

onPage('a call goes to a colleague, a queue or a number, and not to the agent', async (page, bridge) => {
  for (const [choose, sent] of [
    [() => page.getByLabel('転送先を選ぶ').selectOption({ label: '着信グループ: support' }), { queue: 'support' }],
    [() => page.getByLabel('転送先を選ぶ').selectOption('agent:A202'), { agent_code: 'A202' }],
    [() => page.getByLabel('電話番号・内線').pressSequentially('03-1234-5678'), { number: '03-1234-5678' }],
  ]) {
    const id = await talking(page, bridge, controlled());
    await page.locator('.transfer summary').click();
    assert.equal(await page.locator('.transfer option[value="agent:A201"]').count(), 0, 'not to oneself');
    await choose();
    await page.getByRole('button', { name: '転送する' }).click();
    const request = await received(
      page,
      bridge,
      asked('call.transfer', (one) => one.call_id === id),
    );
    const { id: _, op, call_id, ...to } = request;
    assert.deepEqual([op, call_id, to], ['call.transfer', id, sent]);
    await page.waitForSelector('.callbar', { state: 'detached' });
  }
});

onPage('what the PBX refuses is said with its reason, and what was typed stays', async (page, bridge) => {
  await talking(page, bridge, controlled({ hold: false, queues: [] }));
  assert.deepEqual(await buttons(page), ['転送', '切断'], 'what the PBX does not do is not offered');
  await page.locator('.transfer summary').click();
  await page.getByRole('button', { name: '転送する' }).click();
  await waitText(page, '#toast', '転送先を選ぶか、番号を入力してください。');
  bridge.failing.set('call.transfer', { code: 'refused', message: 'PBX が受け付けませんでした: Transfer failed' });
  await page.getByLabel('電話番号・内線').pressSequentially('202');
  await page.getByRole('button', { name: '転送する' }).click();
  await waitText(page, '#toast', 'PBX が受け付けませんでした: Transfer failed');
  assert.equal(await page.getByLabel('電話番号・内線').inputValue(), '202');
});

onPage('who may not control calls sees no buttons', async (page, bridge) => {
  await talking(page, bridge, known(akagi()));
  assert.deepEqual(await buttons(page), []);
});

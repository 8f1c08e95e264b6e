// The search, in a real browser against the stand-in bridge.

import assert from 'node:assert/strict';
import { onPage, waitText } from './on-page.mjs';

onPage('the search works without a mouse', async (page, bridge) => {
  await page.keyboard.press('/');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'search-input');
  await page.keyboard.type('大阪');
  await page.waitForSelector('#search-list [role=option] >> nth=1');
  await page.keyboard.press('ArrowDown');
  assert.equal(await page.getAttribute('#search-input', 'aria-activedescendant'), 'option-1');
  await page.keyboard.press('Enter');
  await waitText(page, '.who h1', '大阪印刷㈱');
  assert.equal(await page.inputValue('#search-input'), '');
  await page.keyboard.press('/');
  await page.keyboard.type('見つからない名前');
  await waitText(page, '#search-list', '見つかりません');
  await page.keyboard.press('Escape');
  assert.ok(await page.locator('#search-list').isHidden());
  assert.equal(bridge.requests.filter((request) => request.op === 'search').at(-1).limit, 12);
});

onPage('Enter opens the match for the whole text, not for what was typed before', async (page) => {
  await page.keyboard.press('/');
  await page.keyboard.type('大阪');
  await page.waitForSelector('#search-list [role=option] >> nth=1');
  await page.keyboard.type('印刷');
  await page.keyboard.press('Enter');
  await waitText(page, '.who h1', '大阪印刷㈱');
});

onPage('a search that was cut short says so', async (page, bridge) => {
  bridge.cutsSearches = true;
  await page.keyboard.press('/');
  await page.keyboard.type('大阪');
  await page.waitForSelector('#search-list [role=option] >> nth=1');
  await waitText(page, '#search-list', '途中までの結果です');
});

// The page against the real programs: `analytics` makes a small store, `cti-bridge demo` lets calls come in.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { launch } from './browser.mjs';
import { program, startDemo, stopDemo } from './demo.mjs';
import { day } from './fixtures.mjs';

const run = promisify(execFile);
const STOP_MS = 2_000;

const FILES = {
  'customers.csv': `customer_code,customer_name,name_kana,customer_type,trading_status,industry,rank,sales_area,first_trade_date,account_owner,credit_limit,caution_note,internal_memo
C00001,株式会社赤木電機,カブシキガイシャアカギデンキ,corporate,active,家電卸,B,関東,2012-04-01,高橋 次郎,3000000,請求先は本社経理,社長は電話が苦手
C00002,有限会社青木酒店,ユウゲンガイシャアオキサケテン,wholesale,active,酒販店,A,関西,2015-10-01,鈴木 一郎,1000000,,
`,
  'contacts.csv': `customer_code,person_name,purpose,phone,email
C00001,赤木 良子,billing,03-1234-5678,
C00002,青木 健,sales,06-6300-1111,
`,
  'sales.csv': `slip_no,line_no,sold_on,customer_code,product_code,product_name,quantity,unit_price,amount,cost,channel
S1,1,${day(-34)},C00001,P1,LED照明 40W,24,5400,129600,90000,phone
S2,1,${day(-33)},C00002,P2,純米吟醸 720ml,12,1500,18000,12000,phone
`,
};

let folder;
let browser;

before(async () => {
  const path = await program('analytics');
  folder = await mkdtemp(join(tmpdir(), 'chakuden-page-'));
  for (const [name, text] of Object.entries(FILES)) await writeFile(join(folder, name), text);
  const analytics = (...args) => run(path, ['--store', join(folder, 'store.db'), ...args]);
  await analytics('init');
  await analytics('import', ...Object.keys(FILES).map((name) => join(folder, name)));
  browser = await launch();
});

after(async () => {
  await browser?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

/** The demo on this file's store. */
function demoAt(listen) {
  return startDemo(['--store', join(folder, 'store.db'), '--listen', listen, '--pace-ms', '1500', '--seed', '3']);
}

test('calls of the demo pop up, are followed, and go away; a restart is survived', { timeout: 120_000 }, async () => {
  let demo = await demoAt('127.0.0.1:0');
  const profile = await browser.newContext({ locale: 'ja-JP', viewport: { width: 1400, height: 900 } });
  try {
    const page = await profile.newPage();
    page.setDefaultTimeout(40_000);
    const complaints = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    await page.goto(demo.signIn);
    await page.waitForSelector('#link-state.good');
    await page.waitForSelector('#source-state.good');
    assert.ok(!page.url().includes('token'));

    await page.waitForSelector('.callbar.ringing');
    await page.locator('.callbar.ringing').waitFor({ state: 'detached' });
    await page
      .locator('.who h1')
      .filter({ hasText: /株式会社赤木電機|有限会社青木酒店/ })
      .first()
      .waitFor();
    await page
      .locator('.sales')
      .filter({ hasText: /LED照明 40W ×24|純米吟醸 720ml ×12/ })
      .first()
      .waitFor();
    await page
      .locator('#calls .call-lines:not(.live) li')
      .filter({ hasText: /完了|放棄|他のオペレーターが応答/ })
      .first()
      .waitFor();

    await page.keyboard.press('/');
    await page.keyboard.type('青木');
    await page.locator('[role=option]').filter({ hasText: '有限会社青木酒店' }).waitFor();
    await page.keyboard.press('Escape');
    await page.click('.presence-away');
    await page.waitForSelector('.presence-away[aria-pressed=true]');
    await page.click('.presence-ready');
    await page.waitForSelector('.presence-ready[aria-pressed=true]');
    assert.deepEqual(complaints, []);

    const { took } = await stopDemo(demo);
    assert.ok(took < STOP_MS, `stopping took ${took} ms`);
    await page.waitForSelector('#link-state.busy');
    assert.equal(await page.locator('.callbar.ringing:not(.stale)').count(), 0);

    demo = await demoAt(demo.listen);
    await page.waitForSelector('#link-state.good');
    await page.waitForSelector('.callbar.ringing');
  } finally {
    await profile.close();
    await stopDemo(demo);
  }
});

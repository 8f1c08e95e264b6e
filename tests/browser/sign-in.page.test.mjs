// Signing in and out, in a real browser against the stand-in bridge.

import assert from 'node:assert/strict';
import { AGENT, TOKEN } from './fixtures.mjs';
import { onPage, waitText } from './on-page.mjs';

onPage('one click signs in, a reload stays signed in, signing out forgets', async (page, bridge) => {
  assert.equal(page.url(), bridge.url, 'the token left the address');
  assert.equal(await page.evaluate(() => history.length), 2, 'and no entry of the history holds it');
  await waitText(page, '#agent', `${AGENT.agent_name} · 内線 201`);
  await page.reload();
  await page.waitForSelector('#link-state.good');
  await page.getByRole('button', { name: 'サインアウト' }).click();
  await page.waitForSelector('#signin:not([hidden])');
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
  await page.reload();
  await page.waitForSelector('#token');
  await page.fill('#token', TOKEN);
  await page.keyboard.press('Enter');
  await page.waitForSelector('#link-state.good');
});

onPage(
  'a wrong token is reported clearly and not tried again',
  async (page, bridge) => {
    await page.goto(`${bridge.url}#token=wrong`);
    await waitText(page, '.form-error', 'このトークンは使えません');
    assert.equal(await page.evaluate(() => sessionStorage.length), 0);
    assert.equal(bridge.requests.length, 1);
    await page.click('button[type=submit]');
    await waitText(page, '.form-error', 'トークンを入力してください');
  },
  { signIn: false },
);

onPage(
  'an unreachable bridge is reported at sign-in and tried again',
  async (page, bridge) => {
    bridge.refusing = true;
    await page.goto(`${bridge.url}#token=${TOKEN}`);
    await waitText(page, '#signin-note', /サーバーに接続できません。\d+秒後/);
    bridge.refusing = false;
    await page.waitForSelector('#link-state.good');
  },
  { signIn: false, offline: true },
);

onPage('a revoked token ends the session', async (page, bridge) => {
  bridge.cut(4401);
  await waitText(page, '.form-error', 'このトークンは使えません');
});

const passwords = {
  signIn: false,
  offline: true,
  setUp: (bridge) => {
    bridge.signIn = { token: true, password: true, oidc: { name: '社内アカウント', url: '/v1/oidc/start' } };
  },
};

onPage(
  'code and password: wrong, right, and given back on leaving',
  async (page, bridge) => {
    await page.goto(bridge.url);
    await page.getByLabel('オペレーターコード').fill('A201');
    await page.getByLabel('パスワード').fill('wrong');
    await page.keyboard.press('Enter');
    await waitText(page, '.form-error', 'オペレーターコードまたはパスワードが違います。');
    assert.equal(await page.getByLabel('オペレーターコード').inputValue(), 'A201');
    await page.getByLabel('パスワード').fill('correct horse');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#link-state.good');
    assert.ok(!(await page.content()).includes('correct horse'));
    assert.equal(await page.locator('input[type=password]').count(), 0, 'the password is nowhere in the page');
    await page.getByRole('button', { name: 'サインアウト' }).click();
    await page.waitForSelector('#password-form');
    const [, , headers] = bridge.posts.find(([method, path]) => method === 'POST' && path === '/v1/sign-out');
    assert.equal(headers.authorization, `Bearer ${TOKEN}`);
  },
  passwords,
);

onPage(
  'after too many attempts the time to wait is shown',
  async (page, bridge) => {
    await page.goto(bridge.url);
    for (let i = 0; i < 4; i++) {
      await page.getByLabel('オペレーターコード').fill('A201');
      await page.getByLabel('パスワード').fill(`wrong ${i}`);
      const answered = page.waitForResponse('**/v1/sign-in');
      await page.keyboard.press('Enter');
      await answered;
    }
    await waitText(page, '.form-error', '試行が多すぎます。30秒後');
  },
  passwords,
);

onPage(
  'single sign-on leaves and comes back with a token for this session',
  async (page, bridge) => {
    await page.goto(bridge.url);
    await page.getByRole('button', { name: '社内アカウント でサインイン' }).click();
    await page.waitForSelector('#link-state.good');
    assert.ok(!page.url().includes('token'));
    await page.getByRole('button', { name: 'サインアウト' }).click();
    await page.waitForSelector('#password-form');
    assert.ok(bridge.posts.some(([, path]) => path === '/v1/sign-out'));
  },
  passwords,
);

onPage('a token that an administrator gave is not given back by signing out', async (page, bridge) => {
  await page.getByRole('button', { name: 'サインアウト' }).click();
  await page.waitForSelector('#token');
  assert.deepEqual(
    bridge.posts.filter(([, path]) => path === '/v1/sign-out'),
    [],
  );
});

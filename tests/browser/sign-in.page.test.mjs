// Who leads and who signs in, in a real browser against the stand-in bridge.

import assert from 'node:assert/strict';
import { AGENT, ago, colleagues, PERMISSIONS, TOKEN } from './fixtures.mjs';
import { onPage, waitText } from './on-page.mjs';

onPage(
  'a supervisor sees who does what since when, live',
  async (page, bridge) => {
    await page.click('[data-key=view-team]');
    await waitText(page, '[data-agent=A202]', /高橋 次郎.*通話中\s*2:0\d/s);
    await waitText(page, '[data-agent=A204]', '離席中 · 休憩');
    await waitText(page, '[data-agent=A205]', '未接続');
    await waitText(page, '[data-live=c-x1]', /通話中.*03-1234-5678.*株式会社赤木電機.*高橋 次郎/s);
    await waitText(page, '[data-live=c-x2]', /着信中.*非通知.*佐藤 花子, 鈴木 一郎/s);
    assert.equal(
      await page.locator('[data-agent]').first().getAttribute('data-agent'),
      'A202',
      'those on a call come first',
    );
    bridge.changeColleague('A202', { presence: 'ready', since: ago(0) });
    await waitText(page, '[data-agent=A202]', /受付可\s*0:0\d/);
  },
  {
    setUp: (bridge) => {
      bridge.agent = { ...AGENT, role: 'supervisor' };
      bridge.permissions = [...PERMISSIONS, 'presence.all'];
      bridge.team = colleagues();
    },
  },
);

onPage('an agent does not see the team', async (page) => {
  await page.waitForSelector('[data-key=view-missed]');
  assert.equal(await page.locator('[data-key=view-team]').count(), 0);
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
  'too many attempts are said with the time to wait',
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

onPage(
  'of several PBXs the one that is down is named',
  async (page, bridge) => {
    await waitText(page, '#source-state.good', '電話 接続');
    bridge.push('source.state', { up: false, source: 'osaka', source_up: false });
    await waitText(page, '#source-state.bad', '電話 切断: osaka');
    bridge.push('source.state', { up: true, source: 'osaka', source_up: true });
    await waitText(page, '#source-state.good', '電話 接続');
  },
  {
    setUp: (bridge) => {
      bridge.sources = [
        { name: 'tokyo', up: true },
        { name: 'osaka', up: true },
      ];
    },
  },
);

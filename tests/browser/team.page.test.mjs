// The team, in a real browser against the stand-in bridge.

import assert from 'node:assert/strict';
import { AGENT, ago, colleagues, PERMISSIONS } from './fixtures.mjs';
import { onPage, received, waitText } from './on-page.mjs';

onPage(
  'a supervisor sees everybody’s presence and live calls',
  async (page, bridge) => {
    await page.click('[data-key=view-team]');
    await waitText(page, '[data-agent=A202]', /高橋 次郎.*通話中\s*2:\d\d/s);
    await waitText(page, '[data-agent=A204]', '離席中 · 休憩');
    await waitText(page, '[data-agent=A205]', '未接続');
    await waitText(page, '[data-live=c-x1]', /通話中.*03-1234-5678.*株式会社赤木電機.*高橋 次郎/s);
    await waitText(page, '[data-live=c-x2]', /着信中.*非通知.*佐藤 花子、鈴木 一郎/s);
    assert.equal(
      await page.locator('[data-agent]').first().getAttribute('data-agent'),
      'A202',
      'those on a call come first',
    );
    await waitText(page, '[data-problem=numbers_refused]', 'PBX「hq」: 番号を確認できません');
    bridge.changeColleague('A202', { presence: 'ready', since: ago(0) });
    await waitText(page, '[data-agent=A202]', /受付可\s*0:\d\d/);
  },
  {
    setUp: (bridge) => {
      bridge.agent = { ...AGENT, role: 'supervisor' };
      bridge.permissions = [...PERMISSIONS, 'presence.all'];
      const problem = { problem: 'numbers_refused', label: '番号を確認できません', label_en: 'numbers are refused' };
      bridge.team = { ...colleagues(), sources: [{ name: 'hq', up: true, problems: [problem] }] };
    },
  },
);

onPage(
  'a supervisor picks up a call that rings a colleague',
  async (page, bridge) => {
    await page.click('[data-key=view-team]');
    const fetch = page.locator('[data-live=c-x2]').getByRole('button', { name: /代理応答/ });
    await fetch.click();
    const request = await received(page, bridge, (one) => one.op === 'call.pickup');
    assert.equal(request.agent_code, bridge.team.calls.find((one) => one.call_id === 'c-x2').agents[0].agent_code);
    await waitText(page, '#toast', '着信をお手元の電話に回しました。');
    assert.equal(await page.locator('[data-live=c-x1] button').count(), 0, 'it was answered');
  },
  {
    setUp: (bridge) => {
      bridge.agent = { ...AGENT, agent_code: 'A299', role: 'supervisor' };
      bridge.permissions = [...PERMISSIONS, 'presence.all', 'calls.pickup'];
      bridge.team = { ...colleagues(), sources: [] };
    },
  },
);

onPage(
  'an agent picks up for a colleague by name, and is told why not',
  async (page, bridge) => {
    bridge.failing.set('call.pickup', { code: 'conflict', message: 'そのオペレーターの電話は鳴っていません' });
    await page.getByLabel('代理応答').selectOption('A202');
    await waitText(page, '#toast', 'そのオペレーターの電話は鳴っていません');
    assert.equal((await received(page, bridge, (one) => one.op === 'call.pickup')).agent_code, 'A202');
    assert.equal(await page.getByLabel('代理応答').inputValue(), '', 'ready for the next one');
  },
  {
    setUp: (bridge) => {
      bridge.permissions = [...PERMISSIONS, 'calls.pickup'];
    },
  },
);

onPage('an agent does not see the team', async (page) => {
  await page.waitForSelector('[data-key=view-missed]');
  assert.equal(await page.locator('[data-key=view-team]').count(), 0);
});

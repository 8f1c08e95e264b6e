// The team, in a real browser against the stand-in bridge.

import assert from 'node:assert/strict';
import { AGENT, ago, colleagues, PERMISSIONS } from './fixtures.mjs';
import { onPage, waitText } from './on-page.mjs';

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

onPage('an agent does not see the team', async (page) => {
  await page.waitForSelector('[data-key=view-missed]');
  assert.equal(await page.locator('[data-key=view-team]').count(), 0);
});

// What a card says, in a real browser against the stand-in bridge.

import assert from 'node:assert/strict';
import { ago, akagi, day, gigantic, known, lead, plain, shared } from './fixtures.mjs';
import { older, onPage, received, text, unchecked, waitText } from './on-page.mjs';

onPage('the pop-up says the most important things first', async (page, bridge) => {
  bridge.ring(known(akagi()));
  await page.waitForSelector('.callbar.ringing');
  const order = await page.evaluate(() =>
    [...document.querySelectorAll('.alerts, .who, .last, .rows, .figures, .memo')].map((node) => node.classList[0]),
  );
  assert.deepEqual(order, ['alerts', 'who', 'last', 'rows', 'rows', 'rows', 'figures', 'memo']);
  assert.deepEqual(await page.locator('.alerts li').evaluateAll((nodes) => nodes.map((node) => node.dataset.alert)), [
    'overdue',
    'complaint_open',
    'caution',
  ]);
  const popup = await text(page, '#popup');
  for (const part of [
    '03-1234-5678',
    '東京 · 請求担当の番号',
    '0120-111-111',
    '請求 10482 が 12日超過',
    '¥184,800',
    '#332 · 納期遅延 · 3日目',
    '請求先は本社経理',
    'カブシキガイシャアカギデンキ',
    '株式会社赤木電機',
    '赤木 良子 様',
    '法人',
    '担当 高橋 次郎',
    '取引 14年',
    '午前中の納品',
    '次回納品',
    '¥2,400,000',
    '+8%',
    '¥1,960,000',
    '¥2,815,200',
    '15日',
    '社長は電話が苦手',
    'キャンペーン適用外',
    'LED照明 40W ×24',
    'ほか 3点',
    '−¥5,400',
    '納期遅延 · 鈴木 一郎 · 本システムで登録',
  ])
    assert.ok(popup.includes(part), `${part} is missing`);
  assert.match(await page.getAttribute('.rank', 'aria-label'), /^ランク B, C から上昇/);
  assert.equal(await text(page, '.rank small'), '↑');
  assert.equal(await page.locator('.spark rect').count(), 12);
  assert.match(await text(page, '#announce'), /着信 株式会社赤木電機.*請求担当の番号.*入金遅れ/);
  assert.equal(await page.locator('#timeline .entry').count(), 10);
});

onPage(
  'a rank has the colour of the rank master, readable by day and by night',
  async (page, bridge) => {
    const card = akagi();
    bridge.ring(known({ ...card, customer: { ...card.customer, rank: '特A' } }));
    await page.waitForSelector('.rank[data-rank="特A"]');
    const color = () => page.locator('.rank').evaluate((tile) => getComputedStyle(tile).color);
    await page.emulateMedia({ colorScheme: 'dark' });
    assert.equal(await color(), 'rgb(255, 215, 0)', 'gold on a dark panel');
    await page.emulateMedia({ colorScheme: 'light' });
    const [red, green, blue] = (await color()).match(/\d+/g).map(Number);
    assert.ok(red > blue && green > blue && red < 160, `dark gold on a light panel: ${red} ${green} ${blue}`);
  },
  {
    setUp: (bridge) => {
      bridge.ranks = [{ rank: '特A', color: '#ffd700' }];
    },
  },
);

onPage('an LTV without any known cost is unknown, not zero', async (page, bridge) => {
  const card = akagi();
  bridge.ring(known({ ...card, metrics: { ...card.metrics, ltv: null } }));
  await waitText(page, '.figures', '不明(原価の登録なし)');
  assert.ok(!(await text(page, '.figures')).includes('¥0'));
});

onPage('red alerts come before amber ones, whatever their order on the wire', async (page, bridge) => {
  const card = akagi();
  bridge.ring(known({ ...card, alerts: [...gigantic().alerts].reverse() }));
  await page.waitForSelector('.alerts');
  assert.deepEqual(await page.locator('.alerts li').evaluateAll((nodes) => nodes.map((node) => node.className)), [
    'danger',
    'danger',
    'danger',
    'warn',
  ]);
  assert.match(await text(page, '[data-alert=suspended]'), /取引停止.*与信停止.*受注不可\(管理画面のみ\)/s);
});

onPage(
  'a card that was looked up shows a new rank without reloading',
  async (page, bridge) => {
    const [a, b] = [bridge.cards.get('C00020'), bridge.cards.get('C00021')];
    bridge.ring(shared([a, b]));
    await page.getByRole('button', { name: '大阪印刷㈱' }).click();
    await waitText(page, '.who h1', '大阪印刷㈱');
    bridge.cards.set('C00021', { ...b, customer: { ...b.customer, rank: 'S', rank_change: null } });
    bridge.push('rank.updated', { run_id: 7, as_of: '2026-10-31' });
    await page.waitForFunction(() => document.querySelector('.rank')?.textContent.includes('S'));
  },
  { setUp: older },
);

onPage(
  'a lead has a card: who it is, how far, from where, the last call, what is open, the memo',
  async (page, bridge) => {
    bridge.ring(lead());
    await waitText(page, '.lead', '見込顧客');
    await waitText(page, '.lead h1', '新規カフェ準備室');
    await waitText(page, '.lead', '三浦 葵 様');
    await waitText(page, '.lead .tags', /接触済.*経路: 展示会/s);
    await waitText(page, '.boxes .last', /前回.*納期遅延の連絡/s);
    await waitText(page, '.boxes', '厨房一式 · 提案 · 30%');
    await waitText(page, '.memo', '開店は来春');
    await waitText(page, '#timeline', '納期遅延の連絡');
    assert.equal(await page.locator('[data-key=history-more]').count(), 0, 'the card says all');
    await waitText(page, '.tab', '新規カフェ準備室');
    await page.getByRole('button', { name: '045-111-2222 に発信' }).press('Enter');
    assert.equal((await received(page, bridge, (request) => request.op === 'call.dial')).number, '045-111-2222');
  },
);

onPage('a lead is shown by its name alone where the bridge has no cards of leads', async (page, bridge) => {
  const { lead: _, ...popup } = lead();
  bridge.ring({ ...popup, interactions: [], memo: null });
  await waitText(page, '.lead h1', '新規カフェ準備室');
  await waitText(page, '.lead', '三浦 葵 様');
  await waitText(page, '#timeline', '履歴はありません');
});

onPage(
  'shipments with their tracking number, projects, and entries of the shop and the post are shown',
  async (page, bridge) => {
    unchecked(bridge);
    const card = plain('C00033', '㈲花田酒店');
    card.open = {
      ...card.open,
      orders: [
        {
          order_no: '5530',
          title: '定期発注',
          status: 'shipped',
          amount: '1',
          delivery_due_on: day(-1),
          late: true,
          shipments: [
            {
              shipment_no: '1',
              carrier: 'ヤマト運輸',
              tracking_no: '127858113689',
              status: 'in_transit',
              shipped_on: day(-2),
              due_on: day(-1),
              delivered_on: null,
              late: true,
            },
            null,
            {},
          ],
        },
      ],
      projects: [
        {
          project_code: 'P-7',
          project_name: 'ラベル制作',
          status: 'running',
          contract_amount: '1',
          due_on: day(5),
          late: false,
        },
      ],
    };
    const entry = (kind, minutes, more) => ({
      kind,
      at: ago(minutes),
      channel: null,
      subject: null,
      body: null,
      by: null,
      status: null,
      reference: `n-${minutes}`,
      ...more,
    });
    card.interactions = [
      entry('owner', 10, { subject: '佐藤 花子 → 鈴木 一郎' }),
      entry('log', 20, { channel: 'portal', subject: '見積依頼 Q-9', status: 'quote_requested' }),
      entry('document', 30, { channel: 'document', subject: '見積書 Q-9', status: 'opened' }),
      entry('report', 40, { subject: '訪問の報告' }),
    ];
    bridge.push('call.ringing', known(card));
    await waitText(page, '.rows', 'ヤマト運輸 127858113689 遅れ');
    await waitText(page, '.rows', 'ラベル制作');
    await waitText(page, '.last', '見積書 Q-9');
    const told = await text(page, '.entries');
    for (const wanted of ['佐藤 花子 → 鈴木 一郎', '担当変更', '取引サイト', '開封', '訪問の報告', '日報'])
      assert.ok(told.includes(wanted), `${wanted} in ${told}`);
    assert.ok(!told.includes('quote_requested'));
  },
);

onPage('a card that cannot be loaded is reported', async (page, bridge) => {
  bridge.records = [
    {
      call_id: 'c-old',
      started_at: ago(9),
      customer_code: 'C-GONE',
      customer_name: '消えた商店',
      agent_code: 'A201',
      outcome: 'completed',
    },
  ];
  await page.reload();
  await page.click('#calls [data-call="c-old"] button');
  await waitText(page, '#toast', 'この顧客は見つかりません');
});

onPage('older interactions come on demand', async (page, bridge) => {
  bridge.ring(known(akagi()));
  await page.click('[data-key=history-more]');
  await page.waitForFunction(() => document.querySelectorAll('#timeline .entry').length === 30);
  const request = bridge.requests.find((one) => one.op === 'history');
  assert.equal(request.customer_code, 'C00017');
  assert.equal(request.before, akagi().interactions.at(-1).at.slice(0, 16) + request.before.slice(16));
  await page.click('[data-key=history-more]');
  await page.waitForFunction(() => document.querySelectorAll('#timeline .entry').length === 50);
});

onPage('alerts count their days up to today', async (page, bridge) => {
  bridge.ring(
    known({
      ...akagi(),
      alerts: [
        { code: 'overdue', severity: 'danger', text: null, amount: '1', since: day(-1), reference: 'R1', count: 3 },
      ],
    }),
  );
  await waitText(page, '[data-alert=overdue]', '請求 R1 が 1日超過');
  await waitText(page, '[data-alert=overdue]', '計 3件');
});

// The agents' page in a real browser against the stand-in bridge. No test waits for a time: each waits for what it
// expects to see, and fails when that does not come.

import assert from 'node:assert/strict';
import {
  AGENT,
  ago,
  akagi,
  call,
  candidate,
  day,
  gigantic,
  known,
  lead,
  leadsCard,
  nobody,
  plain,
  shared,
  TOKEN,
  unidentified,
} from './fixtures.mjs';
import { older, onPage, received, text, tooFaint, tooWide, unchecked, waitText } from './on-page.mjs';

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
  'a wrong token is said clearly and is not tried again',
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
  'a bridge that is not there at sign-in is said, and tried again',
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
  ])
    assert.ok(popup.includes(part), `${part} is missing`);
  assert.match(await page.getAttribute('.rank', 'aria-label'), /^ランク B, C から上昇/);
  assert.equal(await text(page, '.rank small'), '↑');
  assert.equal(await page.locator('.spark rect').count(), 12);
  assert.match(await text(page, '#announce'), /着信 株式会社赤木電機.*請求担当の番号.*入金遅れ/);
  assert.equal(await page.locator('#timeline .entry').count(), 10);
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
  await waitText(page, '.callbar', /着信中 1:0[2-9]/);
  bridge.answer(id);
  await waitText(page, '.callbar.answered', /通話中 0:0\d/);
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

onPage('of all phones that ring, the ones that lose say why', async (page, bridge) => {
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

onPage(
  'a shared number offers its customers and picks none',
  async (page, bridge) => {
    const [a, b] = [bridge.cards.get('C00020'), bridge.cards.get('C00021')];
    bridge.ring(shared([a, b]));
    await waitText(page, '#popup h1', 'この番号には2件のお客様が登録されています');
    assert.equal(await page.locator('.who').count(), 0);
    assert.equal(bridge.requests.filter((request) => request.op === 'lookup').length, 0);
    await page.getByRole('button', { name: '大阪印刷㈱' }).click();
    await waitText(page, '.who h1', '大阪印刷㈱');
    assert.equal(bridge.requests.find((request) => request.op === 'lookup').customer_code, 'C00021');
    assert.ok(await page.locator('.callbar.ringing').isVisible(), 'it is still this call');
    await page.getByRole('button', { name: '候補に戻る' }).click();
    await page.waitForSelector('.chooser');
  },
  { setUp: older },
);

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

onPage('a number that nobody has is shown with the number', async (page, bridge) => {
  bridge.ring(nobody());
  await waitText(page, '#popup h1', '該当者なし');
  await waitText(page, '.unknown .number', '090-1111-2222');
});

for (const [kind, label] of [
  ['withheld', '非通知'],
  ['payphone', '公衆電話'],
  ['out_of_area', '表示圏外'],
  ['service_conflict', 'サービス競合'],
  ['unknown', '番号不明'],
  ['a_new_kind', '番号不明'],
]) {
  onPage(`a caller without a number: ${kind}`, async (page, bridge) => {
    // A newer bridge may know kinds that this page does not.
    if (kind === 'a_new_kind') unchecked(bridge);
    bridge.ring(unidentified(kind));
    await waitText(page, '#popup h1', label);
    assert.equal(await text(page, '.callbar .number'), label);
  });
}

onPage('a lookup that failed is not shown as nobody, and can be tried again', async (page, bridge) => {
  bridge.ring({ ...nobody({ number: '+81312345678', display: '03-1234-5678', area: '東京' }), match: 'failed' });
  await waitText(page, '#popup h1', '顧客を確認できませんでした');
  await page.getByRole('button', { name: 'もう一度調べる' }).click();
  await waitText(page, '.who h1', '株式会社赤木電機');
  assert.equal((await received(page, bridge, (request) => request.op === 'lookup')).number, '+81312345678');
  assert.ok(await page.locator('.callbar.ringing').isVisible());
});

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
      bridge.records = [
        {
          call_id: 'p-7',
          direction: 'inbound',
          caller_kind: 'number',
          caller_e164: '+81451112222',
          customer_code: null,
          lead_code: 'L-7',
          agent_code: 'A201',
          started_at: ago(9),
          answered_at: ago(8),
          ended_at: ago(7),
          outcome: 'completed',
          talk_seconds: 60,
          wrapped_at: null,
        },
      ];
    },
  },
);

onPage('a colleague on an extension is no customer', async (page, bridge) => {
  bridge.ring({ ...nobody(), call: call({ kind: 'internal', number: '203', display: '203', area: null }) });
  await waitText(page, '#popup h1', '社内からの内線です');
  await waitText(page, '.callbar .number', '内線 203');
});

onPage('a caller who becomes known is shown at once', async (page, bridge) => {
  const popup = unidentified('unknown');
  bridge.ring(popup);
  await waitText(page, '#popup h1', '番号不明');
  const card = known(akagi());
  bridge.update({ ...card, call: { ...card.call, call_id: popup.call.call_id } });
  await waitText(page, '.who h1', '株式会社赤木電機');
  assert.equal(await page.locator('.tab').count(), 1);
});

const EVIL = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>';

onPage('data is text, never markup', async (page, bridge) => {
  unchecked(bridge);
  const evil = (value) =>
    typeof value === 'string' && !/^[-\d.+:TZ]+$|^(ringing|inbound|one|customer|number|danger|warn|c-\d+)$/.test(value)
      ? EVIL
      : Array.isArray(value)
        ? value.map(evil)
        : value && typeof value === 'object'
          ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, evil(inner)]))
          : value;
  const images = await page.locator('img').count();
  const popup = evil(known(akagi()));
  bridge.records = [
    {
      call_id: 'c-evil',
      started_at: ago(3),
      customer_name: EVIL,
      caller_kind: EVIL,
      outcome: EVIL,
      queue: EVIL,
      agent_code: 'A201',
    },
  ];
  const id = bridge.ring(popup);
  await waitText(page, '.who h1', EVIL);
  await page.click('.more-details summary');
  bridge.dismiss(id, EVIL);
  await page.waitForSelector('.idle');
  await waitText(page, '#calls', EVIL);
  bridge.ring({ ...shared([]), candidates: [evil(candidate(akagi())), evil(candidate(gigantic()))] });
  await waitText(page, '.chooser', EVIL);
  assert.equal(await page.evaluate(() => window.hacked), undefined);
  assert.ok((await page.locator('img').count()) <= images, 'no image came from data');
  assert.equal(await page.locator('body script, [onerror]').count(), 0);
});

onPage(
  'a lost connection is said, and no pop-up pretends to ring',
  async (page, bridge) => {
    const kept = bridge.ring(known(akagi()));
    const ghost = bridge.ring(nobody());
    await page.waitForSelector(`[data-entry="${ghost}"]`);
    await bridge.stop();
    await waitText(page, '#link-state.busy', '再接続中…');
    await waitText(page, '#stale-banner', /最終確認 \d\d:\d\d:\d\d/);
    await waitText(page, '.callbar.stale', /最終確認 \d\d:\d\d:\d\d/);
    for (const part of ['.callbar', '.tabs', '#calls']) assert.ok(!(await text(page, part)).includes('着信中'), part);
    assert.equal(await page.locator('[data-since]').count(), 0, 'no seconds count on');
    assert.ok(!(await page.title()).includes('☎') || (await page.waitForFunction(() => !document.title.includes('☎'))));
    assert.ok(await page.locator('.presence-away').isDisabled());
    bridge.vanish(ghost);
    await bridge.start();
    await page.waitForSelector('#link-state.good');
    await page.waitForSelector('.callbar.ringing');
    assert.equal(await page.locator('#stale-banner').count(), 0);
    await page.locator(`[data-entry="${ghost}"]`).waitFor({ state: 'detached' });
    await waitText(page, `#calls [data-call="${ghost}"]`, '切断中に終了');
    assert.ok(await page.locator(`[data-entry="${kept}"]`).isVisible());
  },
  { offline: true },
);

onPage(
  'after a break the pushes that were missed are caught up with',
  async (page, bridge) => {
    const id = bridge.ring(known(akagi()));
    await page.waitForSelector('.callbar.ringing');
    bridge.cut();
    bridge.dismiss(id, 'answered_elsewhere');
    await page.waitForSelector('.idle');
    await waitText(page, `#calls [data-call="${id}"]`, '他のオペレーターが応答');
    const hello = bridge.requests.filter((request) => request.op === 'hello').at(-1);
    assert.deepEqual(hello.resume, { epoch: 'epoch-1', seq: 1 });
  },
  { offline: true },
);

onPage(
  'a restarted bridge starts a new stream, and the page follows it',
  async (page, bridge) => {
    const before = bridge.ring(known(akagi()));
    await page.waitForSelector('.callbar.ringing');
    bridge.forgetStream();
    bridge.cut(1000);
    await page.waitForSelector('#link-state.busy');
    await page.waitForSelector('#link-state.good');
    const next = bridge.ring(nobody());
    await page.waitForSelector(`[data-entry="${next}"]`);
    bridge.answer(before);
    await page.waitForSelector('.callbar.answered');
  },
  { offline: true },
);

onPage(
  'a push that is missing is noticed, and the snapshot fills the gap',
  async (page, bridge) => {
    const popup = known(akagi());
    bridge.ring(nobody());
    await page.waitForSelector('.callbar.ringing');
    bridge.lose('call.ringing', popup);
    const third = bridge.ring(unidentified('payphone'));
    await page.waitForSelector(`[data-entry="${third}"]`);
    assert.equal(bridge.requests.filter((request) => request.op === 'hello').length, 2);
    assert.equal(bridge.requests.filter((request) => request.op === 'hello')[1].resume, undefined);
  },
  { offline: true },
);

onPage(
  'a stuck bridge is noticed although its socket stays open',
  async (page, bridge) => {
    await page.clock.install();
    await page.goto(`${bridge.url}#token=${TOKEN}`);
    await page.waitForSelector('#link-state.good');
    bridge.ring(known(akagi()));
    await page.waitForSelector('.callbar.ringing');
    bridge.stuck = true;
    await page.clock.fastForward(16_000);
    await received(page, bridge, (request) => request.op === 'ping' && bridge.stuck);
    await page.clock.fastForward(11_000);
    await page.waitForSelector('.callbar.stale');
    bridge.stuck = false;
    await page.clock.fastForward(30_000);
    await page.waitForSelector('#link-state.good');
  },
  { signIn: false, offline: true },
);

onPage(
  'what is handled is acknowledged',
  async (page, bridge) => {
    await page.clock.install();
    await page.goto(`${bridge.url}#token=${TOKEN}`);
    await page.waitForSelector('#link-state.good');
    bridge.ring(nobody());
    await page.waitForSelector('.callbar.ringing');
    await page.clock.fastForward(6_000);
    assert.equal((await received(page, bridge, (request) => request.op === 'ack')).seq, 1);
  },
  { signIn: false },
);

onPage(
  'what is under way: a shipment with its number, a project, and what the shop and the post say',
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

onPage('nonsense on the socket does no harm', async (page, bridge) => {
  unchecked(bridge);
  for (const raw of [
    '{',
    'null',
    '[]',
    '7',
    '"x"',
    '{"re":"nobody","ok":true}',
    '{"re":null}',
    '{"ev":5}',
    '{"ev":"call.ringing"}',
    '{"ev":"never.heard.of","data":{}}',
    '{"ev":"call.ringing","data":{"call":{}}}',
    '{"ev":"call.ended","data":null}',
  ])
    bridge.sendRaw(raw);
  bridge.push('never.heard.of', { anything: [1] });
  bridge.push('call.ringing', { call: { call_id: 'c-bare' }, new_field: {} });
  await waitText(page, '#popup h1', '番号不明');
  bridge.dismiss('c-bare', 'never_heard_of');
  await page.waitForSelector('.idle');
  bridge.push('call.ringing', {
    call: { call_id: 'c-odd' },
    customer: { customer_code: 'C1', rank_change: 5, contacts: [null], first_trade_date: 'x' },
    alerts: [{ code: 'new_alert', severity: 'fatal', text: '何か' }],
    metrics: { as_of: 7, monthly_sales: ['x', null] },
    recent_sales: [{}],
    interactions: [{ at: 'x' }],
    open: { orders: [{}], quotes: [{}], tasks: [{}], deals: [{}], inquiries: [{}], invoices: [{}] },
    balance: {},
  });
  await waitText(page, '.alerts', '何か');
  assert.equal(await page.getByText('この部分を表示できません').count(), 0);
});

onPage('the connection to the PBX is shown as it is', async (page, bridge) => {
  await waitText(page, '#source-state.good', '電話 接続');
  bridge.push('source.state', { up: false, source: 'hq', source_up: false });
  await waitText(page, '#source-state.bad', '電話 切断');
  await waitText(page, '.idle h1', 'PBX に接続していません');
  bridge.push('source.state', { up: true, source: 'hq', source_up: true });
  await waitText(page, '.idle h1', '着信を待っています');
});

onPage(
  'a PBX that is down is shown from the start',
  async (page) => {
    await waitText(page, '#source-state.bad', '電話 切断');
  },
  {
    setUp: (bridge) => {
      bridge.source = 'down';
    },
  },
);

onPage(
  'a bridge whose sign-in does not say it is asked for its health',
  async (page) => {
    await waitText(page, '#source-state.good', '電話 接続');
  },
  {
    setUp: (bridge) => {
      unchecked(bridge);
      bridge.saysSource = false;
    },
  },
);

onPage(
  'without a PBX nothing is said of one',
  async (page) => {
    await page.waitForFunction(() => !document.querySelector('#source-state'));
  },
  {
    setUp: (bridge) => {
      bridge.source = 'none';
    },
  },
);

onPage('presence: one press, and what another tab does is seen', async (page, bridge) => {
  await page.getByRole('button', { name: '離席中' }).click();
  await page.waitForSelector('.presence-away[aria-pressed=true]');
  assert.deepEqual(bridge.presence, 'away');
  await waitText(page, '.idle h1', '離席中です');
  bridge.push('presence.changed', { presence: 'ready', reason: null, since: ago(0), until: null, call_id: null });
  await page.waitForSelector('.presence-ready[aria-pressed=true]');
});

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

onPage('Enter means what was typed last, not what was found for less of it', async (page) => {
  await page.keyboard.press('/');
  await page.keyboard.type('大阪');
  await page.waitForSelector('#search-list [role=option] >> nth=1');
  await page.keyboard.type('印刷');
  await page.keyboard.press('Enter');
  await waitText(page, '.who h1', '大阪印刷㈱');
});

onPage('a card that cannot be loaded is said', async (page, bridge) => {
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

onPage('the title says who rings', async (page, bridge) => {
  const id = bridge.ring(known(akagi()));
  await page.waitForFunction(() => document.title === '☎ 株式会社赤木電機');
  await page.waitForFunction(() => document.title === '● 着信中');
  bridge.answer(id);
  await page.waitForFunction(() => document.title === '着電');
});

onPage(
  'who asked for less motion gets none',
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
  'English by the address',
  async (page, bridge) => {
    bridge.ring(known(akagi()));
    await waitText(page, '.callbar', 'Ringing');
    assert.equal(await page.getAttribute('html', 'lang'), 'en');
    await waitText(page, '[data-alert=overdue]', 'invoice 10482 is 12 days late');
  },
  { path: '?lang=en' },
);

for (const colorScheme of ['light', 'dark']) {
  for (const width of [360, 760, 1100, 1600]) {
    onPage(
      `everything fits and can be read: ${colorScheme}, ${width} px`,
      async (page, bridge) => {
        const popups = [
          known(gigantic()),
          known(akagi()),
          known(plain('C1', 'あ')),
          nobody(),
          lead(),
          unidentified('payphone'),
          shared([gigantic(), { ...akagi(), customer: { ...akagi().customer, trading_status: 'suspended' } }]),
        ];
        for (const popup of popups) {
          const id = bridge.ring(popup);
          await page.waitForSelector('.callbar.ringing');
          await page.evaluate(() =>
            document.querySelectorAll('details').forEach((node) => {
              node.open = true;
            }),
          );
          assert.deepEqual(await page.evaluate(tooWide), [], popup.match);
          assert.deepEqual(await page.evaluate(tooFaint), [], popup.match);
          bridge.dismiss(id, 'no_answer');
          await page.waitForSelector('.idle');
        }
        assert.deepEqual(await page.evaluate(tooFaint), [], 'idle');
      },
      { context: { colorScheme, viewport: { width, height: 800 } } },
    );
  }
}

onPage('everything is reached with the keyboard, and the focus is seen', async (page, bridge) => {
  bridge.ring(known(akagi()));
  await page.waitForSelector('.callbar.ringing');
  const reached = new Set();
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press('Tab');
    const [key, outline] = await page.evaluate(() => [
      document.activeElement.dataset.key ?? document.activeElement.id,
      getComputedStyle(document.activeElement).outlineStyle,
    ]);
    if (key) {
      reached.add(key);
      assert.notEqual(outline, 'none', key);
    }
  }
  for (const key of ['presence-ready', 'presence-away', 'search-input', 'sign-out', 'details', 'history-more'])
    assert.ok(reached.has(key), key);
  assert.ok([...reached].some((key) => key.startsWith('tab-')));
  assert.ok([...reached].some((key) => key.startsWith('live-')));
});

onPage('the day that alerts count from is today', async (page, bridge) => {
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

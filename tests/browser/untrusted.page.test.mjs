// Nothing that is sent does harm, in a real browser against the stand-in bridge.

import assert from 'node:assert/strict';
import { note } from './at-work.mjs';
import {
  ago,
  akagi,
  callback,
  candidate,
  chosen,
  gigantic,
  known,
  missedCall,
  PERMISSIONS,
  shared,
} from './fixtures.mjs';
import { onPage, unchecked, waitText } from './on-page.mjs';

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

onPage(
  'data of notes, lists and the team is text, never markup',
  async (page, bridge) => {
    const popup = chosen(
      bridge.cards.get('C00021'),
      shared([bridge.cards.get('C00020'), bridge.cards.get('C00021')]).candidates,
      EVIL,
    );
    const id = bridge.ring({
      ...popup,
      match_by: 'code',
      call: { ...popup.call, customer_code: EVIL, note: EVIL, note_by: EVIL },
    });
    await waitText(page, '.handed', EVIL);
    await waitText(page, '[data-strip=code]', EVIL);
    bridge.answer(id);
    await page.waitForSelector(note);
    await page.locator(note).pressSequentially('x');
    bridge.note(id, `${EVIL}!`, EVIL);
    await waitText(page, '.theirs', EVIL);
    bridge.remind(callback({ customer_name: EVIL, note: EVIL, display: EVIL }));
    await waitText(page, '.reminder', EVIL);
    await page.click('[data-key=view-missed]');
    await waitText(page, '.missed-row', EVIL);
    await page.click('[data-key=view-team]');
    await waitText(page, '.board', EVIL);
    assert.equal(await page.evaluate(() => window.hacked), undefined);
    assert.equal(await page.locator('#desk img[onerror], body script, [onerror]').count(), 0);
  },
  {
    setUp: (bridge) => {
      unchecked(bridge);
      bridge.permissions = [...PERMISSIONS, 'presence.all'];
      bridge.missed = [
        missedCall({
          customer_name: EVIL,
          queue: EVIL,
          reason: EVIL,
          rank: EVIL,
          caller: { kind: EVIL, number: EVIL, display: EVIL, area: EVIL },
        }),
      ];
      bridge.team = {
        agents: [
          {
            agent_code: EVIL,
            agent_name: EVIL,
            extension: EVIL,
            presence: EVIL,
            reason: EVIL,
            since: EVIL,
            sockets: 1,
          },
        ],
        calls: [
          {
            call_id: EVIL,
            state: EVIL,
            caller: EVIL,
            customer_name: EVIL,
            queue: EVIL,
            agents: [{ agent_code: EVIL }],
          },
        ],
      };
    },
  },
);

onPage('nonsense in pushes and lists does no harm', async (page, bridge) => {
  unchecked(bridge);
  for (const [ev, data] of [
    ['missed.changed', {}],
    ['missed.changed', { missed_no: 'x' }],
    ['callback.due', { callback_no: null }],
    ['agents.changed', {}],
    ['call.note', {}],
    ['call.note', { call_id: 'c-none', text: 5 }],
    ['presence.changed', {}],
    ['ring.moved', {}],
    ['customer.changed', {}],
    ['call.dialing', {}],
    ['source.state', { up: 'x', source: 5 }],
  ])
    bridge.push(ev, data);
  bridge.push('missed.changed', { missed_no: 1, status: 'open' });
  bridge.remind({ callback_no: 1, due_at: 'x', status: 'open' });
  await page.waitForSelector('.reminder');
  await page.click('[data-key=view-missed]');
  await waitText(page, '.missed-row', '未登録');
  bridge.ring(known(akagi()));
  await page.waitForSelector('.callbar.ringing');
  assert.equal(await page.getByText('この部分を表示できません').count(), 0);
});

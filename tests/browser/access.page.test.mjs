// Everybody can read and reach everything, and nothing that is sent does harm, in a real browser against the stand-in bridge.

import assert from 'node:assert/strict';
import { afterwards, lookedUp, note, ofAkagi, talking } from './at-work.mjs';
import {
  akagi,
  callback,
  candidate,
  chosen,
  colleagues,
  gigantic,
  known,
  missed,
  missedCall,
  PERMISSIONS,
  shared,
  unidentified,
} from './fixtures.mjs';
import { onPage, tooFaint, tooWide, unchecked, waitText } from './on-page.mjs';

const EVIL = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>';

onPage(
  'the newer data is text too, never markup',
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
    bridge.push('callback.due', callback({ customer_name: EVIL, note: EVIL, display: EVIL }));
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

onPage('nonsense in the newer pushes and lists does no harm', async (page, bridge) => {
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
  bridge.push('callback.due', { callback_no: 1, due_at: 'x', status: 'open' });
  await page.waitForSelector('.reminder');
  await page.click('[data-key=view-missed]');
  await waitText(page, '.missed-row', '未登録');
  bridge.ring(known(akagi()));
  await page.waitForSelector('.callbar.ringing');
  assert.equal(await page.getByText('この部分を表示できません').count(), 0);
});

/** Controls that a screen reader has no name for (in the page). */
function nameless() {
  return [...document.querySelectorAll('button, input, select, textarea')]
    .filter((node) => node.checkVisibility())
    .filter((node) => !(node.getAttribute('aria-label') || node.labels?.length || node.textContent.trim()))
    .map((node) => node.outerHTML.slice(0, 80));
}

for (const colorScheme of ['light', 'dark']) {
  for (const width of [360, 420, 1360]) {
    onPage(
      `the work around a call fits, can be read and has names: ${colorScheme}, ${width} px`,
      async (page, bridge) => {
        const look = async (what) => {
          assert.deepEqual(await page.evaluate(tooWide), [], what);
          assert.deepEqual(await page.evaluate(tooFaint), [], what);
          assert.deepEqual(await page.evaluate(nameless), [], what);
        };
        const [a, b] = [bridge.cards.get('C00020'), gigantic()];
        for (const popup of [
          chosen(b, [candidate(a), candidate(b)]),
          ...['withheld', 'payphone', 'out_of_area', 'service_conflict'].map(unidentified),
        ]) {
          const id = bridge.ring({
            ...popup,
            call: {
              ...popup.call,
              customer_code: 'C0',
              note: '引き継ぎの長いメモ。'.repeat(20),
              note_by: '長宗我部 清右衛門',
            },
            match_by: 'code',
          });
          await page.waitForSelector('.handed');
          if (popup.match === 'unidentified') await page.getByRole('button', { name: '新しい顧客として登録' }).click();
          await look(popup.call.caller.kind);
          bridge.dismiss(id, 'no_answer');
          await page.waitForSelector('.idle');
        }
        await page.getByRole('button', { name: '離席中' }).click();
        await page.locator('select[data-key=presence-reason]').selectOption({ label: '自由に入力…' });
        await page.waitForSelector('.reason-field');
        await look('a reason in own words');
        await page.locator('.reason-field input').fill('とても長い理由です。'.repeat(10));
        await page.keyboard.press('Enter');
        await page.waitForSelector('.reason-field', { state: 'detached' });
        await look('a long reason');
        const main = bridge.ring(ofAkagi());
        await page.getByRole('button', { name: '担当者・拠点を選ぶ' }).click();
        await page.waitForSelector('.parts');
        await look('who calls');
        bridge.dismiss(main, 'no_answer');
        await page.waitForSelector('.idle');
        bridge.push('callback.due', callback({ note: 'とても長いメモです。'.repeat(10) }));
        await page.waitForSelector('.reminder');
        const id = await talking(page, bridge);
        await look('talking');
        await page.locator(note).pressSequentially('書いた');
        bridge.note(id, '別の内容'.repeat(30));
        await page.waitForSelector('.theirs');
        await afterwards(page, bridge, id);
        await page.click('.is-category label');
        await page.evaluate(() =>
          document.querySelectorAll('details').forEach((node) => {
            node.open = true;
          }),
        );
        await look('wrap-up');
        await lookedUp(page);
        await page.evaluate(() =>
          document.querySelectorAll('details').forEach((node) => {
            node.open = true;
          }),
        );
        await look('create');
        await page.click('[data-key=view-missed]');
        await page.waitForSelector('.missed-row');
        await page.locator('[data-key^=claim]').first().click();
        await page.waitForSelector('[data-key^=missed-note]');
        await look('missed');
        await page.click('[data-key=view-team]');
        await page.waitForSelector('.board');
        // A table scrolls within its own frame.
        assert.deepEqual(
          (await page.evaluate(tooWide)).filter((found) => !/^(T|SPAN)/.test(found)),
          [],
          'team',
        );
        assert.deepEqual(await page.evaluate(tooFaint), [], 'team');
      },
      {
        context: { colorScheme, viewport: { width, height: 800 } },
        setUp: (bridge) => {
          bridge.permissions = [...PERMISSIONS, 'presence.all'];
          bridge.missed = missed();
          bridge.team = colleagues();
        },
      },
    );
  }
}

onPage(
  'English throughout',
  async (page, bridge) => {
    const id = await talking(page, bridge);
    await afterwards(page, bridge, id);
    await waitText(page, '.is-category', 'Billing');
    await waitText(page, '.wrapup', 'Save and finish');
    await page.click('[data-key=view-missed]');
    await waitText(page, '#missed', 'Missed calls');
    assert.deepEqual(
      await page.evaluate(() =>
        [...document.querySelectorAll('#top *, #missed *, #wrap *')]
          .filter((node) => [...node.childNodes].some((child) => child.nodeType === 3 && /[ぁ-ん]/.test(child.data)))
          .map((node) => node.textContent),
      ),
      [],
    );
  },
  { path: '?lang=en' },
);

onPage('the work after a call is reached with the keyboard, and the focus is seen', async (page, bridge) => {
  const id = await talking(page, bridge);
  await afterwards(page, bridge, id);
  await page.locator('.wrap-head button').focus();
  const reached = [];
  for (let i = 0; i < 24; i++) {
    await page.keyboard.press('Tab');
    reached.push(await page.evaluate(() => document.activeElement.dataset.key ?? document.activeElement.tagName));
  }
  const order = [
    'category-',
    'result-',
    'status-',
    'follow_day-',
    'follow_time-',
    'wrap.in_hour-',
    'extras-open-',
    'note-',
    'save-',
  ];
  const places = order.map((start) => reached.findIndex((key) => key.startsWith(start)));
  assert.ok(
    places.every((at) => at >= 0),
    reached.join(),
  );
  assert.deepEqual(
    places,
    [...places].sort((a, b) => a - b),
  );
});

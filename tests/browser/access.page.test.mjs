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
  lead,
  missed,
  nobody,
  PERMISSIONS,
  plain,
  shared,
  unidentified,
} from './fixtures.mjs';
import { onPage, tooFaint, tooWide, waitText } from './on-page.mjs';

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
        bridge.remind(callback({ note: 'とても長いメモです。'.repeat(10) }));
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
          bridge.team = { ...colleagues(), sources: [] };
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

onPage(
  'the text of an open item has room beside its English words, also in a narrow box',
  async (page, bridge) => {
    bridge.ring(known(akagi()));
    await waitText(page, '.rows', 'Complaint');
    const widths = await page
      .locator('.rows:not(.sales) > li > .row-text')
      .evaluateAll((nodes) => nodes.filter((node) => node.checkVisibility()).map((node) => node.clientWidth));
    assert.ok(Math.min(...widths) > 120, widths.join());
  },
  { path: '?lang=en', context: { viewport: { width: 1100, height: 800 } } },
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

onPage(
  'a card is printed dark on light, without what only works on a screen',
  async (page, bridge) => {
    await talking(page, bridge, known(gigantic()));
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    for (const shown of ['.who h1', '.boxes', '#timeline']) assert.ok(await page.locator(shown).isVisible(), shown);
    for (const gone of ['.top', '#calls', '.tabs', '#wrap']) assert.ok(await page.locator(gone).isHidden(), gone);
    assert.deepEqual(await page.evaluate(tooFaint), []);
  },
  { context: { colorScheme: 'dark' } },
);

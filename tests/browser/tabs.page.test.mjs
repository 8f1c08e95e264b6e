// Several tabs and machines of one agent, in a real browser against the stand-in bridge.

import assert from 'node:assert/strict';
import { asked } from './at-work.mjs';
import { akagi, callback, known } from './fixtures.mjs';
import { onPage, received, signedIn, waitText } from './on-page.mjs';

/** Another tab of the same browser. */
async function another(profile, bridge) {
  const tab = await profile.newPage();
  await signedIn(tab, bridge);
  return tab;
}

const flashes = (page) => page.waitForFunction(() => /^[☎●]/.test(document.title));

onPage('of several tabs all show the call and one is heard', async (page, bridge, { profile }) => {
  const second = await another(profile, bridge);
  bridge.ring(known(akagi()));
  await Promise.all([page, second].map((one) => one.waitForSelector('.callbar.ringing')));
  await flashes(page);
  assert.equal(await second.title(), '着電');
  await page.close();
  await flashes(second);
});

onPage('another tab takes over the ringing from one that is stuck', async (page, bridge, { profile }) => {
  const stuck = await profile.newPage();
  await stuck.goto(`${bridge.url}icon.svg`);
  await stuck.evaluate(
    () =>
      new Promise((held) => {
        navigator.locks.request('chakuden.rings.A201', { steal: true }, () => {
          held();
          return new Promise(() => {});
        });
      }),
  );
  bridge.ring(known(akagi()));
  await page.waitForSelector('.callbar.ringing');
  await flashes(page);
});

onPage('across machines the one that was used last rings; the others say so', async (page, bridge) => {
  bridge.ringAt(99);
  await waitText(page, '#ring-elsewhere', '別の端末で鳴ります');
  bridge.ring(known(akagi()));
  await page.waitForSelector('.callbar.ringing');
  assert.equal(await page.title(), '着電');
  await page.mouse.click(700, 500);
  await received(page, bridge, asked('ring.here'));
  await page.waitForSelector('#ring-elsewhere', { state: 'detached' });
  await flashes(page);
});

onPage('the ring tone is off until it is switched on, and stops with the ringing', async (page, bridge) => {
  await page.addInitScript(() => {
    window.tones = 0;
    window.AudioContext = class {
      currentTime = 0;
      destination = {};
      resume() {
        return Promise.resolve();
      }
      createOscillator() {
        return {
          frequency: {},
          connect: (to) => to,
          start() {
            window.tones += 1;
          },
          stop() {},
        };
      }
      createGain() {
        return { gain: { setValueAtTime() {}, exponentialRampToValueAtTime() {} }, connect: (to) => to };
      }
    };
  });
  await page.reload();
  await page.waitForSelector('#link-state.good');
  const first = bridge.ring(known(akagi()));
  await flashes(page);
  assert.equal(await page.evaluate(() => window.tones), 0);
  bridge.dismiss(first, 'no_answer');
  await page.getByRole('button', { name: '着信音' }).click();
  const second = bridge.ring(known(akagi()));
  await page.waitForFunction(() => window.tones === 2);
  bridge.answer(second);
  await page.waitForSelector('.callbar.answered');
  await page.reload();
  assert.equal(await page.getAttribute('[data-key=sound]', 'aria-pressed'), 'true', 'the browser remembers');
});

onPage('a callback that is done in one tab leaves the others', async (page, bridge, { profile }) => {
  const second = await another(profile, bridge);
  bridge.remind(callback());
  await Promise.all([page, second].map((one) => one.waitForSelector('.reminder')));
  await page.locator('.reminder').getByRole('button', { name: '完了' }).click();
  await second.waitForSelector('.reminder', { state: 'detached' });
});

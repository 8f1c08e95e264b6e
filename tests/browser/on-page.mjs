// What the tests of the page in a browser share. No test waits for a time: each waits for what it expects to see, and
// fails when that does not come.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch } from './browser.mjs';
import { TOKEN } from './fixtures.mjs';
import { shiftDate, toNoon } from './midday.mjs';
import { MockBridge } from './mock-bridge.mjs';

const shift = toNoon(Date.now());
shiftDate(shift);

let browser;
before(async () => {
  browser = await launch();
});
after(async () => {
  await browser?.close();
});

/** Runs a test on a fresh bridge and a fresh browser profile; whatever the page complains about fails it. */
export function onPage(name, run, { context = {}, offline = false, signIn = true, setUp = () => {}, path = '' } = {}) {
  test(name, { timeout: 60_000 }, async () => {
    const bridge = await new MockBridge().start();
    setUp(bridge);
    const profile = await browser.newContext({ locale: 'ja-JP', viewport: { width: 1400, height: 900 }, ...context });
    profile.setDefaultTimeout(15_000);
    await profile.addInitScript(shiftDate, shift);
    const page = await profile.newPage();
    const complaints = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    try {
      if (signIn) await signedIn(page, bridge, path);
      await run(page, bridge, { profile, complaints });
      // The browser itself reports a connection that it cannot make.
      const expected = (text) => offline && /WebSocket|ERR_|Failed to load resource/.test(text);
      assert.deepEqual(
        complaints.filter((text) => !expected(text)),
        [],
      );
      assert.deepEqual(bridge.faults, [], 'every frame is one of the protocol');
    } finally {
      await profile.close();
      await bridge.stop();
    }
  });
}

/**
 * Signs in, and waits until the bridge has answered what the page asks for then: an answer that comes later would take
 * back what a test pushes.
 */
export async function signedIn(page, bridge, path = '') {
  const before = bridge.requests.length;
  await page.goto(`${bridge.url}${path}#token=${TOKEN}`);
  await page.waitForSelector('#link-state.good');
  await received(page, bridge, (request, i) => i >= before && request.op === 'calls');
}

/** Lets the bridge send on purpose what the protocol does not have. */
export function unchecked(bridge) {
  bridge.checked = false;
}

/** A bridge from before the agents' work: it says nothing of permissions and knows none of the newer requests. */
export function older(bridge) {
  unchecked(bridge);
  bridge.permissions = null;
}

/** The text of the first element that fits. */
export const text = (page, selector) => page.locator(selector).first().innerText();

/** Waits until the bridge got a request that fits, and gives it. */
export async function received(page, bridge, fits) {
  for (;;) {
    const found = bridge.requests.find(fits);
    if (found) return found;
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
}

/** Waits until an element says this. */
export async function waitText(page, selector, wanted) {
  await page.locator(selector).filter({ hasText: wanted }).first().waitFor();
}

/** Elements that reach beyond the window (in the page). */
export function tooWide() {
  const found = [];
  if (document.documentElement.scrollWidth > innerWidth)
    found.push(`the page: ${document.documentElement.scrollWidth}`);
  for (const node of document.querySelectorAll('#desk *, #top *')) {
    if (node.closest('.tabs, .visually-hidden')) continue;
    const box = node.getBoundingClientRect();
    if (box.width && (box.right > innerWidth + 0.5 || box.left < -0.5))
      found.push(`${node.tagName}.${node.className} ${node.textContent.slice(0, 20)}`);
  }
  return found;
}

/** Texts whose contrast is below WCAG 2.1 AA: 4.5, or 3 where they are large (in the page). */
export function tooFaint() {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
  const light = (color) => {
    const [r, g, b] = color
      .slice(0, 3)
      .map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (node) => {
    const layers = [];
    for (let at = node; at; at = at.parentElement) layers.unshift(rgba(getComputedStyle(at).backgroundColor));
    return layers.reduce((under, top) => over(top, under), [255, 255, 255, 1]);
  };
  const found = [];
  for (const node of document.querySelectorAll('body *')) {
    const own = [...node.childNodes].some((child) => child.nodeType === Node.TEXT_NODE && child.data.trim());
    if (!own || !node.checkVisibility() || node.closest('.visually-hidden, :disabled')) continue;
    const style = getComputedStyle(node);
    const back = behind(node);
    const [a, b] = [light(over(rgba(style.color), back)), light(back)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const size = parseFloat(style.fontSize);
    const needed = size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5;
    if (ratio < needed)
      found.push(`${node.tagName}.${node.className} ${ratio.toFixed(2)} "${node.textContent.slice(0, 20)}"`);
  }
  return found;
}

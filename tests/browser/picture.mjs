// Takes the README's pictures: `node picture.mjs STORE [FOLDER]` starts `cti-bridge demo` on a store, waits for a call
// of a customer about whom there is much to say, and writes popup.png and popup-dark.png.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch } from './browser.mjs';
import { startDemo, stopDemo } from './demo.mjs';

const [store, folder = fileURLToPath(new URL('../../docs/images/', import.meta.url))] = process.argv.slice(2);
if (!store) throw new Error('usage: node picture.mjs STORE [FOLDER]');

const demo = await startDemo(['--store', store, '--pace-ms', '3000']);
const browser = await launch();
try {
  const page = await browser.newPage({ locale: 'ja-JP', viewport: { width: 1440, height: 960 }, reducedMotion: 'reduce' });
  page.setDefaultTimeout(600_000);
  await page.goto(demo.signIn);
  await page.waitForFunction(() => {
    const many = (selector, least) => document.querySelectorAll(selector).length >= least;
    return many('.callbar.ringing', 1) && many('.alerts li', 2) && many('.spark', 1) && many('.sales li', 3)
      && many('.body .row-text', 4) && many('#timeline .entry', 3) && many('#calls .call-lines:not(.live) li', 4);
  }, null, { polling: 100 });
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, 'popup.png') });
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.screenshot({ path: join(folder, 'popup-dark.png') });
} finally {
  await browser.close();
  await stopDemo(demo);
}

// Takes the README's pictures: `node picture.mjs STORE [FOLDER]` starts `cti-bridge demo` on a store, waits for a call
// of a customer about whom there is much to say, and writes popup.png and popup-dark.png.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch } from './browser.mjs';
import { startDemo, stopDemo } from './demo.mjs';

const [store, folder = fileURLToPath(new URL('../../docs/images/', import.meta.url))] = process.argv.slice(2);
if (!store) throw new Error('usage: node picture.mjs STORE [FOLDER]');

process.once('SIGTERM', () => process.exit(143));
const demo = await startDemo(['--store', store, '--pace-ms', '1500']);
const browser = await launch();
try {
  const page = await browser.newPage({
    locale: 'ja-JP',
    viewport: { width: 1440, height: 960 },
    reducedMotion: 'reduce',
  });
  page.setDefaultTimeout(1_800_000);
  await page.goto(demo.signIn);
  await page.waitForFunction(
    () => {
      const many = (selector, least) => document.querySelectorAll(selector).length >= least;
      return (
        many('.callbar.ringing', 1) &&
        many('[data-alert=overdue]', 1) &&
        many('.alerts li', 2) &&
        many('.spark', 1) &&
        many('.sales li', 5) &&
        !many('.sales .year', 1) &&
        many('.rows:not(.sales) li', 2) &&
        many('#timeline .entry', 3) &&
        many('#calls .call-lines:not(.live) li', 5)
      );
    },
    null,
    { polling: 100 },
  );
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, 'popup.png') });
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.screenshot({ path: join(folder, 'popup-dark.png') });
} finally {
  await browser.close();
  await stopDemo(demo);
}

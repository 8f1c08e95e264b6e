// Debian's chromium, driven by playwright-core.

import { chromium } from 'playwright-core';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts the browser; where it is missing the tests fail and say how to get it. */
export async function launch() {
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
  try {
    return await chromium.launch({ executablePath, args: FLAGS });
  } catch (error) {
    throw new Error(
      `${executablePath} does not start; install it (apt-get install chromium fonts-noto-cjk) or set CHROMIUM`,
      { cause: error },
    );
  }
}

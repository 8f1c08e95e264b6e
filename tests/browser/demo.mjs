// The real programs, for tests and pictures.

import { spawn } from 'node:child_process';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** Where the programs are. */
export const BIN = process.env.CHAKUDEN_BIN_DIR ?? fileURLToPath(new URL('../../target/release/', import.meta.url));

/** The path of a program; where it is missing, the message says how to get it. */
export async function program(name) {
  const path = join(BIN, name);
  await access(path).catch(() => {
    throw new Error(`${path} is missing; build it (cargo build --release --workspace) or set CHAKUDEN_BIN_DIR`);
  });
  return path;
}

/** Starts `cti-bridge demo`; `signIn` is its one-click address, `listen` its host and port. */
export async function startDemo(args) {
  const child = spawn(await program('cti-bridge'), ['demo', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  // Whatever ends this process, no demo is left running.
  process.once('exit', () => child.kill('SIGKILL'));
  let complaints = '';
  child.stderr.on('data', (data) => {
    complaints = (complaints + data).slice(-4_000);
  });
  const ended = new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  const signIn = await Promise.race([
    ended.then(({ code }) => {
      throw new Error(`the demo ended with ${code}: ${complaints}`);
    }),
    new Promise((resolve) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        const found = line.match(/http:\/\/\S+#token=\S+/);
        if (found) resolve(found[0]);
      });
    }),
  ]);
  return { child, ended, signIn, listen: new URL(signIn).host };
}

/** Ctrl-C; gives the exit and how many milliseconds it took. */
export async function stopDemo(demo) {
  const from = performance.now();
  demo.child.kill('SIGINT');
  return { ...(await demo.ended), took: performance.now() - from };
}

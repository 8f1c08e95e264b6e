// Repeats requests that write until their outcome is known: with the key the bridge carries each out once.

import { codeOf, RequestError } from './connection.js';

/** @import { Requests } from './page' */

/** What must not be done twice. A note is not among them: its keeper sends the whole text again and again. */
export const ONCE = new Set([
  'call.choose',
  'call.forget',
  'customer.create',
  'lead.create',
  'contact.attach',
  'call.wrapup',
  'inquiry.create',
  'inquiry.update',
  'task.create',
  'task.done',
  'missed.claim',
  'missed.release',
  'missed.close',
  'callback.done',
  'call.nuisance',
]);
const AGAIN_FOR_MS = 120_000;
const UNSETTLED_MAX = 100;

/**
 * Gives `say`, which asks as `request` does. A request without an answer is repeated with the same key: once when the
 * bridge did not answer in time, and after a broken connection as soon as it is back within two minutes. Repeated by
 * hand, it has the same key too. Call `online` when the connection is back, and `stop` when nobody is signed in any more:
 * open requests are then abandoned.
 * @param {Requests} request
 */
export function makeSayer(request) {
  /** The keys of requests without an answer, by their content. @type {Map<string, string>} */
  const unsettled = new Map();
  /** @type {Set<() => void>} */
  const waiting = new Set();
  let epoch = 0;

  /** @param {number} until */
  function backOnline(until) {
    return new Promise((/** @type {(value: void) => void} */ resolve) => {
      const timer = setTimeout(wake, until - Date.now());
      function wake() {
        clearTimeout(timer);
        waiting.delete(wake);
        resolve();
      }
      waiting.add(wake);
    });
  }

  /** @type {Requests} */
  async function say(op, fields) {
    if (!ONCE.has(op)) return request(op, fields);
    const what = JSON.stringify([op, fields]);
    const key = unsettled.get(what) ?? newKey();
    unsettled.set(what, key);
    for (const oldest of unsettled.keys()) if (unsettled.size > UNSETTLED_MAX) unsettled.delete(oldest);
    const began = epoch;
    const until = Date.now() + AGAIN_FOR_MS;
    for (let late = 0; ; ) {
      try {
        const data = await request(op, { ...fields, key });
        unsettled.delete(what);
        return data;
      } catch (error) {
        if (!isUnknown(error)) {
          unsettled.delete(what);
          throw error;
        }
        if (codeOf(error) === 'offline') await backOnline(until);
        else if (++late > 1) throw error;
        if (began !== epoch || Date.now() >= until) throw error;
      }
    }
  }

  function wakeAll() {
    for (const wake of [...waiting]) wake();
  }

  return {
    say,
    online: wakeAll,
    stop() {
      epoch += 1;
      unsettled.clear();
      wakeAll();
    },
  };
}

/** Whether it was sent and may have been done. @param {unknown} error */
function isUnknown(error) {
  return error instanceof RequestError && error.sent;
}

/** Random, also where the page came unencrypted and the browser makes no UUIDs. */
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

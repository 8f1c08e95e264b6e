// Requests to the bridge on a person's behalf: a failure is said.

import { codeOf } from '../connection.js';

/** @import { Label, PageForActions } from '../page' */
/** @import { Operations } from '../protocol' */

/** The bridge does not have the call any more, or does not know the request: the page goes on by itself. */
const BY_ITSELF = ['unknown_op', 'not_found'];

/**
 * Gives `ask`, which resolves to the answer, or to `null` after a failure. The failure is said in a toast, unless
 * `failure` is `null`.
 * @param {PageForActions} page
 */
export function makeAsk({ t, attempt, toast }) {
  /**
   * @template {keyof Operations} Op
   * @param {Op} op
   * @param {Operations[Op]['request']} fields
   * @param {string|null} failure
   */
  return async function ask(op, fields, failure) {
    try {
      return await attempt(op, fields);
    } catch (error) {
      if (failure) toast(failureText(t, error, failure));
      return null;
    }
  };
}

/**
 * Why a request failed: the label of its code, else the label `otherwise`.
 * @param {Label} t
 * @param {unknown} error
 * @param {string} otherwise
 */
export function failureText(t, error, otherwise) {
  const message = error instanceof Error ? error.message : '';
  return t.or(`error.${codeOf(error)}`, t(otherwise)).replace('{message}', message);
}

/**
 * Whether the page can do without the bridge what it was refused.
 * @param {unknown} error
 */
export function goesOnByItself(error) {
  return BY_ITSELF.includes(codeOf(error) ?? '');
}

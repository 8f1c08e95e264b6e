// Telephone numbers that can be called with one press.

import { el } from '../dom.js';
import { join } from './text.js';

/** @import { Child, Context } from '../page' */
/** @import { Caller } from '../protocol' */

/** Numbers within a text: written with hyphens, or international. Anything else may be an order's number. */
const NUMBER = /(?<![\d-])(?:0\d{1,4}-\d{1,4}-\d{3,4}|\+\d{1,3}(?:-?\d{1,4}){2,4})(?![\d-])/g;

/**
 * A number as a button, or as text where this agent cannot call. `text` is what is written on it; `mark`: only the sign.
 * @param {Context} context
 * @param {string|null|undefined} number
 * @param {{text?: string|null, mark?: boolean, key?: string|null}} [options]
 */
export function dialable({ t, actions, dials }, number, { text: written, mark = false, key = null } = {}) {
  if (!number) return null;
  const text = written ?? number;
  if (!dials) return mark ? null : el('span', { class: 'num' }, text);
  return el(
    'button',
    {
      type: 'button',
      class: mark ? 'dial mark-only' : 'dial num',
      key,
      'data-dial': number,
      title: t('dial.label', { number: text }),
      'aria-label': t('dial.label', { number: text }),
      on: { click: () => actions.dial(number, text) },
    },
    el('span', { class: 'dial-mark', 'aria-hidden': 'true' }, '✆'),
    !mark && text,
  );
}

/**
 * The number of a caller, when there is one to call back.
 * @param {Caller} caller
 */
export function callerNumber(caller) {
  return ['number', 'internal'].includes(caller.kind) ? (caller.number ?? caller.display ?? null) : null;
}

/**
 * A text in which every telephone number can be called.
 * @param {Context} context
 * @param {string|null} text
 * @returns {Child}
 */
export function withNumbers(context, text) {
  if (!context.dials || !text) return text;
  /** @type {Child[]} */
  const parts = [];
  let from = 0;
  for (const match of String(text).matchAll(NUMBER)) {
    parts.push(String(text).slice(from, match.index), dialable(context, match[0]));
    from = match.index + match[0].length;
  }
  return from ? [...parts, String(text).slice(from)] : text;
}

/**
 * A contact's number and address, the number with its button.
 * @param {Context} context
 * @param {{phone?: string|null, email?: string|null}} contact
 */
export function reach(context, { phone, email }) {
  return [phone && dialable(context, phone), phone && email ? ' · ' : null, join([email])];
}

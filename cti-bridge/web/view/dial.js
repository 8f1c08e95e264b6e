// Telephone numbers that can be called with one press.

import { el } from '../dom.js';
import { join } from './text.js';

/** Numbers within a text: written with hyphens, or international. Anything else may be an order's number. */
const NUMBER = /(?<![\d-])(?:0\d{1,4}-\d{1,4}-\d{3,4}|\+\d{1,3}(?:-?\d{1,4}){2,4})(?![\d-])/g;

/**
 * A number as a button, or as text where this agent cannot call. `text` is what is written on it.
 * @param {import('../page').Context} context
 * @param {string} number
 */
export function dialable({ t, actions, dials }, number, { text = number, mark = false, key = null } = {}) {
  if (!number) return null;
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
 * @param {import('../protocol').Caller} caller
 */
export function callerNumber(caller) {
  return ['number', 'internal'].includes(caller?.kind) ? (caller.number ?? caller.display ?? null) : null;
}

/**
 * A text in which every telephone number can be called.
 * @param {import('../page').Context} context
 * @param {string} text
 */
export function withNumbers(context, text) {
  if (!context.dials || !text) return text;
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
 * @param {import('../page').Context} context
 * @param {{phone?: string|null, email?: string|null}} shown
 */
export function reach(context, { phone, email }) {
  return [phone && dialable(context, phone), phone && email ? ' · ' : null, join([email])];
}

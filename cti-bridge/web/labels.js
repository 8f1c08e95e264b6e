// The texts of the page, Japanese first, from the tables in `labels/`. `{name}` is replaced by a value,
// `{name:day/days}` by the word for one or for several.

import { CALL } from './labels/call.js';
import { CARD } from './labels/card.js';
import { FRAME } from './labels/frame.js';
import { MESSAGES } from './labels/messages.js';
import { WORK } from './labels/work.js';

/** @import { Label, Texts } from './page' */

/**
 * The labels by key.
 * @type {Readonly<Texts>}
 */
export const LABELS = Object.freeze({ ...FRAME, ...CALL, ...WORK, ...CARD, ...MESSAGES });

/**
 * `ja` or `en`: `?lang=` wins, then the browser's language; anything else is Japanese.
 * @param {string} query
 * @param {string|undefined} browser
 * @returns {Label['lang']}
 */
export function languageOf(query, browser) {
  const wanted = new URLSearchParams(query).get('lang') ?? browser ?? 'ja';
  return wanted.toLowerCase().startsWith('en') ? 'en' : 'ja';
}

/**
 * The labels of one language: `t(key, values)`; `t.or(key, text)` gives `text` for a key that is not there.
 * @param {Label['lang']} lang
 * @returns {Label}
 */
export function labels(lang) {
  const column = lang === 'en' ? 1 : 0;
  /** @type {Label['or']} */
  const or = (key, text) => (Object.hasOwn(LABELS, key) ? LABELS[key][column] : text);
  /** @param {string} key @param {Record<string, unknown>} [values] */
  const t = (key, values = {}) => fill(or(key, key), values);
  return Object.assign(t, { or, lang });
}

/**
 * @param {string} text
 * @param {Record<string, unknown>} values
 */
function fill(text, values) {
  return text.replace(/\{(\w+)(?::(\w+)\/(\w+))?\}/g, (whole, name, one, several) => {
    if (!Object.hasOwn(values, name)) return whole;
    if (one) return Number(values[name]) === 1 ? one : several;
    return String(values[name] ?? '—');
  });
}

// The search box: a combobox whose list opens while there is something to choose.

import { el } from '../dom.js';
import { candidatesOf } from '../popup.js';
import { candidateText } from './candidates.js';

/** @import { Label, PageCandidate } from '../page' */
/** @import { SearchAnswer } from '../protocol' */

const WAIT_MS = 150;
const LIMIT = 12;

/** What is typed is a whole number, as a person writes one. */
const WHOLE_NUMBER = /^(?:\+\d{8,15}|0\d{9,10})$/;

/**
 * The number that is typed, without what people put between its digits; `null` when it is none.
 * @param {string} text
 */
function numberIn(text) {
  const digits = text.normalize('NFKC').replace(/[\s().‐-―−ー-]/g, '');
  return WHOLE_NUMBER.test(digits) ? digits : null;
}

/**
 * What is offered: somebody who was found, or to call the number that was typed.
 * @typedef {{code: string, candidate: PageCandidate} | {number: string, text: string}} Offer
 */

/**
 * Builds the box into `root`; `search(q)` answers the data of the op, `open(code)` opens a card, `dial` calls a number.
 * @param {HTMLElement} root
 * @param {{
 *   t: Label, search: (q: string, limit: number) => Promise<SearchAnswer>, open: (code: string) => void,
 *   dial: (number: string, text: string) => void, dials: () => boolean, fail: () => void,
 * }} page
 */
export function searchBox(root, { t, search, open, dial, dials, fail }) {
  const list = el('ul', {
    id: 'search-list',
    class: 'options',
    role: 'listbox',
    'aria-label': t('search.label'),
    hidden: true,
  });
  const status = el('p', { class: 'visually-hidden', role: 'status' });
  const input = el('input', {
    type: 'search',
    id: 'search-input',
    role: 'combobox',
    autocomplete: 'off',
    spellcheck: 'false',
    maxlength: 100,
    placeholder: t('search.placeholder'),
    'aria-label': t('search.label'),
    'aria-expanded': 'false',
    'aria-controls': 'search-list',
    'aria-autocomplete': 'list',
  });
  /** @type {Offer[]} */
  let found = [];
  let foundFor = '';
  let at = -1;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let timer;
  let asked = 0;

  async function ask() {
    const q = input.value.trim();
    const mine = ++asked;
    if (!q) return show([], false);
    try {
      const { customers, complete } = await search(q, LIMIT);
      if (mine !== asked) return undefined;
      foundFor = q;
      const number = dials() ? numberIn(q) : null;
      /** @type {Offer[]} */
      const people = candidatesOf(customers).flatMap((candidate) =>
        candidate.customer_code ? [{ code: candidate.customer_code, candidate }] : [],
      );
      show(number ? [...people, { number, text: q }] : people, true);
      if (!complete) list.append(el('li', { class: 'soft none' }, t('search.cut')));
    } catch {
      if (mine === asked) {
        show([], false);
        fail();
      }
    }
    return undefined;
  }

  /**
   * @param {Offer[]} offers
   * @param {boolean} answered
   */
  function show(offers, answered) {
    found = offers;
    // A number is called on purpose only: it is never marked by itself.
    at = offers.length && 'code' in offers[0] ? 0 : -1;
    list.replaceChildren(
      ...found.map((offer, i) =>
        el(
          'li',
          {
            id: `option-${i}`,
            role: 'option',
            on: { pointerdown: (event) => event.preventDefault(), click: () => choose(i) },
          },
          'code' in offer
            ? candidateText(t, offer.candidate)
            : el('span', { class: 'option-dial' }, `✆ ${t('search.dial', { number: offer.text })}`),
        ),
      ),
    );
    if (answered && !found.length) list.replaceChildren(el('li', { class: 'soft none' }, t('search.none')));
    status.textContent = answered ? t('search.count', { n: found.filter((one) => 'code' in one).length }) : '';
    list.hidden = !answered;
    input.setAttribute('aria-expanded', String(answered));
    mark();
  }

  function mark() {
    for (const [i, node] of [...list.children].entries()) node.setAttribute('aria-selected', String(i === at));
    if (at < 0) input.removeAttribute('aria-activedescendant');
    else input.setAttribute('aria-activedescendant', `option-${at}`);
    list.children[at]?.scrollIntoView({ block: 'nearest' });
  }

  /** @param {number} i */
  function choose(i) {
    const offer = found[i];
    if (!offer) return;
    clear();
    input.blur();
    if ('code' in offer) open(offer.code);
    else dial(offer.number, offer.text);
  }

  /** Opens what is marked. What is marked for an earlier text is not what is meant: that is asked for first. */
  async function enter() {
    if (found.length && foundFor === input.value.trim()) return choose(at);
    clearTimeout(timer);
    await ask();
    if (found.length === 1 && 'code' in found[0] && foundFor === input.value.trim()) choose(0);
    return undefined;
  }

  function clear() {
    clearTimeout(timer);
    asked += 1;
    input.value = '';
    show([], false);
  }

  input.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT_MS);
  });
  input.addEventListener('blur', () => {
    list.hidden = true;
    input.setAttribute('aria-expanded', 'false');
  });
  input.addEventListener('focus', () => {
    if (found.length) {
      list.hidden = false;
      input.setAttribute('aria-expanded', 'true');
    }
  });
  input.addEventListener('keydown', (event) => {
    if (event.isComposing) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (!found.length) return;
      event.preventDefault();
      at = (at + (event.key === 'ArrowDown' ? 1 : found.length - 1)) % found.length;
      mark();
    } else if (event.key === 'Enter') {
      event.preventDefault();
      enter();
    } else if (event.key === 'Escape') {
      clear();
      input.blur();
    }
  });

  root.replaceChildren(
    el('div', { class: 'search-field' }, input, el('kbd', { 'aria-hidden': 'true' }, '/')),
    list,
    status,
  );
  return {
    focus: () => {
      input.focus();
      input.select();
    },
    clear,
  };
}

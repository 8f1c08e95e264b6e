// Who calls, when the number does not say: the customers that have it, and of each the people and the sites.

import { el } from '../dom.js';
import { candidateText, siteText, whoText } from './candidates.js';

/** @import { Child, Choice, Context, Entry, Label, PageCandidate, PagePopup } from '../page' */

/**
 * The list; `back`: to the card that is shown without it.
 * @param {Context} context
 * @param {Entry} entry
 * @param {PagePopup} popup
 * @param {boolean} back
 */
export function chooser({ t, actions }, entry, popup, back) {
  const remember = el('input', { type: 'checkbox', key: `remember-${entry.key}`, checked: true });
  /** @param {Choice} choice */
  const choose = (choice) => actions.choose(entry.key, choice, remember.checked);
  const n = popup.candidates.length;
  return el(
    'div',
    { class: 'block chooser' },
    el('h1', {}, n > 1 ? t('match.many', { n }) : t('match.who')),
    el('p', { class: 'soft' }, t(n > 1 ? 'match.many_hint' : 'match.who_hint')),
    el(
      'ul',
      { class: 'options open' },
      popup.candidates.map((candidate) => el('li', {}, whole(t, candidate, choose), parts(t, candidate, choose))),
    ),
    el(
      'p',
      { class: 'chooser-foot small' },
      el('label', {}, remember, ' ', t('match.remember')),
      el(
        'button',
        { type: 'button', class: 'quiet', key: `none-of-${entry.key}`, on: { click: actions.focusSearch } },
        t('match.find'),
        ' ',
        el('kbd', {}, '/'),
      ),
      back &&
        el(
          'button',
          {
            type: 'button',
            class: 'quiet',
            key: `back-${entry.key}`,
            on: { click: () => actions.choosing(entry.key, false) },
          },
          `← ${t('match.back_card')}`,
        ),
    ),
  );
}

/**
 * The customer, whoever of them calls.
 * @param {Label} t
 * @param {PageCandidate} candidate
 * @param {(choice: Choice) => void} choose
 */
function whole(t, candidate, choose) {
  const text = candidateText(t, candidate, { reason: true });
  if (!candidate.customer_code && !candidate.lead_code) return el('div', { class: 'line' }, text);
  return el(
    'button',
    {
      type: 'button',
      key: `choose-${candidate.customer_code ?? candidate.lead_code}`,
      class: candidate.chosen === true ? 'chosen' : null,
      on: { click: () => choose(candidate) },
    },
    text,
  );
}

/**
 * The people who have the number, and the sites it may come from.
 * @param {Label} t
 * @param {PageCandidate} candidate
 * @param {(choice: Choice) => void} choose
 */
function parts(t, candidate, choose) {
  if (!candidate.customer_code || (!candidate.people.length && !candidate.sites.length)) return null;
  const { matched_contact: matched, customer_code: code } = candidate;
  /**
   * @param {'person'|'site'} level
   * @param {string|null} name
   */
  const chosen = (level, name) => candidate.chosen === true && matched?.level === level && matched.person_name === name;
  /**
   * @param {string} key
   * @param {Child} text
   * @param {boolean} picked
   * @param {Omit<Choice, 'customer_code'>} choice
   */
  const button = (key, text, picked, choice) =>
    el(
      'button',
      {
        type: 'button',
        class: picked ? 'part chosen' : 'part',
        key: `choose-${code}-${key}`,
        on: { click: () => choose({ customer_code: code, ...choice }) },
      },
      text,
    );
  return el(
    'div',
    { class: 'parts', role: 'group', 'aria-label': t('match.of', { name: candidate.customer_name }) },
    candidate.people.map((one) =>
      button(`person-${one.contact_id}`, whoText(t, one), chosen('person', one.person_name), { matched_contact: one }),
    ),
    candidate.sites.map((one) =>
      button(`site-${one.name}`, siteText(t, one), chosen('site', one.name), { site: one.name }),
    ),
  );
}

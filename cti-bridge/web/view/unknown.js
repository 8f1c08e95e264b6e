// Nobody to show: a number that nobody has, a lookup that failed, a colleague, or no number and why. What can be done
// about it stands below, and the forms that register somebody.

import { el } from '../dom.js';
import { NO_CALLER } from '../popup.js';
import { callerNumber } from './dial.js';
import { callerText } from './text.js';

/** @import { Context, Entry, Label, PagePopup, Props } from '../page' */
/** @import { Caller } from '../protocol' */

const KINDS = ['withheld', 'payphone', 'out_of_area', 'service_conflict', 'unknown'];
/** @type {Record<string, string>} */
const MARKS = {
  internal: '☎',
  failed: '!',
  none: '?',
  other: '↔',
  withheld: '⊘',
  payphone: '¥',
  out_of_area: '◌',
  service_conflict: '⚠',
  unknown: '?',
};
const STEPS = [1, 2, 3];
/** @type {('lead'|'customer')[]} */
const FORMS = ['lead', 'customer'];

/**
 * The pop-up of a caller who is not known; `other`: somebody is known, and it is not them.
 * @param {Context} context
 * @param {Entry} entry
 * @param {PagePopup} popup
 */
export function unknownCaller(context, entry, popup, other = false) {
  const { t, actions } = context;
  const caller = popup.call?.caller ?? NO_CALLER;
  const again = caller.number;
  const kind = kindOf(popup, caller, other);
  const number = callerText(t, caller);
  const named = ['internal', 'none', 'failed', 'other'].includes(kind);
  return el(
    'div',
    { class: `block unknown is-${kind}` },
    el('p', { class: 'big-mark', 'aria-hidden': 'true' }, MARKS[kind]),
    el('h1', {}, named ? t(`match.${kind}`) : number),
    named && el('p', { class: 'number num' }, number),
    el('p', { class: 'soft' }, named ? t(`match.${kind}_hint`, { number }) : t(`match.${kind}_hint`)),
    nextSteps(t, kind),
    el(
      'div',
      { class: 'buttons' },
      kind === 'failed' &&
        again &&
        el(
          'button',
          {
            type: 'button',
            class: 'main',
            key: 'again',
            on: { click: () => actions.lookUpAgain(entry.key, again) },
          },
          t('match.again'),
        ),
      kind !== 'internal' &&
        el(
          'button',
          {
            type: 'button',
            class: kind === 'failed' ? null : 'main',
            key: 'find',
            on: { click: actions.focusSearch },
          },
          t(callerNumber(caller) ? 'match.find' : 'match.find_only'),
          ' ',
          el('kbd', {}, '/'),
        ),
      context.works &&
        !['internal', 'failed'].includes(kind) &&
        FORMS.map((form) =>
          el(
            'button',
            {
              type: 'button',
              key: `form-${form}`,
              'aria-expanded': String(entry.form === form),
              on: { click: () => actions.openForm(entry.key, entry.form === form ? null : form) },
            },
            t(`register.${form}`),
          ),
        ),
    ),
    entry.form && context.works && registerForm(context, entry.key, entry.form, caller),
    other &&
      el(
        'p',
        {},
        el(
          'button',
          { type: 'button', class: 'quiet', key: 'back-card', on: { click: () => actions.choosing(entry.key, false) } },
          `← ${t('match.back_card')}`,
        ),
      ),
  );
}

/**
 * @param {PagePopup} popup
 * @param {Caller} caller
 * @param {boolean} other
 */
function kindOf(popup, caller, other) {
  if (other) return 'other';
  if (caller.kind === 'internal') return 'internal';
  if (['none', 'failed'].includes(popup.match)) return popup.match;
  return KINDS.includes(caller.kind) ? caller.kind : 'unknown';
}

/**
 * What to do next, in the order to do it.
 * @param {Label} t
 * @param {string} kind
 */
function nextSteps(t, kind) {
  const steps = STEPS.map((n) => t.or(`next.${kind}_${n}`, null)).filter(Boolean);
  if (!steps.length) return null;
  return el(
    'section',
    { class: 'next-steps', 'aria-label': t('next.title') },
    el('h2', {}, t('next.title')),
    el(
      'ol',
      {},
      steps.map((step) => el('li', {}, step)),
    ),
  );
}

/**
 * A lead or a customer who is registered during the call.
 * @param {Context} context
 * @param {string} key
 * @param {'lead'|'customer'} kind
 * @param {Caller} caller
 */
function registerForm({ t, actions }, key, kind, caller) {
  /**
   * @param {string} name
   * @param {string} label
   * @param {Props<HTMLInputElement>} [props]
   */
  const field = (name, label, props = {}) =>
    el(
      'label',
      { class: 'field' },
      el('span', {}, t(label)),
      el('input', { name, key: `reg-${kind}-${name}-${key}`, maxlength: 200, autocomplete: 'off', ...props }),
    );
  /** @param {SubmitEvent & {currentTarget: HTMLFormElement}} event */
  const submit = (event) => {
    event.preventDefault();
    const values = Object.fromEntries(
      [...new FormData(event.currentTarget)]
        .map(([name, value]) => [name, String(value).trim()])
        .filter(([, value]) => value),
    );
    actions.register(key, kind, values);
  };
  return el(
    'form',
    { class: 'register panel', 'aria-label': t(`register.${kind}`), on: { submit } },
    field('company', 'register.company', { required: true }),
    kind === 'customer' && field('kana', 'register.kana'),
    field('person', 'register.person'),
    !callerNumber(caller) && field('phone', 'register.phone', { type: 'tel', maxlength: 40 }),
    kind === 'lead' && field('memo', 'register.memo', { maxlength: 1000 }),
    el(
      'p',
      { class: 'buttons' },
      el('button', { type: 'submit', class: 'main', key: `reg-save-${key}` }, t('register.save')),
      el(
        'button',
        { type: 'button', key: `reg-cancel-${key}`, on: { click: () => actions.openForm(key, null) } },
        t('register.cancel'),
      ),
    ),
  );
}

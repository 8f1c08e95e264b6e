// How a call came to its card, and what to do when it is the wrong one.

import { el } from '../dom.js';
import { moment } from '../format.js';
import { callerNumber } from './dial.js';
import { callerText, join } from './text.js';

/** @import { Context, EndedEntry, Entry, LiveEntry, PageCall, PagePopup } from '../page' */
/** @import { Chosen, ContactPurpose, CustomerProfile } from '../protocol' */

/** @type {ContactPurpose[]} */
const PURPOSES = ['sales', 'billing', 'delivery'];

/**
 * The strip above a call's card: by a code, by an earlier choice, by the number; `null` when there is nothing to say.
 * @param {Context} context
 * @param {Entry} entry
 * @param {PagePopup} popup
 */
export function matchStrip(context, entry, popup) {
  const { call, match, match_by: by } = entry.popup;
  if (!call || entry.chosen) return entry.chosen ? backToList(context, entry) : null;
  return [
    by === 'code' && codeLine(context, call, true),
    call.customer_code && by !== 'code' && by !== null && codeLine(context, call, false),
    match === 'chosen' && chosenLine(context, entry, call),
    match === 'one' && popup.customer && call.chosen?.by && chosenNow(context, call.chosen),
  ];
}

/**
 * @param {Context} context
 * @param {PageCall} call
 * @param {boolean} found
 */
function codeLine({ t }, call, found) {
  return el(
    'p',
    { class: `strip ${found ? 'good' : 'warn'} small`, 'data-strip': found ? 'code' : 'code-unknown' },
    el('span', { 'aria-hidden': 'true' }, found ? '⌨' : '!'),
    t(found ? 'match.by_code' : 'match.code_unknown', { code: call.customer_code ?? '—' }),
  );
}

/**
 * @param {Context} context
 * @param {Entry} entry
 * @param {PageCall} call
 */
function chosenLine({ t, today, actions, works }, entry, call) {
  const who =
    call.chosen?.by && t('match.chosen_by', { by: call.chosen.by, at: moment(call.chosen.at, today, t.lang) });
  return el(
    'div',
    { class: 'strip chosen small', 'data-strip': 'chosen' },
    el('span', { 'aria-hidden': 'true' }, '★'),
    el('b', {}, t('match.chosen')),
    el('span', { class: 'soft strip-text' }, join([who, t('match.many_short', { n: entry.popup.candidates.length })])),
    el(
      'button',
      { type: 'button', key: `rechoose-${entry.key}`, on: { click: () => actions.choosing(entry.key) } },
      t('match.choose_again'),
    ),
    works &&
      el(
        'button',
        {
          type: 'button',
          class: 'quiet',
          key: `forget-${entry.key}`,
          on: { click: () => actions.forgetChoice(entry.key) },
        },
        t('match.forget'),
      ),
  );
}

/**
 * @param {Context} context
 * @param {Chosen} chosen
 */
function chosenNow({ t, today }, { by, at }) {
  return el(
    'p',
    { class: 'strip small soft', 'data-strip': 'chosen-now' },
    join([t('match.chosen_now'), t('match.chosen_by', { by, at: moment(at, today, t.lang) })]),
  );
}

/**
 * Beside the name: who of them it is, or that it is somebody else.
 * @param {Context} context
 * @param {Entry} entry
 */
export function otherThanThis({ t, actions, works }, entry) {
  const { match, customer, call, candidates } = entry.popup;
  if (!works || match !== 'one' || !customer || !call || entry.choosing || entry.chosen) return null;
  const several = candidates[0]?.people.length || candidates[0]?.sites.length;
  return el(
    'div',
    { class: 'not-this' },
    several
      ? el(
          'button',
          {
            type: 'button',
            class: 'small',
            key: `who-${entry.key}`,
            on: { click: () => actions.choosing(entry.key, 'who') },
          },
          t('match.choose_who'),
        )
      : null,
    el(
      'button',
      {
        type: 'button',
        class: 'quiet small',
        key: `not-${entry.key}`,
        on: { click: () => actions.choosing(entry.key) },
      },
      t('match.not_this'),
    ),
  );
}

/**
 * What was chosen by hand for a call, before the bridge says it too.
 * @param {Context} context
 * @param {Entry} entry
 */
function backToList({ t, actions }, entry) {
  return el(
    'p',
    { class: 'back' },
    el(
      'button',
      {
        type: 'button',
        key: 'back',
        on: { click: () => actions.unchoose(entry.key) },
      },
      `← ${t('match.back')}`,
    ),
  );
}

/**
 * On a card that was opened by hand while a call has nobody: that it is theirs.
 * @param {Context} context
 * @param {LiveEntry|EndedEntry} call
 * @param {CustomerProfile} customer
 */
export function offerStrip({ t, actions }, call, customer) {
  const number = callerNumber(call.popup.call.caller);
  const id = `offer-${call.key}-${customer.customer_code}`;
  const person = el('input', {
    key: `${id}-person`,
    maxlength: 100,
    autocomplete: 'off',
    placeholder: t('offer.person'),
    'aria-label': t('offer.person'),
  });
  const purpose = el(
    'select',
    { key: `${id}-purpose`, 'aria-label': t('offer.purpose') },
    el('option', { value: '' }, t('offer.no_purpose')),
    PURPOSES.map((one) => el('option', { value: one }, t(`purpose.${one}`))),
  );
  const attach = () => {
    const [name, chosen] = [person.value.trim(), PURPOSES.find((one) => one === purpose.value)];
    actions.attach(call.key, customer, { ...(name && { person_name: name }), ...(chosen && { purpose: chosen }) });
  };
  const once = () => actions.chooseOnce(call.key, customer);
  /** @param {SubmitEvent} event */
  const submit = (event) => {
    event.preventDefault();
    if (number) attach();
    else once();
  };
  return el(
    'form',
    { class: 'strip offer small', 'data-strip': 'offer', on: { submit } },
    el('b', { class: 'strip-text' }, t('offer.title', { caller: callerText(t, call.popup.call.caller) })),
    number && [person, purpose],
    el('button', { type: 'submit', class: 'main', key: `${id}-yes` }, t(number ? 'offer.attach' : 'offer.choose')),
    number && el('button', { type: 'button', key: `${id}-once`, on: { click: once } }, t('offer.once')),
  );
}

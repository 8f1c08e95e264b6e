// Open missed calls, promised callbacks, and the reminder when one is due.

import { el } from '../dom.js';
import { moment } from '../format.js';
import { isWaiting } from '../lists.js';
import { NO_CALLER } from '../popup.js';
import { callerNumber, dialable } from './dial.js';
import { callerText, join } from './text.js';

/** @import { Context, PageCallback } from '../page' */
/** @import { MissedCall } from '../protocol' */

/**
 * The panel: missed calls first, the callbacks below.
 * @param {Context} context
 * @param {{missed: MissedCall[], all: boolean, callbacks: PageCallback[], me: string|null, at: number}} props
 */
export function missedPanel(context, { missed, all, callbacks, me, at }) {
  const { t, actions } = context;
  return [
    el(
      'div',
      { class: 'panel-head' },
      el('h1', {}, t('missed.title')),
      el(
        'label',
        { class: 'small' },
        el('input', {
          type: 'checkbox',
          key: 'missed-all',
          checked: all,
          on: { change: (event) => actions.loadMissed(event.currentTarget.checked) },
        }),
        ' ',
        t('missed.all'),
      ),
    ),
    missed.length
      ? el(
          'ul',
          { class: 'missed-list' },
          missed.map((one) => missedRow(context, one, me, at)),
        )
      : el('p', { class: 'soft empty' }, t('missed.none')),
    el('div', { class: 'panel-head' }, el('h1', {}, t('callback.title'))),
    callbacks.length
      ? el(
          'ul',
          { class: 'missed-list callbacks' },
          callbacks.map((one) => callbackRow(context, one, at)),
        )
      : el('p', { class: 'soft empty' }, t('callback.none')),
  ];
}

/**
 * @param {Context} context
 * @param {MissedCall} one
 * @param {string|null} me
 * @param {number} at
 */
function missedRow(context, one, me, at) {
  const { t, today, actions } = context;
  const caller = { ...NO_CALLER, ...one.caller };
  const code = one.customer_code;
  const name = one.customer_name ?? t('missed.unregistered');
  const waiting = isWaiting(one);
  const late = waiting && one.due_at && Date.parse(one.due_at) < at;
  return el(
    'li',
    {
      class: `missed-row${waiting ? '' : ' closed'}${late ? ' late' : ''}`,
      'data-missed': one.missed_no,
      'aria-label': t('missed.row', { name: one.customer_name ?? callerText(t, caller) }),
    },
    el(
      'span',
      {
        class: 'rank-chip',
        'data-rank': one.rank ?? '',
        'aria-label': one.rank ? t('rank.label', { rank: one.rank }) : t('rank.none'),
      },
      one.rank ?? '–',
    ),
    el(
      'div',
      { class: 'missed-who' },
      code
        ? el(
            'button',
            {
              type: 'button',
              class: 'link-button',
              key: `missed-open-${one.missed_no}`,
              on: { click: () => actions.openCard(code) },
            },
            el('b', {}, name),
          )
        : el('b', { class: 'soft' }, name),
      el(
        'span',
        { class: 'missed-number' },
        dialable(context, callerNumber(caller), { text: callerText(t, caller), key: `missed-dial-${one.missed_no}` }) ??
          callerText(t, caller),
        caller.area && el('span', { class: 'soft small' }, ` ${caller.area}`),
      ),
    ),
    el(
      'div',
      { class: 'missed-when small' },
      el(
        'span',
        {},
        one.nuisance && el('span', { class: 'chip danger nuisance' }, t('nuisance.marked')),
        ' ',
        one.outside_hours && el('span', { class: 'chip outside-hours' }, t('missed.outside')),
        ' ',
        one.count > 1 && el('b', { class: 'missed-count' }, t('missed.count', { n: one.count })),
        ' ',
        el(
          'span',
          { class: 'num' },
          one.count > 1
            ? join([
                t('missed.first', { at: moment(one.first_at, today, t.lang) }),
                t('missed.last', { at: moment(one.last_at, today, t.lang) }),
              ])
            : moment(one.last_at ?? one.first_at, today, t.lang),
        ),
      ),
      el('span', { class: 'soft' }, join([t.or(`missed_reason.${one.reason}`, one.reason), one.queue ?? one.called])),
      one.due_at &&
        waiting &&
        el(
          'span',
          { class: late ? 'worse' : 'soft' },
          t(late ? 'missed.late' : 'missed.due', { at: moment(one.due_at, today, t.lang) }),
        ),
    ),
    waiting ? missedActions(context, one, me) : closedState(context, one),
  );
}

/**
 * @param {Context} context
 * @param {MissedCall} one
 * @param {string|null} me
 */
function missedActions({ t, actions, works, assigns }, one, me) {
  const no = one.missed_no;
  const mine = one.assignee !== null && one.assignee === me;
  /**
   * @param {string} key
   * @param {string} label
   * @param {() => void} run
   */
  const button = (key, label, run, quiet = false) =>
    el(
      'button',
      { type: 'button', class: quiet ? 'quiet small' : 'small', key: `${key}-${no}`, on: { click: run } },
      t(label),
    );
  if (!works)
    return el(
      'div',
      { class: 'missed-do small soft' },
      one.assignee ? t('missed.by', { name: one.assignee_name ?? one.assignee }) : t(`missed_status.${one.status}`),
    );
  if (one.assignee && !mine) {
    return el(
      'div',
      { class: 'missed-do small soft' },
      t('missed.by', { name: one.assignee_name ?? one.assignee }),
      assigns && button('release', 'missed.release', () => actions.release(no), true),
    );
  }
  const note = el('input', {
    class: 'small',
    key: `missed-note-${no}`,
    maxlength: 500,
    placeholder: t('missed.note'),
    'aria-label': t('missed.note'),
    autocomplete: 'off',
  });
  return el(
    'div',
    { class: 'missed-do' },
    mine
      ? [el('span', { class: 'chip accent' }, t('missed.mine')), note]
      : button('claim', 'missed.claim', () => actions.claim(no)),
    mine && button('missed-done', 'missed.done', () => actions.closeMissed(no, 'done', note.value.trim())),
    button(
      'missed-none',
      'missed.no_need',
      () => actions.closeMissed(no, 'no_need', mine ? note.value.trim() : ''),
      true,
    ),
    mine && button('release', 'missed.release', () => actions.release(no), true),
  );
}

/**
 * @param {Context} context
 * @param {MissedCall} one
 */
function closedState({ t, today }, one) {
  return el(
    'div',
    { class: 'missed-do small soft' },
    join([
      t.or(`missed_status.${one.status}`, one.status),
      one.closed_by_call && t('missed.closed_by_call'),
      one.assignee_name,
      one.closed_at && moment(one.closed_at, today, t.lang),
      one.note,
    ]),
  );
}

/**
 * @param {Context} context
 * @param {PageCallback} one
 * @param {number} at
 */
function callbackRow(context, one, at) {
  const { t, today, actions } = context;
  const late = Date.parse(one.due_at) <= at;
  return el(
    'li',
    { class: `missed-row callback-row${late ? ' late' : ''}`, 'data-callback': one.callback_no },
    el('b', { class: `num${late ? ' worse' : ''}` }, moment(one.due_at, today, t.lang)),
    el('div', { class: 'missed-who' }, whoOf(context, one, 'list'), dialOf(context, one, 'list')),
    el('span', { class: 'small soft missed-when' }, one.note),
    el(
      'div',
      { class: 'missed-do' },
      el(
        'button',
        {
          type: 'button',
          class: 'small',
          key: `callback-done-${one.callback_no}`,
          on: { click: () => actions.callbackDone(one.callback_no) },
        },
        t('callback.done'),
      ),
    ),
  );
}

/**
 * @param {Context} context
 * @param {PageCallback} one
 * @param {'list'|'banner'} where
 */
function whoOf({ t, actions }, one, where) {
  const name = one.customer_name ?? t('missed.unregistered');
  const code = one.customer_code;
  return code
    ? el(
        'button',
        {
          type: 'button',
          class: 'link-button',
          key: `callback-open-${where}-${one.callback_no}`,
          on: { click: () => actions.openCard(code) },
        },
        el('b', {}, name),
      )
    : el('b', {}, name);
}

/**
 * @param {Context} context
 * @param {PageCallback} one
 * @param {'list'|'banner'} where
 */
function dialOf(context, one, where) {
  return dialable(context, one.number, {
    text: one.display ?? one.number,
    key: `callback-dial-${where}-${one.callback_no}`,
  });
}

/**
 * The reminders: a strip above the stage that covers nothing.
 * @param {Context} context
 * @param {PageCallback[]} due
 */
export function reminders(context, due) {
  const { t, today, actions } = context;
  return due.map((one) =>
    el(
      'div',
      { class: 'reminder', 'data-reminder': one.callback_no },
      el('b', {}, t('callback.due')),
      ' ',
      el('span', { class: 'num' }, moment(one.due_at, today, t.lang)),
      whoOf(context, one, 'banner'),
      dialOf(context, one, 'banner'),
      one.note && el('span', { class: 'soft small reminder-note' }, one.note),
      el(
        'span',
        { class: 'reminder-do' },
        el(
          'button',
          {
            type: 'button',
            class: 'small',
            key: `remind-done-${one.callback_no}`,
            on: { click: () => actions.callbackDone(one.callback_no) },
          },
          t('callback.done'),
        ),
        el(
          'button',
          {
            type: 'button',
            class: 'quiet small',
            key: `remind-later-${one.callback_no}`,
            on: { click: () => actions.snooze(one.callback_no) },
          },
          t('callback.later'),
        ),
      ),
    ),
  );
}

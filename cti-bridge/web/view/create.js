// What is opened for a customer: an inquiry, a complaint or a request, and a to-do. It is made of a call with the wrap-up,
// or without one from a card that was looked up.

import { el } from '../dom.js';
import { DRAFT_LIMITS } from '../work.js';

/** @import { Child, Context, Draft, Entry, Label } from '../page' */
/** @import { Colleague, InquiryKind } from '../protocol' */

/** @type {InquiryKind[]} */
const KINDS = ['inquiry', 'complaint', 'request'];

/**
 * Who is to do it: oneself, or a colleague; `null` when there is nobody else. `value` is what the field keeps of one.
 * @param {Context} context
 * @param {string} key
 * @param {Readonly<Draft>} draft
 * @param {'follow_by'|'task_by'} name
 * @param {string} label
 * @param {(one: Colleague) => string} value
 */
export function whoDoes({ t, actions, colleagues }, key, draft, name, label, value) {
  if (!colleagues.length) return null;
  const known = colleagues.some((one) => value(one) === draft[name]);
  return el(
    'select',
    {
      key: `${name}-${key}`,
      'data-own': true,
      'aria-label': t(label),
      on: { change: (event) => actions.draft(key, { [name]: event.currentTarget.value }) },
    },
    el('option', { value: '' }, t('wrap.myself')),
    colleagues.map((one) =>
      el(
        'option',
        { value: value(one), selected: draft[name] !== '' && value(one) === draft[name] },
        one.agent_name ?? one.agent_code,
      ),
    ),
    draft[name] && !known && el('option', { value: draft[name], selected: true }, draft[name]),
  );
}

/**
 * Within the wrap-up of a call.
 * @param {Context} context
 * @param {Entry} entry
 * @param {Readonly<Draft>} draft
 * @param {boolean} customer one is known
 */
export function extras(context, { key }, draft, customer) {
  const { t } = context;
  return fold(
    t,
    key,
    draft,
    customer ? fields(context, key, draft) : el('p', { class: 'soft small' }, t('wrap.no_customer')),
  );
}

/**
 * Under a card, with a button of its own.
 * @param {Context} context
 * @param {{key: string, code: string, draft: Readonly<Draft>, online: boolean}} card
 */
export function createForm(context, { key, code, draft, online }) {
  const { t, actions } = context;
  return el(
    'form',
    { class: 'create', 'aria-label': t('wrap.more'), on: submits(() => actions.create(key, code)) },
    fold(t, key, draft, [
      fields(context, key, draft),
      el(
        'p',
        { class: 'buttons' },
        el(
          'button',
          { type: 'submit', class: 'main', key: `create-${key}`, disabled: !online },
          t('wrap.create'),
          ' ',
          el('kbd', {}, 'Ctrl ⏎'),
        ),
      ),
    ]),
  );
}

/**
 * What listens to a form: its button, and Ctrl+Enter anywhere in it.
 * @param {() => void} run
 */
export function submits(run) {
  return {
    /** @param {SubmitEvent} event */
    submit: (event) => {
      event.preventDefault();
      run();
    },
    /** @param {KeyboardEvent} event */
    keydown: (event) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
      event.preventDefault();
      run();
    },
  };
}

/**
 * @param {Label} t
 * @param {string} key
 * @param {Readonly<Draft>} draft
 * @param {Child} inside
 */
function fold(t, key, draft, inside) {
  return el(
    'details',
    { class: 'extras', key: `extras-${key}`, open: Boolean(draft.subject || draft.body || draft.task) },
    el('summary', { key: `extras-open-${key}` }, t('wrap.more')),
    inside,
  );
}

/**
 * @param {Context} context
 * @param {string} key
 * @param {Readonly<Draft>} draft
 */
function fields(context, key, draft) {
  const { t, actions } = context;
  /**
   * @param {'subject'|'body'|'task'} name
   * @param {string} label
   * @param {number} max
   */
  const text = (name, label, max) => {
    const input = el('input', {
      key: `${name}-${key}`,
      'data-own': true,
      maxlength: max,
      'aria-label': t(label),
      placeholder: t(label),
      autocomplete: 'off',
      on: { input: (event) => actions.draft(key, { [name]: event.currentTarget.value }) },
    });
    input.value = draft[name];
    return input;
  };
  const kind = el(
    'select',
    {
      key: `kind-${key}`,
      'data-own': true,
      'aria-label': t('wrap.kind'),
      on: { change: (event) => actions.draft(key, { inquiry_kind: KINDS[event.currentTarget.selectedIndex] }) },
    },
    KINDS.map((one) =>
      el('option', { value: one, selected: (draft.inquiry_kind || KINDS[0]) === one }, t(`open.${one}`)),
    ),
  );
  const due = el('input', {
    type: 'date',
    key: `task_due-${key}`,
    'data-own': true,
    'aria-label': t('wrap.due'),
    on: { input: (event) => actions.draft(key, { task_due: event.currentTarget.value }) },
  });
  due.value = draft.task_due;
  return el(
    'div',
    { class: 'extras-grid' },
    kind,
    text('subject', 'wrap.subject', DRAFT_LIMITS.subject),
    text('body', 'wrap.body', DRAFT_LIMITS.body),
    el('span', { class: 'extras-label soft small' }, t('wrap.task')),
    text('task', 'wrap.task', DRAFT_LIMITS.subject),
    el(
      'span',
      { class: 'task-more' },
      due,
      whoDoes(context, key, draft, 'task_by', 'wrap.task_by', (one) => one.agent_name ?? one.agent_code),
    ),
  );
}

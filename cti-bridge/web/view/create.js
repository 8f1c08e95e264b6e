// What is opened for a customer: an inquiry, a complaint or a request, and a to-do. It is made of a call with the wrap-up,
// or without one from a card that was looked up.

import { el } from '../dom.js';
import { DRAFT_LIMITS } from '../work.js';

const KINDS = ['inquiry', 'complaint', 'request'];

/**
 * Who is to do it: oneself, or a colleague; `null` when there is nobody else. `value` is what the field keeps of one.
 * @param {import('../page').Context} context
 * @param {string} key
 * @param {import('../page').Draft} draft
 */
export function whoDoes({ t, actions, colleagues }, key, draft, name, label, value) {
  if (!colleagues.length) return null;
  const known = colleagues.some((one) => value(one) === draft[name]);
  const select = el(
    'select',
    {
      key: `${name}-${key}`,
      'data-own': true,
      'aria-label': t(label),
      on: { change: () => actions.draft(key, { [name]: select.value }) },
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
  return select;
}

/**
 * Within the wrap-up of a call.
 * @param {import('../page').Context} context
 * @param {import('../page').Entry} shown
 * @param {import('../page').Draft} draft
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
 * @param {import('../page').Context} context
 * @param {{entry: import('../page').Entry, draft: import('../page').Draft, online: boolean}} shown
 */
export function createForm(context, { entry, draft, online }) {
  const { t, actions } = context;
  const { key } = entry;
  const create = () => actions.create(key, entry.popup.customer.customer_code);
  const on = {
    submit: (event) => {
      event.preventDefault();
      create();
    },
    keydown: (event) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
      event.preventDefault();
      create();
    },
  };
  return el(
    'form',
    { class: 'create', 'aria-label': t('wrap.more'), on },
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
 * @param {import('../page').Label} t
 * @param {string} key
 * @param {import('../page').Draft} draft
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
 * @param {import('../page').Context} context
 * @param {string} key
 * @param {import('../page').Draft} draft
 */
function fields(context, key, draft) {
  const { t, actions } = context;
  const text = (name, label, max) => {
    const input = el('input', {
      key: `${name}-${key}`,
      'data-own': true,
      maxlength: max,
      'aria-label': t(label),
      placeholder: t(label),
      autocomplete: 'off',
      on: { input: () => actions.draft(key, { [name]: input.value }) },
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
      on: { change: () => actions.draft(key, { inquiry_kind: kind.value }) },
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
    on: { input: () => actions.draft(key, { task_due: due.value }) },
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

// The last contact and whatever is not finished.

import { el } from '../dom.js';
import { date, daysBetween, moment, yen } from '../format.js';
import { withNumbers } from './dial.js';
import { join } from './text.js';
import { entryHead } from './timeline.js';

/** @import { Child, Context, Label, PagePopup } from '../page' */
/** @import { InquiryStatus, Interaction, OpenInquiry, OpenOrder, OpenTask } from '../protocol' */

/**
 * A line of the box; what is pressing is `hot`.
 * @typedef {{label: string, text: string, end: Child, hot?: boolean}} Row
 */

const SHOWN = 6;
/** @type {InquiryStatus[]} */
const PROGRESS = ['open', 'in_progress', 'done'];

/** Entries of the timeline that are no contact. */
const NO_CONTACT = ['rank', 'rank_edit', 'owner', 'log'];

/**
 * The box.
 * @param {Context} context
 * @param {PagePopup} popup
 */
export function openBox(context, popup) {
  const { t } = context;
  const rows = openRows(context, popup.open, popup.customer?.customer_code ?? null);
  return el(
    'section',
    { class: 'box', 'aria-label': t('open.title') },
    el('h2', {}, t('open.title')),
    lastContact(context, popup.interactions),
    rows.length
      ? el('ul', { class: 'rows small' }, rows.slice(0, SHOWN).map(row))
      : el('p', { class: 'soft small' }, t('open.none')),
    rows.length > SHOWN &&
      el(
        'details',
        { class: 'small' },
        el('summary', { key: 'open-more' }, t('open.more', { n: rows.length - SHOWN })),
        el('ul', { class: 'rows' }, rows.slice(SHOWN).map(row)),
      ),
  );
}

/**
 * @param {Context} context
 * @param {Interaction[]} interactions
 */
function lastContact(context, interactions) {
  const { t, today } = context;
  const last = interactions.find((one) => !NO_CONTACT.includes(one.kind));
  if (!last) return el('p', { class: 'last small soft' }, t('open.no_contact'));
  return el(
    'div',
    { class: 'last small' },
    el(
      'p',
      {},
      el('b', {}, t('open.last')),
      ' ',
      el('span', { class: 'num' }, moment(last.at, today, t.lang)),
      ' ',
      el('span', { class: 'soft' }, entryHead(t, last)),
    ),
    el('p', { class: 'clamp' }, withNumbers(context, join([last.subject, last.body], ' — '))),
  );
}

/**
 * That a record was registered here, not imported.
 * @param {Label} t
 * @param {OpenInquiry|OpenTask} one
 */
const here = (t, one) => one.origin === 'here' && t('origin.here');

/**
 * Rows of every kind, the pressing ones first.
 * @param {Context} context
 * @param {PagePopup['open']} open
 * @param {string|null} code
 */
function openRows(context, open, code) {
  const { t, today } = context;
  /** @param {string|null} day */
  const due = (day) =>
    !day
      ? null
      : daysBetween(day, today) === 0
        ? t('open.due_today')
        : t('open.due', { date: date(day, today, t.lang) });
  /** @param {string|null} day */
  const past = (day) => (daysBetween(day, today) ?? 0) > 0;
  /** @type {Row[]} */
  const rows = [
    ...open.inquiries.map((one) => ({
      label: t.or(`open.${one.kind}`, one.kind ?? t('open.inquiry')),
      hot: one.kind === 'complaint',
      text: join([one.inquiry_no && `#${one.inquiry_no}`, one.subject, one.assignee, here(t, one)], ' · '),
      end: progressOf(context, one, code),
    })),
    ...open.tasks.map((one) => ({
      label: t('open.task'),
      hot: past(one.due_on),
      text: join([one.title, one.assignee, here(t, one)]),
      end: [due(one.due_on), doneButton(context, one, code)],
    })),
    ...open.invoices.map((one) => ({
      label: t('open.invoice'),
      hot: one.overdue === true,
      text: join([`#${one.invoice_no}`, one.overdue ? t('open.overdue') : due(one.due_on)]),
      end: yen(one.unpaid ?? one.amount),
    })),
    ...open.orders.map((one) => ({
      label: t('open.order'),
      hot: one.late === true,
      text: join([
        `#${one.order_no}`,
        one.title,
        one.status && t.or(`order.${one.status}`, one.status),
        ...shipments(t, one),
      ]),
      end: join(
        [
          one.delivery_due_on && t('open.delivery', { date: date(one.delivery_due_on, today, t.lang) }),
          one.late && t('open.late'),
        ],
        ' ',
      ),
    })),
    ...open.quotes.map((one) => ({
      label: t('open.quote'),
      text: join([one.quote_no, one.title, one.status && t.or(`quote.${one.status}`, one.status)]),
      end: one.amount ? yen(one.amount) : null,
    })),
    ...open.deals.map((one) => ({
      label: t('open.deal'),
      text: join([
        one.title ?? one.deal_no,
        one.stage && t.or(`stage.${one.stage}`, one.stage),
        Number.isFinite(one.probability) && `${one.probability}%`,
      ]),
      end: one.amount ? yen(one.amount) : null,
    })),
  ];
  rows.push(
    ...open.projects.map((one) => ({
      label: t('open.project'),
      hot: one.late === true,
      text: join([
        one.project_name ?? one.project_code,
        one.status && t.or(`project.${one.status}`, one.status),
        one.late && t('open.late'),
      ]),
      end: due(one.due_on),
    })),
  );
  return rows.sort((a, b) => Number(b.hot === true) - Number(a.hot === true));
}

/**
 * How far an inquiry is; who works on calls can say so.
 * @param {Context} context
 * @param {OpenInquiry} one
 * @param {string|null} code
 */
function progressOf({ t, works, actions }, one, code) {
  const named = t.or(`progress.${one.status}`, one.status);
  if (!works || !code || !one.inquiry_no || !PROGRESS.some((status) => status === one.status)) return named;
  return el(
    'select',
    {
      class: 'small row-do',
      key: `inquiry-${one.inquiry_no}`,
      'data-own': true,
      'aria-label': t('open.progress', { no: one.inquiry_no }),
      on: { change: (event) => actions.setProgress(code, one.inquiry_no, PROGRESS[event.currentTarget.selectedIndex]) },
    },
    PROGRESS.map((status) => el('option', { value: status, selected: status === one.status }, t(`progress.${status}`))),
  );
}

/**
 * @param {Context} context
 * @param {OpenTask} one
 * @param {string|null} code
 */
function doneButton({ t, works, actions }, one, code) {
  return works && code && one.task_no
    ? el(
        'button',
        {
          type: 'button',
          class: 'small row-do',
          key: `task-${one.task_no}`,
          'aria-label': t('open.task_done', { title: one.title ?? one.task_no }),
          on: { click: () => actions.taskDone(code, one.task_no) },
        },
        t('progress.done'),
      )
    : null;
}

/**
 * What has left for an order: carrier and tracking number, and whether it is late.
 * @param {Label} t
 * @param {OpenOrder} order
 */
function shipments(t, order) {
  const all = Array.isArray(order.shipments) ? order.shipments : [];
  return all
    .filter((one) => one?.tracking_no)
    .map((one) => join([one.carrier, one.tracking_no, one.late && t('open.late')], ' '));
}

/** @param {Row} row */
function row({ label, text, end, hot }) {
  return el(
    'li',
    { class: hot ? 'hot' : null },
    el('b', { class: 'row-label' }, label),
    el('span', { class: 'row-text' }, text),
    el('span', { class: 'row-end num' }, end),
  );
}

// The customer's card, the most important first: alerts, who it is, last contact and open items, sales, figures, memo.

import { el } from '../dom.js';
import { date, yearsBetween, yen } from '../format.js';
import { reach, withNumbers } from './dial.js';
import { figuresBox } from './figures.js';
import { openBox } from './open.js';
import { salesBox } from './sales.js';
import { alertText, contactText, join } from './text.js';

/** @import { Child, Context, Label, PagePopup } from '../page' */
/** @import { Alert, CustomerProfile, MatchedContact } from '../protocol' */

/**
 * The whole card; `aside` stands beside the name.
 * @param {Context} context
 * @param {PagePopup} popup
 * @param {CustomerProfile} customer
 * @param {Child} [aside]
 */
export function customerCard(context, popup, customer, aside = null) {
  return [
    alertList(context, popup.alerts),
    who(context, customer, popup.matched_contact, aside),
    el('div', { class: 'boxes' }, openBox(context, popup), salesBox(context, popup), figuresBox(context, popup)),
    memoBox(context, popup.memo, customer.remarks),
    details(context, customer),
  ];
}

/** @type {Alert['severity'][]} */
const SEVERITIES = ['danger', 'warn'];

/**
 * The gravest are first; a kind that is not known is the last.
 * @param {Alert} alert
 */
function gravity({ severity }) {
  const at = SEVERITIES.indexOf(severity);
  return at < 0 ? SEVERITIES.length : at;
}

/**
 * @param {Context} context
 * @param {Alert[]} alerts
 */
function alertList({ t, today }, alerts) {
  if (!alerts.length) return null;
  const sorted = [...alerts].sort((a, b) => gravity(a) - gravity(b));
  return el(
    'ul',
    { class: 'alerts', 'aria-label': t('alerts.title') },
    sorted.map((alert) =>
      el(
        'li',
        {
          class: alert.severity === 'danger' ? 'danger' : 'warn',
          'data-alert': alert.code,
        },
        el('span', { class: 'mark', 'aria-hidden': 'true' }, alert.severity === 'danger' ? '!' : '▲'),
        el('b', {}, t.or(`alert.${alert.code}`, alert.code)),
        el('span', { class: 'alert-text' }, alertText(t, alert, today)),
        alert.code === 'overdue' && alert.amount && el('b', { class: 'num alert-amount' }, yen(alert.amount)),
      ),
    ),
  );
}

/**
 * @param {Context} context
 * @param {CustomerProfile} customer
 * @param {MatchedContact|null} contact
 * @param {Child} aside
 */
function who(context, customer, contact, aside) {
  const { t, today } = context;
  const years = yearsBetween(customer.first_trade_date, today);
  const tags = [
    customer.customer_type && t.or(`type.${customer.customer_type}`, customer.customer_type),
    customer.industry,
    customer.sales_area,
    customer.account_owner && t('who.owner', { name: customer.account_owner }),
    years === null ? null : years > 0 ? t('who.years', { n: years }) : t('who.months'),
    customer.payment_terms,
    customer.origin === 'here' && t('origin.here'),
    customer.is_rank_auto_target === true && `↻ ${t('rank.auto')}`,
  ].filter(Boolean);
  return el(
    'div',
    { class: 'who' },
    rankTile(context, customer),
    el(
      'div',
      { class: 'who-text' },
      el(
        'p',
        { class: 'soft small' },
        customer.name_kana && [el('span', { class: 'kana' }, customer.name_kana), ' '],
        el('span', { class: 'num code' }, customer.customer_code),
      ),
      el('h1', {}, customer.customer_name),
      whoCalls(t, contact),
      el(
        'ul',
        { class: 'tags' },
        customer.preferences.map((tag) => el('li', { class: 'preference' }, tag)),
        tags.map((tag) => el('li', {}, tag)),
      ),
    ),
    aside,
  );
}

/**
 * The person, or the site, that has the number.
 * @param {Label} t
 * @param {MatchedContact|null} contact
 */
function whoCalls(t, contact) {
  const whose = contactText(t, contact);
  if (contact?.level === 'site' && contact.person_name)
    return el('p', {}, el('b', {}, contact.person_name), ' ', el('span', { class: 'soft' }, t('level.is_site')));
  if (contact?.person_name)
    return el(
      'p',
      {},
      el('b', {}, t('contact.san', { name: contact.person_name })),
      ' ',
      el('span', { class: 'soft' }, whose),
    );
  return whose ? el('p', { class: 'soft' }, whose) : null;
}

/**
 * @param {Context} context
 * @param {CustomerProfile} customer
 */
function rankTile({ t, today }, { rank, rank_change: move }) {
  const arrow = move?.direction === 'up' ? '↑' : move?.direction === 'down' ? '↓' : null;
  const how =
    move && ['up', 'down', 'initial'].includes(move.direction)
      ? join([t(`rank.${move.direction}`, { from: move.rank_from ?? '—' }), date(move.changed_on, today, t.lang)], ' ')
      : null;
  return el(
    'div',
    {
      class: 'rank',
      'data-rank': rank ?? '',
      role: 'img',
      title: how,
      'aria-label': join([rank ? t('rank.label', { rank }) : t('rank.none'), how], ', '),
    },
    el('span', {}, rank ?? '–'),
    arrow && el('small', { class: move?.direction }, arrow),
  );
}

/**
 * The internal memo, and the remarks that are no secret.
 * @param {Context} context
 * @param {string|null} memo
 * @param {string|null} remarks
 */
export function memoBox(context, memo, remarks) {
  const { t } = context;
  if (!memo && !remarks) return null;
  return el(
    'div',
    { class: 'memo' },
    memo &&
      el(
        'section',
        { class: 'box' },
        el('h2', {}, t('memo.title')),
        el('p', { class: 'long' }, withNumbers(context, memo)),
      ),
    remarks &&
      el(
        'section',
        { class: 'box' },
        el('h2', {}, t('memo.remarks')),
        el('p', { class: 'long' }, withNumbers(context, remarks)),
      ),
  );
}

/**
 * @param {Context} context
 * @param {CustomerProfile} customer
 */
function details(context, customer) {
  const { t } = context;
  const terms = [
    [t('detail.first_trade'), customer.first_trade_date && date(customer.first_trade_date, null, t.lang)],
    [t('detail.terms'), customer.payment_terms],
    [t('detail.method'), customer.payment_method && t.or(`method.${customer.payment_method}`, customer.payment_method)],
  ].filter(([, value]) => value);
  if (!terms.length && !customer.contacts.length && !customer.addresses.length) return null;
  return el(
    'details',
    { class: 'more-details' },
    el('summary', { key: 'details' }, t('detail.title')),
    el(
      'div',
      { class: 'detail-grid small' },
      customer.contacts.map((contact) =>
        el(
          'p',
          {},
          el('span', { class: 'chip' }, t.or(`purpose.${contact.purpose}`, contact.purpose ?? '—')),
          ' ',
          el('b', {}, contact.person_name ?? ''),
          ' ',
          el('span', { class: 'num' }, reach(context, contact)),
        ),
      ),
      customer.addresses.map((address) =>
        el(
          'p',
          {},
          el(
            'span',
            { class: 'chip' },
            join([t.or(`address.${address.kind}`, address.kind ?? '—'), address.is_default && t('address.default')]),
          ),
          ' ',
          join(
            [
              address.name,
              address.postal_code && `〒${address.postal_code}`,
              join([address.prefecture, address.city, address.street], ''),
              address.building,
            ],
            ' ',
          ),
        ),
      ),
      terms.map(([label, value]) => el('p', {}, el('span', { class: 'chip' }, label), ' ', value)),
    ),
  );
}

// The last purchases, and what is delivered next.

import { el } from '../dom.js';
import { date, decimal, sign, yen } from '../format.js';
import { join } from './text.js';

/** @import { Context, Label, PagePopup } from '../page' */
/** @import { OpenOrder, RecentSale } from '../protocol' */

const NAMED = 2;

/**
 * The box.
 * @param {Context} context
 * @param {PagePopup} popup
 */
export function salesBox(context, popup) {
  const { t } = context;
  return el(
    'section',
    { class: 'box', 'aria-label': t('sales.title') },
    el('h2', {}, t('sales.title')),
    nextDelivery(context, popup.open.orders),
    popup.recent_sales.length
      ? el(
          'ul',
          { class: 'rows sales small' },
          popup.recent_sales.map((sale) => saleRow(context, sale)),
        )
      : el('p', { class: 'soft small' }, t('sales.none')),
  );
}

/**
 * @param {Context} context
 * @param {OpenOrder[]} orders
 */
function nextDelivery({ t, today }, orders) {
  const [next] = orders
    .filter((one) => one.delivery_due_on)
    .sort((a, b) => String(a.delivery_due_on).localeCompare(String(b.delivery_due_on)));
  if (!next) return null;
  return el(
    'p',
    { class: `delivery small${next.late ? ' late' : ''}` },
    el('b', {}, t('sales.next'), ' ', el('span', { class: 'num' }, date(next.delivery_due_on, today, t.lang))),
    next.late && el('span', { class: 'chip danger' }, t('open.late')),
    el('span', { class: 'row-text' }, join([`${t('open.order')} #${next.order_no}`, next.title])),
  );
}

/**
 * The day; the year of an old one above it, because the column is narrow.
 * @param {string} day
 * @param {string} today
 * @param {Label['lang']} lang
 */
function shortDay(day, today, lang) {
  const text = date(day, today, lang);
  const [, year, rest] = text.match(/^(\d{4})\/(.+)$/) ?? [];
  return year ? [el('span', { class: 'year' }, `${year}/`), rest] : text;
}

/**
 * @param {Context} context
 * @param {RecentSale} sale
 */
function saleRow({ t, today }, sale) {
  const named = sale.lines.slice(0, NAMED).map(({ product_name: name, product_code: code, quantity }) => {
    const product = name ?? code ?? '—';
    return quantity ? `${product} ×${decimal(quantity)}` : product;
  });
  const rest = sale.lines.length - named.length + (Number(sale.more_lines) || 0);
  const back = sign(sale.amount) < 0;
  return el(
    'li',
    { title: t('sales.slip', { no: sale.slip_no ?? '—' }), class: back ? 'back-sale' : null },
    el('span', { class: 'soft num row-label' }, shortDay(sale.sold_on, today, t.lang)),
    el(
      'span',
      { class: 'row-text' },
      back && el('span', { class: 'chip' }, t('sales.return')),
      named.map((name) => el('span', { class: 'product' }, name)),
      rest > 0 && el('span', { class: 'soft' }, t('sales.more', { n: rest })),
    ),
    el('span', { class: 'num row-end' }, yen(sale.amount)),
  );
}

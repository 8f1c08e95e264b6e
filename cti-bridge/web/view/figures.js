// The figures that analytics published, with their date, and what the customer owes.

import { el, svg } from '../dom.js';
import { change, date, daysBetween, sign, yen } from '../format.js';

/** @import { Child, Context, Label, PagePopup } from '../page' */
/** @import { Balance, CardMetrics } from '../protocol' */

/**
 * The box.
 * @param {Context} context
 * @param {PagePopup} popup
 */
export function figuresBox(context, { metrics, balance }) {
  const { t, today } = context;
  return el(
    'section',
    { class: 'box', 'aria-label': t('figures.title') },
    el(
      'h2',
      {},
      t('figures.title'),
      metrics && el('span', { class: 'as-of num' }, t('figures.as_of', { date: date(metrics.as_of, today, t.lang) })),
    ),
    el(
      'dl',
      { class: 'figures small num' },
      metrics && metricRows(context, metrics),
      balance && balanceRows(context, balance),
    ),
    metrics ? spark(t, metrics.monthly_sales) : el('p', { class: 'soft small' }, t('figures.none')),
  );
}

/**
 * @param {Context} context
 * @param {CardMetrics} metrics
 */
function metricRows({ t, today }, metrics) {
  const grown = change(metrics.sales_12m, metrics.sales_prev_12m);
  const since = metrics.next_purchase_on ? daysBetween(metrics.next_purchase_on, today) : null;
  return [
    pair(
      t('figures.sales_12m'),
      el('b', {}, yen(metrics.sales_12m)),
      grown && el('span', { class: grown.percent < 0 ? 'worse' : 'better', title: t('figures.before') }, grown.text),
    ),
    pair(t('figures.ltv'), metrics.ltv ? yen(metrics.ltv) : t('figures.unknown')),
    metrics.last_sold_on && pair(t('figures.last'), date(metrics.last_sold_on, today, t.lang)),
    metrics.purchase_cycle_days && pair(t('figures.cycle'), t('figures.days', { n: metrics.purchase_cycle_days })),
    metrics.next_purchase_on &&
      pair(
        t('figures.next'),
        t('figures.about', { date: date(metrics.next_purchase_on, today, t.lang) }),
        since !== null && since > 0 && el('span', { class: 'soft' }, t('figures.passed', { n: since })),
      ),
  ];
}

/**
 * @param {Context} context
 * @param {Balance} balance
 */
function balanceRows({ t, today }, balance) {
  return [
    sign(balance.unpaid) !== 0 && pair(t('figures.unpaid'), yen(balance.unpaid)),
    sign(balance.overdue) > 0 &&
      pair(
        t('figures.overdue'),
        el('b', { class: 'worse' }, yen(balance.overdue)),
        balance.oldest_due_on &&
          el('span', { class: 'soft' }, t('due.on', { date: date(balance.oldest_due_on, today, t.lang) })),
      ),
    balance.credit_remaining !== null &&
      balance.credit_remaining !== undefined &&
      pair(
        t('figures.credit'),
        el(
          'span',
          {
            class: sign(balance.credit_remaining) < 0 ? 'worse' : null,
            title: balance.credit_limit ? t('figures.credit_of', { limit: yen(balance.credit_limit) }) : null,
          },
          yen(balance.credit_remaining),
        ),
      ),
  ];
}

/**
 * @param {string} label
 * @param {Child[]} values
 */
function pair(label, ...values) {
  return [
    el('dt', {}, label),
    el(
      'dd',
      {},
      values.filter(Boolean).map((value) => el('span', {}, value)),
    ),
  ];
}

const [WIDTH, HEIGHT, GAP] = [240, 40, 4];

/**
 * Twelve bars from zero, the oldest month first; returns can make a month negative.
 * @param {Label} t
 * @param {string[]} months
 */
function spark(t, months) {
  const values = months.map(Number).map((value) => (Number.isFinite(value) ? value : 0));
  if (values.length < 2) return null;
  const top = Math.max(0, ...values);
  const bottom = Math.min(0, ...values);
  const scale = top - bottom > 0 ? HEIGHT / (top - bottom) : 0;
  const slot = WIDTH / values.length;
  const label = `${t('figures.monthly')}, ${t('figures.max', { amount: yen(largest(months)) })}`;
  return el(
    'figure',
    { class: 'spark' },
    svg(
      'svg',
      { viewBox: `0 0 ${WIDTH} ${HEIGHT + 1}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': label },
      values.map((value, i) =>
        svg('rect', {
          class: value < 0 ? 'bar below' : i === values.length - 1 ? 'bar now' : 'bar',
          x: (i * slot + GAP / 2).toFixed(1),
          width: (slot - GAP).toFixed(1),
          y: ((top - Math.max(0, value)) * scale).toFixed(1),
          height: Math.max(Math.abs(value) * scale, 1).toFixed(1),
        }),
      ),
    ),
    el(
      'figcaption',
      { class: 'soft' },
      t('figures.monthly'),
      el('span', { class: 'num' }, t('figures.max', { amount: yen(largest(months)) })),
    ),
  );
}

/**
 * @param {string[]} months
 */
function largest(months) {
  return months.reduce((best, value) => (Number(value) > Number(best) ? value : best), months[0]);
}

// The customer's interactions, newest first.

import { el } from '../dom.js';
import { date, dayOfInstant, decimal, moment } from '../format.js';
import { withNumbers } from './dial.js';
import { join } from './text.js';

/** @import { Context, Label, State } from '../page' */
/** @import { Interaction } from '../protocol' */

/**
 * The list with its "more" button; `history` holds what was fetched beyond the card's own entries. Of a lead, who has no
 * customer's `code`, the card says all.
 * @param {Context} context
 * @param {{code: string|null, known: boolean, own: Interaction[], history: State['history'][string]|null|undefined}} props
 */
export function timeline(context, { code, known, own, history }) {
  const { t, actions } = context;
  const head = el('h2', {}, t('timeline.title'));
  if (!known) return [head, el('p', { class: 'soft small' }, t('timeline.idle'))];
  const entries = unique([...own, ...(history?.entries ?? [])]);
  const oldest = entries.at(-1);
  if (!oldest) return [head, el('p', { class: 'soft small' }, t('timeline.none'))];
  const more = code !== null && (history?.more ?? own.length >= 10);
  return [
    head,
    el(
      'ol',
      { class: 'entries small' },
      entries.map((entry) => item(context, entry)),
    ),
    more
      ? el(
          'button',
          {
            type: 'button',
            class: 'more small',
            key: 'history-more',
            disabled: history?.busy === true,
            on: { click: () => actions.moreHistory(code, place(oldest)) },
          },
          history?.busy ? t('match.loading') : t('timeline.more'),
        )
      : history && el('p', { class: 'soft small' }, t('timeline.end')),
  ];
}

/**
 * The place of an entry, from which older ones are asked for: several can share an instant.
 * @param {Interaction} entry
 */
const place = ({ at, kind, reference }) => `${at}/${kind}/${reference}`;

const KNOWN = ['call', 'activity', 'inquiry', 'rank', 'log', 'document', 'report', 'owner', 'rank_edit'];

/**
 * @param {Context} context
 * @param {Interaction} entry
 */
function item(context, entry) {
  const { t, today } = context;
  const hot = entry.kind === 'inquiry' && entry.channel === 'complaint';
  return el(
    'li',
    {
      class: `entry ${KNOWN.includes(entry.kind) ? `is-${entry.kind.replace('_', '-')}` : ''}${hot ? ' hot' : ''}`,
    },
    el(
      'p',
      {},
      el('b', { class: 'num' }, when(t, today, entry)),
      ' ',
      el('span', { class: 'soft' }, entryHead(t, entry)),
    ),
    entry.subject && el('p', { class: 'entry-subject' }, withNumbers(context, entry.subject)),
    entry.body &&
      el(
        'p',
        { class: 'entry-body soft' },
        entry.kind === 'rank' ? t('timeline.points', { n: decimal(entry.body) }) : withNumbers(context, entry.body),
      ),
  );
}

/**
 * A rank changes, and a daily report is written, on a day, not at a minute.
 * @param {Label} t
 * @param {string} today
 * @param {Interaction} entry
 */
function when(t, today, entry) {
  return ['rank', 'report'].includes(entry.kind)
    ? date(dayOfInstant(entry.at) ?? entry.at, today, t.lang)
    : moment(entry.at, today, t.lang);
}

/**
 * The labels of an entry's status, by its kind.
 * @type {Partial<Record<Interaction['kind'], string>>}
 */
const STATUS = {
  call: 'outcome',
  activity: 'result',
  inquiry: 'progress',
  rank: 'move',
  rank_edit: 'move',
  document: 'dispatch',
};

/**
 * What kind of contact it was, and who had it.
 * @param {Label} t
 * @param {Interaction} entry
 */
export function entryHead(t, entry) {
  const kind = entry.channel
    ? t.or(`channel.${entry.channel}`, t.or(`kind.${entry.kind}`, entry.channel))
    : t.or(`kind.${entry.kind}`, entry.kind);
  // What was done in the shop stands in the subject already.
  const status = entry.status && entry.kind !== 'log' && t.or(`${STATUS[entry.kind]}.${entry.status}`, entry.status);
  return join([kind, entry.by, status]);
}

/**
 * `before` of the `history` op may repeat entries of one instant; each is shown once.
 * @param {Interaction[]} entries
 */
function unique(entries) {
  const seen = new Set();
  return entries.filter((entry) => {
    const id = `${entry.kind}\u0000${entry.reference}\u0000${entry.at}`;
    return !seen.has(id) && seen.add(id);
  });
}

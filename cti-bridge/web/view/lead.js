// A lead's card: who it is, the last call and the open deals, the memo.

import { el } from '../dom.js';
import { memoBox } from './card.js';
import { reach } from './dial.js';
import { openBox } from './open.js';

/** @import { Context, PageLead, PagePopup } from '../page' */

/**
 * The whole card.
 * @param {Context} context
 * @param {PagePopup} popup
 * @param {PageLead} lead
 */
export function leadCard(context, popup, lead) {
  const { t } = context;
  const { matched_contact: contact } = popup;
  const person = lead.person_name ?? contact?.person_name ?? null;
  const tags = [
    lead.status && t.or(`lead.${lead.status}`, lead.status),
    lead.source && t('lead.source', { source: t.or(`channel.${lead.source}`, lead.source) }),
    lead.origin === 'here' && t('origin.here'),
    lead.account_owner && t('who.owner', { name: lead.account_owner }),
  ].filter(Boolean);
  return [
    el(
      'div',
      { class: 'block lead' },
      el(
        'p',
        {},
        el('span', { class: 'chip accent' }, t('match.lead')),
        ' ',
        el('span', { class: 'soft num' }, lead.lead_code),
      ),
      el('h1', {}, lead.company_name),
      person && el('p', {}, t('contact.calling'), ': ', el('b', {}, t('contact.san', { name: person }))),
      (lead.phone || lead.email) && el('p', { class: 'num' }, reach(context, lead)),
      tags.length > 0 &&
        el(
          'ul',
          { class: 'tags' },
          tags.map((tag) => el('li', {}, tag)),
        ),
      lead.status !== 'converted' && el('p', { class: 'soft' }, t('match.lead_hint')),
    ),
    el('div', { class: 'boxes' }, openBox(context, popup)),
    memoBox(context, popup.memo, null),
  ];
}

// Candidates: one line each, in the search and where several customers share a number.

import { el } from '../dom.js';
import { contactText, join } from './text.js';

/** What a line says of a candidate. */
export function candidateText(t, candidate) {
  const facts = join([
    candidate.customer_code ?? candidate.lead_code,
    candidate.kind === 'lead' ? t('match.lead') : candidate.customer_type && t.or(`type.${candidate.customer_type}`, candidate.customer_type),
    candidate.account_owner && t('who.owner', { name: candidate.account_owner }),
    candidate.matched_contact?.person_name,
    contactText(t, candidate.matched_contact),
  ]);
  return [
    el('span', { class: `rank-chip ${rankClass(candidate.rank)}`, 'aria-label': candidate.rank ? t('rank.label', { rank: candidate.rank }) : t('rank.none') }, candidate.rank ?? '–'),
    el('span', { class: 'option-name' }, el('b', {}, candidate.customer_name),
      candidate.name_kana && el('span', { class: 'soft small kana' }, candidate.name_kana)),
    candidate.trading_status === 'suspended' && el('span', { class: 'chip danger' }, t('status.suspended')),
    el('span', { class: 'option-facts soft small' }, facts),
  ];
}

/** The colour class of a rank. */
export function rankClass(rank) {
  return ['S', 'A', 'B', 'C'].includes(rank) ? `rank-${rank.toLowerCase()}` : 'rank-other';
}

// Candidates: one line each, in the search and where several customers share a number.

import { el } from '../dom.js';
import { contactText, join } from './text.js';

/** @import { Label, PageCandidate } from '../page' */
/** @import { CandidateSite, MatchedContact } from '../protocol' */

const PEOPLE_MAX = 4;

/**
 * What a line says of a candidate; `reason`: also why this number is theirs.
 * @param {Label} t
 * @param {PageCandidate} candidate
 * @param {{reason?: boolean}} [options]
 */
export function candidateText(t, candidate, { reason = false } = {}) {
  const facts = join([
    candidate.customer_code ?? candidate.lead_code,
    candidate.kind === 'lead'
      ? t('match.lead')
      : candidate.customer_type && t.or(`type.${candidate.customer_type}`, candidate.customer_type),
    candidate.account_owner && t('who.owner', { name: candidate.account_owner }),
    !reason && whose(t, candidate),
  ]);
  const why = reason ? whose(t, candidate) : null;
  return [
    el(
      'span',
      {
        class: 'rank-chip',
        'data-rank': candidate.rank ?? '',
        'aria-label': candidate.rank ? t('rank.label', { rank: candidate.rank }) : t('rank.none'),
      },
      candidate.rank ?? '–',
    ),
    el(
      'span',
      { class: 'option-name' },
      el('b', {}, candidate.customer_name),
      candidate.name_kana && el('span', { class: 'soft small kana' }, candidate.name_kana),
    ),
    (candidate.trading_status === 'suspended' || candidate.chosen === true) &&
      el(
        'span',
        { class: 'option-chips' },
        candidate.chosen === true && el('span', { class: 'chip accent' }, `★ ${t('match.chosen')}`),
        candidate.trading_status === 'suspended' && el('span', { class: 'chip danger' }, t('status.suspended')),
      ),
    why &&
      el(
        'span',
        { class: 'option-facts option-reason small' },
        el('span', { class: 'chip' }, t('match.reason')),
        ' ',
        why,
      ),
    el('span', { class: 'option-facts soft small' }, facts),
  ];
}

/**
 * A person of a customer, and why.
 * @param {Label} t
 * @param {MatchedContact} contact
 */
export function whoText(t, contact) {
  return part(
    t('contact.san', { name: contact.person_name }),
    join([contactText(t, contact), contact.extension && t('contact.extension', { n: contact.extension })]),
  );
}

/**
 * A site of a customer, and why it is one.
 * @param {Label} t
 * @param {CandidateSite} site
 */
export function siteText(t, site) {
  return part(
    site.name,
    join([t('level.is_site'), t.or(`address.${site.kind}`, site.kind), join([site.prefecture, site.city], '')]),
  );
}

/**
 * @param {string} name
 * @param {string} why
 */
function part(name, why) {
  return [el('b', {}, name), why && el('span', { class: 'option-reason soft small' }, why)];
}

/**
 * Whose number it is: the person, for what, and where.
 * @param {Label} t
 * @param {PageCandidate} candidate
 */
export function whose(t, candidate) {
  const contact = candidate.matched_contact;
  const level = contact?.level;
  const said = contactText(t, contact);
  // The name of a site is nobody's.
  if (contact?.level === 'site' && contact.person_name) return join([contact.person_name, t('level.is_site')]);
  // Several people of one customer have the number: all of them are named, none is picked.
  const people = (candidate.people ?? []).slice(0, PEOPLE_MAX);
  return (
    join([
      contact?.person_name
        ? t('contact.san', { name: contact.person_name })
        : people.map((one) => t('contact.san', { name: one.person_name })).join(t('app.comma')),
      said ?? (level && t.or(`level.${level}`, null)),
      said && level && level !== 'person' && t.or(`level.${level}`, null),
      contact?.extension && t('contact.extension', { n: contact.extension }),
    ]) || null
  );
}

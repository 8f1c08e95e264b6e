// Phrases that several views share: callers, contacts, alerts.

import { date, daysBetween, phone, yen } from '../format.js';
import { nameOf } from '../popup.js';

/** @import { Label, PagePopup } from '../page' */
/** @import { Alert, Caller, MatchedContact } from '../protocol' */

/**
 * How a caller is written: the number, the extension, or why there is none.
 * @param {Label} t
 * @param {Caller} caller
 */
export function callerText(t, caller) {
  const number = caller.display ?? (caller.number ? phone(caller.number) : null);
  if (caller.kind === 'internal') return number ? `${t('caller.internal')} ${number}` : t('caller.internal');
  if (caller.kind === 'number') return number ?? t('caller.number');
  return t.or(`caller.${caller.kind}`, t('caller.unknown'));
}

/**
 * What a pop-up is called where there is room for one line.
 * @param {Label} t
 * @param {PagePopup} popup
 */
export function titleOf(t, popup) {
  return nameOf(popup) ?? (popup.call ? callerText(t, popup.call.caller) : t('phase.card'));
}

const FORMS = [
  ['株式会社', '㈱'],
  ['有限会社', '㈲'],
  ['合同会社', '(同)'],
  ['合資会社', '(資)'],
  ['一般社団法人', '(一社)'],
];

/**
 * The same in as few letters as are needed on a tab: the short name, or the company's form as its sign.
 * @param {Label} t
 * @param {PagePopup} popup
 */
export function tabTitleOf(t, popup) {
  const title =
    popup.customer?.short_name || FORMS.reduce((name, [form, mark]) => name.replace(form, mark), titleOf(t, popup));
  return popup.match === 'many' ? `${title} (${t('match.many_short', { n: popup.candidates.length })})` : title;
}

/**
 * Whose number it is: 「請求担当の番号」.
 * @param {Label} t
 * @param {Partial<MatchedContact> | null} contact
 */
export function contactText(t, contact) {
  if (!contact) return null;
  if (contact.purpose) return t('contact.of', { purpose: t.or(`purpose.${contact.purpose}`, contact.purpose) });
  if (contact.source === 'contact_person') return t('contact.person_number');
  return contact.source === 'lead' ? t('contact.lead_number') : null;
}

/**
 * The sentence of an alert; `today` counts its days.
 * @param {Label} t
 * @param {Alert} alert
 * @param {string} today
 */
export function alertText(t, alert, today) {
  const days = alert.since ? daysBetween(alert.since, today) : null;
  switch (alert.code) {
    case 'suspended':
      return join([alert.text && t.or(`suspended.${alert.text}`, alert.text), t('alert.suspended_text')]);
    case 'overdue':
      return join([
        days !== null && days > 0
          ? t('alert.overdue_text', { ref: alert.reference ?? '—', days })
          : t('alert.overdue_text_plain'),
        alert.since && t('due.on', { date: date(alert.since, today, t.lang) }),
        (alert.count ?? 0) > 1 && t('alert.overdue_count', { n: alert.count }),
      ]);
    case 'credit_exceeded':
      return join([alert.amount ? t('alert.credit_text', { amount: yen(alert.amount) }) : null, alert.text]);
    case 'complaint_open':
      return join([
        alert.reference && `#${alert.reference}`,
        alert.text,
        days !== null && days >= 0 && t('alert.complaint_days', { n: days + 1 }),
      ]);
    default:
      return join([alert.text, alert.reference && `#${alert.reference}`]);
  }
}

/**
 * The parts that there are, one after the other.
 * @param {(string|false|null|undefined)[]} parts
 */
export function join(parts, between = ' · ') {
  return parts.filter((part) => part !== null && part !== undefined && part !== false && part !== '').join(between);
}

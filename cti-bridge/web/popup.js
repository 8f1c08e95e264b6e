// A pop-up as the views may trust it: whatever the wire leaves out or gets wrong becomes null or an empty list.

import { list, object, objects, text } from './wire.js';

/** @import { CallPopup, PageCall, PageCandidate, PageLead, PagePopup, WirePopup } from './page' */
/** @import { CallEntry, Caller, CallState, Candidate, CustomerProfile, Interaction, Match } from './protocol' */

/** @type {Match[]} */
const MATCHES = ['one', 'many', 'chosen', 'none', 'unidentified', 'failed'];

/**
 * A caller of whom nothing is known.
 * @type {Readonly<Caller>}
 */
export const NO_CALLER = Object.freeze({ kind: 'unknown', number: null, display: null, area: null });

/** People, and sites, of a customer that are offered at most. */
const PARTS_MAX = 20;

/**
 * The wire's pop-up (`docs/protocol.md`, "The pop-up") with every object and list in place; `null` for none.
 * @param {WirePopup|null|undefined} wire
 * @param {CallState|null} [state]
 * @returns {PagePopup|null}
 */
export function popupOf(wire, state = null) {
  const raw = object(wire);
  if (!raw) return null;
  const call = callOf(raw.call, state);
  const customer = customerOf(raw.customer);
  const candidates = candidatesOf(raw.candidates);
  const metrics = object(raw.metrics);
  const open = object(raw.open);
  return {
    call,
    match: matchOf(raw.match, call, customer, candidates),
    match_by: text(raw.match_by),
    candidates,
    customer,
    lead: customer ? null : leadOf(raw, candidates),
    matched_contact: object(raw.matched_contact) ?? (candidates.length === 1 ? candidates[0].matched_contact : null),
    alerts: objects(raw.alerts),
    metrics: metrics && { ...metrics, monthly_sales: list(metrics.monthly_sales) },
    recent_sales: objects(raw.recent_sales).map((sale) => ({ ...sale, lines: objects(sale.lines) })),
    interactions: interactionsOf(raw.interactions),
    open: {
      inquiries: objects(open?.inquiries),
      deals: objects(open?.deals),
      quotes: objects(open?.quotes),
      tasks: objects(open?.tasks),
      invoices: objects(open?.invoices),
      orders: objects(open?.orders),
      projects: objects(open?.projects),
    },
    balance: object(raw.balance),
    memo: text(raw.memo),
  };
}

/**
 * Whether a pop-up is a call's.
 * @param {PagePopup|null} popup
 * @returns {popup is CallPopup}
 */
export function hasCall(popup) {
  return popup !== null && popup.call !== null;
}

/**
 * Whether two pop-ups of one call say the same, whatever the call's state is; its note is kept elsewhere.
 * @param {PagePopup} a
 * @param {PagePopup} b
 */
export function samePopup(a, b) {
  /** @param {PagePopup} popup */
  const still = ({ call, ...card }) =>
    JSON.stringify([{ ...call, state: null, answered_at: null, note: null, note_by: null }, card]);
  return still(a) === still(b);
}

/**
 * A list of timeline entries.
 * @param {Interaction[]|null|undefined} wire
 */
export function interactionsOf(wire) {
  return objects(wire);
}

/**
 * A list of candidates, as `search` answers it.
 * @param {Candidate[]|null|undefined} wire
 */
export function candidatesOf(wire) {
  return objects(wire).flatMap((candidate) => candidateOf(candidate) ?? []);
}

/**
 * A list of call records, as `calls` answers it; those without an id are left out.
 * @param {CallEntry[]|null|undefined} wire
 */
export function recordsOf(wire) {
  return objects(wire).filter((record) => typeof record.call_id === 'string');
}

/**
 * What a call or a card is called in a list: the customer, else the number, else `null`.
 * @param {PagePopup} popup
 */
export function nameOf(popup) {
  if (popup.customer) return popup.customer.customer_name;
  if (popup.lead) return popup.lead.company_name;
  if (popup.match === 'one' && popup.candidates.length === 1) return popup.candidates[0].customer_name;
  return chosenCandidate(popup)?.customer_name ?? null;
}

/**
 * The candidate that an agent chose for this number or in this call, or `null`.
 * @param {PagePopup} popup
 */
function chosenCandidate(popup) {
  return popup.match === 'chosen' ? (popup.candidates.find((one) => one.chosen === true) ?? null) : null;
}

/**
 * @param {PageCall|null|undefined} wire
 * @param {CallState|null} state
 * @returns {PageCall|null}
 */
function callOf(wire, state) {
  const call = object(wire);
  if (!call || typeof call.call_id !== 'string') return null;
  return {
    ...call,
    state: state ?? call.state,
    caller: { ...NO_CALLER, ...object(call.caller) },
    customer_code: text(call.customer_code),
    note: text(call.note) ?? '',
    note_by: text(call.note_by),
    chosen: object(call.chosen),
  };
}

/**
 * @param {CustomerProfile|null|undefined} wire
 * @returns {CustomerProfile|null}
 */
function customerOf(wire) {
  const customer = object(wire);
  if (!customer || typeof customer.customer_code !== 'string') return null;
  return {
    ...customer,
    customer_name: text(customer.customer_name) ?? customer.customer_code,
    rank_change: object(customer.rank_change),
    preferences: list(customer.preferences).filter((tag) => typeof tag === 'string'),
    contacts: objects(customer.contacts),
    addresses: objects(customer.addresses),
  };
}

/**
 * The lead's record; a bridge that has no cards of leads says of one only that it is the caller.
 * @param {WirePopup} raw
 * @param {PageCandidate[]} candidates
 * @returns {PageLead|null}
 */
function leadOf(raw, candidates) {
  const lead = object(raw.lead);
  if (lead && typeof lead.lead_code === 'string')
    return { ...lead, company_name: text(lead.company_name) ?? lead.lead_code };
  const one =
    raw.match === 'chosen'
      ? candidates.find((each) => each.chosen === true)
      : raw.match === 'one' && candidates.length === 1
        ? candidates[0]
        : null;
  return one?.kind === 'lead' && one.lead_code
    ? { lead_code: one.lead_code, company_name: one.customer_name, account_owner: text(one.account_owner) }
    : null;
}

/**
 * @param {Candidate} candidate
 * @returns {PageCandidate|null}
 */
function candidateOf(candidate) {
  const name = text(candidate.customer_name) ?? text(candidate.customer_code) ?? text(candidate.lead_code);
  return name === null
    ? null
    : {
        ...candidate,
        customer_name: name,
        matched_contact: object(candidate.matched_contact),
        people: objects(candidate.people)
          .filter((one) => text(one.person_name) !== null)
          .slice(0, PARTS_MAX),
        sites: objects(candidate.sites)
          .filter((one) => text(one.name) !== null)
          .slice(0, PARTS_MAX),
      };
}

/**
 * @param {Match|undefined} match
 * @param {PageCall|null} call
 * @param {CustomerProfile|null} customer
 * @param {PageCandidate[]} candidates
 * @returns {Match}
 */
function matchOf(match, call, customer, candidates) {
  if (match && MATCHES.includes(match)) return match;
  if (customer || candidates.length === 1) return 'one';
  if (candidates.length > 1) return 'many';
  // What is not said to be nobody's number must not be shown as nobody's.
  return call?.caller.kind === 'number' ? 'failed' : 'unidentified';
}

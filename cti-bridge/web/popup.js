// A pop-up as the views may trust it: whatever the wire leaves out or gets wrong becomes null or an empty list.

const OPEN_KINDS = ['inquiries', 'deals', 'quotes', 'tasks', 'invoices', 'orders', 'projects'];

const MATCHES = ['one', 'many', 'chosen', 'none', 'unidentified', 'failed'];

/** People, and sites, of a customer that are offered at most. */
const PARTS_MAX = 20;

/**
 * The wire's pop-up (`docs/protocol.md`, "The pop-up") with every object and list in place; `null` for none.
 * @returns {import('./page').PagePopup|null}
 */
export function popupOf(wire, state = null) {
  const raw = object(wire);
  if (!raw) return null;
  const customer = customerOf(raw.customer);
  const candidates = list(raw.candidates).map(candidateOf).filter(Boolean);
  const call = callOf(raw.call, state);
  return {
    call,
    match: matchOf(raw.match, call, customer, candidates),
    match_by: /** @type {import('./protocol').MatchBy} */ (text(raw.match_by)),
    candidates,
    customer,
    lead: customer ? null : leadOf(raw, candidates),
    matched_contact: object(raw.matched_contact) ?? (candidates.length === 1 ? candidates[0].matched_contact : null),
    alerts: list(raw.alerts).map(object).filter(Boolean),
    metrics: object(raw.metrics) ? { ...raw.metrics, monthly_sales: list(raw.metrics.monthly_sales) } : null,
    recent_sales: list(raw.recent_sales)
      .map(object)
      .filter(Boolean)
      .map((sale) => ({ ...sale, lines: list(sale.lines).map(object).filter(Boolean) })),
    interactions: interactionsOf(raw.interactions),
    open: /** @type {import('./page').PagePopup['open']} */ (
      Object.fromEntries(OPEN_KINDS.map((kind) => [kind, list(object(raw.open)?.[kind]).map(object).filter(Boolean)]))
    ),
    balance: object(raw.balance),
    memo: text(raw.memo),
  };
}

/**
 * Whether two pop-ups of one call say the same, whatever the call's state is; its note is kept elsewhere.
 * @param {import('./page').PagePopup} a
 * @param {import('./page').PagePopup} b
 */
export function samePopup(a, b) {
  const still = ({ call, ...card }) =>
    JSON.stringify([{ ...call, state: null, answered_at: null, note: null, note_by: null }, card]);
  return still(a) === still(b);
}

/** A list of timeline entries. */
export function interactionsOf(wire) {
  return list(wire).map(object).filter(Boolean);
}

/** A list of candidates, as `search` answers it. */
export function candidatesOf(wire) {
  return list(wire).map(candidateOf).filter(Boolean);
}

/** A list of call records, as `calls` answers it; those without an id are left out. */
export function recordsOf(wire) {
  return list(wire)
    .map(object)
    .filter((record) => record && typeof record.call_id === 'string');
}

/**
 * What a call or a card is called in a list: the customer, else the number, else `null`.
 * @param {import('./page').PagePopup} popup
 */
export function nameOf(popup) {
  if (popup.customer) return popup.customer.customer_name;
  if (popup.lead) return popup.lead.company_name;
  if (popup.match === 'one' && popup.candidates.length === 1) return popup.candidates[0].customer_name;
  return chosenCandidate(popup)?.customer_name ?? null;
}

/**
 * The candidate that an agent chose for this number or in this call, or `null`.
 * @param {import('./page').PagePopup} popup
 */
export function chosenCandidate(popup) {
  return popup.match === 'chosen' ? (popup.candidates.find((one) => one.chosen === true) ?? null) : null;
}

function callOf(wire, state) {
  const call = object(wire);
  if (!call || typeof call.call_id !== 'string') return null;
  return {
    ...call,
    state: state ?? call.state,
    caller: { kind: 'unknown', ...object(call.caller) },
    customer_code: text(call.customer_code),
    note: text(call.note) ?? '',
    note_by: text(call.note_by),
    chosen: object(call.chosen),
  };
}

function customerOf(wire) {
  const customer = object(wire);
  if (!customer || typeof customer.customer_code !== 'string') return null;
  return {
    ...customer,
    customer_name: text(customer.customer_name) ?? customer.customer_code,
    rank_change: object(customer.rank_change),
    preferences: list(customer.preferences).filter((tag) => typeof tag === 'string'),
    contacts: list(customer.contacts).map(object).filter(Boolean),
    addresses: list(customer.addresses).map(object).filter(Boolean),
  };
}

/** The lead's record; a bridge that has no cards of leads says of one only that it is the caller. */
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
  return one?.kind === 'lead'
    ? { lead_code: one.lead_code, company_name: one.customer_name, account_owner: text(one.account_owner) }
    : null;
}

function candidateOf(wire) {
  const candidate = object(wire);
  if (!candidate) return null;
  const name = text(candidate.customer_name) ?? text(candidate.customer_code) ?? text(candidate.lead_code);
  const named = (parts, field) =>
    list(parts)
      .map(object)
      .filter((one) => text(one?.[field]) !== null)
      .slice(0, PARTS_MAX);
  return name === null
    ? null
    : {
        ...candidate,
        customer_name: name,
        matched_contact: object(candidate.matched_contact),
        people: named(candidate.people, 'person_name'),
        sites: named(candidate.sites, 'name'),
      };
}

function matchOf(match, call, customer, candidates) {
  if (MATCHES.includes(match)) return match;
  if (customer || candidates.length === 1) return 'one';
  if (candidates.length > 1) return 'many';
  // What is not said to be nobody's number must not be shown as nobody's.
  return call?.caller.kind === 'number' ? 'failed' : 'unidentified';
}

function object(value) {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : null;
}

function list(value) {
  return Array.isArray(value) ? value : [];
}

function text(value) {
  return typeof value === 'string' && value !== '' ? value : null;
}

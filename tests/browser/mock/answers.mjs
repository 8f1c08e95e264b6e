// What the stand-in bridge answers to the requests of the page.

import { candidate, chosen, colleagues, interactions, known, MASTERS, nobody, record, shared } from '../fixtures.mjs';

const ok = (data) => ({ ok: true, data });
const fail = (code) => ({ ok: false, error: { code, message: code } });

/** The answer to a request that came over the socket with this number. */
export function answerTo(bridge, request, number) {
  switch (request.op) {
    case 'ping':
      return ok({ at: new Date().toISOString() });
    case 'calls':
      return ok({ calls: bridge.records.map(record) });
    case 'presence':
      bridge.setPresence(request.state, { reason: request.reason });
      return ok({ presence: request.state });
    case 'lookup': {
      const lead = bridge.leads.get(request.lead_code);
      if (lead) return ok({ call: null, match: 'one', match_by: 'code', candidates: [], ...lead });
      const card = bridge.cards.get(request.number === '+81312345678' ? 'C00017' : request.customer_code);
      return card
        ? ok({ call: null, match: 'one', match_by: 'code', candidates: [candidate(card)], ...card })
        : fail('not_found');
    }
    case 'search':
      return ok({
        customers: [...bridge.cards.values()]
          .map(candidate)
          .filter((one) =>
            [one.customer_name, one.name_kana, one.customer_code].some((text) => text?.includes(request.q)),
          )
          .slice(0, request.limit),
        complete: !bridge.cutsSearches,
      });
    case 'history': {
      // `before` is the entry that the page has last: instant/kind/reference.
      const [at] = request.before.split('/');
      const minutes = Math.round((Date.now() - Date.parse(at)) / 60_000) + 60;
      return ok({ entries: interactions(request.limit ?? 20, minutes), more: minutes < 3000 });
    }
    case 'call.shown':
    case 'ack':
      return ok({});
    case 'ring.here':
      bridge.ringAt(number);
      return ok({});
    default:
      return bridge.permissions ? work(bridge, request) : fail('unknown_op');
  }
}

/** What the agents' work is answered with. */
function work(bridge, request) {
  switch (request.op) {
    case 'masters':
      return ok({ ...MASTERS, ...(bridge.ranks && { ranks: bridge.ranks }) });
    case 'colleagues':
      return ok({
        colleagues: colleagues().agents.map(({ agent_code, agent_name }) => ({ agent_code, agent_name })),
      });
    case 'call.choose':
      return choose(bridge, request);
    case 'call.forget': {
      const popup = bridge.live.get(request.call_id);
      if (popup)
        bridge.update({
          ...shared(popup.candidates.map((one) => bridge.cards.get(one.customer_code))),
          call: { ...popup.call, chosen: null },
        });
      return ok({});
    }
    case 'contact.attach': {
      const popup = bridge.live.get(request.call_id);
      const card = bridge.cards.get(request.customer_code);
      if (popup) bridge.update({ ...known(card), match_by: 'number', call: popup.call });
      return ok({ contact_id: bridge.nextNo++ });
    }
    case 'customer.create':
      return ok({ customer_code: 'C00020' });
    case 'lead.create':
      return ok({ lead_code: `L-${bridge.nextNo++}` });
    case 'call.note':
      bridge.note(request.call_id, request.text, bridge.agent.agent_name);
      return ok({});
    case 'call.wrapup': {
      const record = bridge.records.find((one) => one.call_id === request.call_id);
      if (record) Object.assign(record, { wrapped_at: new Date().toISOString(), note: request.note });
      if (request.done && bridge.presence === 'after_call_work') bridge.setPresence('ready');
      return ok({
        inquiry_no: request.inquiry ? String(bridge.nextNo++) : null,
        task_no: request.task ? `T-${bridge.nextNo++}` : null,
        callback_no: request.follow_up_at ? bridge.nextNo++ : null,
      });
    }
    case 'call.dial':
      bridge.dialing({ ...nobody({ number: request.number, display: request.number, area: null }) });
      return ok({});
    case 'call.nuisance': {
      const popup = bridge.live.get(request.call_id);
      const nuisance = request.nuisance ? { by: bridge.agent.agent_name, at: new Date().toISOString() } : null;
      if (popup) bridge.update({ ...popup, call: { ...popup.call, nuisance } });
      return ok({});
    }
    case 'call.hold':
      if (request.held) bridge.hold(request.call_id);
      else bridge.resume(request.call_id);
      return ok({});
    case 'call.recordings':
      return ok({ recordings: bridge.recordings });
    case 'call.pickup':
      return ok({});
    case 'call.transfer':
      bridge.dismiss(request.call_id, 'transferred');
      return ok({});
    case 'call.hangup':
      bridge.end(request.call_id);
      return ok({});
    case 'missed':
      return ok({
        missed: bridge.missed.filter((one) => request.status === 'all' || ['open', 'in_progress'].includes(one.status)),
      });
    case 'missed.claim':
      bridge.changeMissed(request.missed_no, {
        status: 'in_progress',
        assignee: bridge.agent.agent_code,
        assignee_name: bridge.agent.agent_name,
      });
      return ok({});
    case 'missed.release':
      bridge.changeMissed(request.missed_no, { status: 'open', assignee: null, assignee_name: null });
      return ok({});
    case 'missed.close':
      bridge.changeMissed(request.missed_no, {
        status: request.result,
        note: request.note ?? null,
        closed_at: new Date().toISOString(),
      });
      return ok({});
    case 'callbacks':
      return ok({ callbacks: bridge.callbacks });
    case 'callback.done':
      bridge.callbacks = bridge.callbacks.filter((one) => one.callback_no !== request.callback_no);
      return ok({});
    case 'agents':
      return ok(bridge.team);
    case 'inquiry.create':
    case 'task.create':
      return create(bridge, request);
    case 'inquiry.update':
    case 'task.done':
      return progress(bridge, request);
    default:
      return fail('unknown_op');
  }
}

function create(
  bridge,
  { op, customer_code: code, kind, subject, title, due_on: due = null, assignee = bridge.agent.agent_name },
) {
  const open = bridge.cards.get(code)?.open;
  if (!open) return fail('conflict');
  const no = String(bridge.nextNo++);
  if (op === 'inquiry.create')
    open.inquiries = [
      ...open.inquiries,
      { inquiry_no: no, kind, subject, status: 'open', opened_at: new Date().toISOString(), assignee, origin: 'here' },
    ];
  else open.tasks = [...open.tasks, { task_no: `T-${no}`, title, due_on: due, assignee, origin: 'here' }];
  bridge.push('customer.changed', { customer_code: code });
  return ok(op === 'inquiry.create' ? { inquiry_no: no } : { task_no: `T-${no}` });
}

function progress(bridge, { inquiry_no: inquiry, task_no: task, status }) {
  for (const { customer, open } of bridge.cards.values()) {
    const before = JSON.stringify(open);
    open.tasks = open.tasks.filter((one) => one.task_no !== task);
    open.inquiries = open.inquiries
      .map((one) => (one.inquiry_no === inquiry ? { ...one, status } : one))
      .filter((one) => one.status !== 'done');
    if (JSON.stringify(open) !== before) bridge.push('customer.changed', { customer_code: customer.customer_code });
  }
  return ok({});
}

function choose(bridge, request) {
  const popup = bridge.live.get(request.call_id);
  if (!popup) return fail('not_found');
  const card = bridge.cards.get(request.customer_code);
  const [first] = popup.candidates.filter((one) => one.customer_code === request.customer_code);
  const matched = request.site
    ? { ...card?.matched_contact, contact_id: null, person_name: request.site, level: 'site' }
    : (first?.people?.find((one) => one.contact_id === request.contact_id) ?? card?.matched_contact);
  const candidates = popup.candidates.map((one) => (one === first ? { ...one, matched_contact: matched } : one));
  if (card)
    bridge.update({
      ...chosen({ ...card, matched_contact: matched }, candidates, bridge.agent.agent_name),
      call: { ...popup.call, chosen: { by: bridge.agent.agent_name, at: new Date().toISOString() } },
    });
  return ok({});
}

// For those who lead a team: who is in which presence since when, and every live call.

import { el } from '../dom.js';
import { NO_CALLER } from '../popup.js';
import { phaseText } from './calls.js';
import { presenceText } from './header.js';
import { callerText } from './text.js';

/** @import { Child, Context } from '../page' */
/** @import { AgentLine, CallLine, MastersAnswer, Overview, Source } from '../protocol' */

const ORDER = ['on_call', 'after_call_work', 'ready', 'away', 'offline'];

/**
 * The panel.
 * @param {Context} context
 * @param {{team: Overview, masters: MastersAnswer, me: string|null}} props
 */
export function teamPanel(context, { team, masters, me }) {
  const { t } = context;
  const agents = [...team.agents].sort(
    (a, b) => weight(a) - weight(b) || String(a.agent_code).localeCompare(String(b.agent_code)),
  );
  const names = new Map(agents.map((one) => [one.agent_code, one.agent_name]));
  return [
    ...troubles(context, team.sources),
    el(
      'div',
      { class: 'panel-head' },
      el('h1', {}, t('team.title')),
      el('p', { class: 'tags-line small' }, counts(context, agents)),
    ),
    agents.length
      ? table(
          context,
          'agents',
          ['agent', 'extension', 'presence', 'since', 'tabs'],
          agents.map((one) => agentRow(context, one, masters)),
        )
      : el('p', { class: 'soft empty' }, t('team.none')),
    el('div', { class: 'panel-head' }, el('h1', {}, t('team.calls'))),
    team.calls.length
      ? table(
          context,
          'live-calls',
          ['state', 'caller', 'customer', 'line', 'with', 'started'],
          team.calls.map((one) => callRow(context, one, names, me)),
        )
      : el('p', { class: 'soft empty' }, t('team.no_calls')),
  ];
}

/**
 * What a connected PBX does not let the bridge see or do.
 * @param {Context} context
 * @param {Source[]} sources
 */
function troubles({ t }, sources) {
  return (Array.isArray(sources) ? sources : []).flatMap((source) =>
    (Array.isArray(source.problems) ? source.problems : []).map((one) =>
      el(
        'p',
        { class: 'stale-banner', role: 'status', 'data-problem': one.problem },
        t('team.trouble', { name: source.name, text: t.lang === 'ja' ? one.label : one.label_en }),
      ),
    ),
  );
}

/**
 * @param {AgentLine} agent
 */
function weight(agent) {
  const at = ORDER.indexOf(stateOf(agent));
  return at < 0 ? ORDER.length : at;
}

/**
 * Who has no socket is not there, whatever was said last.
 * @param {AgentLine} agent
 */
function stateOf(agent) {
  return agent.sockets === 0 ? 'offline' : (agent.presence ?? 'offline');
}

/**
 * @param {Context} context
 * @param {AgentLine[]} agents
 */
function counts({ t }, agents) {
  return ORDER.map((state) => ({ state, n: agents.filter((one) => stateOf(one) === state).length }))
    .filter(({ n }) => n > 0)
    .map(({ state, n }) =>
      el('span', { class: `presence-chip is-${state}` }, t(`presence.${state}`), ' ', t('team.count', { n })),
    );
}

/**
 * @param {Context} context
 * @param {string} name
 * @param {string[]} columns
 * @param {Child[]} rows
 */
function table({ t }, name, columns, rows) {
  return el(
    'div',
    { class: 'table-scroll' },
    el(
      'table',
      { class: `board ${name}` },
      el(
        'thead',
        {},
        el(
          'tr',
          {},
          columns.map((column) => el('th', { scope: 'col' }, t(`team.${column}`))),
        ),
      ),
      el('tbody', {}, rows),
    ),
  );
}

/**
 * @param {Context} context
 * @param {AgentLine} one
 * @param {MastersAnswer} masters
 */
function agentRow({ t }, one, masters) {
  const state = stateOf(one);
  return el(
    'tr',
    { 'data-agent': one.agent_code },
    el(
      'th',
      { scope: 'row' },
      one.agent_name ?? one.agent_code,
      ' ',
      el('span', { class: 'soft small num' }, one.agent_code),
    ),
    el('td', { class: 'num' }, one.extension ?? '—'),
    el('td', {}, el('span', { class: `presence-chip is-${state}` }, presenceText(t, state, one.reason, masters))),
    el('td', { class: 'num' }, one.since ? el('span', { 'data-since': one.since }) : '—'),
    el('td', { class: 'num' }, one.sockets ?? '—'),
  );
}

/**
 * @param {Context} context
 * @param {CallLine} one
 * @param {Map<string, string>} names
 * @param {string|null} me
 */
function callRow(context, one, names, me) {
  const { t } = context;
  const phase = ['dialing', 'ringing', 'answered', 'held'].includes(one.state) ? one.state : 'ringing';
  const agents = Array.isArray(one.agents) ? one.agents : [];
  const since = ['answered', 'held'].includes(phase) ? (one.answered_at ?? one.started_at) : one.started_at;
  return el(
    'tr',
    { 'data-live': one.call_id },
    el('td', {}, el('span', { class: `presence-chip is-${phase}` }, phaseText(t, phase, one.direction))),
    el('td', { class: 'num' }, callerText(t, { ...NO_CALLER, ...one.caller })),
    el('td', {}, one.customer_name ?? '—'),
    el('td', {}, one.queue ?? '—'),
    el(
      'td',
      {},
      agents
        .map((agent) => names.get(agent.agent_code) ?? agent.agent_code)
        .filter(Boolean)
        .join(t('app.comma')) || '—',
      phase === 'ringing' && pickUpButton(context, agents, names, me),
    ),
    el('td', { class: 'num' }, el('span', { 'data-since': since ?? '' })),
  );
}

/**
 * Has a call ring the own phone that rings others only.
 * @param {Context} context
 * @param {CallLine['agents']} agents
 * @param {Map<string, string>} names
 * @param {string|null} me
 */
function pickUpButton({ t, actions, picksUp }, agents, names, me) {
  const [first] = agents.filter((agent) => agent.state === 'ringing');
  if (!picksUp || !first || agents.some((agent) => agent.agent_code === me)) return null;
  const name = names.get(first.agent_code) ?? first.agent_code;
  return el(
    'button',
    {
      type: 'button',
      class: 'small',
      key: `pick-up-${first.agent_code}`,
      title: t('control.pickup_of', { name }),
      'aria-label': t('control.pickup_of', { name }),
      on: { click: () => actions.pickUp(first.agent_code) },
    },
    t('control.pickup'),
  );
}

// What surrounds the calls: presence, masters, missed calls, callbacks, colleagues, and who rings. Pure.

import { objects } from './wire.js';

/** @import { ListSteps, PageCallback, PushReducers, Reducers, State } from './page' */
/** @import { Callback, Disposition, HelloAnswer, MissedCall, Permission, RankEntry } from './protocol' */

/** How many of each the page keeps. */
export const LIST_LIMITS = Object.freeze({
  missed: 200,
  callbacks: 100,
  agents: 3000,
  calls: 500,
  master: 60,
  ranks: 200,
  sources: 32,
});

const MISSED_OPEN = new Set(['open', 'in_progress']);

/** These parts of the state before anybody signs in. */
export function initialLists() {
  return {
    permissions: null,
    socket: null,
    rings: null,
    sources: [],
    presence: null,
    presenceNext: null,
    presenceFree: false,
    presenceMore: { reason: null, since: null, until: null, callId: null },
    masters: { categories: [], results: [], statuses: [], away_reasons: [], ranks: [] },
    served: { work: false, missed: false },
    missed: [],
    missedOpen: 0,
    missedAll: false,
    callbacks: [],
    snoozed: {},
    team: null,
    colleagues: [],
  };
}

/**
 * What `hello` says of these.
 * @param {HelloAnswer} data
 */
export function welcomeLists(data) {
  return {
    permissions: Array.isArray(data.permissions) ? data.permissions : null,
    socket: data.socket ?? null,
    rings: data.rings ?? null,
    presence: data.presence ?? null,
    presenceMore: presenceMore(data.presence_reason, data.presence_since, data.presence_until),
    sources: objects(data.sources)
      .filter((one) => typeof one.name === 'string')
      .slice(0, LIST_LIMITS.sources),
    missedOpen: Number.isInteger(data.missed_open) ? data.missed_open : 0,
    callbacks: callbacksOf(data.callbacks_due).map((one) => ({ ...one, due: true })),
  };
}

/**
 * Whether the agent may do this (`docs/security.md` has the table).
 * @param {State} state
 * @param {Permission} permission
 */
export function may(state, permission) {
  return state.permissions?.includes(permission) ?? false;
}

/**
 * What the agent can do here: allowed, and known to the bridge, which may be older than this page.
 * @param {State} state
 */
export function abilities(state) {
  const { work, missed } = state.served;
  return {
    works: work && may(state, 'calls.work'),
    dials: work && may(state, 'calls.dial'),
    picksUp: work && may(state, 'calls.pickup'),
    reads: missed && may(state, 'missed.read'),
    leads: work && may(state, 'presence.all'),
    assigns: missed && may(state, 'missed.assign'),
  };
}

/** @type {Reducers<ListSteps>} */
export const LIST_STEPS = {
  /** Whether the PBX is connected; `null` when there is none or it is unknown. */
  source: (state, { up }) => ({ ...state, source: up }),
  /** What the bridge answered. While a call goes on, what was `asked` for comes after it. */
  presence: (state, { presence, asked = presence }) => ({
    ...state,
    presence,
    presenceNext: presence === 'on_call' && asked !== presence ? asked : null,
  }),
  /** Whether the field for a reason in one's own words is open. */
  presence_free: (state, { on }) => ({ ...state, presenceFree: on }),
  masters(state, { data }) {
    const masters = {
      categories: masterOf(data?.categories),
      results: masterOf(data?.results),
      statuses: masterOf(data?.statuses),
      away_reasons: masterOf(data?.away_reasons),
      ranks: objects(data?.ranks)
        .filter((one) => typeof one.rank === 'string')
        .slice(0, LIST_LIMITS.ranks),
    };
    const missed = [...state.missed].sort(byRank(masters.ranks));
    return { ...state, served: { ...state.served, work: true }, masters, missed };
  },

  /** Whom work can be given to, without oneself. */
  colleagues: (state, { data }) => ({
    ...state,
    colleagues: objects(data?.colleagues)
      .filter((one) => typeof one.agent_code === 'string' && one.agent_code !== state.agent?.agent_code)
      .slice(0, LIST_LIMITS.agents),
  }),

  missed: (state, { data, all = false }) =>
    withMissed(
      { ...state, missedAll: all, served: { ...state.served, missed: true } },
      objects(data?.missed).filter(hasNo),
    ),
  callbacks(state, { data }) {
    const due = new Set(state.callbacks.filter((one) => one.due).map((one) => one.callback_no));
    return {
      ...state,
      callbacks: callbacksOf(data?.callbacks).map((one) => ({ ...one, due: due.has(one.callback_no) })),
    };
  },
  callback_done: (state, { no }) => ({ ...state, callbacks: state.callbacks.filter((one) => one.callback_no !== no) }),
  snooze: (state, { no, until }) => ({
    ...state,
    snoozed: Object.fromEntries([...Object.entries(state.snoozed), [no, until]].slice(-LIST_LIMITS.callbacks)),
  }),

  team: (state, { data }) => ({
    ...state,
    team: {
      sources: objects(data?.sources).slice(0, LIST_LIMITS.sources),
      agents: objects(data?.agents).slice(0, LIST_LIMITS.agents),
      calls: objects(data?.calls).slice(0, LIST_LIMITS.calls),
    },
  }),
};

/** @type {PushReducers} */
export const LIST_PUSHES = {
  'presence.changed': (state, data) => ({
    ...state,
    presence: data.presence ?? state.presence,
    presenceFree: state.presenceFree && data.presence === 'away' && (data.reason ?? null) === state.presenceMore.reason,
    presenceNext: data.presence === 'on_call' ? state.presenceNext : null,
    presenceMore: presenceMore(data.reason, data.since, data.until, data.call_id),
  }),
  'source.state': (state, data) => ({
    ...state,
    source: data.up === true,
    sources:
      typeof data.source === 'string' && typeof data.source_up === 'boolean'
        ? [
            ...state.sources.filter((one) => one.name !== data.source),
            { name: data.source, up: data.source_up, problems: data.problems ?? [] },
          ].slice(-LIST_LIMITS.sources)
        : state.sources,
  }),
  'ring.moved': (state, data) => ({ ...state, rings: data.socket ?? null }),
  'missed.changed'(state, data) {
    if (!hasNo(data)) return state;
    const known = state.missed.some((one) => one.missed_no === data.missed_no);
    return withMissed(
      state,
      known ? state.missed.map((one) => (one.missed_no === data.missed_no ? data : one)) : [...state.missed, data],
    );
  },
  'callback.due'(state, data) {
    const [entry] = callbacksOf([data]);
    const others = state.callbacks.filter((one) => one.callback_no !== data.callback_no);
    return { ...state, callbacks: entry ? [...others, { ...entry, due: true }].slice(-LIST_LIMITS.callbacks) : others };
  },
  'agents.changed'(state, data) {
    if (!state.team) return state;
    const agents = state.team.agents.map((one) =>
      one.agent_code === data.agent_code
        ? { ...one, presence: data.presence, reason: data.reason ?? null, since: data.since ?? null }
        : one,
    );
    return { ...state, team: { ...state.team, agents } };
  },
};

/**
 * The reminders to show now: open, this agent's, due, and not put off.
 * @param {State} state
 * @param {number} now
 */
export function dueCallbacks(state, now) {
  /** @param {PageCallback} one */
  const mine = (one) => one.due || !one.assignee || one.assignee === state.agent?.agent_code;
  return state.callbacks
    .filter((one) => mine(one) && (one.due || Date.parse(one.due_at) <= now) && !(state.snoozed[one.callback_no] > now))
    .sort((a, b) => String(a.due_at).localeCompare(String(b.due_at)));
}

/**
 * Whether a missed call is still open.
 * @param {MissedCall} missed
 */
export function isWaiting(missed) {
  return MISSED_OPEN.has(missed.status);
}

/**
 * The order of missed calls: those that wait, the highest rank first, the oldest first.
 * @param {RankEntry[]} ranks
 * @returns {(a: MissedCall, b: MissedCall) => number}
 */
function byRank(ranks) {
  const places = new Map(ranks.map((one, place) => [one.rank, place]));
  /** @param {MissedCall} one */
  const weight = (one) => {
    const unknown = one.rank ? LIST_LIMITS.ranks : LIST_LIMITS.ranks + 1;
    return (isWaiting(one) ? 0 : 1000) + (places.get(one.rank ?? '') ?? unknown);
  };
  return (a, b) => weight(a) - weight(b) || String(a.first_at).localeCompare(String(b.first_at));
}

/**
 * Rank, then who waits longest; what is closed only when it was asked for, at the end.
 * @param {State} state
 * @param {MissedCall[]} list
 */
function withMissed(state, list) {
  const missed = list
    .filter((one) => state.missedAll || isWaiting(one))
    .sort(byRank(state.masters.ranks))
    .slice(0, LIST_LIMITS.missed);
  return { ...state, missed, missedOpen: missed.filter((one) => one.status === 'open').length };
}

/**
 * @param {string|null|undefined} reason
 * @param {string|null|undefined} since
 * @param {string|null|undefined} until
 * @param {string|null} [callId]
 */
function presenceMore(reason, since, until, callId = null) {
  return { reason: reason ?? null, since: since ?? null, until: until ?? null, callId };
}

/** @param {Disposition[]|null|undefined} wire */
function masterOf(wire) {
  return objects(wire)
    .filter((one) => typeof one.code === 'string')
    .slice(0, LIST_LIMITS.master);
}

/** @param {Callback[]|null|undefined} wire */
function callbacksOf(wire) {
  return objects(wire)
    .filter((one) => Number.isInteger(one.callback_no) && one.status !== 'done')
    .slice(0, LIST_LIMITS.callbacks);
}

/** @param {MissedCall} missed */
function hasNo(missed) {
  return Number.isInteger(missed.missed_no);
}

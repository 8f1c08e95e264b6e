// The bar on top: presence, the views, who is signed in, what is connected.

import { el, focusOn, svg } from '../dom.js';
import { join } from './text.js';
import { labelOf } from './wrapup.js';

/** @import { Context, Label, Listeners, State } from '../page' */
/** @import { Agent, Disposition, MastersAnswer, OwnPresence } from '../protocol' */

/** The choice that opens the field; no reason is made of a space. */
const OWN_WORDS = ' ';
/** Characters of a reason at most (`docs/protocol.md`, `presence`). */
const REASON_MAX = 100;

/**
 * The presence: ready or away with one press, the reason for being away, and what the telephone makes of it.
 * @param {Context} context
 * @param {{
 *   presence: State['presence'], next: State['presenceNext'], more: State['presenceMore'], free: boolean,
 *   online: boolean, reasons: Disposition[],
 * }} props
 */
export function presenceSwitch(context, { presence, next, more, free, online, reasons }) {
  const { t, actions } = context;
  /** @param {OwnPresence} state */
  const choice = (state) =>
    el(
      'button',
      {
        type: 'button',
        key: `presence-${state}`,
        class: `presence-${state}`,
        disabled: !online,
        'aria-pressed': (next ?? presence) === state ? 'true' : 'false',
        title: next === state ? t('presence.next', { state: t(`presence.${state}`) }) : null,
        on: { click: () => actions.setPresence(state) },
      },
      t(`presence.${state}`),
    );
  return [
    el('div', { class: 'segments', role: 'group', 'aria-label': t('presence.label') }, choice('ready'), choice('away')),
    presence === 'away' && (free ? reasonField(context, online) : reasonChoice(context, more.reason, reasons, online)),
    presence === 'away' && elapsedChip(t, 'away', more),
    presence === 'on_call' && elapsedChip(t, 'on_call', more, true),
    presence === 'after_call_work' && [
      elapsedChip(t, 'after_call_work', more, true),
      el(
        'button',
        {
          type: 'button',
          class: 'main small',
          key: 'acw-done',
          disabled: !online,
          on: { click: () => actions.setPresence('ready') },
        },
        t('presence.done'),
      ),
      more.until &&
        el(
          'button',
          {
            type: 'button',
            class: 'quiet small',
            key: 'acw-longer',
            disabled: !online,
            on: { click: () => actions.setPresence('after_call_work') },
          },
          t('presence.longer'),
        ),
    ],
  ];
}

/**
 * @param {Context} context
 * @param {string|null} reason
 * @param {Disposition[]} reasons
 * @param {boolean} online
 */
function reasonChoice({ t, actions }, reason, reasons, online) {
  const known = reasons.some((one) => one.code === reason);
  /** @param {string} value */
  const choose = (value) => {
    if (value !== OWN_WORDS) return actions.setPresence('away', value || null);
    actions.freeReason(true);
    return queueMicrotask(() => focusOn('.reason-field input'));
  };
  return el(
    'select',
    {
      class: 'small',
      key: 'presence-reason',
      'data-own': true,
      disabled: !online,
      'aria-label': t('presence.reason'),
      on: { change: (event) => choose(event.currentTarget.value) },
    },
    el('option', { value: '' }, t('presence.no_reason')),
    reasons.map((one) => el('option', { value: one.code, selected: one.code === reason }, labelOf(t, one))),
    reason && !known && el('option', { value: reason, selected: true }, reason),
    el('option', { value: OWN_WORDS }, t('presence.own_words')),
  );
}

/**
 * The reason in one's own words; Escape gives it up.
 * @param {Context} context
 * @param {boolean} online
 */
function reasonField({ t, actions }, online) {
  const input = el('input', {
    class: 'small',
    key: 'presence-own',
    maxlength: REASON_MAX,
    required: true,
    autocomplete: 'off',
    'aria-label': t('presence.reason'),
    placeholder: t('presence.own_hint'),
  });
  /** @type {Listeners<HTMLFormElement>} */
  const on = {
    submit: (event) => {
      event.preventDefault();
      const reason = input.value.trim();
      if (reason) actions.setPresence('away', reason);
    },
    keydown: (event) => {
      if (event.key !== 'Escape' || event.isComposing) return;
      event.stopPropagation();
      actions.freeReason(false);
      queueMicrotask(() => focusOn('[data-key="presence-reason"]'));
    },
  };
  return el(
    'form',
    { class: 'reason-field', on },
    input,
    el('button', { type: 'submit', class: 'small', key: 'presence-own-set', disabled: !online }, t('presence.own_set')),
  );
}

/**
 * @param {Label} t
 * @param {string} state
 * @param {State['presenceMore']} more
 */
function elapsedChip(t, state, more, named = false) {
  return el(
    'span',
    { class: `presence-chip is-${state}`, role: named ? 'status' : null },
    named && `${t(`presence.${state}`)} `,
    more.since && el('span', { class: 'num', 'data-since': more.since }),
    more.until &&
      el('span', { class: 'num soft', 'data-until': more.until, 'data-text': t('presence.left', { time: '{time}' }) }),
  );
}

/**
 * A presence with its reason.
 * @param {Label} t
 * @param {string} state
 * @param {string|null} reason
 * @param {MastersAnswer} masters
 */
export function presenceText(t, state, reason, masters) {
  const known = reason && masters.away_reasons.find((one) => one.code === reason);
  const text = t.or(`presence.${state}`, state);
  return reason && state === 'away' ? `${text} · ${known ? labelOf(t, known) : reason}` : text;
}

/**
 * The views that this agent has, and what waits in them.
 * @param {Context} context
 * @param {{view: State['view'], views: State['view'][], waiting: number}} props
 */
export function viewSwitch({ t, actions }, { view, views, waiting }) {
  if (views.length < 2) return null;
  return el(
    'div',
    { class: 'segments views', role: 'group', 'aria-label': t('views.label') },
    views.map((name) =>
      el(
        'button',
        {
          type: 'button',
          key: `view-${name}`,
          'aria-pressed': String(view === name),
          on: { click: () => actions.show(name) },
        },
        t(`views.${name}`),
        name === 'missed' &&
          waiting > 0 &&
          el('span', { class: 'badge num', 'aria-label': t('views.waiting', { n: waiting }) }, waiting),
      ),
    ),
  );
}

/**
 * Name and extension.
 * @param {Context} context
 * @param {Agent} agent
 */
export function agentLine({ t }, agent) {
  const text = join([agent.agent_name, agent.extension && t('agent.extension', { n: agent.extension })]);
  return el('span', { title: text }, text);
}

/** @param {boolean} on */
function bell(on) {
  return svg(
    'svg',
    { viewBox: '0 0 24 24', width: 18, height: 18, 'aria-hidden': 'true', class: 'bell' },
    svg('path', { d: 'M6 17V11a6 6 0 0 1 12 0v6l2 2H4zM10 21h4' }),
    !on && svg('path', { d: 'M3 3l18 18' }),
  );
}

/**
 * The connections of the bridge and of the PBX, the ring tone, signing out.
 * @param {Context} context
 * @param {{
 *   status: State['link']['status'], retryIn: number|null, source: State['source'], sources: State['sources'],
 *   sound: boolean, elsewhere: boolean,
 * }} props
 */
export function linkState({ t, actions }, { status, retryIn, source, sources, sound, elsewhere }) {
  const text =
    status === 'waiting'
      ? t('link.waiting', { n: retryIn })
      : status === 'online'
        ? t('link.online')
        : status === 'checking' || status === 'connecting'
          ? t(`link.${status}`)
          : t('link.closed');
  const look = status === 'online' ? 'good' : status === 'closed' ? 'bad' : 'busy';
  const down = sources.filter((one) => one.up === false).map((one) => one.name);
  // A single PBX needs no name; of several, those that are down are named.
  const named = !source && sources.length > 1 && down.length;
  const telephone =
    status === 'online' && source !== null
      ? el(
          'span',
          { class: `state-dot ${source ? 'good' : 'bad'}`, id: 'source-state' },
          named ? t('source.down_named', { names: down.join(', ') }) : t(source ? 'source.up' : 'source.down'),
        )
      : null;
  return [
    status === 'online' && elsewhere && el('span', { class: 'soft', id: 'ring-elsewhere' }, t('ring.elsewhere')),
    telephone,
    el('span', { class: `state-dot ${look}`, id: 'link-state' }, text),
    el(
      'button',
      {
        type: 'button',
        class: 'quiet sound',
        key: 'sound',
        'aria-pressed': String(sound),
        title: t(sound ? 'sound.on' : 'sound.off'),
        'aria-label': t('sound.on'),
        on: { click: () => actions.setSound(!sound) },
      },
      bell(sound),
    ),
    el('button', { type: 'button', class: 'quiet', key: 'sign-out', on: { click: actions.signOut } }, t('signin.out')),
  ];
}

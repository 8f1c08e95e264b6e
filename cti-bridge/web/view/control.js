// What can be done with a call from the screen: hold, transfer and hang up as far as its PBX does it; nuisance numbers.

import { el } from '../dom.js';
import { isLive } from '../entries.js';

/** @import { Child, Context, EndedEntry, LiveEntry } from '../page' */

/** How the choices of a transfer begin: a colleague's code or a queue's name follows. */
const AGENT = 'agent:';
const QUEUE = 'queue:';

/**
 * The buttons of a call; `me` is the agent's code. What cannot be done yet, or not without a connection, has its place
 * already: nothing moves when the agent answers.
 * @param {Context} context
 * @param {LiveEntry|EndedEntry} entry
 * @param {{me: string|null, stale: boolean}} props
 * @returns {Child}
 */
export function controlBar(context, entry, { me, stale }) {
  const { t, actions, works } = context;
  const { key, phase } = entry;
  const { caller, controls, nuisance } = entry.popup.call;
  const can = isLive(entry) ? controls : null;
  const held = phase === 'held';
  const talks = (phase === 'answered' || held) && !stale;
  /**
   * @param {string} name
   * @param {string} label
   * @param {boolean} enabled
   * @param {() => void} [run]
   */
  const button = (name, label, enabled, run) =>
    el(
      'button',
      { type: 'button', class: `small ${name}`, key: `${name}-${key}`, disabled: !enabled, on: { click: run } },
      t(label),
    );
  const parts = [
    can?.hold && button('hold', held ? 'control.unhold' : 'control.hold', talks, () => actions.hold(key, !held)),
    can?.transfer &&
      (talks ? transfer(context, key, can.queues ?? [], me) : button('transfer', 'control.transfer', false)),
    can?.hangup && button('hangup', 'control.hangup', phase !== 'ringing' && !stale, () => actions.hangUp(key)),
    works &&
      caller.kind === 'number' &&
      button('quiet', nuisance ? 'nuisance.unmark' : 'nuisance.mark', !stale, () => actions.nuisance(key, !nuisance)),
  ].filter(Boolean);
  return parts.length ? el('div', { class: 'controls', 'aria-label': t('control.title') }, parts) : null;
}

/**
 * @param {Context} context
 * @param {string} key
 * @param {string[]} queues
 * @param {string|null} me
 */
function transfer(context, key, queues, me) {
  const { t, actions, colleagues, dials } = context;
  const others = colleagues.filter((one) => one.agent_code !== me);
  const names = [
    ...others.map((one) => el('option', { value: `${AGENT}${one.agent_code}` }, one.agent_name ?? one.agent_code)),
    ...queues.map((queue) => el('option', { value: `${QUEUE}${queue}` }, t('control.queue', { queue }))),
  ];
  const choice =
    names.length > 0 &&
    el(
      'select',
      { key: `transfer-who-${key}`, name: 'who', 'aria-label': t('control.who') },
      el('option', { value: '' }, t('control.who')),
      names,
    );
  const number =
    dials &&
    el('input', {
      type: 'tel',
      key: `transfer-number-${key}`,
      name: 'number',
      'aria-label': t('control.number'),
      placeholder: t('control.number'),
      autocomplete: 'off',
    });
  /** @param {SubmitEvent & {currentTarget: HTMLFormElement}} event */
  const send = (event) => {
    event.preventDefault();
    const typed = new FormData(event.currentTarget);
    actions.transfer(key, destination(String(typed.get('who') ?? ''), String(typed.get('number') ?? '').trim()));
  };
  return el(
    'details',
    { class: 'transfer', 'data-key': `transfer-${key}` },
    el('summary', { class: 'small' }, t('control.transfer')),
    el(
      'form',
      { class: 'transfer-form', on: { submit: send } },
      choice,
      number,
      el('button', { type: 'submit', class: 'small', key: `transfer-send-${key}` }, t('control.send')),
    ),
  );
}

/**
 * For whom a ringing call is picked up; `me` is the agent's code.
 * @param {Context} context
 * @param {{me: string|null, online: boolean}} props
 */
export function pickUpChoice({ t, actions, colleagues, picksUp }, { me, online }) {
  const others = colleagues.filter((one) => one.agent_code !== me);
  if (!picksUp || others.length === 0) return null;
  /** @param {HTMLSelectElement} select */
  const choose = (select) => {
    if (select.value) actions.pickUp(select.value);
    select.value = '';
  };
  return el(
    'select',
    {
      class: 'small',
      key: 'pick-up',
      'data-own': true,
      disabled: !online,
      'aria-label': t('control.pickup'),
      on: { change: (event) => choose(event.currentTarget) },
    },
    el('option', { value: '' }, t('control.pickup_who')),
    others.map((one) => el('option', { value: one.agent_code }, one.agent_name ?? one.agent_code)),
  );
}

/**
 * What was typed goes before what was chosen; `null` when there is neither.
 * @param {string} who
 * @param {string} number
 */
export function destination(who, number) {
  if (number) return { number };
  if (who.startsWith(AGENT)) return { agent_code: who.slice(AGENT.length) };
  if (who.startsWith(QUEUE)) return { queue: who.slice(QUEUE.length) };
  return null;
}

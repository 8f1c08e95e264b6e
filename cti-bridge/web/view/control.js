// What can be done with a call from the screen, as far as its PBX does it: hold, transfer, hang up.

import { el } from '../dom.js';
import { isLive } from '../entries.js';

/** @import { Child, Context, Entry } from '../page' */

/** How the choices of a transfer begin: a colleague's code or a queue's name follows. */
const AGENT = 'agent:';
const QUEUE = 'queue:';

/**
 * The buttons of a call that this agent has; `me` is the agent's code.
 * @param {Context} context
 * @param {Entry} entry
 * @param {string|null} me
 * @returns {Child}
 */
export function controlBar(context, entry, me) {
  if (!isLive(entry) || entry.phase === 'ringing') return null;
  const { t, actions } = context;
  const { key, phase } = entry;
  const can = entry.popup.call.controls;
  if (!can) return null;
  const talks = phase === 'answered' || phase === 'held';
  const held = phase === 'held';
  /**
   * @param {string} name
   * @param {string} label
   * @param {() => void} run
   */
  const button = (name, label, run) =>
    el('button', { type: 'button', class: `small ${name}`, key: `${name}-${key}`, on: { click: run } }, t(label));
  const parts = [
    can.hold && talks && button('hold', held ? 'control.unhold' : 'control.hold', () => actions.hold(key, !held)),
    can.transfer && talks && transfer(context, key, can.queues ?? [], me),
    can.hangup && button('hangup', 'control.hangup', () => actions.hangUp(key)),
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

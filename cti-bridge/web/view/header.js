// The bar on top: presence, who is signed in, what is connected.

import { el } from '../dom.js';

/** The presence switch: two buttons, one of them pressed. */
export function presenceSwitch({ t, actions }, { presence, online }) {
  const choice = (state) => el('button', {
    type: 'button', key: `presence-${state}`, class: `presence-${state}`, disabled: !online,
    'aria-pressed': presence === state ? 'true' : 'false', on: { click: () => actions.setPresence(state) },
  }, t(`presence.${state}`));
  return el('div', { class: 'segments', role: 'group', 'aria-label': t('presence.label') }, choice('ready'), choice('away'));
}

/** Name and extension. */
export function agentLine({ t }, agent) {
  if (!agent) return [];
  return el('span', {}, [agent.agent_name, agent.extension && ` · ${t('agent.extension', { n: agent.extension })}`]);
}

/** The bridge's and the telephone system's connection, as they are. */
export function linkState({ t, actions }, { status, retryIn, source, error }) {
  const text = status === 'waiting' ? t('link.waiting', { n: retryIn })
    : status === 'online' ? t('link.online')
      : status === 'connecting' ? t('link.connecting') : t('link.closed');
  const look = status === 'online' ? 'good' : status === 'closed' ? 'bad' : 'busy';
  const telephone = status === 'online' && source !== null
    ? el('span', { class: `state-dot ${source ? 'good' : 'bad'}`, id: 'source-state' }, t(source ? 'source.up' : 'source.down'))
    : null;
  return [
    telephone,
    el('span', { class: `state-dot ${look}`, id: 'link-state', title: error ?? null }, text),
    el('button', { type: 'button', class: 'quiet', key: 'sign-out', on: { click: actions.signOut } }, t('signin.out')),
  ].filter(Boolean);
}

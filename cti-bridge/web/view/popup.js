// The stage: the call's bar, and under it what is known of the caller.

import { clock, elapsed } from '../format.js';
import { el } from '../dom.js';
import { isLive } from '../state.js';
import { phaseText } from './calls.js';
import { candidateText } from './candidates.js';
import { customerCard } from './card.js';
import { callerText, contactText, join } from './text.js';

/** The bar of a call: its state with the time it lasts, the number, the line that was called. */
export function callBar({ t }, { entry, stale, lastSeen }) {
  const call = entry.popup.call;
  if (!call) {
    return el('div', { class: 'callbar card-only' }, el('span', { class: 'phase' }, t('phase.card')));
  }
  const called = call.called_display ?? call.called;
  return el('div', { class: `callbar ${entry.phase}${stale && isLive(entry) ? ' stale' : ''}` },
    el('span', { class: 'phase' }, phaseLine(t, entry, stale, lastSeen)),
    el('span', { class: 'number num' }, callerText(t, call.caller)),
    el('span', { class: 'soft small' }, join([call.caller.area, contactText(t, (entry.chosen ?? entry.popup).matched_contact)])),
    el('span', { class: 'to small soft' },
      call.queue && el('span', {}, call.queue), called && el('span', { class: 'num' }, called)));
}

function phaseLine(t, entry, stale, lastSeen) {
  const { call } = entry.popup;
  if (stale && isLive(entry)) return t('stale.state', { at: lastSeen ? clock(lastSeen, true) : '—' });
  if (entry.phase === 'ended') {
    const { outcome, talk, uncertain } = entry.ended;
    return join([t('phase.ended'), t.or(`outcome.${outcome}`, outcome),
      talk !== null ? t('outcome.talk', { time: elapsed(talk) }) : null, uncertain ? t('phase.uncertain') : null]);
  }
  return [phaseText(t, entry.phase, call.direction), ' ', el('span', { class: 'num', 'data-since': entry.since ?? '' }),
    call.uncertain ? ` (${t('phase.uncertain')})` : null];
}

/** What is under the bar. */
export function popupBody(context, { entry, popup }) {
  const { t, actions } = context;
  if (popup.customer) {
    return [
      entry.chosen && el('p', { class: 'back' }, el('button', {
        type: 'button', key: 'back', on: { click: () => actions.unchoose(entry.key) },
      }, `← ${t('match.back')}`)),
      customerCard(context, popup),
    ];
  }
  if (popup.match === 'many') return chooser(context, entry, popup);
  if (popup.match === 'one' && popup.candidates.length) return leadCard(context, popup.candidates[0]);
  return unknownCaller(context, entry, popup);
}

function chooser({ t, actions }, entry, popup) {
  return el('div', { class: 'block chooser' },
    el('h1', {}, t('match.many', { n: popup.candidates.length })),
    el('p', { class: 'soft' }, t('match.many_hint')),
    el('ul', { class: 'options open' }, popup.candidates.map((candidate) => el('li', {}, candidate.customer_code
      ? el('button', {
        type: 'button', key: `choose-${candidate.customer_code}`,
        on: { click: () => actions.choose(entry.key, candidate.customer_code) },
      }, candidateText(t, candidate))
      : el('div', { class: 'line' }, candidateText(t, candidate))))));
}

function leadCard({ t }, candidate) {
  return el('div', { class: 'block lead' },
    el('p', {}, el('span', { class: 'chip accent' }, t('match.lead')), ' ', el('span', { class: 'soft num' }, candidate.lead_code)),
    candidate.name_kana && el('p', { class: 'soft small' }, candidate.name_kana),
    el('h1', {}, candidate.customer_name),
    candidate.matched_contact?.person_name && el('p', {},
      t('contact.calling'), ': ', el('b', {}, t('contact.san', { name: candidate.matched_contact.person_name }))),
    candidate.account_owner && el('p', {}, t('who.owner', { name: candidate.account_owner })),
    el('p', { class: 'soft' }, t('match.lead_hint')));
}

/** Nobody to show: a number that nobody has, a look-up that failed, a colleague, or no number and why. */
function unknownCaller({ t, actions }, entry, popup) {
  const caller = popup.call?.caller ?? { kind: 'unknown' };
  const kind = caller.kind === 'internal' ? 'internal' : ['none', 'failed'].includes(popup.match) ? popup.match : null;
  const again = kind === 'failed' && caller.number && el('button', {
    type: 'button', class: 'main', key: 'again', on: { click: () => actions.lookUpAgain(entry.key, caller.number) },
  }, t('match.again'));
  const find = kind !== 'internal' && el('button', { type: 'button', key: 'find', on: { click: actions.focusSearch } },
    t('match.search'), ' ', el('kbd', {}, '/'));
  return el('div', { class: 'block unknown' },
    el('p', { class: 'big-mark', 'aria-hidden': 'true' }, { internal: '☎', failed: '!' }[kind] ?? '?'),
    el('h1', {}, kind ? t(`match.${kind}`) : callerText(t, caller)),
    kind && el('p', { class: 'number num' }, callerText(t, caller)),
    el('p', { class: 'soft' }, kind ? t(`match.${kind}_hint`) : t.or(`match.${caller.kind}_hint`, t('match.unknown_hint'))),
    el('p', { class: 'buttons' }, again, find));
}

/** The stage when nothing is open. */
export function idle({ t }, { presence, online, source }) {
  const kind = !online ? 'offline' : source === false ? 'source_down' : presence === 'away' ? 'away' : null;
  return el('div', { class: 'block idle' },
    el('img', { src: 'icon.svg', alt: '', width: 56, height: 56 }),
    el('h1', {}, t(kind ? `idle.${kind}` : 'idle.title')),
    el('p', { class: 'soft' }, t(kind ? `idle.${kind}_hint` : 'idle.hint')),
    el('p', { class: 'soft small' }, el('kbd', {}, '/'), ' ', t('idle.search')));
}

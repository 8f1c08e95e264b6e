// The stage: the call's bar, and under it what is known of the caller.

import { el } from '../dom.js';
import { isLive } from '../entries.js';
import { clock, dayOf, elapsed } from '../format.js';
import { phaseText } from './calls.js';
import { customerCard } from './card.js';
import { chooser } from './chooser.js';
import { controlBar } from './control.js';
import { callerNumber, dialable } from './dial.js';
import { leadCard } from './lead.js';
import { matchStrip, offerStrip, otherThanThis } from './matched.js';
import { callerText, contactText, join } from './text.js';
import { unknownCaller } from './unknown.js';

/** @import { Child, Context, EndedEntry, Entry, Label, LiveEntry, PageCall, PagePopup, State } from '../page' */
/** @import { EarlierToday, Nuisance } from '../protocol' */

/**
 * The bar of a call: its state with the time it lasts, the number, the line that was called, what can be done with it.
 * @param {Context} context
 * @param {{entry: Entry, stale: boolean, lastSeen: number|null, me: string|null}} props
 */
export function callBar(context, { entry, stale, lastSeen, me }) {
  const { t } = context;
  if (entry.phase === 'card')
    return el('div', { class: 'callbar card-only' }, el('span', { class: 'phase' }, t('phase.card')));
  const { call } = entry.popup;
  const called = call.line?.name ?? call.called_display ?? call.called;
  return el(
    'div',
    { class: `callbar ${entry.phase}${stale && isLive(entry) ? ' stale' : ''}` },
    el('span', { class: 'phase' }, phaseLine(t, entry, stale, lastSeen)),
    call.direction === 'outbound' && el('span', { class: 'chip accent' }, t('phase.outbound')),
    el('span', { class: 'number num' }, callerText(t, call.caller)),
    entry.phase === 'ended' &&
      dialable(context, callerNumber(call.caller), { mark: true, key: `dial-bar-${entry.key}` }),
    el(
      'span',
      { class: 'soft small' },
      join([call.caller.area, contactText(t, (entry.chosen ?? entry.popup).matched_contact)]),
    ),
    call.caller_name &&
      el(
        'span',
        { class: 'soft small caller-name', title: t('caller.name_hint') },
        t('caller.named', { name: call.caller_name }),
      ),
    call.earlier_today && againChip(t, call.earlier_today),
    call.nuisance && nuisanceChip(t, call.nuisance),
    el(
      'span',
      { class: 'to small soft' },
      call.queue && el('span', {}, call.queue),
      called && el('span', { class: 'num', title: call.called_display ?? undefined }, called),
    ),
    call.line?.greeting &&
      (entry.phase === 'ringing' || entry.phase === 'answered') &&
      el('span', { class: 'greeting' }, call.line.greeting),
    entry.phase !== 'ringing' &&
      context.works &&
      el(
        'button',
        {
          type: 'button',
          class: 'quiet small to-note',
          key: `to-note-${entry.key}`,
          on: { click: context.actions.focusNote },
        },
        t('wrap.note'),
      ),
    controlBar(context, entry, { me, stale }),
  );
}

/**
 * How often the number called today before, and whether anybody has talked with it: whoever was not answered hears an
 * apology first.
 * @param {Label} t
 * @param {EarlierToday} earlier
 */
function againChip(t, { calls, last_at, talked_at }) {
  const times = t('again.times', { n: calls + 1 });
  const talked = talked_at
    ? t('again.talked', { at: clock(Date.parse(talked_at)) })
    : t('again.nobody', { at: clock(Date.parse(last_at)) });
  return el('span', { class: `chip again${talked_at ? '' : ' danger'}` }, join([times, talked]));
}

/**
 * That the number is a nuisance, and who said so.
 * @param {Label} t
 * @param {Nuisance} marked
 */
function nuisanceChip(t, { by, at }) {
  const title = t('nuisance.by', { by, at: dayOf(Date.parse(at)) });
  return el('span', { class: 'chip danger nuisance', title }, t('nuisance.marked'));
}

/**
 * @param {Label} t
 * @param {LiveEntry|EndedEntry} entry
 * @param {boolean} stale
 * @param {number|null} lastSeen
 * @returns {Child}
 */
function phaseLine(t, entry, stale, lastSeen) {
  const { call } = entry.popup;
  if (stale && isLive(entry)) return t('stale.state', { at: lastSeen ? clock(lastSeen, true) : '—' });
  if (entry.phase === 'ended') {
    const { outcome, talk, uncertain } = entry.ended;
    return join([
      t('phase.ended'),
      t.or(`outcome.${outcome}`, outcome),
      talk !== null ? t('outcome.talk', { time: elapsed(talk) }) : null,
      uncertain ? t('phase.uncertain') : null,
    ]);
  }
  return [
    phaseText(t, entry.phase, call.direction),
    ' ',
    el('span', { class: 'num', 'data-since': entry.since ?? '' }),
    call.uncertain ? ` (${t('phase.uncertain')})` : null,
  ];
}

/**
 * The note that came with a transferred call.
 * @typedef {{text: string, by: string|null}} Handed
 */

/**
 * What is under the bar; `offer` is the call that has nobody, of whom the card may be.
 * @param {Context} context
 * @param {{entry: Entry, popup: PagePopup, handed: Handed|null, offer: LiveEntry|EndedEntry|null}} props
 */
export function popupBody(context, { entry, popup, handed, offer }) {
  return [handed && handedNote(context, handed), known(context, entry, popup, offer)];
}

/**
 * @param {Context} context
 * @param {Entry} entry
 * @param {PagePopup} popup
 * @param {LiveEntry|EndedEntry|null} offer
 */
function known(context, entry, popup, offer) {
  if (entry.choosing && !entry.chosen) {
    return popup.match === 'one' && entry.choosing !== 'who'
      ? unknownCaller(context, entry, popup, true)
      : chooser(context, entry, popup, popup.customer !== null);
  }
  if (popup.customer) {
    return [
      entry.phase === 'card' && offer && context.works
        ? offerStrip(context, offer, popup.customer)
        : matchStrip(context, entry, popup),
      customerCard(context, popup, popup.customer, otherThanThis(context, entry)),
    ];
  }
  if (popup.match === 'many') return chooser(context, entry, popup, false);
  if (popup.lead) return [matchStrip(context, entry, popup), leadCard(context, popup, popup.lead)];
  return unknownCaller(context, entry, popup);
}

/**
 * @param {Context} context
 * @param {Handed} note
 */
function handedNote({ t }, { text, by }) {
  return el(
    'section',
    { class: 'handed', 'aria-label': t('match.transferred_note') },
    el('h2', {}, join([t('match.transferred_note'), by])),
    el('p', { class: 'long' }, text),
  );
}

/**
 * The stage when nothing is open.
 * @param {Context} context
 * @param {{presence: State['presence'], online: boolean, source: State['source']}} props
 */
export function idle({ t }, { presence, online, source }) {
  const kind = !online ? 'offline' : source === false ? 'source_down' : presence === 'away' ? 'away' : null;
  return el(
    'div',
    { class: 'block idle' },
    el('img', { src: 'icon.svg', alt: '', width: 56, height: 56 }),
    el('h1', {}, t(kind ? `idle.${kind}` : 'idle.title')),
    el('p', { class: 'soft' }, t(kind ? `idle.${kind}_hint` : 'idle.hint')),
    el('p', { class: 'soft small' }, el('kbd', {}, '/'), ' ', t('idle.search')),
  );
}

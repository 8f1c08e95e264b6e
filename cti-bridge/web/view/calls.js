// The calls of the day, and the tabs above the card.

import { el } from '../dom.js';
import { isLive, shownPopup } from '../entries.js';
import { clock, elapsed } from '../format.js';
import { callerNumber, dialable } from './dial.js';
import { callerText, join, tabTitleOf, titleOf } from './text.js';

/** @import { Context, Entry, Label, LiveLine, PastLine } from '../page' */

/**
 * The list: live calls on top, then the day's, newest first.
 * @param {Context} context
 * @param {{lines: (LiveLine|PastLine)[], selected: string|null, stale: boolean}} props
 */
export function callList(context, { lines, selected, stale }) {
  const { t } = context;
  const live = lines.filter((line) => line.live);
  const past = lines.filter((line) => !line.live);
  return [
    live.length ? el('h2', {}, t('calls.live')) : null,
    live.length
      ? el(
          'ul',
          { class: 'call-lines live' },
          live.map((line) => liveLine(context, line, line.key === selected, stale)),
        )
      : null,
    el('h2', {}, t('calls.title')),
    past.length
      ? el(
          'ul',
          { class: 'call-lines' },
          past.map((line) => pastLine(context, line)),
        )
      : el('p', { class: 'soft small empty' }, t('calls.empty')),
  ];
}

/**
 * @param {Context} context
 * @param {LiveLine} line
 * @param {boolean} current
 * @param {boolean} stale
 */
function liveLine({ t, actions }, line, current, stale) {
  const name = line.name ?? callerText(t, line.caller);
  return el(
    'li',
    { class: `now ${line.phase}${stale ? ' stale' : ''}`, 'data-call': line.call_id },
    el(
      'button',
      {
        type: 'button',
        key: `live-${line.key}`,
        'aria-current': current ? 'true' : null,
        on: { click: () => actions.select(line.key) },
      },
      el('span', { class: 'line-name' }, name),
      el('span', { class: 'line-time num' }, clock(Date.parse(line.started_at) || 0)),
      el(
        'span',
        { class: `line-note small ${stale ? 'soft' : 'ring'}` },
        join([stale ? t('stale.short') : phaseText(t, line.phase, line.direction), line.queue]),
      ),
    ),
  );
}

/**
 * @param {Context} context
 * @param {PastLine} line
 */
function pastLine(context, line) {
  const { t, actions, works } = context;
  const name = line.name ?? callerText(t, line.caller);
  const code = line.customer_code;
  const outcome = line.reason
    ? t.or(`reason.${line.reason}`, line.reason)
    : line.outcome
      ? t.or(`outcome.${line.outcome}`, line.outcome)
      : null;
  const body = [
    el(
      'span',
      { class: 'line-name' },
      line.missed && el('b', { class: 'missed-mark' }, t('calls.missed')),
      el('span', { class: line.name ? null : 'number' }, name),
    ),
    el('span', { class: 'line-time soft num' }, line.started_at ? clock(Date.parse(line.started_at) || 0) : ''),
    el(
      'span',
      { class: 'line-note soft small' },
      join([line.direction === 'outbound' && t('phase.outbound'), outcome, line.talk ? elapsed(line.talk) : null]),
    ),
    line.name && el('span', { class: 'line-note soft small num' }, callerText(t, line.caller)),
  ];
  const opens = code
    ? el('button', { type: 'button', key: `past-${line.call_id}`, on: { click: () => actions.openCard(code) } }, body)
    : el('div', { class: 'line' }, body);
  const more = [
    line.unwrapped &&
      works &&
      el(
        'button',
        {
          type: 'button',
          class: 'line-wrap small',
          key: `wrap-${line.call_id}`,
          'aria-label': t('calls.wrapup', { name }),
          on: { click: () => actions.reopen(line.call_id) },
        },
        t('calls.unwrapped'),
      ),
    line.recorded &&
      el(
        'button',
        {
          type: 'button',
          class: 'small quiet',
          key: `recording-${line.call_id}`,
          'aria-label': t('calls.recording_of', { name }),
          on: { click: () => actions.openRecordings(line.call_id) },
        },
        t('calls.recording'),
      ),
    dialable(context, callerNumber(line.caller), {
      text: callerText(t, line.caller),
      mark: true,
      key: `dial-${line.call_id}`,
    }),
  ].filter(Boolean);
  return el(
    'li',
    { class: line.missed ? 'missed' : null, 'data-call': line.call_id },
    opens,
    more.length > 0 && el('span', { class: 'line-more' }, more),
  );
}

/**
 * The word for a phase.
 * @param {Label} t
 * @param {string} phase
 * @param {string|undefined} [direction]
 */
export function phaseText(t, phase, direction) {
  return t(phase === 'ringing' && direction === 'outbound' ? 'phase.ringing_out' : `phase.${phase}`);
}

/**
 * One tab for each call and each card that was opened.
 * @param {Context} context
 * @param {{entries: Entry[], selected: string|null, stale: boolean}} props
 */
export function tabList(context, { entries, selected, stale }) {
  const { t, actions } = context;
  if (!entries.length) return [];
  /** @param {KeyboardEvent} event */
  const onKey = (event) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (!step) return;
    event.preventDefault();
    const at = entries.findIndex((entry) => entry.key === selected);
    actions.select(entries[(at + step + entries.length) % entries.length].key, true);
  };
  return el(
    'div',
    { class: 'tabs', role: 'tablist', 'aria-label': t('tabs.label'), on: { keydown: onKey } },
    entries.map((entry) => tab(context, entry, entry.key === selected, stale)),
  );
}

/**
 * @param {Context} context
 * @param {Entry} entry
 * @param {boolean} current
 * @param {boolean} stale
 */
function tab({ t, actions }, entry, current, stale) {
  const name = titleOf(t, shownPopup(entry));
  const direction = entry.popup.call?.direction;
  return el(
    'div',
    { class: `tab ${entry.phase}${stale && isLive(entry) ? ' stale' : ''}`, role: 'presentation' },
    el(
      'button',
      {
        type: 'button',
        role: 'tab',
        key: `tab-${entry.key}`,
        'data-entry': entry.key,
        title: name,
        'aria-selected': String(current),
        tabindex: current ? 0 : -1,
        'aria-controls': 'popup',
        on: { click: () => actions.select(entry.key) },
      },
      el(
        'span',
        { class: 'tab-phase' },
        stale && isLive(entry) ? t('stale.short') : phaseText(t, entry.phase, direction),
      ),
      el('span', { class: 'tab-name' }, tabTitleOf(t, shownPopup(entry))),
    ),
    !isLive(entry) &&
      el(
        'button',
        {
          type: 'button',
          class: 'tab-close',
          key: `close-${entry.key}`,
          'aria-label': t('tabs.close', { name }),
          on: { click: () => actions.close(entry.key) },
        },
        '×',
      ),
  );
}

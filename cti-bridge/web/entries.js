// The tabs: each is a call or a card that was opened by hand, and there are never too many. Pure.

import { samePopup } from './popup.js';
import { isUnsaved, pruneDrafts } from './work.js';

/** @import { CallPopup, EndedEntry, Entry, LiveEntry, PagePopup, State } from './page' */
/** @import { CallState } from './protocol' */

/** How many of each the page keeps: it stays open for weeks. */
export const LIMITS = Object.freeze({
  live: 24,
  ended: 2,
  unsaved: 8,
  cards: 6,
  notes: 50,
  history: 300,
  records: 200,
});

/** @type {CallState[]} */
const LIVE = ['dialing', 'ringing', 'answered', 'held'];

/**
 * Whether an entry is a call that goes on.
 * @param {Entry} entry
 * @returns {entry is LiveEntry}
 */
export function isLive(entry) {
  return isLivePhase(entry.phase);
}

/**
 * @param {string} phase
 * @returns {phase is CallState}
 */
export function isLivePhase(phase) {
  return LIVE.some((one) => one === phase);
}

/**
 * The entry that the stage shows, or `null`.
 * @param {State} state
 * @returns {Entry|null}
 */
export function selectedEntry(state) {
  return state.entries.find((entry) => entry.key === state.selected) ?? null;
}

/**
 * The card of an entry: the one that was chosen among several candidates, else its own.
 * @param {Entry} entry
 */
export function shownPopup(entry) {
  return entry.chosen ?? entry.popup;
}

/**
 * The first call that rings here, or `null`.
 * @param {State} state
 */
export function ringingCall(state) {
  const rings = state.entries
    .filter(isLive)
    .find(({ phase, popup }) => phase === 'ringing' && popup.call.direction !== 'outbound');
  return rings ?? null;
}

/** What every entry has. */
export const BLANK = Object.freeze({
  since: null,
  answered: null,
  chosen: null,
  choosing: false,
  form: null,
  unfolded: false,
  ended: null,
});

/**
 * The entry with this pop-up, which stays the same object while it says the same.
 * @template {LiveEntry|EndedEntry} CallEntry
 * @param {CallEntry} entry
 * @param {CallPopup} popup
 */
export function filled(entry, popup) {
  const kept = samePopup(entry.popup, popup) ? entry.popup : popup;
  return {
    ...entry,
    popup: kept,
    chosen: stillOffered(entry.chosen, popup),
    choosing: entry.choosing && kept === entry.popup,
  };
}

/**
 * The entry with another card; its call stays.
 * @param {Entry} entry
 * @param {PagePopup} popup
 * @returns {Entry}
 */
export function withCard(entry, popup) {
  return entry.phase === 'card'
    ? { ...entry, popup: { ...popup, call: null } }
    : { ...entry, popup: { ...popup, call: entry.popup.call } };
}

/**
 * @param {PagePopup|null} chosen
 * @param {PagePopup} popup
 */
function stillOffered(chosen, popup) {
  if (!chosen || popup.match !== 'many') return null;
  return popup.candidates.some((one) => one.customer_code === chosen.customer?.customer_code) ? chosen : null;
}

/**
 * @param {State} state
 * @param {string} key
 * @param {(entry: Entry) => Entry} make
 * @returns {State}
 */
export function change(state, key, make) {
  let touched = false;
  const entries = state.entries.map((entry) => {
    if (entry.key !== key) return entry;
    const next = make(entry);
    touched ||= next !== entry;
    return next;
  });
  return touched ? { ...state, entries } : state;
}

/**
 * Takes a tab away. The stage goes to a live call first, a ringing one before others, else to the newest tab.
 * @param {State} state
 * @param {string} key
 */
export function remove(state, key) {
  const entries = state.entries.filter((entry) => entry.key !== key);
  const selected = state.selected === key ? successor(entries) : state.selected;
  return prune({ ...state, entries, selected });
}

/** @param {Entry[]} entries */
function successor(entries) {
  const next = entries.find((entry) => entry.phase === 'ringing') ?? entries.find(isLive) ?? entries.at(-1);
  return next?.key ?? null;
}

/**
 * Drops the oldest of what is too many, never what is on the stage.
 * @param {State} state
 */
export function bound(state) {
  /** @param {boolean} unsaved */
  const over = (unsaved) => (/** @type {Entry} */ entry) =>
    entry.phase === 'ended' && isUnsaved(state, entry.key) === unsaved;
  /** @type {['live'|'ended'|'unsaved'|'cards', (entry: Entry) => boolean][]} */
  const groups = [
    ['live', isLive],
    ['ended', over(false)],
    ['unsaved', over(true)],
    ['cards', (entry) => entry.phase === 'card'],
  ];
  let { entries } = state;
  for (const [name, belongs] of groups) {
    let excess = entries.filter(belongs).length - LIMITS[name];
    entries = entries.filter((entry) => !(excess > 0 && belongs(entry) && entry.key !== state.selected && excess--));
  }
  return prune(entries.length === state.entries.length ? state : { ...state, entries });
}

/**
 * Forgets the interactions of customers, and the drafts of calls, that no tab shows any more.
 * @param {State} whole
 * @returns {State}
 */
function prune(whole) {
  const state = pruneDrafts(whole);
  const shown = new Set(
    state.entries.flatMap((entry) => [entry.popup, entry.chosen].map((popup) => popup?.customer?.customer_code)),
  );
  const kept = Object.entries(state.history).filter(([code]) => shown.has(code));
  return kept.length === Object.keys(state.history).length ? state : { ...state, history: Object.fromEntries(kept) };
}

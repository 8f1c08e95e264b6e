// What this tab keeps over a reload: the token, and what was typed and not saved, until the agent signs out. What the
// browser keeps for longer: whether a call may be heard.

/** @import { Draft } from './page' */

const KEY = 'chakuden.token';
const KIND = 'chakuden.token.kind';
const EXPECTED = 'chakuden.token.expected';
const DRAFTS = 'chakuden.drafts';
const SOUND = 'chakuden.sound';

/** The token of `#token=…`, which leaves the address bar and the history at once; `null` when there is none. */
export function tokenFromAddress() {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token === null) return null;
  history.replaceState(null, '', location.pathname + location.search);
  return token || null;
}

/** The token of this tab, so that a reload stays signed in. */
export function remembered() {
  return read(KEY);
}

/**
 * Keeps the token for this tab. `session`: it was given for a password, and signing out gives it back.
 * @param {string} token
 */
export function remember(token, session = false) {
  write(KEY, token);
  if (session) write(KIND, 'session');
  else remove(KIND);
}

/** Whether the token came of signing in, by a password or a single sign-on. */
export function isSession() {
  return read(KIND) === 'session';
}

/** The browser leaves for the single sign-on: the token that it comes back with is one of signing in. */
export function expectSession() {
  write(EXPECTED, 'yes');
}

/** Whether it left for that; asked once. */
export function expectedSession() {
  const expected = read(EXPECTED) === 'yes';
  remove(EXPECTED);
  return expected;
}

/** Forgets the token and, unless they are to be kept, the drafts. */
export function forget(keepDrafts = false) {
  for (const key of keepDrafts ? [KEY, KIND] : [KEY, KIND, DRAFTS]) remove(key);
}

/**
 * Keeps the unsaved drafts of an agent in this tab.
 * @param {string} agent
 * @param {Record<string, Draft>} drafts
 */
export function rememberDrafts(agent, drafts) {
  if (Object.keys(drafts).length) write(DRAFTS, JSON.stringify({ agent, drafts }));
  else remove(DRAFTS);
}

/**
 * The unsaved drafts that this tab kept, and whose they are.
 * @returns {{agent: string|null, drafts: Record<string, Draft>}}
 */
export function rememberedDrafts() {
  try {
    const kept = JSON.parse(read(DRAFTS) ?? 'null');
    return kept !== null && typeof kept === 'object' && typeof kept.drafts === 'object'
      ? kept
      : { agent: null, drafts: {} };
  } catch {
    return { agent: null, drafts: {} };
  }
}

/** Whether calls may be heard in this browser; not before the agent allows it. */
export function soundOn() {
  return read(SOUND, 'localStorage') === 'on';
}

/**
 * Keeps whether calls may be heard.
 * @param {boolean} on
 */
export function keepSound(on) {
  write(SOUND, on ? 'on' : 'off', 'localStorage');
}

// A browser may forbid to keep anything: a reload then signs out, and nothing else is lost.

/** @typedef {'sessionStorage'|'localStorage'} Where */

/**
 * @param {string} key
 * @param {Where} [where]
 */
function read(key, where = 'sessionStorage') {
  try {
    return window[where].getItem(key);
  } catch {
    return null;
  }
}

/**
 * @param {string} key
 * @param {string} value
 * @param {Where} [where]
 */
function write(key, value, where = 'sessionStorage') {
  try {
    window[where].setItem(key, value);
  } catch {
    // It stays in memory.
  }
}

/** @param {string} key */
function remove(key) {
  try {
    sessionStorage.removeItem(key);
  } catch {
    // There was nothing to forget.
  }
}

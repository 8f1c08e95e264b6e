// Presence, and the lists around the calls: records, missed calls, callbacks, the team.

import { codeOf } from '../connection.js';
import { failureText } from './ask.js';

/** @import { Ask, PageForActions } from '../page' */
/** @import { MissedResult, OwnPresence } from '../protocol' */

const CALLS_MAX = 100;
const CALLBACKS_MAX = 100;
const MISSED_MAX = 200;
const SNOOZE_MS = 600_000;
const TEAM_EVERY_MS = 5_000;

/**
 * @param {PageForActions} page
 * @param {Ask} ask
 */
export function listActions(page, ask) {
  const { t, dispatch, attempt, toast } = page;

  async function loadMissed(all = false) {
    const data = await ask('missed', { status: all ? 'all' : 'open', limit: MISSED_MAX }, null);
    if (data) dispatch({ type: 'missed', all, data });
  }

  /** When the team was asked for last. */
  let teamAt = 0;

  /** @param {string|null} [failure] */
  async function loadTeam(failure = null) {
    teamAt = Date.now();
    const data = await ask('agents', {}, failure);
    if (data) dispatch({ type: 'team', data });
  }

  return {
    /**
     * @param {OwnPresence} presence
     * @param {string|null} [reason]
     */
    async setPresence(presence, reason) {
      const data = await ask('presence', { state: presence, ...(reason && { reason }) }, 'error.presence');
      if (!data) return;
      dispatch({ type: 'presence_free', on: false });
      dispatch({ type: 'presence', presence: data.presence ?? presence, asked: presence });
    },
    /** @param {boolean} on */
    freeReason: (on) => dispatch({ type: 'presence_free', on }),
    async loadMasters() {
      const data = await ask('masters', {}, null);
      if (data) dispatch({ type: 'masters', data });
    },
    async loadColleagues() {
      const data = await ask('colleagues', {}, null);
      if (data) dispatch({ type: 'colleagues', data });
    },
    /** Whether they came. */
    async loadCalls() {
      const data = await ask('calls', { limit: CALLS_MAX }, null);
      if (data) dispatch({ type: 'records', calls: data.calls });
      return data !== null;
    },
    loadMissed,
    async loadCallbacks() {
      const data = await ask('callbacks', { limit: CALLBACKS_MAX }, null);
      if (data) dispatch({ type: 'callbacks', data });
    },
    loadTeam,
    /** Called often while the team is on the stage: asks again once it is old. */
    refreshTeam() {
      if (Date.now() - teamAt > TEAM_EVERY_MS) loadTeam();
    },
    /** @param {number} no */
    async claim(no) {
      try {
        await attempt('missed.claim', { missed_no: no });
      } catch (error) {
        toast(codeOf(error) === 'conflict' ? t('missed.taken') : failureText(t, error, 'error.missed'));
        loadMissed(page.state().missedAll);
      }
    },
    /** @param {number} no */
    release: (no) => ask('missed.release', { missed_no: no }, 'error.missed'),
    /**
     * @param {number} no
     * @param {MissedResult} result
     * @param {string} note
     */
    closeMissed: (no, result, note) =>
      ask('missed.close', { missed_no: no, result, ...(note && { note }) }, 'error.missed'),
    /** @param {number} no */
    async callbackDone(no) {
      if (!(await ask('callback.done', { callback_no: no }, 'error.callback'))) return;
      dispatch({ type: 'callback_done', no });
      page.told('callbacks');
    },
    /** @param {number} no */
    snooze: (no) => dispatch({ type: 'snooze', no, until: page.now() + SNOOZE_MS }),
  };
}

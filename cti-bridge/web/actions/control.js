// Orders about the own calls and those that ring colleagues: the PBX carries them out, and what comes of them arrives as pushes.

import { codeOf } from '../connection.js';
import { failureText } from './ask.js';

/** @import { PageForActions } from '../page' */
/** @import { CallTransfer, Operations } from '../protocol' */

/** Refusals whose sentence says more than the page could: the PBX's reason, or what to do first. */
const SAID = ['refused', 'conflict', 'forbidden', 'bad_request'];

/** @param {PageForActions} page */
export function controlActions({ t, attempt, toast }) {
  /**
   * @template {'call.hangup'|'call.hold'|'call.transfer'|'call.pickup'} Op
   * @param {Op} op
   * @param {Operations[Op]['request']} fields
   */
  async function order(op, fields) {
    try {
      await attempt(op, fields);
      return true;
    } catch (error) {
      const said = SAID.includes(codeOf(error) ?? '') && error instanceof Error ? error.message : '';
      toast(said || failureText(t, error, 'error.control'));
      return false;
    }
  }

  return {
    /** @param {string} key */
    hangUp: (key) => order('call.hangup', { call_id: key }),
    /**
     * @param {string} key
     * @param {boolean} held
     */
    hold: (key, held) => order('call.hold', { call_id: key, held }),
    /** @param {string} code of the colleague whose phone rings */
    async pickUp(code) {
      if (await order('call.pickup', { agent_code: code })) toast(t('control.picked_up'));
    },
    /**
     * @param {string} key
     * @param {Omit<CallTransfer, 'call_id'>|null} to
     */
    async transfer(key, to) {
      if (!to) toast(t('control.nobody'));
      else if (await order('call.transfer', { call_id: key, ...to })) toast(t('control.sent'));
    },
  };
}

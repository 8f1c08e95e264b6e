// The work around a call: the note, the wrap-up, what is opened for a customer and how far it is.

import { isLive, shownPopup } from '../entries.js';
import { callerOf } from '../lines.js';
import { callerNumber } from '../view/dial.js';
import { savedText } from '../view/wrapup.js';
import { createFields, draftOf, isUnsaved, wrapupFields } from '../work.js';

/** @import { Ask, Draft, ListActions, PageCall, PageForActions } from '../page' */
/** @import { CallEntry, InquiryStatus, Match } from '../protocol' */

/**
 * @param {PageForActions} page
 * @param {Ask} ask
 * @param {ListActions} lists
 */
export function workActions(page, ask, lists) {
  const { t, dispatch, toast } = page;
  /** What is being opened, so that a second press opens nothing twice. @type {Set<string>} */
  const creating = new Set();

  /**
   * @template Made
   * @param {string} key
   * @param {'inquiry'|'task'} what
   * @param {Promise<Made|null>} asked
   */
  async function opened(key, what, asked) {
    const made = await asked;
    if (made) dispatch({ type: 'created', key, what });
    return made;
  }

  return {
    /**
     * @param {string} key
     * @param {Partial<Draft>} fields
     * @param {boolean} [typed] the field shows it already
     */
    draft(key, fields, typed = true) {
      dispatch({ type: 'draft', key, fields, typed });
      if (Object.hasOwn(fields, 'note')) page.typed(key);
    },
    flushNotes: () => page.flushNotes(),
    /** @param {string} key */
    takeTheirs(key) {
      dispatch({ type: 'take_theirs', key });
      page.typed(key);
    },
    /** @param {string} key */
    dropTheirs(key) {
      dispatch({ type: 'drop_theirs', key });
      page.typed(key);
    },
    /**
     * @param {string} key
     * @param {boolean} open
     */
    unfold: (key, open) => dispatch({ type: 'unfold', key, open }),
    /** @param {string} key */
    async saveWrapup(key) {
      const entry = page.state().entries.find((one) => one.key === key);
      const sent = draftOf(page.state(), key);
      if (!entry || sent.saving) return;
      const live = isLive(entry);
      dispatch({ type: 'wrapup', key, step: 'sent' });
      const fields = wrapupFields(key, sent, shownPopup(entry).customer?.customer_code);
      const data = await ask('call.wrapup', { ...fields, done: !live }, 'error.wrapup');
      dispatch({ type: 'wrapup', key, step: data ? 'saved' : 'failed', sent, data });
      if (!data) return;
      toast(savedText(t, data));
      if (!live && !isUnsaved(page.state(), key)) page.leave(key);
      page.told('work');
      lists.loadCalls();
      if (data.callback_no) lists.loadCallbacks();
    },
    /**
     * An inquiry and a to-do without a call.
     * @param {string} key
     * @param {string} code
     */
    async create(key, code) {
      const { inquiry, task } = createFields(draftOf(page.state(), key));
      if (!inquiry && !task) return toast(t('wrap.nothing'));
      if (creating.has(key)) return undefined;
      creating.add(key);
      const made = {
        ...(inquiry &&
          (await opened(key, 'inquiry', ask('inquiry.create', { customer_code: code, ...inquiry }, 'error.wrapup')))),
        ...(task && (await opened(key, 'task', ask('task.create', { customer_code: code, ...task }, 'error.wrapup')))),
      };
      creating.delete(key);
      if (!made.inquiry_no && !made.task_no) return undefined;
      toast(savedText(t, made));
      return page.refresh(code);
    },
    /**
     * An inquiry got further; other screens hear of it from the bridge.
     * @param {string} code
     * @param {string} no
     * @param {InquiryStatus} status
     */
    async setProgress(code, no, status) {
      await ask('inquiry.update', { inquiry_no: no, status }, 'error.progress');
      page.refresh(code);
    },
    /**
     * @param {string} code
     * @param {string} no
     */
    async taskDone(code, no) {
      if (await ask('task.done', { task_no: no }, 'error.progress')) page.refresh(code);
    },
    /**
     * A call that is over, out of the list, for its wrap-up.
     * @param {string} callId
     * @param {boolean} [stage] it is shown at once
     */
    async reopen(callId, stage = true) {
      const record = page.state().records.find((one) => one.call_id === callId);
      if (!record) return;
      const call = callOf(record);
      const whom = record.customer_code
        ? { customer_code: record.customer_code }
        : record.lead_code
          ? { lead_code: record.lead_code }
          : null;
      const card = whom && (await ask('lookup', whom, stage ? 'error.lookup' : null));
      /** @type {Match} */
      const match = callerNumber(call.caller) ? 'none' : 'unidentified';
      const ended = {
        outcome: record.outcome,
        at: record.ended_at ?? null,
        talk: record.talk_seconds ?? null,
        uncertain: record.uncertain === true,
      };
      dispatch({ type: 'reopen', popup: { ...(card ?? { match }), call }, ended, stage });
    },
  };
}

/**
 * The call of a record, as a pop-up has it.
 * @param {CallEntry} record
 * @returns {PageCall}
 */
function callOf(record) {
  return {
    call_id: record.call_id,
    direction: record.direction,
    state: 'ended',
    caller: callerOf(record),
    caller_name: null,
    called: record.called ?? null,
    called_display: null,
    line: null,
    queue: record.queue ?? null,
    queued_at: null,
    started_at: record.started_at,
    answered_at: record.answered_at ?? null,
    customer_code: null,
    note: record.note ?? '',
    note_by: null,
    chosen: null,
    earlier_today: null,
    nuisance: null,
    controls: null,
    uncertain: false,
  };
}

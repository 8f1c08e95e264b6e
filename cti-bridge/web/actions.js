// What a person does on the page: each is a request to the bridge, a change of the state, or both.

import { callerOf } from './lines.js';
import { isLive, shownPopup } from './state.js';
import { callerNumber } from './view/dial.js';
import { join } from './view/text.js';
import { createFields, draftOf, isUnsaved, wrapupFields } from './work.js';

const HISTORY_PAGE = 20;
const CALLS_MAX = 100;
const LIST_MAX = 200;
const SNOOZE_MS = 600_000;
/** The bridge does not have the call any more, or does not know the request: the page goes on by itself. */
const BY_ITSELF = new Set(['unknown_op', 'not_found']);

/**
 * The actions. `page` gives `state()`, `dispatch`, `attempt(op, fields)` (answers or throws), `toast`, `t`, `now`, and
 * what the page does itself: `focusSearch`, `typed(call)`, `flushNotes`, `told(what)`, `leave(call)`, `refresh(customer)`.
 */
export function makeActions(page) {
  const { t, dispatch, attempt, toast } = page;
  const entryOf = (key) => page.state().entries.find((entry) => entry.key === key) ?? null;

  /** Sends a request; a failure is said in a toast, unless `failure` is `null`. */
  async function ask(op, fields, failure) {
    try {
      return await attempt(op, fields);
    } catch (error) {
      if (failure) toast(t.or(`error.${error.code}`, t(failure)).replace('{message}', error.message ?? ''));
      return null;
    }
  }

  /** What is being opened, so that a second press opens nothing twice. */
  const creating = new Set();

  async function lookUp(code, then, failure = 'error.lookup') {
    const data = await ask('lookup', { customer_code: code }, failure);
    if (data) dispatch(then(data));
    return data;
  }

  /** Asks for a list and puts it into the state; a bridge that does not have it is not asked again and again. */
  async function load(op, fields, action) {
    const data = await ask(op, fields, null);
    if (data) dispatch({ ...action, data });
  }

  const calls = {
    select: (key) => dispatch({ type: 'select', key }),
    close: (key) => dispatch({ type: 'close', key }),
    show(view) {
      dispatch({ type: 'view', view });
      if (view === 'missed') actions.loadMissed(page.state().missedAll);
      if (view === 'team') actions.loadTeam('error.team');
    },

    /** One of several was chosen. The bridge remembers it and pushes the card; where it cannot, the page looks it up. */
    async choose(key, candidate, remember = true) {
      const fields = { call_id: key, remember };
      for (const [name, value] of [
        ['customer_code', candidate.customer_code],
        ['lead_code', candidate.lead_code],
        ['contact_id', candidate.matched_contact?.contact_id],
        ['site', candidate.site],
      ]) {
        if (value !== null && value !== undefined && !(name === 'lead_code' && candidate.customer_code))
          fields[name] = value;
      }
      try {
        await attempt('call.choose', fields);
        dispatch({ type: 'choosing', key, on: false });
        const entry = entryOf(key);
        if (!entry || isLive(entry) || !candidate.customer_code) return;
      } catch (error) {
        if (!BY_ITSELF.has(error.code) || !candidate.customer_code) {
          toast(t.or(`error.${error.code}`, t('error.choose')));
          return;
        }
      }
      await lookUp(candidate.customer_code, (data) => ({ type: 'choose', key, data }));
    },
    unchoose: (key) => dispatch({ type: 'unchoose', key }),
    choosing: (key, on = true) => dispatch({ type: 'choosing', key, on }),
    forgetChoice: (key) => ask('call.forget', { call_id: key }, 'error.choose'),
    async lookUpAgain(key, number) {
      const data = await ask('lookup', { number }, 'error.lookup');
      if (data) dispatch({ type: 'refill', key, data });
    },
    openCard: (code) => lookUp(code, (data) => ({ type: 'card', data })),
    async moreHistory(code, before) {
      dispatch({ type: 'history', code, busy: true });
      const data = await ask('history', { customer_code: code, before, limit: HISTORY_PAGE }, 'error.history');
      dispatch({ type: 'history', code, data });
    },
    async dial(number, text) {
      if (await ask('call.dial', { number }, 'error.dial')) toast(t('dial.started', { number: text ?? number }));
    },
    focusSearch: () => page.focusSearch(),
  };

  const who = {
    openForm: (key, form) => dispatch({ type: 'form', key, form }),
    /** The number of a call is this customer's from now on. */
    async attach(key, customer, values) {
      if (
        !(await ask(
          'contact.attach',
          { call_id: key, customer_code: customer.customer_code, ...values },
          'error.register',
        ))
      )
        return;
      toast(t('offer.done', { name: customer.customer_name }));
      await who.shownOn(key, customer);
    },
    async chooseOnce(key, customer) {
      try {
        await attempt('call.choose', { call_id: key, customer_code: customer.customer_code, remember: false });
      } catch (error) {
        if (!BY_ITSELF.has(error.code)) {
          toast(t.or(`error.${error.code}`, t('error.choose')));
          return;
        }
      }
      await who.shownOn(key, customer);
    },
    /** The card that was opened by hand moves to the call. */
    async shownOn(key, customer) {
      dispatch({ type: 'select', key });
      await lookUp(customer.customer_code, (data) => ({ type: 'choose', key, data }));
      dispatch({ type: 'close', key: `card:${customer.customer_code}` });
    },
    async register(key, kind, { company, kana, person, phone, memo }) {
      const fields = { call_id: key, ...(person && { person_name: person }), ...(phone && { phone }) };
      const data =
        kind === 'lead'
          ? await ask('lead.create', { ...fields, company_name: company, ...(memo && { memo }) }, 'error.register')
          : await ask(
              'customer.create',
              { ...fields, customer_name: company, ...(kana && { name_kana: kana }) },
              'error.register',
            );
      if (!data) return;
      dispatch({ type: 'form', key, form: null });
      toast(t(`register.done_${kind}`, { code: data.lead_code ?? data.customer_code ?? '' }));
      if (data.customer_code) await lookUp(data.customer_code, (card) => ({ type: 'choose', key, data: card }), null);
    },
  };

  const work = {
    draft(key, fields, typed = true) {
      dispatch({ type: 'draft', key, fields, typed });
      if (Object.hasOwn(fields, 'note')) page.typed(key);
    },
    flushNotes: () => page.flushNotes(),
    takeTheirs(key) {
      dispatch({ type: 'take_theirs', key });
      page.typed(key);
    },
    dropTheirs(key) {
      dispatch({ type: 'drop_theirs', key });
      page.typed(key);
    },
    unfold: (key, open) => dispatch({ type: 'unfold', key, open }),
    async saveWrapup(key) {
      const entry = entryOf(key);
      const sent = draftOf(page.state(), key);
      if (!entry || sent.saving) return;
      const live = isLive(entry);
      dispatch({ type: 'wrapup', key, step: 'sent' });
      const fields = wrapupFields(key, sent, shownPopup(entry).customer?.customer_code);
      const data = await ask('call.wrapup', { ...fields, done: !live }, 'error.wrapup');
      dispatch({ type: 'wrapup', key, step: data ? 'saved' : 'failed', sent, data });
      if (!data) return;
      toast(
        join([
          t('wrap.saved'),
          data.inquiry_no && t('wrap.made_inquiry', { no: data.inquiry_no }),
          data.task_no && t('wrap.made_task', { no: data.task_no }),
          data.callback_no && t('wrap.made_callback', { no: data.callback_no }),
        ]),
      );
      if (!live && !isUnsaved(page.state(), key)) page.leave(key);
      page.told('work');
      actions.loadCalls();
      if (data.callback_no) actions.loadCallbacks();
    },
    /** An inquiry and a to-do without a call. */
    async create(key, code) {
      const { inquiry, task } = createFields(draftOf(page.state(), key));
      if (!inquiry && !task) return toast(t('wrap.nothing'));
      if (creating.has(key)) return undefined;
      creating.add(key);
      const open = async (what, fields) => {
        const data = fields && (await ask(`${what}.create`, { customer_code: code, ...fields }, 'error.wrapup'));
        if (data) dispatch({ type: 'created', key, what });
        return data;
      };
      const made = { ...(await open('inquiry', inquiry)), ...(await open('task', task)) };
      creating.delete(key);
      if (!made.inquiry_no && !made.task_no) return undefined;
      toast(
        join([
          t('wrap.saved'),
          made.inquiry_no && t('wrap.made_inquiry', { no: made.inquiry_no }),
          made.task_no && t('wrap.made_task', { no: made.task_no }),
        ]),
      );
      return page.refresh(code);
    },
    /** An inquiry got further, a to-do is done; other screens hear of it from the bridge. */
    async setProgress(code, no, status) {
      await ask('inquiry.update', { inquiry_no: no, status }, 'error.progress');
      page.refresh(code);
    },
    async taskDone(code, no) {
      if (await ask('task.done', { task_no: no }, 'error.progress')) page.refresh(code);
    },
    /** A call that is over, out of the list, for its wrap-up. */
    async reopen(callId, stage = true) {
      const record = page.state().records.find((one) => one.call_id === callId);
      if (!record) return;
      const call = {
        call_id: record.call_id,
        direction: record.direction,
        state: 'ended',
        caller: callerOf(record),
        called: record.called ?? null,
        queue: record.queue ?? null,
        started_at: record.started_at,
        answered_at: record.answered_at ?? null,
        note: record.note ?? '',
        uncertain: false,
      };
      const whom = record.customer_code
        ? { customer_code: record.customer_code }
        : record.lead_code
          ? { lead_code: record.lead_code }
          : null;
      const card = whom && (await ask('lookup', whom, stage ? 'error.lookup' : null));
      const nobody = { match: callerNumber(call.caller) ? 'none' : 'unidentified' };
      const ended = {
        outcome: record.outcome,
        at: record.ended_at ?? null,
        talk: record.talk_seconds ?? null,
        uncertain: record.uncertain === true,
      };
      dispatch({ type: 'reopen', popup: { ...(card ?? nobody), call }, ended, stage });
    },
  };

  const lists = {
    async setPresence(presence, reason) {
      const data = await ask('presence', { state: presence, ...(reason && { reason }) }, 'error.presence');
      if (data) dispatch({ type: 'presence_free', on: false });
      if (data) dispatch({ type: 'presence', presence: data.presence ?? presence, asked: presence });
    },
    freeReason: (on) => dispatch({ type: 'presence_free', on }),
    loadMasters: () => load('masters', {}, { type: 'masters' }),
    loadColleagues: () => load('colleagues', {}, { type: 'colleagues' }),
    async loadCalls() {
      const data = await ask('calls', { limit: CALLS_MAX }, null);
      if (data) dispatch({ type: 'records', calls: data.calls });
      return data !== null;
    },
    loadMissed: (all = false) =>
      load('missed', { status: all ? 'all' : 'open', limit: LIST_MAX }, { type: 'missed', all }),
    loadCallbacks: () => load('callbacks', { limit: 100 }, { type: 'callbacks' }),
    async loadTeam(failure = null) {
      const data = await ask('agents', {}, failure);
      if (data) dispatch({ type: 'team', data });
    },
    async claim(no) {
      try {
        await attempt('missed.claim', { missed_no: no });
      } catch (error) {
        toast(error.code === 'conflict' ? t('missed.taken') : t.or(`error.${error.code}`, t('error.missed')));
        actions.loadMissed(page.state().missedAll);
      }
    },
    release: (no) => ask('missed.release', { missed_no: no }, 'error.missed'),
    closeMissed: (no, result, note) =>
      ask('missed.close', { missed_no: no, result, ...(note && { note }) }, 'error.missed'),
    async callbackDone(no) {
      if (!(await ask('callback.done', { callback_no: no }, 'error.callback'))) return;
      dispatch({ type: 'callback_done', no });
      page.told('callbacks');
    },
    snooze: (no) => dispatch({ type: 'snooze', no, until: page.now() + SNOOZE_MS }),
  };

  const actions = { ...calls, ...who, ...work, ...lists };
  return { actions, ask };
}

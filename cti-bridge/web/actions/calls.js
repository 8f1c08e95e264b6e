// The tabs and cards: opening, choosing, calling.

import { isLive } from '../entries.js';
import { failureText, goesOnByItself } from './ask.js';

/** @import { Ask, Choice, ListActions, PageForActions, State } from '../page' */
/** @import { CallChoose } from '../protocol' */

const HISTORY_PAGE = 20;

/**
 * @param {PageForActions} page
 * @param {Ask} ask
 * @param {ListActions} lists
 */
export function callActions(page, ask, lists) {
  const { t, dispatch, attempt, toast } = page;

  return {
    /** @param {string} key */
    close: (key) => dispatch({ type: 'close', key }),
    /** @param {State['view']} view */
    show(view) {
      dispatch({ type: 'view', view });
      if (view === 'missed') lists.loadMissed(page.state().missedAll);
      if (view === 'team') lists.loadTeam('error.team');
    },

    /**
     * One of several was chosen. The bridge remembers it and pushes the card; where it cannot, the page looks it up.
     * @param {string} key
     * @param {Choice} choice
     * @param {boolean} [remember]
     */
    async choose(key, choice, remember = true) {
      const code = choice.customer_code;
      try {
        await attempt('call.choose', chooseFields(key, choice, remember));
        dispatch({ type: 'choosing', key, on: false });
        const entry = page.state().entries.find((one) => one.key === key);
        if (!entry || isLive(entry)) return;
      } catch (error) {
        if (!code || !goesOnByItself(error)) {
          toast(failureText(t, error, 'error.choose'));
          return;
        }
      }
      const data = code && (await ask('lookup', { customer_code: code }, 'error.lookup'));
      if (data) dispatch({ type: 'choose', key, data });
    },
    /** @param {string} key */
    async openRecordings(key) {
      const data = await ask('call.recordings', { call_id: key }, 'error.recordings');
      const urls = (data?.recordings ?? []).flatMap((one) => (/^https?:\/\//.test(one.url ?? '') ? [one.url] : []));
      if (data && !urls.length) toast(t('calls.no_address'));
      for (const url of urls) window.open(url ?? '', '_blank', 'noopener,noreferrer');
    },
    /** @param {string} key */
    unchoose: (key) => dispatch({ type: 'unchoose', key }),
    /**
     * @param {string} key
     * @param {boolean|'who'} [on]
     */
    choosing: (key, on = true) => dispatch({ type: 'choosing', key, on }),
    /**
     * @param {string} key
     * @param {boolean} on
     */
    nuisance: (key, on) => ask('call.nuisance', { call_id: key, nuisance: on }, 'error.nuisance'),
    /** @param {string} key */
    forgetChoice: (key) => ask('call.forget', { call_id: key }, 'error.choose'),
    /**
     * @param {string} key
     * @param {string} number
     */
    async lookUpAgain(key, number) {
      const data = await ask('lookup', { number }, 'error.lookup');
      if (data) dispatch({ type: 'refill', key, data });
    },
    /** @param {string} code */
    async openCard(code) {
      const data = await ask('lookup', { customer_code: code }, 'error.lookup');
      if (data) dispatch({ type: 'card', data });
    },
    /**
     * @param {string} code
     * @param {string} before
     */
    async moreHistory(code, before) {
      dispatch({ type: 'history', code, busy: true });
      const data = await ask('history', { customer_code: code, before, limit: HISTORY_PAGE }, 'error.history');
      dispatch({ type: 'history', code, data });
    },
    /**
     * @param {string} number
     * @param {string} [text] how the number is written
     */
    async dial(number, text = number) {
      if (await ask('call.dial', { number }, 'error.dial')) toast(t('dial.started', { number: text }));
    },
    focusSearch: () => page.focusSearch(),
  };
}

/**
 * @param {string} key
 * @param {Choice} choice
 * @param {boolean} remember
 * @returns {CallChoose}
 */
function chooseFields(key, { customer_code: customer, lead_code: lead, matched_contact: contact, site }, remember) {
  return {
    call_id: key,
    remember,
    ...(customer ? { customer_code: customer } : lead && { lead_code: lead }),
    ...(contact?.contact_id && { contact_id: contact.contact_id }),
    ...(site && { site }),
  };
}

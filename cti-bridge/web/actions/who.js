// Who calls, when the bridge does not know: the number is given to a customer, or somebody is registered.

import { failureText, goesOnByItself } from './ask.js';

/** @import { Ask, Entry, PageForActions } from '../page' */
/** @import { ContactAttach, CustomerProfile } from '../protocol' */

/**
 * What the form of a lead or a customer says; what is left empty is left out.
 * @typedef {{company?: string, kana?: string, person?: string, phone?: string, memo?: string}} Registration
 */

/**
 * @param {PageForActions} page
 * @param {Ask} ask
 */
export function whoActions(page, ask) {
  const { t, dispatch, attempt, toast } = page;

  /**
   * The card that was opened by hand moves to the call.
   * @param {string} key
   * @param {CustomerProfile} customer
   */
  async function moveToCall(key, { customer_code: code }) {
    dispatch({ type: 'select', key });
    const data = await ask('lookup', { customer_code: code }, 'error.lookup');
    if (data) dispatch({ type: 'choose', key, data });
    dispatch({ type: 'close', key: `card:${code}` });
  }

  /**
   * @param {string} key
   * @param {Registration} values
   */
  async function registerLead(key, { company = '', person, phone, memo }) {
    const fields = {
      call_id: key,
      company_name: company,
      ...(person && { person_name: person }),
      ...(phone && { phone }),
      ...(memo && { memo }),
    };
    const data = await ask('lead.create', fields, 'error.register');
    if (!data) return;
    dispatch({ type: 'form', key, form: null });
    toast(t('register.done_lead', { code: data.lead_code }));
  }

  /**
   * @param {string} key
   * @param {Registration} values
   */
  async function registerCustomer(key, { company = '', kana, person, phone }) {
    const fields = {
      call_id: key,
      customer_name: company,
      ...(kana && { name_kana: kana }),
      ...(person && { person_name: person }),
      ...(phone && { phone }),
    };
    const data = await ask('customer.create', fields, 'error.register');
    if (!data) return;
    dispatch({ type: 'form', key, form: null });
    toast(t('register.done_customer', { code: data.customer_code }));
    const card = await ask('lookup', { customer_code: data.customer_code }, null);
    if (card) dispatch({ type: 'choose', key, data: card });
  }

  return {
    /**
     * @param {string} key
     * @param {Entry['form']} form
     */
    openForm: (key, form) => dispatch({ type: 'form', key, form }),
    /**
     * The number of a call is this customer's from now on.
     * @param {string} key
     * @param {CustomerProfile} customer
     * @param {Pick<ContactAttach, 'person_name'|'purpose'>} values
     */
    async attach(key, customer, values) {
      const fields = { call_id: key, customer_code: customer.customer_code, ...values };
      if (!(await ask('contact.attach', fields, 'error.register'))) return;
      toast(t('offer.done', { name: customer.customer_name }));
      await moveToCall(key, customer);
    },
    /**
     * @param {string} key
     * @param {CustomerProfile} customer
     */
    async chooseOnce(key, customer) {
      try {
        await attempt('call.choose', { call_id: key, customer_code: customer.customer_code, remember: false });
      } catch (error) {
        if (!goesOnByItself(error)) {
          toast(failureText(t, error, 'error.choose'));
          return;
        }
      }
      await moveToCall(key, customer);
    },
    /**
     * @param {string} key
     * @param {'lead'|'customer'} kind
     * @param {Registration} values
     */
    register: (key, kind, values) => (kind === 'lead' ? registerLead(key, values) : registerCustomer(key, values)),
  };
}

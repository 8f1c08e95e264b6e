// What the page says aloud or in passing: who rings, who is gone, what is due, what was done.

import { byId } from './dom.js';
import { shownPopup } from './entries.js';
import { dayOf, moment } from './format.js';
import { alertText, contactText, join, titleOf } from './view/text.js';

/** @import { Entry, Label, PageCallback } from './page' */

const TOAST_MS = 6000;
const GONE_MS = 10_000;
const DUE_MAX = 100;

/**
 * The voice; `gone` is where the tabs say why one left.
 * @param {{t: Label, gone: HTMLElement, now: () => number}} page
 */
export function makeVoice({ t, gone, now }) {
  /** @type {Set<number>} */
  const dueSaid = new Set();
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let toastTimer;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let goneTimer;

  return {
    /**
     * A call rings: its name, whose number it is and the gravest alert, for who listens to the page.
     * @param {Entry|undefined} entry
     */
    ringing(entry) {
      if (entry?.phase !== 'ringing') return;
      const { popup } = entry;
      const [first] = popup.alerts;
      byId('announce').textContent = join(
        [
          t('announce.ringing', { name: titleOf(t, popup) }),
          popup.customer ? contactText(t, popup.matched_contact) : null,
          first &&
            t('announce.alert', { text: `${t.or(`alert.${first.code}`, '')} ${alertText(t, first, dayOf(now()))}` }),
        ],
        '. ',
      );
    },

    /**
     * A call left, and why.
     * @param {Entry|undefined} entry
     * @param {string|undefined} reason
     */
    dismissed(entry, reason) {
      if (!entry) return;
      clearTimeout(goneTimer);
      gone.textContent = t('announce.dismissed', {
        name: titleOf(t, shownPopup(entry)),
        reason: t.or(`reason.${reason}`, reason ?? ''),
      });
      goneTimer = setTimeout(() => {
        gone.textContent = '';
      }, GONE_MS);
    },

    /**
     * A callback is due; said once each.
     * @param {PageCallback} one
     */
    due(one) {
      if (dueSaid.has(one.callback_no)) return;
      dueSaid.add(one.callback_no);
      for (const old of [...dueSaid].slice(0, Math.max(0, dueSaid.size - DUE_MAX))) dueSaid.delete(old);
      byId('announce-later').textContent = t('callback.announce', {
        at: moment(one.due_at, dayOf(now()), t.lang),
        name: one.customer_name ?? one.display ?? '',
      });
    },

    /** @param {string} text */
    toast(text) {
      clearTimeout(toastTimer);
      byId('toast').textContent = text;
      toastTimer = setTimeout(() => {
        byId('toast').textContent = '';
      }, TOAST_MS);
    },

    /** Another agent may sign in. */
    forget: () => dueSaid.clear(),
  };
}

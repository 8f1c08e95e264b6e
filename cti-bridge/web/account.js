// The ways to sign in that the bridge offers (`docs/protocol.md`, "HTTP"), and the way out.

import * as kept from './session.js';

/** @import { Label, SignInOptions } from './page' */

const WAIT_S = 60;

/**
 * `signIn(token, session)` signs in with a token, `refused(text)` says why not, `changed()` draws anew.
 * @param {{
 *   t: Label, signIn: (token: string, session: boolean) => void, refused: (text: string) => void, changed: () => void,
 * }} page
 */
export function makeAccount({ t, signIn, refused, changed }) {
  /** @type {SignInOptions} */
  let options = { token: true, password: false, oidc: null };

  return {
    /** What the form offers. */
    options: () => options,

    async load() {
      try {
        const answer = await fetch('v1/sign-in/options', { cache: 'no-store' });
        const offered = answer.ok ? await answer.json() : {};
        options = {
          token: offered.token !== false,
          password: offered.password === true,
          oidc: offered.oidc?.url ? offered.oidc : null,
        };
      } catch {
        // The token's form is always there.
      }
      changed();
    },

    /**
     * @param {string} agentCode
     * @param {string} password
     */
    async signInWith(agentCode, password) {
      try {
        const answer = await fetch('v1/sign-in', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ agent_code: agentCode, password }),
        });
        if (answer.ok) return signIn((await answer.json()).token, true);
        const { error } = await answer.json().catch(() => ({}));
        if (error?.code === 'busy') return refused(t('error.busy'));
        const wait = Number(answer.headers.get('retry-after')) || WAIT_S;
        return refused(
          answer.status === 401
            ? t('signin.wrong')
            : answer.status === 429
              ? t('signin.slow', { n: wait })
              : t('signin.failed'),
        );
      } catch {
        return refused(t('signin.failed'));
      }
    },

    /**
     * Leaves for the single sign-on, which begins on this bridge and nowhere else.
     * @param {string} path
     */
    singleSignOn(path) {
      const url = new URL(path, location.href);
      if (url.origin !== location.origin) return;
      kept.expectSession();
      location.assign(url.href);
    },

    /** A token that signing in gave is given back. One that an administrator gave stays good. */
    giveBack() {
      const token = kept.remembered();
      if (!token || !kept.isSession()) return;
      fetch('v1/sign-out', { method: 'POST', headers: { authorization: `Bearer ${token}` } }).catch(() => {});
    },
  };
}

// What is typed and not saved stays in the tab: a reload brings it back.

import { rememberDrafts, rememberedDrafts } from './session.js';
import { draftsToRemember } from './work.js';

/** @import { Draft, State } from './page' */

const WAIT_MS = 300;

/**
 * Keeps the drafts of who is signed in.
 * @param {() => State} state
 */
export function draftKeeper(state) {
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let timer;
  let restored = false;

  function now() {
    clearTimeout(timer);
    const { agent } = state();
    if (agent) rememberDrafts(agent.agent_code, draftsToRemember(state()));
  }

  return {
    /** A draft has changed. */
    changed() {
      clearTimeout(timer);
      timer = setTimeout(now, WAIT_MS);
    },
    /** Keeps them at once: the page may go away. */
    now,
    /**
     * The drafts that an earlier page left for this agent: once after signing in, then none.
     * @param {string|undefined} agent
     * @returns {Record<string, Draft>|null}
     */
    restore(agent) {
      if (restored) return null;
      restored = true;
      const kept = rememberedDrafts();
      return kept.agent === agent ? kept.drafts : null;
    },
    /** No agent is signed in. */
    stop() {
      clearTimeout(timer);
      restored = false;
    },
  };
}

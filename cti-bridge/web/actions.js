// What a person does on the page: each is a request to the bridge, a change of the state, or both.

import { callActions } from './actions/calls.js';
import { controlActions } from './actions/control.js';
import { listActions } from './actions/lists.js';
import { whoActions } from './actions/who.js';
import { workActions } from './actions/work.js';

/** @import { Ask, PageForActions } from './page' */

/**
 * @param {PageForActions} page
 * @param {Ask} ask
 */
export function makeActions(page, ask) {
  const lists = listActions(page, ask);
  return {
    ...callActions(page, ask, lists),
    ...controlActions(page),
    ...whoActions(page, ask),
    ...workActions(page, ask, lists),
    ...lists,
  };
}

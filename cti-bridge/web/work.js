// What an agent writes about a call until it is saved: the drafts, and how each event changes them. Pure.
//
// A draft belongs to a call and outlives whatever the views do. `kept` is the note as the bridge has it; while `note`
// says something else it is still to be sent. What a colleague wrote meanwhile never replaces what was typed here: it
// waits in `theirs`. `rev` counts the changes that did not come from typing, so that a field is only touched for those.

import { instantOf } from './format.js';

/** @import { Draft, PushReducers, Reducers, State, WorkSteps } from './page' */
/** @import { CallWrapup, InquiryText, TaskText } from './protocol' */

/** How many drafts the page keeps, and how long a note may be (`docs/protocol.md`, `call.note`). */
export const DRAFT_LIMITS = Object.freeze({ drafts: 24, note: 4000, subject: 200, body: 2000 });

const NO_INQUIRY = Object.freeze({ inquiry_kind: '', subject: '', body: '' });
const NO_TASK = Object.freeze({ task: '', task_due: '', task_by: '' });

/**
 * A draft of which nothing was written.
 * @type {Readonly<Draft>}
 */
export const EMPTY_DRAFT = Object.freeze({
  category: null,
  result: null,
  status: null,
  note: '',
  follow_day: '',
  follow_time: '',
  follow_by: '',
  ...NO_INQUIRY,
  ...NO_TASK,
  kept: '',
  sent: null,
  by: null,
  theirs: null,
  touched: false,
  saving: false,
  saved: null,
  rev: 0,
});

/** @type {(keyof Draft)[]} */
const TYPED = [
  'category',
  'result',
  'status',
  'note',
  'follow_day',
  'follow_time',
  'follow_by',
  'inquiry_kind',
  'subject',
  'body',
  'task',
  'task_due',
  'task_by',
];

/**
 * The draft of a call; an empty one when there is none.
 * @param {State} state
 * @param {string} key
 * @returns {Readonly<Draft>}
 */
export function draftOf(state, key) {
  return Object.hasOwn(state.drafts, key) ? state.drafts[key] : EMPTY_DRAFT;
}

/**
 * Whether something was written that no wrap-up has saved.
 * @param {State} state
 * @param {string} key
 */
export function isUnsaved(state, key) {
  return draftOf(state, key).touched;
}

/**
 * The notes that the bridge does not have yet, as `[call, text]`.
 * @param {State} state
 * @returns {[string, string][]}
 */
export function notesToSend(state) {
  return Object.entries(state.drafts)
    .filter(([, draft]) => draft.note !== draft.kept)
    .map(([key, draft]) => [key, draft.note]);
}

/**
 * What is worth keeping over a reload: drafts with something unsaved in them.
 * @param {State} state
 */
export function draftsToRemember(state) {
  return Object.fromEntries(
    Object.entries(state.drafts)
      .filter(([, draft]) => draft.touched || draft.note !== draft.kept)
      .map(([key, draft]) => [key, { ...draft, saving: false, saved: null, rev: 0 }]),
  );
}

/** @type {Reducers<WorkSteps>} */
export const WORK_STEPS = {
  /** The agent typed or chose; `typed`: the field shows it already. */
  draft(state, { key, fields, typed = true }) {
    const known = Object.fromEntries(Object.entries(fields).filter(([name]) => TYPED.some((one) => one === name)));
    return edit(state, key, (draft) => ({
      ...draft,
      ...known,
      touched: true,
      saved: null,
      rev: draft.rev + (typed ? 0 : 1),
    }));
  },

  /** This note is on its way: the bridge may tell of it before it answers. */
  note_sent: (state, { key, text }) => edit(state, key, (draft) => ({ ...draft, sent: text })),

  /** The bridge has this note now. */
  note_kept: (state, { key, text }) =>
    Object.hasOwn(state.drafts, key) ? edit(state, key, (draft) => ({ ...draft, kept: text })) : state,

  /** What the colleague wrote comes under what was written here. */
  take_theirs: (state, { key }) =>
    edit(state, key, (draft) =>
      draft.theirs
        ? {
            ...draft,
            note: [draft.note, draft.theirs.text].filter(Boolean).join('\n').slice(0, DRAFT_LIMITS.note),
            theirs: null,
            touched: true,
            rev: draft.rev + 1,
          }
        : draft,
    ),
  drop_theirs: (state, { key }) =>
    edit(state, key, (draft) => (draft.theirs ? { ...draft, theirs: null, rev: draft.rev + 1 } : draft)),

  /** A wrap-up is on its way, was saved, or failed. What was typed meanwhile is unsaved again. */
  wrapup(state, { key, step, sent, data }) {
    return edit(state, key, (draft) => {
      if (step === 'sent') return { ...draft, saving: true, sent: draft.note };
      if (step === 'failed') return { ...draft, saving: false };
      const same = sent === undefined || TYPED.every((name) => draft[name] === sent[name]);
      // What was created is not created again by saving once more.
      const done = same ? { touched: false, ...NO_INQUIRY, ...NO_TASK, rev: draft.rev + 1 } : {};
      return { ...draft, ...done, kept: sent?.note ?? draft.kept, saving: false, saved: data ?? {} };
    });
  },

  /** An inquiry or a to-do was opened without a call: what it was made of is not sent again, the other stays. */
  created(state, { key, what }) {
    return edit(state, key, (draft) => {
      const next = { ...draft, ...(what === 'inquiry' ? NO_INQUIRY : NO_TASK), rev: draft.rev + 1 };
      return { ...next, touched: Boolean(next.subject || next.body || next.task) };
    });
  },

  /** The drafts that this tab kept over a reload. */
  drafts(state, { drafts }) {
    const entries = Object.entries(drafts ?? {})
      .filter(([, draft]) => draft && typeof draft.note === 'string')
      .slice(-DRAFT_LIMITS.drafts)
      .map(([key, draft]) => [key, { ...EMPTY_DRAFT, ...draft }]);
    return { ...state, drafts: { ...state.drafts, ...Object.fromEntries(entries) } };
  },
};

/** @type {PushReducers} */
export const WORK_PUSHES = {
  'call.note': (state, data) =>
    typeof data.call_id === 'string' ? remoteNote(state, data.call_id, data.text, data.by ?? null) : state,
};

/**
 * A note that came from the bridge. It replaces what was typed here only when it says it too, or when the agent typed
 * it in another tab and nothing waits in this one.
 * @param {State} state
 * @param {string} key
 * @param {string|null} text
 * @param {string|null} by
 */
export function remoteNote(state, key, text, by) {
  const note = typeof text === 'string' ? text : '';
  const draft = draftOf(state, key);
  if (note === draft.kept) return state;
  if (note === draft.note) return edit(state, key, (one) => ({ ...one, kept: note, by }));
  if (note === draft.sent) return edit(state, key, (one) => ({ ...one, kept: note, by }));
  const mine = by !== null && by === state.agent?.agent_name;
  const safe = draft.note === draft.kept && (mine || !draft.touched || note.includes(draft.note));
  if (!safe) return edit(state, key, (one) => ({ ...one, kept: note, theirs: { text: note, by }, rev: one.rev + 1 }));
  return edit(state, key, (one) => ({ ...one, note, kept: note, by, rev: one.rev + 1 }));
}

/**
 * @param {State} state
 * @param {string} key
 * @param {(draft: Readonly<Draft>) => Readonly<Draft>} make
 */
function edit(state, key, make) {
  const before = draftOf(state, key);
  const next = make(before);
  if (next === before) return state;
  return boundDrafts({ ...state, drafts: { ...state.drafts, [key]: next } });
}

/**
 * The oldest drafts of calls that no tab shows go first.
 * @param {State} state
 */
function boundDrafts(state) {
  const keys = Object.keys(state.drafts);
  let excess = keys.length - DRAFT_LIMITS.drafts;
  if (excess <= 0) return state;
  const shown = new Set(state.entries.map((entry) => entry.key));
  const kept = [...keys.filter((key) => !shown.has(key)), ...keys.filter((key) => shown.has(key))].filter(
    () => excess-- <= 0,
  );
  return {
    ...state,
    drafts: Object.fromEntries(keys.filter((key) => kept.includes(key)).map((key) => [key, state.drafts[key]])),
  };
}

/**
 * The drafts of calls that left go, unless something in them is unsaved.
 * @param {State} state
 */
export function pruneDrafts(state) {
  const shown = new Set(state.entries.map((entry) => entry.key));
  const kept = Object.entries(state.drafts).filter(
    ([key, draft]) => shown.has(key) || draft.touched || draft.note !== draft.kept,
  );
  return kept.length === Object.keys(state.drafts).length ? state : { ...state, drafts: Object.fromEntries(kept) };
}

/**
 * The fields of `call.wrapup` for a draft; only what was filled in.
 * @param {string} callId
 * @param {Readonly<Draft>} draft
 * @param {string|null|undefined} customerCode
 */
export function wrapupFields(callId, draft, customerCode) {
  /** @type {CallWrapup} */
  const fields = { call_id: callId, note: draft.note };
  if (draft.category) fields.category = draft.category;
  if (draft.result) fields.result = draft.result;
  if (draft.status) fields.status = draft.status;
  const at = instantOf(draft.follow_day, draft.follow_time);
  if (at) fields.follow_up_at = at;
  if (at && draft.follow_by) fields.follow_up_by = draft.follow_by;
  if (!customerCode) return fields;
  const { inquiry, task } = createFields(draft);
  return { ...fields, customer_code: customerCode, ...(inquiry && { inquiry }), ...(task && { task }) };
}

/**
 * The inquiry and the to-do that a draft asks for, each only when it says what about.
 * @param {Readonly<Draft>} draft
 * @returns {{inquiry: InquiryText|null, task: TaskText|null}}
 */
export function createFields(draft) {
  const [subject, body, title] = [draft.subject.trim(), draft.body.trim(), draft.task.trim()];
  return {
    inquiry: subject ? { kind: draft.inquiry_kind || 'inquiry', subject, ...(body && { body }) } : null,
    task: title
      ? { title, ...(draft.task_due && { due_on: draft.task_due }), ...(draft.task_by && { assignee: draft.task_by }) }
      : null,
  };
}

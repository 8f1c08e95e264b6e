// What an agent writes about a call: the note while talking, the rest when it is over. Made for the keyboard: `n` comes
// here, digits choose a category, Ctrl+Enter saves.

import { el } from '../dom.js';
import { isLive } from '../entries.js';
import { clock, dayOf } from '../format.js';
import { DRAFT_LIMITS } from '../work.js';
import { extras, submits, whoDoes } from './create.js';
import { join } from './text.js';

/** @import { Context, Draft, Entry, Label } from '../page' */
/** @import { CallWrapupAnswer, Disposition, MastersAnswer } from '../protocol' */

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const DIGITS = 9;

/**
 * The form. Its fields say what the draft says when they are made; from then on typing goes to the draft alone.
 * @param {Context} context
 * @param {{entry: Entry, draft: Readonly<Draft>, masters: MastersAnswer, customer: boolean, online: boolean}} props
 */
export function wrapupForm(context, { entry, draft, masters, customer, online }) {
  const { t, actions } = context;
  const { key, unfolded } = entry;
  return el(
    'form',
    {
      class: `wrapup${unfolded ? ' unfolded' : ''}`,
      'aria-label': t('wrap.title'),
      on: submits(() => actions.saveWrapup(key)),
    },
    el(
      'div',
      { class: 'wrap-head' },
      el('h2', {}, t('wrap.title'), ' ', el('kbd', { 'aria-hidden': 'true' }, 'n')),
      el(
        'button',
        {
          type: 'button',
          class: 'quiet small',
          key: `unfold-${key}`,
          'aria-expanded': String(unfolded),
          on: { click: () => actions.unfold(key, !unfolded) },
        },
        t(unfolded ? 'wrap.fold' : 'wrap.unfold'),
      ),
    ),
    unfolded && [
      choices(context, entry, draft, 'category', masters.categories, true),
      el(
        'div',
        { class: 'wrap-row' },
        choices(context, entry, draft, 'result', masters.results),
        choices(context, entry, draft, 'status', masters.statuses),
      ),
      followUp(context, entry, draft),
      extras(context, entry, draft, customer),
    ],
    draft.theirs && theirs(context, entry, draft.theirs),
    el(
      'div',
      { class: 'wrap-note' },
      noteField(context, entry, draft),
      el(
        'button',
        { type: 'submit', class: 'main', key: `save-${key}`, disabled: !online },
        t(isLive(entry) ? 'wrap.save_live' : 'wrap.save'),
        ' ',
        el('kbd', {}, 'Ctrl ⏎'),
      ),
    ),
  );
}

/**
 * @param {Context} context
 * @param {Entry} entry
 * @param {Readonly<Draft>} draft
 */
function noteField({ t, actions }, { key }, draft) {
  const note = el('textarea', {
    name: 'note',
    key: `note-${key}`,
    'data-own': true,
    rows: 2,
    maxlength: DRAFT_LIMITS.note,
    placeholder: t('wrap.placeholder'),
    'aria-label': t('wrap.note'),
    on: {
      input: (event) => actions.draft(key, { note: event.currentTarget.value }),
      blur: () => actions.flushNotes(),
    },
  });
  note.value = draft.note;
  return note;
}

/**
 * One of a master's values, as buttons of which one is pressed.
 * @param {Context} context
 * @param {Entry} entry
 * @param {Readonly<Draft>} draft
 * @param {'category'|'result'|'status'} name
 * @param {Disposition[]} options
 * @param {boolean} [digits] the first ones are chosen with the digits
 */
function choices({ t, actions }, { key }, draft, name, options, digits = false) {
  if (!options.length) return null;
  /**
   * @param {Disposition} option
   * @param {number} i
   */
  const input = (option, i) =>
    el(
      'label',
      { class: 'choice' },
      el('input', {
        type: 'radio',
        name: `${name}-${key}`,
        value: option.code,
        key: `${name}-${key}-${option.code}`,
        checked: draft[name] === option.code,
        on: { change: () => actions.draft(key, { [name]: option.code }) },
      }),
      el('span', {}, digits && i < DIGITS && el('kbd', { 'aria-hidden': 'true' }, i + 1), labelOf(t, option)),
    );
  /** @param {KeyboardEvent & {currentTarget: HTMLFieldSetElement}} event */
  const onKey = (event) => {
    const at = digits && !event.ctrlKey && !event.altKey && !event.metaKey ? Number(event.key) - 1 : -1;
    if (!(at >= 0 && at < Math.min(DIGITS, options.length))) return;
    event.preventDefault();
    const radio = event.currentTarget.querySelectorAll('input')[at];
    radio.focus();
    radio.click();
  };
  return el(
    'fieldset',
    { class: `choices is-${name}`, on: { keydown: onKey } },
    el('legend', {}, t(`wrap.${name}`)),
    el('div', { class: 'chips' }, options.map(input)),
  );
}

/**
 * A master's value in the page's language.
 * @param {Label} t
 * @param {Disposition} option
 */
export function labelOf(t, option) {
  return (t.lang === 'en' ? option.label_en : null) ?? option.label ?? option.code;
}

/**
 * @param {Context} context
 * @param {Entry} entry
 * @param {Readonly<Draft>} draft
 */
function followUp(context, { key }, draft) {
  const { t, actions, now } = context;
  /** @param {number|null} ms */
  const set = (ms) =>
    actions.draft(
      key,
      ms === null
        ? { follow_day: '', follow_time: '', follow_by: '' }
        : { follow_day: dayOf(ms), follow_time: clock(ms) },
      false,
    );
  /**
   * @param {number} days
   * @param {string} time
   */
  const at = (days, time) => Date.parse(`${dayOf(now() + days * DAY_MS)}T${time}:00+09:00`);
  /**
   * @param {'follow_day'|'follow_time'} name
   * @param {'date'|'time'} type
   * @param {string} label
   */
  const field = (name, type, label) => {
    const input = el('input', {
      type,
      key: `${name}-${key}`,
      'data-own': true,
      'aria-label': `${t('wrap.follow')} ${t(label)}`,
      on: { input: (event) => actions.draft(key, { [name]: event.currentTarget.value }) },
    });
    input.value = draft[name];
    return input;
  };
  /**
   * @param {string} label
   * @param {() => void} run
   */
  const quick = (label, run) =>
    el('button', { type: 'button', class: 'small', key: `${label}-${key}`, on: { click: run } }, t(label));
  return el(
    'fieldset',
    { class: 'choices follow' },
    el('legend', {}, t('wrap.follow')),
    el(
      'div',
      { class: 'chips' },
      field('follow_day', 'date', 'wrap.follow_day'),
      field('follow_time', 'time', 'wrap.follow_time'),
      whoDoes(context, key, draft, 'follow_by', 'wrap.follow_by', (one) => one.agent_code),
      quick('wrap.in_hour', () => set(now() + 60 * MINUTE_MS)),
      quick('wrap.tomorrow', () => set(at(1, '10:00'))),
      quick('wrap.next_week', () => set(at(7, '10:00'))),
      (draft.follow_day || draft.follow_time) && quick('wrap.no_follow', () => set(null)),
    ),
  );
}

/**
 * What a colleague wrote while this agent was typing: nothing of either is lost.
 * @param {Context} context
 * @param {Entry} entry
 * @param {NonNullable<Draft['theirs']>} note
 */
function theirs({ t, actions }, { key }, { text, by }) {
  return el(
    'div',
    { class: 'theirs small', role: 'status' },
    el(
      'p',
      {},
      el('b', {}, t('wrap.theirs', { by: by ?? t('wrap.colleague') })),
      ' ',
      el('span', { class: 'long' }, text),
    ),
    el(
      'p',
      { class: 'buttons' },
      el(
        'button',
        { type: 'button', key: `take-${key}`, on: { click: () => actions.takeTheirs(key) } },
        t('wrap.take'),
      ),
      el(
        'button',
        { type: 'button', class: 'quiet', key: `drop-${key}`, on: { click: () => actions.dropTheirs(key) } },
        t('wrap.drop'),
      ),
    ),
  );
}

/**
 * How far the draft is.
 * @param {Context} context
 * @param {{draft: Readonly<Draft>, online: boolean}} props
 */
export function wrapupState({ t }, { draft, online }) {
  const text = draft.saving
    ? t('wrap.saving')
    : draft.saved
      ? savedText(t, draft.saved)
      : draft.note !== draft.kept
        ? t(online ? 'wrap.sending' : 'wrap.offline')
        : join([
            draft.touched && t('wrap.unsaved'),
            draft.note && t('wrap.kept'),
            draft.note && draft.by && t('wrap.theirs', { by: draft.by }),
          ]);
  return el('p', { class: 'wrap-state soft small' }, text);
}

/**
 * That a wrap-up is saved, and what was made with it.
 * @param {Label} t
 * @param {Partial<CallWrapupAnswer>} made
 */
export function savedText(t, { inquiry_no: inquiry, task_no: task, callback_no: callback }) {
  return join([
    t('wrap.saved'),
    inquiry && t('wrap.made_inquiry', { no: inquiry }),
    task && t('wrap.made_task', { no: task }),
    callback ? t('wrap.made_callback', { no: callback }) : null,
  ]);
}

// The page: which parts there are, and what each is drawn from.

import { byId, el, region } from './dom.js';
import { isLive, selectedEntry, shownPopup } from './entries.js';
import { clock, dayOf, elapsed } from './format.js';
import { callLines } from './lines.js';
import { abilities, dueCallbacks } from './lists.js';
import { rankRules } from './ranks.js';
import { callToIdentify } from './state.js';
import { callList, tabList } from './view/calls.js';
import { pickUpChoice } from './view/control.js';
import { createForm } from './view/create.js';
import { agentLine, linkState, presenceSwitch, viewSwitch } from './view/header.js';
import { missedPanel, reminders } from './view/missed.js';
import { callBar, idle, popupBody } from './view/popup.js';
import { signinForm } from './view/signin.js';
import { teamPanel } from './view/team.js';
import { timeline } from './view/timeline.js';
import { wrapupForm, wrapupState } from './view/wrapup.js';
import { draftOf } from './work.js';

/** @import { Actions, Child, Context, Entry, Label, PagePopup, SignInOptions, State } from './page' */

/**
 * Builds the page's frame. `page` gives `t`, `actions`, `now()`, `connected()` (an agent signs in), `options()` (of the
 * sign-in), `sound()` and `elsewhere()` (another machine rings). `show(state)` draws a state, `tick()` counts seconds.
 * @param {{
 *   t: Label, actions: Actions, now: () => number, connected: () => boolean, options: () => SignInOptions,
 *   sound: () => boolean, elsewhere: () => boolean,
 * }} page
 */
export function makeScreen(page) {
  const { t, actions, now } = page;
  /** Set by the first `show`; nothing is drawn before. @type {State} */
  let state;
  /** @type {string|null} */
  let shownTab = null;
  const rankSheet = new CSSStyleSheet();
  document.adoptedStyleSheets.push(rankSheet);

  const stageParts = {
    reminders: el('div', { class: 'reminders', id: 'reminders', role: 'status' }),
    tabs: el('div', { class: 'tab-slot' }),
    gone: el('p', { id: 'gone', class: 'gone small', role: 'status' }),
    stale: el('div', { class: 'stale-slot', role: 'status' }),
    bar: el('div'),
    body: el('div', { class: 'body' }),
    wrap: el('div', { id: 'wrap', class: 'wrap' }),
    wrapForm: el('div'),
    wrapState: el('div', { role: 'status' }),
    missed: el('section', { id: 'missed', class: 'panel list-panel', 'aria-label': t('views.missed') }),
    team: el('section', { id: 'team', class: 'panel list-panel', 'aria-label': t('views.team') }),
  };
  stageParts.wrap.append(stageParts.wrapForm, stageParts.wrapState);
  const panel = el(
    'div',
    { id: 'popup', class: 'panel card', role: 'tabpanel', 'aria-label': t('tabs.label') },
    stageParts.bar,
    stageParts.body,
    stageParts.wrap,
  );
  // What comes and goes has its room beside the tabs: nothing below it may move while the agent reads.
  byId('stage').append(
    el('div', { class: 'tab-row' }, stageParts.tabs, stageParts.stale, stageParts.gone),
    panel,
    stageParts.missed,
    stageParts.team,
    stageParts.reminders,
  );

  const regions = {
    signin: region(byId('signin')),
    presence: region(byId('presence')),
    views: region(byId('views')),
    agent: region(byId('agent')),
    link: region(byId('link')),
    calls: region(byId('calls')),
    timeline: region(byId('timeline')),
    reminders: region(stageParts.reminders),
    tabs: region(stageParts.tabs),
    stale: region(stageParts.stale),
    bar: region(stageParts.bar),
    body: region(stageParts.body),
    wrapForm: region(stageParts.wrapForm),
    wrapState: region(stageParts.wrapState),
    missed: region(stageParts.missed),
    team: region(stageParts.team),
  };

  /**
   * Draws one part; a part that cannot be drawn says so and leaves the others alone.
   * @param {keyof typeof regions} name
   * @param {unknown[]} inputs
   * @param {() => Child} make
   */
  function draw(name, inputs, make) {
    regions[name](inputs, () => {
      try {
        return make();
      } catch (error) {
        console.error('a part was not drawn', name, error);
        return el('p', { class: 'soft small' }, t('error.view'));
      }
    });
  }

  /** @param {State} next */
  function show(next) {
    if (state?.masters.ranks !== next.masters.ranks) rankSheet.replaceSync(rankRules(next.masters.ranks));
    state = next;
    const { agent, link } = state;
    const online = link.status === 'online';
    const stale = agent !== null && !online;
    const today = dayOf(now());
    const retryIn = link.retryAt === null ? null : Math.max(0, Math.ceil((link.retryAt - Date.now()) / 1000));
    const context = { t, today, now, actions, colleagues: state.colleagues, ...abilities(state) };

    byId('signin').hidden = agent !== null;
    byId('top').hidden = byId('desk').hidden = agent === null;
    if (agent === null) {
      draw('signin', [state.error, page.connected(), retryIn, page.options()], () =>
        signinForm(context, { error: state.error, waiting: page.connected(), retryIn, options: page.options() }),
      );
      document.title = t('app.name');
      return;
    }
    // Nothing that was typed there stays in the page.
    draw('signin', [null], () => []);
    renderTop(context, { online, retryIn });
    draw(
      'calls',
      [state.entries, state.notes, state.records, state.selected, stale, today, context.dials, context.works],
      () => callList(context, { lines: callLines(state, today), selected: state.selected, stale }),
    );
    draw('tabs', [state.entries, state.selected, stale], () =>
      tabList(context, { entries: state.entries, selected: state.selected, stale }),
    );
    showSelectedTab();
    draw('stale', [stale, stale && link.lastSeen], () =>
      stale
        ? el(
            'p',
            { class: 'stale-banner small', id: 'stale-banner' },
            t('stale.banner', { at: link.lastSeen ? clock(link.lastSeen, true) : '—' }),
          )
        : null,
    );
    renderStage(context, { stale, online });
    renderLists(context);
    tick();
  }

  /**
   * @param {Context} context
   * @param {{online: boolean, retryIn: number|null}} link
   */
  function renderTop(context, { online, retryIn }) {
    const {
      agent,
      link,
      source,
      sources,
      presence,
      presenceNext,
      presenceMore,
      presenceFree,
      masters,
      view,
      missedOpen,
    } = state;
    const { picksUp, colleagues } = context;
    const presences = [presence, presenceNext, presenceMore, presenceFree, masters.away_reasons];
    draw('presence', [...presences, online, agent, picksUp, colleagues], () => [
      presenceSwitch(context, {
        presence,
        next: presenceNext,
        more: presenceMore,
        free: presenceFree,
        online,
        reasons: masters.away_reasons,
      }),
      pickUpChoice(context, { me: agent?.agent_code ?? null, online }),
    ]);
    /** @type {State['view'][]} */
    const views = ['desk'];
    if (context.reads) views.push('missed');
    if (context.leads) views.push('team');
    draw('views', [view, views.join(), missedOpen], () => viewSwitch(context, { view, views, waiting: missedOpen }));
    draw('agent', [agent], () => agent && agentLine(context, agent));
    const [elsewhere, sound] = [page.elsewhere(), page.sound()];
    draw('link', [link.status, retryIn, source, sources, sound, elsewhere], () =>
      linkState(context, { status: link.status, retryIn, source, sources, sound, elsewhere }),
    );
  }

  /** Many tabs scroll: the one that is chosen must be seen. */
  function showSelectedTab() {
    if (shownTab === state.selected) return;
    shownTab = state.selected;
    stageParts.tabs.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  /**
   * @param {Context} context
   * @param {{stale: boolean, online: boolean}} link
   */
  function renderStage(context, { stale, online }) {
    const entry = selectedEntry(state);
    panel.hidden = state.view !== 'desk';
    byId('desk').classList.toggle('wide-view', state.view !== 'desk');
    if (entry) {
      renderEntry(context, entry, stale && isLive(entry));
      renderWork(context, entry, online);
    } else renderIdle(context, online);
    renderTimeline(context, entry && shownPopup(entry));
  }

  /**
   * @param {Context} context
   * @param {boolean} online
   */
  function renderIdle(context, online) {
    const { presence, source } = state;
    panel.classList.remove('stale');
    stageParts.wrap.hidden = true;
    draw('bar', [null], () => null);
    draw('body', [null, presence, online, source], () => idle(context, { presence, online, source }));
  }

  /**
   * @param {Context} context
   * @param {Entry} entry
   * @param {boolean} stale
   */
  function renderEntry(context, entry, stale) {
    const popup = shownPopup(entry);
    const draft = draftOf(state, entry.key);
    const handed = entry.phase === 'ringing' && draft.note ? { text: draft.note, by: draft.by } : null;
    const offer = entry.phase === 'card' ? callToIdentify(state) : null;
    const { lastSeen } = state.link;
    panel.classList.toggle('stale', stale);
    const me = state.agent?.agent_code ?? null;
    draw('bar', [entry, stale, stale && lastSeen, context.dials, context.works, context.colleagues], () =>
      callBar(context, { entry, stale, lastSeen, me }),
    );
    draw(
      'body',
      [
        entry.key,
        popup,
        entry.chosen,
        entry.choosing,
        entry.form,
        entry.phase === 'card',
        handed?.text,
        offer?.key,
        context.today,
        context.dials,
        context.works,
      ],
      () => popupBody(context, { entry, popup, handed, offer }),
    );
  }

  /**
   * What is written about a call, or made from a card.
   * @param {Context} context
   * @param {Entry} entry
   * @param {boolean} online
   */
  function renderWork(context, entry, online) {
    const code = shownPopup(entry).customer?.customer_code ?? null;
    const draft = draftOf(state, entry.key);
    const { masters, colleagues } = state;
    stageParts.wrap.hidden = entry.phase === 'ringing' || !context.works;
    if (stageParts.wrap.hidden) return;
    if (entry.phase === 'card') {
      draw('wrapForm', [entry.key, draft.rev, online, colleagues], () =>
        code === null ? null : createForm(context, { key: entry.key, code, draft, online }),
      );
      draw('wrapState', [null], () => null);
      return;
    }
    draw(
      'wrapForm',
      [entry.key, draft.rev, masters, colleagues, code !== null, entry.unfolded, isLive(entry), online],
      () => wrapupForm(context, { entry, draft, masters, customer: code !== null, online }),
    );
    draw('wrapState', [draft, online], () => wrapupState(context, { draft, online }));
  }

  /**
   * @param {Context} context
   * @param {PagePopup|null} popup
   */
  function renderTimeline(context, popup) {
    const code = popup?.customer?.customer_code ?? null;
    const known = code !== null || Boolean(popup?.lead);
    const history = code === null ? null : state.history[code];
    byId('timeline').classList.toggle('without', !known);
    draw('timeline', [code, known, popup?.interactions, history, context.today, context.dials], () =>
      timeline(context, { code, known, own: popup?.interactions ?? [], history }),
    );
  }

  /** @param {Context} context */
  function renderLists(context) {
    const { view, missed, missedAll, callbacks, team, masters, agent } = state;
    const at = now();
    const due = dueCallbacks(state, at);
    draw('reminders', [due.map((one) => one.callback_no).join(), state.callbacks, context.today], () =>
      reminders(context, due),
    );
    stageParts.missed.hidden = view !== 'missed';
    stageParts.team.hidden = view !== 'team';
    if (view === 'missed') {
      const lateness = [...missed, ...callbacks].filter((one) => Date.parse(one.due_at) <= at).length;
      draw(
        'missed',
        [missed, missedAll, callbacks, context.today, lateness, context.dials, context.works, context.assigns],
        () => missedPanel(context, { missed, all: missedAll, callbacks, me: agent?.agent_code ?? null, at }),
      );
    }
    const me = agent?.agent_code ?? null;
    if (view === 'team' && team)
      draw('team', [team, masters, me, context.picksUp], () => teamPanel(context, { team, masters, me }));
  }

  /** Counts the seconds of what goes on; nothing is built anew for it. */
  function tick() {
    for (const node of document.querySelectorAll('[data-since], [data-until]')) {
      if (!(node instanceof HTMLElement)) continue;
      const { since = '', until = '', text: left = '' } = node.dataset;
      const [from, to] = [Date.parse(since), Date.parse(until)];
      const text = !Number.isNaN(from)
        ? elapsed((now() - from) / 1000)
        : !Number.isNaN(to)
          ? left.replace('{time}', elapsed(Math.ceil((to - now()) / 1000)))
          : '';
      if (node.textContent !== text) node.textContent = text;
    }
  }

  /** To the note of the call on the stage; `false` when there is none. */
  function focusNote() {
    if (stageParts.wrap.hidden || panel.hidden) return false;
    const note = stageParts.wrap.querySelector('textarea');
    note?.focus();
    note?.scrollIntoView({ block: 'nearest' });
    return note !== null;
  }

  return { show, tick, focusNote, gone: stageParts.gone };
}

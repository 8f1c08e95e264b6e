// What the page is made of, on top of the frames of protocol.d.ts. Types only: nothing here reaches the browser.

import type { makeActions } from './actions';
import type { makeAsk } from './actions/ask';
import type { listActions } from './actions/lists';
import type {
  Agent,
  Call,
  Callback,
  CallbacksAnswer,
  CallEntry,
  Caller,
  CallState,
  CallWrapupAnswer,
  Candidate,
  Colleague,
  ColleaguesAnswer,
  HelloAnswer,
  HistoryAnswer,
  InquiryKind,
  Interaction,
  LeadProfile,
  MastersAnswer,
  MatchedContact,
  MissedAnswer,
  MissedCall,
  Operations,
  Overview,
  Permission,
  PopUp,
  Presence,
  Push,
  Pushes,
  Source,
} from './protocol';

/** Labels by their keys, in both languages. */
export type Texts = Record<string, [ja: string, en: string]>;

/** A label by its key, in the language of the page. */
export interface Label {
  (key: string, values?: Record<string, unknown>): string;
  /** The label, or `text` where there is none. */
  or<Text extends string | null | undefined>(key: string, text: Text): string | Text;
  lang: 'ja' | 'en';
}

/** What an element holds; `null`, `undefined`, `false` and an empty text are left out. */
export type Child = Node | string | number | false | null | undefined | Child[];

/** What listens to an element. */
export type Listeners<Target> = {
  [Kind in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[Kind] & { currentTarget: Target }) => unknown;
};

/** What `el` makes an element with; whatever is not named here is an attribute. */
export interface Props<Target> {
  class?: string | false | null;
  /** Keeps the focus and what was typed when the region is built anew. */
  key?: string | null;
  on?: Listeners<Target>;
  [attribute: string]: unknown;
}

/** A candidate with every list in place. */
export type PageCandidate = Candidate & Required<Pick<Candidate, 'people' | 'sites'>>;

/** A lead; an older bridge only tells its name and who looks after it. */
export type PageLead = Pick<LeadProfile, 'lead_code' | 'company_name'> &
  Partial<LeadProfile> & { account_owner?: string | null };

/** A call; one that was made of its record has ended. */
export type PageCall = Omit<Call, 'state'> & { state: CallState | 'ended' };

/** A pop-up as it comes, complete or not. */
export type WirePopup = Partial<Omit<PopUp, 'call'>> & { call?: PageCall | null };

/** A pop-up as the views may trust it (`popupOf`). */
export interface PagePopup extends Omit<PopUp, 'call' | 'candidates' | 'lead' | 'open'> {
  call: PageCall | null;
  candidates: PageCandidate[];
  lead: PageLead | null;
  open: Required<PopUp['open']>;
}

/** The pop-up of a call. */
export type CallPopup = PagePopup & { call: PageCall };

/** How a call ended. */
export interface Ended {
  outcome: string | null;
  at: string | null;
  talk: number | null;
  uncertain: boolean;
}

/** What every tab has. */
interface Tab {
  key: string;
  since: string | null;
  answered: string | null;
  chosen: PagePopup | null;
  /** The list of candidates is open; `who`: of the one customer, who calls. */
  choosing: boolean | 'who';
  form: 'lead' | 'customer' | null;
  unfolded: boolean;
}

/** A call that goes on. */
export interface LiveEntry extends Tab {
  phase: CallState;
  popup: CallPopup;
  ended: null;
}

/** A call that is over. */
export interface EndedEntry extends Tab {
  phase: 'ended';
  popup: CallPopup;
  ended: Ended;
}

/** A card that was opened by hand. */
export interface CardEntry extends Tab {
  phase: 'card';
  popup: PagePopup & { call: null };
  ended: null;
}

/** A tab: a call, or a card that was opened by hand. */
export type Entry = LiveEntry | EndedEntry | CardEntry;

/** What somebody typed about a call and has not saved. */
export interface Draft {
  category: string | null;
  result: string | null;
  status: string | null;
  note: string;
  follow_day: string;
  follow_time: string;
  follow_by: string;
  inquiry_kind: InquiryKind | '';
  subject: string;
  body: string;
  task: string;
  task_due: string;
  task_by: string;
  kept: string;
  sent: string | null;
  by: string | null;
  theirs: { text: string; by: string | null } | null;
  touched: boolean;
  saving: boolean;
  saved: Partial<CallWrapupAnswer> | null;
  rev: number;
}

/** What left the page and why. */
export interface Note {
  call_id: string;
  name: string | null;
  customer_code: string | null;
  caller: Caller;
  queue: string | null;
  started_at: string;
  direction: string;
  reason: string | null;
  outcome: string | null;
  talk: number | null;
}

/** A line of the call list: a call that goes on. */
export interface LiveLine {
  live: true;
  call_id: string;
  key: string;
  phase: CallState;
  name: string | null;
  caller: Caller;
  queue: string | null;
  started_at: string;
  direction: string;
}

/** A line of the call list: a call that is over. */
export interface PastLine extends Note {
  live: false;
  /** The wrap-up of the agent's own call is not saved. */
  unwrapped: boolean;
  missed: boolean;
  recorded: boolean;
}

/** A callback; `due` when its time has come. */
export type PageCallback = Callback & { due?: boolean };

/** What the page knows (`state.js`). */
export interface State {
  agent: Agent | null;
  error: string | null;
  link: { status: 'closed' | 'online' | 'checking' | 'connecting' | 'waiting'; retryAt: number | null; lastSeen: number | null };
  source: boolean | null;
  view: 'desk' | 'missed' | 'team';
  entries: Entry[];
  selected: string | null;
  waiting: string | null;
  notes: Note[];
  records: CallEntry[];
  history: Record<string, { entries: Interaction[]; more: boolean | null; busy: boolean }>;
  drafts: Record<string, Draft>;
  permissions: Permission[] | null;
  socket: number | null;
  rings: number | null;
  sources: Source[];
  presence: Presence | null;
  presenceNext: Presence | null;
  presenceFree: boolean;
  presenceMore: { reason: string | null; since: string | null; until: string | null; callId: string | null };
  masters: MastersAnswer;
  served: { work: boolean; missed: boolean };
  missed: MissedCall[];
  missedOpen: number;
  missedAll: boolean;
  callbacks: PageCallback[];
  snoozed: Record<string, number>;
  team: Overview | null;
  colleagues: Colleague[];
}

/** What changes the lists around the calls, and what each step carries. */
export interface ListSteps {
  source: { up: boolean | null };
  presence: { presence: Presence; asked?: Presence };
  presence_free: { on: boolean };
  masters: { data: MastersAnswer };
  colleagues: { data: ColleaguesAnswer };
  missed: { data: MissedAnswer; all?: boolean };
  callbacks: { data: CallbacksAnswer };
  callback_done: { no: number };
  snooze: { no: number; until: number };
  team: { data: Overview };
}

/** What changes the drafts. */
export interface WorkSteps {
  draft: { key: string; fields: Partial<Draft>; typed?: boolean };
  note_sent: { key: string; text: string };
  note_kept: { key: string; text: string };
  take_theirs: { key: string };
  drop_theirs: { key: string };
  wrapup: { key: string; step: 'sent' | 'saved' | 'failed'; sent?: Draft; data?: CallWrapupAnswer | null };
  created: { key: string; what: 'inquiry' | 'task' };
  drafts: { drafts: Record<string, Draft> };
}

/** A push; `at`: when the bridge sent it. */
export type Pushed = {
  [Kind in keyof Pushes]: { ev: Kind; data: Pushes[Kind]; at?: string | null };
}[keyof Pushes];

/** What changes the state, and what each step carries. */
export interface Steps extends ListSteps, WorkSteps {
  welcome: { data: HelloAnswer };
  push: Pushed & { typing?: boolean };
  replay: Pushed;
  take: Record<never, never>;
  view: { view: State['view'] };
  link: { status: State['link']['status']; retryAt?: number | null; lastSeen?: number | null };
  records: { calls: CallEntry[] };
  card: { data: WirePopup };
  fresh: { code: string; data: WirePopup };
  choose: { key: string; data: WirePopup };
  refill: { key: string; data: WirePopup };
  unchoose: { key: string };
  choosing: { key: string; on?: boolean | 'who' };
  form: { key: string; form?: Entry['form'] };
  unfold: { key: string; open: boolean };
  select: { key: string };
  close: { key: string };
  reopen: { popup: WirePopup; ended: Ended; stage?: boolean };
  history: { code: string; busy?: boolean; data?: HistoryAnswer | null };
  signed_out: { error?: string | null };
}

/** A step with what it carries. */
export type Action<Type extends keyof Steps> = { type: Type } & Steps[Type];

/** Takes a step. */
export type Dispatch = <Type extends keyof Steps>(action: Action<Type>) => void;

/** How each step changes the state. */
export type Reducers<Of> = { [Type in keyof Of]: (state: State, action: Of[Type]) => State };

/** How pushes change the state. `typing`: the agent types, and a new call waits in its tab. */
export type PushReducers = {
  [Kind in keyof Pushes]?: (state: State, data: Pushes[Kind], at: string | null, typing: boolean) => State;
};

/** Who was chosen as the caller: a customer, one of its people or sites, or a lead. */
export interface Choice {
  customer_code: string | null;
  lead_code?: string | null;
  matched_contact?: MatchedContact | null;
  site?: string;
}

/**
 * What the actions need of the page. `attempt` answers or throws, as a connection does; `typed`: in the note of a call;
 * `told`: the other tabs; `leave`: the work after a call is done; `refresh`: the card of a customer.
 */
export interface PageForActions {
  t: Label;
  now(): number;
  state(): State;
  dispatch: Dispatch;
  attempt: Requests;
  toast(text: string): void;
  focusSearch(): void;
  typed(call: string): void;
  flushNotes(): void;
  told(what: 'callbacks' | 'work'): void;
  leave(call: string): void;
  refresh(customer: string): Promise<void>;
}

/** Sends a request: its answer, or `null` after a failure, which is said by the label `failure`. */
export type Ask = ReturnType<typeof makeAsk>;

/** What is done with the lists around the calls. */
export type ListActions = ReturnType<typeof listActions>;

/** What can be done on the page. */
export interface Actions extends ReturnType<typeof makeActions> {
  signIn(token: string): void;
  signInWith(agentCode: string, password: string): Promise<void>;
  singleSignOn(path: string): void;
  signOut(): void;
  /** To the note of the call on the stage; `false` when there is none. */
  focusNote(): boolean;
  /** `focus`: the keyboard goes to the tab too. */
  select(key: string, focus?: boolean): void;
  setSound(on: boolean): void;
}

/** What every view gets. */
export interface Context {
  t: Label;
  today: string;
  now: () => number;
  actions: Actions;
  colleagues: Colleague[];
  works: boolean;
  dials: boolean;
  picksUp: boolean;
  reads: boolean;
  leads: boolean;
  assigns: boolean;
}

/** How one may sign in (`v1/sign-in/options`). */
export interface SignInOptions {
  token: boolean;
  password: boolean;
  oidc: { name?: string | null; url: string } | null;
}

/** Sends a request: resolves to its answer, rejects with a `RequestError`. */
export type Requests = <Op extends keyof Operations>(
  op: Op,
  fields: Operations[Op]['request'],
) => Promise<Operations[Op]['answer']>;

/** A connection to the bridge (`connection.js`). */
export interface Connection {
  request: Requests;
  close(): void;
  nudge(): void;
}

/** What a connection tells. */
export interface ConnectionEvents {
  lang: string;
  status(link: State['link']): void;
  welcome(data: HelloAnswer): void;
  push(kind: 'news' | 'replay', frame: Push): void;
  refused(code: string): void;
  clock(ms: number): void;
}

// What the page is made of, on top of the frames of protocol.d.ts. Types only: nothing here reaches the browser.

import type {
  Agent,
  Answered,
  Call,
  Callback,
  CallEntry,
  Candidate,
  Colleague,
  CustomerProfile,
  HelloAnswer,
  Interaction,
  LeadProfile,
  MastersAnswer,
  MissedCall,
  Operations,
  Overview,
  Permission,
  PopUp,
  Presence,
  Source,
} from './protocol';

/** A label by its key, in the language of the page. */
export interface Label {
  (key: string, values?: Record<string, unknown>): string;
  or(key: string, text: string | null): string;
  lang: 'ja' | 'en';
}

/** A candidate with every list in place. */
export type PageCandidate = Candidate & Required<Pick<Candidate, 'people' | 'sites'>>;

/** A lead; an older bridge only tells its name and who looks after it. */
export type PageLead = Pick<LeadProfile, 'lead_code' | 'company_name'> &
  Partial<LeadProfile> & { account_owner?: string | null };

/** A pop-up as the views may trust it (`popupOf`). */
export interface PagePopup extends Omit<PopUp, 'candidates' | 'lead' | 'open'> {
  candidates: PageCandidate[];
  lead: PageLead | null;
  open: Required<PopUp['open']>;
}

/** How a call ended. */
export interface Ended {
  outcome: string | null;
  at: string | null;
  talk: number | null;
  uncertain?: boolean;
  mine?: boolean;
}

/** A tab: a call, or a card that was opened by hand. */
export interface Entry {
  key: string;
  phase: 'dialing' | 'ringing' | 'answered' | 'held' | 'ended' | 'card';
  since: string | null;
  answered: string | null;
  popup: PagePopup;
  chosen: PagePopup | null;
  /** The list of candidates is open; `who`: of the one customer, who calls. */
  choosing: boolean | 'who';
  form: 'lead' | 'customer' | null;
  unfolded: boolean;
  ended: Ended | null;
}

/** What somebody typed about a call and has not saved. */
export interface Draft {
  category: string | null;
  result: string | null;
  status: string | null;
  note: string;
  follow_day: string;
  follow_time: string;
  follow_by: string;
  inquiry_kind: string;
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
  saved: string | null;
  rev: number;
}

/** What left the page and why. */
export interface Note {
  call_id: string;
  name: string | null;
  customer_code: string | null;
  caller: Call['caller'];
  started_at: string;
  direction: string;
  reason?: string | null;
  outcome?: string | null;
  talk?: number | null;
  [more: string]: unknown;
}

/** A callback; `due` when its time has come. */
export type PageCallback = Callback & { due?: boolean };

/** What the page knows (`state.js`). */
export interface State {
  agent: Agent | null;
  error: string | null;
  link: { status: 'closed' | 'online' | 'connecting' | 'waiting'; retryAt: number | null; lastSeen: number | null };
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

/** What every view gets. */
export interface Context {
  t: Label;
  today: string;
  now: () => number;
  // biome-ignore lint/suspicious/noExplicitAny: the actions are functions of many shapes, see actions.js
  actions: any;
  colleagues: Colleague[];
  works: boolean;
  dials: boolean;
  reads: boolean;
  leads: boolean;
  assigns: boolean;
}

/** A connection to the bridge (`connection.js`). */
export interface Connection {
  request<Op extends keyof Operations>(
    op: Op,
    fields?: Omit<Operations[Op]['request'], never>,
  ): Promise<Operations[Op]['answer']>;
  close(): void;
  nudge(): void;
}

/** What a connection tells. */
export interface ConnectionEvents {
  lang: string;
  status(link: State['link']): void;
  welcome(data: HelloAnswer): void;
  push(kind: 'news' | 'replay', frame: { ev: string; at?: string; data: unknown }): void;
  refused(code: string): void;
  clock(ms: number): void;
}

export type { Answered, CallEntry, CustomerProfile, HelloAnswer, Interaction, MissedCall, Overview, PopUp };

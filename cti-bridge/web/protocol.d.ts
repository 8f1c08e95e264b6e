// The frames of docs/protocol.md. A test writes this file from the types of the code
// (cti-bridge/tests/it/protocol_schema/).

/** The fields of each request and the data of its answer. */
export interface Operations {
  'hello': { request: Hello; answer: HelloAnswer };
  'lookup': { request: Lookup; answer: PopUp };
  'search': { request: Search; answer: SearchAnswer };
  'history': { request: History; answer: HistoryAnswer };
  'calls': { request: Calls; answer: CallsAnswer };
  'calls.all': { request: CallsAll; answer: CallsAnswer };
  'presence': { request: SetPresence; answer: PresenceAnswer };
  'masters': { request: Masters; answer: MastersAnswer };
  'colleagues': { request: Colleagues; answer: ColleaguesAnswer };
  'call.choose': { request: CallChoose; answer: Empty };
  'call.forget': { request: CallForget; answer: Empty };
  'call.nuisance': { request: CallNuisance; answer: Empty };
  'customer.create': { request: CustomerCreate; answer: CustomerCreateAnswer };
  'lead.create': { request: LeadCreate; answer: LeadCreateAnswer };
  'contact.attach': { request: ContactAttach; answer: ContactAttachAnswer };
  'call.note': { request: CallNote; answer: Empty };
  'call.recordings': { request: CallRecordings; answer: CallRecordingsAnswer };
  'call.wrapup': { request: CallWrapup; answer: CallWrapupAnswer };
  'inquiry.create': { request: InquiryCreate; answer: InquiryCreateAnswer };
  'inquiry.update': { request: InquiryUpdate; answer: Empty };
  'task.create': { request: TaskCreate; answer: TaskCreateAnswer };
  'task.done': { request: TaskDone; answer: Empty };
  'call.dial': { request: CallDial; answer: Empty };
  'call.hangup': { request: CallHangup; answer: Empty };
  'call.hold': { request: CallHold; answer: Empty };
  'call.transfer': { request: CallTransfer; answer: Empty };
  'call.pickup': { request: CallPickup; answer: Empty };
  'missed': { request: Missed; answer: MissedAnswer };
  'missed.claim': { request: MissedClaim; answer: Empty };
  'missed.release': { request: MissedRelease; answer: Empty };
  'missed.close': { request: MissedClose; answer: Empty };
  'callbacks': { request: Callbacks; answer: CallbacksAnswer };
  'callback.done': { request: CallbackDone; answer: Empty };
  'agents': { request: Agents; answer: Overview };
  'ring.here': { request: RingHere; answer: Empty };
  'call.shown': { request: CallShown; answer: Empty };
  'ack': { request: Ack; answer: Empty };
  'ping': { request: Ping; answer: PingAnswer };
}

/** The data of each push. */
export interface Pushes {
  'call.ringing': PopUp;
  'call.dialing': PopUp;
  'call.updated': PopUp;
  'call.answered': CallAnswered;
  'call.held': CallMoment;
  'call.resumed': CallMoment;
  'call.dismissed': CallDismissed;
  'call.ended': CallEnded;
  'call.event': CallEvent;
  'call.note': NoteChanged;
  'ring.moved': RingMoved;
  'missed.changed': MissedCall;
  'callback.due': Callback;
  'customer.changed': CustomerChanged;
  'agents.changed': AgentsChanged;
  'presence.changed': PresenceView;
  'source.state': SourceState;
  'rank.updated': RankUpdated;
}

/** A request with its fields. */
export type Request = { [Op in keyof Operations]: { id: Id; op: Op; key?: Key } & Operations[Op]['request'] }[keyof Operations];

/** An answer with data. */
export interface Answered<Op extends keyof Operations = keyof Operations> {
  re: Id;
  ok: true;
  data: Operations[Op]['answer'];
}

/** A push. */
export type Push = {
  [Kind in keyof Pushes]: { ev: Kind; seq: number; at: string; data: Pushes[Kind] };
}[keyof Pushes];

/** A frame from the bridge. */
export type Frame = Answered | Refused | Push;

/** The client's position in the stream. */
export interface Ack {
  /** The last push that was handled. */
  seq: number;
}

/** One address of the customer. */
export interface AddressEntry {
  building: string | null;
  city: string | null;
  is_default: boolean;
  kind: AddressKind;
  name: string | null;
  postal_code: string | null;
  prefecture: string | null;
  street: string | null;
}

/** What an address of a customer is for. */
export type AddressKind = 'head_office' | 'billing' | 'ship_to';

/** An agent. */
export interface Agent {
  agent_code: string;
  agent_name: string;
  extension: string | null;
  role: AgentRole;
}

/** An agent with presence. */
export interface AgentLine {
  agent_code: string;
  agent_name: string;
  call_id: string | null;
  extension: string | null;
  presence: Presence;
  reason: string | null;
  role: AgentRole;
  since: Stamp;
  /** Sockets that are open. */
  sockets: number;
  until: Stamp | null;
}

/** What a signed-in person or program may see and do. */
export type AgentRole = 'agent' | 'supervisor' | 'admin' | 'integration';

/** It has no fields. */
export type Agents = Record<never, never>;

/** Somebody's presence. */
export interface AgentsChanged {
  agent_code: string;
  call_id: string | null;
  presence: Presence;
  reason: string | null;
  since: Stamp;
  until: Stamp | null;
}

/** One thing that an agent must know first. */
export interface Alert {
  amount: string | null;
  code: AlertCode;
  count: number | null;
  reference: string | null;
  severity: Severity;
  since: string | null;
  text: string | null;
}

/** Which alert it is. */
export type AlertCode = 'suspended' | 'overdue' | 'credit_exceeded' | 'complaint_open' | 'caution';

/** What the customer owes, tax included. */
export interface Balance {
  credit_limit: string | null;
  credit_remaining: string | null;
  oldest_due_on: string | null;
  overdue: string;
  unpaid: string;
}

/** A call as one agent sees it. */
export interface Call {
  answered_at: Stamp | null;
  call_id: string;
  called: string | null;
  /** The number dialled as it is written in Japan; an extension as it is. */
  called_display: string | null;
  caller: Caller;
  /** The name that the PBX sends with the number: a hint, which nobody has checked. */
  caller_name: string | null;
  chosen: Chosen | null;
  /** What can be done with the call from the screen; `null` for who may not. */
  controls: CallControls | null;
  /** The code that the caller gave to an IVR. */
  customer_code: string | null;
  direction: CallDirection;
  /** The number's earlier calls of today; `null` when this is the first, or not an inbound call. */
  earlier_today: EarlierToday | null;
  /** The company's line that was called, if the settings name it. */
  line: Line | null;
  note: string;
  note_by: string | null;
  /** Who marked the number as a nuisance, and when; `null` when nobody did. */
  nuisance: Nuisance | null;
  queue: string | null;
  queued_at: Stamp | null;
  started_at: Stamp;
  state: CallState;
  /** The call was found already running. */
  uncertain: boolean;
}

/** An agent's part in a call. */
export interface CallAgent {
  agent_code: string;
  state: CallState;
}

/** This agent answered. */
export interface CallAnswered {
  answered_at: Stamp;
  call_id: string;
}

/** Who calls. */
export interface CallChoose {
  /** The call. */
  call_id: string;
  /** The person of the customer. */
  contact_id?: number | null;
  /** The customer. */
  customer_code?: string | null;
  /** The lead, in place of a customer. */
  lead_code?: string | null;
  /** Whether the number is remembered as theirs. */
  remember?: boolean | null;
  /** The site of the customer. */
  site?: string | null;
}

/** What the call's PBX does for an agent who has the call. */
export interface CallControls {
  hangup: boolean;
  hold: boolean;
  /** The queues to which it can be transferred. */
  queues: string[];
  transfer: boolean;
}

/** Whom to call. */
export interface CallDial {
  /** A whole number in any written form, or an extension of 2 to 5 digits. */
  number: string;
}

/** The direction of a call. */
export type CallDirection = 'inbound' | 'outbound' | 'internal';

/** The pop-up goes away, and why. */
export interface CallDismissed {
  call_id: string;
  reason: DismissReason;
}

/** The call is over. */
export interface CallEnded {
  call_id: string;
  ended_at: Stamp;
  outcome: CallOutcome;
  talk_seconds: number;
  uncertain: boolean;
}

/** A call record with the number as it is written in Japan. */
export interface CallEntry {
  acw_seconds: number | null;
  /** Who answered, or whose phone rang last. */
  agent_code: string | null;
  answered_at: string | null;
  call_id: string;
  called: string | null;
  caller_display: string | null;
  /** Only when the caller did not withhold it. */
  caller_e164: string | null;
  caller_kind: CallerKind;
  category: string | null;
  customer_code: string | null;
  /** Filled by readers for lists; not stored with the call. */
  customer_name: string | null;
  direction: CallDirection;
  /** `None` while it is running. */
  ended_at: string | null;
  extension: string | null;
  follow_up_at: string | null;
  hold_seconds: number | null;
  lead_code: string | null;
  note: string | null;
  /** Imported call logs may have words of their own. */
  outcome: string | null;
  /** The PBX's own identity of the call: Asterisk's `Linkedid`, FreeSWITCH's leg. */
  pbx_call_id: string | null;
  queue: string | null;
  queued_at: string | null;
  /** The files with recordings, as the PBX names them; for those who may listen. */
  recordings: string[];
  result: string | null;
  ring_seconds: number | null;
  shown_ms: number | null;
  /** The PBX, by its name in the settings. */
  source: string | null;
  started_at: string;
  status: string | null;
  talk_seconds: number | null;
  uncertain: boolean;
  wrapped_at: string | null;
  wrapped_by: string | null;
}

/** Something that happened to a call. */
export interface CallEvent {
  /** The call as it was then. What is not known, or not told, is left out. */
  data: EventCall;
  /** When it happened. */
  timestamp: string;
  /** What. */
  type: EventKind;
}

/** The call whose number is forgotten. */
export interface CallForget {
  /** The call. */
  call_id: string;
}

/** Which call. */
export interface CallHangup {
  /** The call. */
  call_id: string;
}

/** Which call. */
export interface CallHold {
  /** The call. */
  call_id: string;
  /** Whether the other party is to be on hold. */
  held?: boolean | null;
}

/** A live call with its agents. */
export interface CallLine {
  agents: CallAgent[];
  answered_at: Stamp | null;
  call_id: string;
  caller: Caller;
  customer_name: string | null;
  direction: CallDirection;
  queue: string | null;
  started_at: Stamp;
  /** `ringing` until somebody answers, then `answered`. */
  state: CallState;
}

/** Something happened to a call at this time. */
export interface CallMoment {
  at: Stamp;
  call_id: string;
}

/** The whole note as it is now. */
export interface CallNote {
  /** The call. */
  call_id: string;
  /** The note. */
  text: string;
}

/** The call whose number it is. */
export interface CallNuisance {
  /** The call. */
  call_id: string;
  /** Whether it is a nuisance. */
  nuisance?: boolean | null;
}

/** How a call ended (docs/protocol.md). */
export type CallOutcome = 'completed' | 'abandoned' | 'no_answer' | 'busy' | 'failed' | 'unknown';

/** Whose call. */
export interface CallPickup {
  /** The code of the agent whose phone rings. */
  agent_code: string;
}

/** Which call. */
export interface CallRecordings {
  /** The call. */
  call_id: string;
}

/** The recordings of a call. */
export interface CallRecordingsAnswer {
  recordings: Recording[];
}

/** The call whose pop-up was drawn. */
export interface CallShown {
  /** The call. */
  call_id: string;
}

/** Where an agent stands in a call. */
export type CallState = 'dialing' | 'ringing' | 'answered' | 'held';

/** Which call, and to whom: one of the three. */
export interface CallTransfer {
  /** The code of the agent. */
  agent_code?: string | null;
  /** The call. */
  call_id: string;
  /** A whole number in any written form, or an extension of 2 to 5 digits. */
  number?: string | null;
  /** A queue that the call's `controls` name. */
  queue?: string | null;
}

/** The wrap-up; what is left out stays as it is. */
export interface CallWrapup {
  /** The call. */
  call_id: string;
  /** A code of the master. */
  category?: string | null;
  /** Who called. */
  customer_code?: string | null;
  /** Whether after-call work is over. */
  done?: boolean | null;
  /** When to call back. */
  follow_up_at?: string | null;
  /** The code of the agent who calls back; the writer when it is left out. */
  follow_up_by?: string | null;
  /** An inquiry to open. */
  inquiry?: InquiryText | null;
  /** The note of the call. */
  note?: string | null;
  /** A code of the master. */
  result?: string | null;
  /** A code of the master. */
  status?: string | null;
  /** A task to create. */
  task?: TaskText | null;
}

/** What was opened with the wrap-up; `null` where nothing was asked for. */
export interface CallWrapupAnswer {
  callback_no: number | null;
  inquiry_no: string | null;
  task_no: string | null;
}

/** A callback with the number as it is written in Japan. */
export interface Callback {
  assignee: string | null;
  call_id: string;
  callback_no: number;
  caller_e164: string | null;
  customer_code: string | null;
  customer_name: string | null;
  display: string | null;
  due_at: string;
  note: string | null;
  number: string | null;
  status: CallbackStatus;
}

/** The callback. */
export interface CallbackDone {
  /** Its number. */
  callback_no: number;
}

/** Whether a callback was made. */
export type CallbackStatus = 'open' | 'done';

/** How many callbacks. */
export interface Callbacks {
  /** Entries of the answer at most. */
  limit?: number | null;
}

/** The callbacks. */
export interface CallbacksAnswer {
  callbacks: Callback[];
}

/** A caller. */
export interface Caller {
  /** The area of a fixed-line number. */
  area: string | null;
  /** The number as it is written in Japan. */
  display: string | null;
  kind: CallerKind;
  number: string | null;
}

/** Whether a caller has a number, or why not. */
export type CallerKind = 'number' | 'internal' | 'withheld' | 'payphone' | 'out_of_area' | 'service_conflict' | 'unknown';

/** How much is known of who calls from a number. */
export type CallerLevel = 'person' | 'site' | 'company';

/** How many calls. */
export interface Calls {
  /** Entries of the answer at most. */
  limit?: number | null;
}

/** Since when, and how many. */
export interface CallsAll {
  /** Entries of the answer at most. */
  limit?: number | null;
  /** Calls that began then or later; without it those of today. */
  since?: string | null;
}

/** The calls. */
export interface CallsAnswer {
  calls: CallEntry[];
}

/** Somebody whose number or name matches: one line of a list to choose from. */
export interface Candidate {
  account_owner: string | null;
  /** An agent said earlier that it is this one. */
  chosen: boolean;
  customer_code: string | null;
  customer_name: string;
  customer_type: CustomerType | null;
  kind: CandidateKind;
  lead_code: string | null;
  /** Who of them has the number; nobody in person when several have it. */
  matched_contact: MatchedContact | null;
  name_kana: string | null;
  /** Everybody of them who has the number, when they are several. */
  people?: MatchedContact[];
  rank: string | null;
  /** Its places by their names, when the number does not say which of them calls. */
  sites?: CandidateSite[];
  trading_status: TradingStatus | null;
}

/** Whether a candidate is a customer or a lead. */
export type CandidateKind = 'customer' | 'lead';

/** A place of a customer: a branch, an office, a warehouse. */
export interface CandidateSite {
  city: string | null;
  /** The kind of its address. */
  kind: AddressKind;
  name: string;
  prefecture: string | null;
}

/** Figures that analytics published, with their as-of date. */
export interface CardMetrics {
  as_of: string;
  first_sold_on: string | null;
  last_sold_on: string | null;
  /** `None`: the customer's lines have no cost. */
  ltv: string | null;
  monthly_sales: string[];
  next_purchase_on: string | null;
  purchase_cycle_days: number | null;
  sales_12m: string;
  sales_prev_12m: string;
  slips_12m: number;
}

/** Who chose who calls, and when. */
export interface Chosen {
  at: Stamp;
  by: string;
}

/** Why the bridge closes a socket. */
export type CloseCode = 1000 | 1009 | 1013 | 4400 | 4401 | 4408 | 4429;

/** Somebody who can be given work. */
export interface Colleague {
  agent_code: string;
  agent_name: string;
}

/** It has no fields. */
export type Colleagues = Record<never, never>;

/** Everybody who can be given work, oneself too, by code. */
export interface ColleaguesAnswer {
  colleagues: Colleague[];
}

/** A colour: `#rrggbb`. */
export type Color = string;

/** Whose number it is. */
export interface ContactAttach {
  /** The call from the number. */
  call_id?: string | null;
  /** The customer. */
  customer_code: string;
  /** The contact person. */
  person_name?: string | null;
  /** The number; the caller's when it is left out. */
  phone?: string | null;
  /** What the number is for; sales when it is left out. */
  purpose?: ContactPurpose | null;
}

/** The contact that was added. */
export interface ContactAttachAnswer {
  contact_id: number;
}

/** One way to reach the customer. */
export interface ContactEntry {
  contact_id: number;
  email: string | null;
  person_name: string | null;
  phone: string | null;
  purpose: ContactPurpose;
}

/** What a contact of the customer is used for. */
export type ContactPurpose = 'sales' | 'billing' | 'delivery';

/** Which kind of record has the number. */
export type ContactSource = 'contact' | 'contact_person' | 'lead';

/** A customer whose card changed. */
export interface CustomerChanged {
  customer_code: string;
}

/** The new customer. */
export interface CustomerCreate {
  /** The call from the new customer. */
  call_id?: string | null;
  /** The customer's name. */
  customer_name: string;
  /** The internal memo. */
  memo?: string | null;
  /** The name's reading. */
  name_kana?: string | null;
  /** The contact person. */
  person_name?: string | null;
  /** The number; the caller's when it is left out. */
  phone?: string | null;
}

/** The customer that was registered. */
export interface CustomerCreateAnswer {
  customer_code: string;
}

/** The master record as a pop-up shows it. */
export interface CustomerProfile {
  account_owner: string | null;
  addresses: AddressEntry[];
  can_accept_order: boolean;
  contacts: ContactEntry[];
  customer_code: string;
  customer_name: string;
  customer_type: CustomerType | null;
  first_trade_date: string | null;
  industry: string | null;
  is_rank_auto_target: boolean;
  name_kana: string | null;
  origin: Origin;
  payment_method: string | null;
  payment_terms: string | null;
  preferences: string[];
  rank: string | null;
  rank_change: RankChangeNote | null;
  remarks: string | null;
  sales_area: string | null;
  short_name: string | null;
  suspended_reason: string | null;
  trading_status: TradingStatus;
}

/** What kind of business the customer does with us. */
export type CustomerType = 'wholesale' | 'direct' | 'corporate';

/** Why a pop-up is dismissed. */
export type DismissReason = 'answered_elsewhere' | 'no_answer' | 'caller_hung_up' | 'transferred' | 'rejected' | 'lost';

/** One entry of the masters of after-call work. */
export interface Disposition {
  code: string;
  hidden: boolean;
  kind: DispositionKind;
  label: string;
  label_en: string;
  position: number;
}

/** Which master of after-call work a code is in. */
export type DispositionKind = 'category' | 'result' | 'status' | 'away_reason';

/** Calls of today from the number that calls now. */
export interface EarlierToday {
  /** How many came in before this one. */
  calls: number;
  /** When the last of them began. */
  last_at: Stamp;
  /** When somebody last talked with the number today, whoever called whom; `null` if nobody did. */
  talked_at: Stamp | null;
}

/** Data of an answer that has nothing to say: `{}`. */
export type Empty = Record<never, never>;

/** A refusal as it is written. */
export interface ErrorBody {
  code: ErrorCode;
  message: string;
}

export type ErrorCode = 'bad_request' | 'unknown_op' | 'unauthorized' | 'hello_required' | 'forbidden' | 'not_found' | 'invalid_number' | 'conflict' | 'refused' | 'too_large' | 'rate_limited' | 'busy' | 'timeout' | 'internal';

/** A call as other systems are told of it. */
export interface EventCall {
  agent_code?: string | null;
  answered_at?: string | null;
  call_id: string;
  called?: string | null;
  caller_kind: CallerKind;
  category?: string | null;
  customer_code?: string | null;
  customer_name?: string | null;
  direction: CallDirection;
  ended_at?: string | null;
  extension?: string | null;
  follow_up_at?: string | null;
  hold_seconds?: number | null;
  lead_code?: string | null;
  note?: string | null;
  number?: string | null;
  outcome?: string | null;
  pbx_call_id?: string | null;
  queue?: string | null;
  result?: string | null;
  ring_seconds?: number | null;
  source?: string | null;
  started_at: string;
  status?: string | null;
  talk_seconds?: number | null;
  /** The call was found already running, or its end was not observed. */
  uncertain: boolean;
  wrapped_by?: string | null;
}

/** What happened to a call. */
export type EventKind = 'call.ringing' | 'call.answered' | 'call.ended' | 'call.missed' | 'call.wrapup';

/** The first request of a socket. */
export interface Hello {
  /** The language of messages for people: `ja` or `en`, also as a locale (`ja-JP`). */
  lang?: string | null;
  /** Where the client's stream of pushes broke off. */
  resume?: Resume | null;
  /** The agent's token. */
  token: string;
}

/** Everything that a client needs to begin. */
export interface HelloAnswer {
  agent: Agent;
  callbacks_due: Callback[];
  /** The agent's live pop-ups. */
  calls: PopUp[];
  /** Another one means that the bridge was restarted. */
  epoch: string;
  /** Missed calls that are open. */
  missed_open: number;
  permissions: Permission[];
  presence: Presence;
  presence_reason: string | null;
  presence_since: Stamp;
  presence_until: Stamp | null;
  /** Whether the pushes after the client's last one follow. */
  resumed: boolean;
  /** The socket of the agent that rings. */
  rings: number | null;
  /** The last push of the agent's stream. */
  seq: number;
  /** This socket's number. */
  socket: number;
  /** Whether all PBXs are connected. */
  source_up: boolean;
  sources: Source[];
}

/** Which part of which timeline. */
export interface History {
  /** Only entries after this one, `at/kind/reference`, or before an instant. */
  before?: HistoryCursor | null;
  /** The customer. */
  customer_code: string;
  /** Entries of the answer at most. */
  limit?: number | null;
}

/** A part of a timeline. */
export interface HistoryAnswer {
  entries: Interaction[];
  /** Whether there are older entries. */
  more: boolean;
}

/** The last entry of a page: its instant, kind and reference, because many entries can share an instant. Its text is `at/kind/reference`. A plain instant is a cursor too: the entries before it. */
export type HistoryCursor = string;

/** A number that a double holds, or a string. It comes back as it was sent. */
export type Id = number | string;

/** The inquiry and its customer. */
export interface InquiryCreate {
  /** Everything else. */
  body?: string | null;
  /** The customer. */
  customer_code: string;
  /** What it is. */
  kind: InquiryKind;
  /** The subject. */
  subject: string;
}

/** The inquiry that was opened. */
export interface InquiryCreateAnswer {
  inquiry_no: string;
}

/** What an inquiry is. */
export type InquiryKind = 'inquiry' | 'complaint' | 'request';

/** How far an inquiry has come. */
export type InquiryStatus = 'open' | 'in_progress' | 'done';

/** An inquiry of a customer who is known already. */
export interface InquiryText {
  /** Everything else. */
  body?: string | null;
  /** What it is. */
  kind: InquiryKind;
  /** The subject. */
  subject: string;
}

/** The inquiry and its new status. */
export interface InquiryUpdate {
  /** The inquiry. */
  inquiry_no: string;
  /** Its status from now on. */
  status: InquiryStatus;
}

/** One entry of the timeline: a call, an activity, an inquiry, a document, a rank change … */
export interface Interaction {
  at: string;
  body: string | null;
  by: string | null;
  /** How it came about, in the words of its kind (docs/protocol.md). */
  channel: string | null;
  kind: InteractionKind;
  reference: string;
  /** What came of it, in the words of its kind (docs/protocol.md). */
  status: string | null;
  subject: string | null;
}

/** What a timeline entry is. */
export type InteractionKind = 'call' | 'activity' | 'inquiry' | 'rank' | 'log' | 'document' | 'report' | 'owner' | 'rank_edit';

/** The client's key of one intention, in bytes of UTF-8; only requests that write heed it. */
export type Key = string | null;

/** The new lead. */
export interface LeadCreate {
  /** The call from the new lead. */
  call_id?: string | null;
  /** The company's name. */
  company_name: string;
  /** The internal memo. */
  memo?: string | null;
  /** The name's reading. */
  name_kana?: string | null;
  /** The contact person. */
  person_name?: string | null;
  /** The number; the caller's when it is left out. */
  phone?: string | null;
}

/** The lead that was registered. */
export interface LeadCreateAnswer {
  lead_code: string;
}

/** The record as a pop-up shows it. */
export interface LeadProfile {
  company_name: string;
  email: string | null;
  lead_code: string;
  origin: Origin;
  person_name: string | null;
  phone: string | null;
  source: string | null;
  status: string | null;
}

/** One of the company's numbers. */
export interface Line {
  /** What the agent says when answering. */
  greeting: string | null;
  /** What the company calls it: 代表, ご注文専用. */
  name: string;
}

/** Exactly one field names whom to look up. */
export interface Lookup {
  /** A customer's code. */
  customer_code?: string | null;
  /** A lead's code. */
  lead_code?: string | null;
  /** A number in any written form. */
  number?: string | null;
}

/** It has no fields. */
export type Masters = Record<never, never>;

/** The codes that can be chosen. */
export interface MastersAnswer {
  away_reasons: Disposition[];
  categories: Disposition[];
  /** The company's ranks with their colours, the best first. */
  ranks: RankEntry[];
  results: Disposition[];
  statuses: Disposition[];
}

/** How many have the number. */
export type Match = 'one' | 'many' | 'none' | 'unidentified' | 'chosen' | 'failed';

/** By what a customer was found. */
export type MatchBy = 'number' | 'code' | 'choice';

/** Whose number it is, within a customer. */
export interface MatchedContact {
  contact_id: number | null;
  /** The extension that was written with the number (内線). */
  extension: string | null;
  level: CallerLevel;
  person_name: string | null;
  purpose: ContactPurpose | null;
  source: ContactSource;
}

/** Which missed calls. */
export interface Missed {
  /** Entries of the answer at most. */
  limit?: number | null;
  /** Open ones unless the client asks for all. */
  status?: MissedFilter | null;
}

/** The missed calls. */
export interface MissedAnswer {
  missed: MissedCall[];
}

/** A missed call with its caller. */
export interface MissedCall {
  assignee: string | null;
  assignee_name: string | null;
  called: string | null;
  caller: Caller;
  caller_e164: string | null;
  caller_kind: CallerKind;
  closed_at: string | null;
  closed_by_call: string | null;
  count: number;
  customer_code: string | null;
  customer_name: string | null;
  due_at: string;
  first_at: string;
  last_at: string;
  missed_no: number;
  note: string | null;
  nuisance: boolean;
  outside_hours: boolean;
  queue: string | null;
  rank: string | null;
  reason: CallOutcome;
  status: MissedStatus;
}

/** The missed call. */
export interface MissedClaim {
  /** Its number. */
  missed_no: number;
}

/** The missed call and how it ended. */
export interface MissedClose {
  /** Its number. */
  missed_no: number;
  /** Why. */
  note?: string | null;
  /** How it ended. */
  result: MissedResult;
}

/** Which missed calls are listed. */
export type MissedFilter = 'open' | 'all';

/** The missed call. */
export interface MissedRelease {
  /** Its number. */
  missed_no: number;
}

/** How a missed call is closed by hand. */
export type MissedResult = 'done' | 'no_need';

/** How far a missed call has come. */
export type MissedStatus = 'open' | 'in_progress' | 'done' | 'no_need';

/** The note of a call as it is now. */
export interface NoteChanged {
  /** Name of who wrote. */
  by: string;
  call_id: string;
  text: string;
}

/** Who marked a number as a nuisance, and when. */
export interface Nuisance {
  at: Stamp;
  by: string;
}

/** A deal that is neither won nor lost. */
export interface OpenDeal {
  amount: string | null;
  deal_no: string;
  expected_on: string | null;
  probability: number | null;
  stage: string | null;
  title: string | null;
}

/** An inquiry, complaint or request that is not done. */
export interface OpenInquiry {
  assignee: string | null;
  inquiry_no: string;
  kind: InquiryKind;
  opened_at: string;
  origin: Origin;
  status: InquiryStatus;
  subject: string;
}

/** An invoice that is not paid in full. */
export interface OpenInvoice {
  amount: string;
  due_on: string | null;
  invoice_no: string;
  issued_on: string;
  overdue: boolean;
  unpaid: string;
}

/** What is not finished. */
export interface OpenItems {
  deals: OpenDeal[];
  inquiries: OpenInquiry[];
  invoices: OpenInvoice[];
  orders: OpenOrder[];
  /** Left out when there is none. */
  projects?: OpenProject[];
  quotes: OpenQuote[];
  tasks: OpenTask[];
}

/** An order that is not delivered. */
export interface OpenOrder {
  amount: string | null;
  delivery_due_on: string | null;
  late: boolean;
  order_no: string;
  /** What has left for it; left out when nothing has. */
  shipments?: OrderShipment[];
  status: string | null;
  title: string | null;
}

/** A project that is neither completed nor cancelled. */
export interface OpenProject {
  contract_amount: string | null;
  due_on: string | null;
  late: boolean;
  project_code: string;
  project_name: string;
  status: string | null;
}

/** A quote that waits for an answer. */
export interface OpenQuote {
  amount: string | null;
  quote_no: string;
  quoted_on: string;
  status: string | null;
  title: string | null;
  valid_until: string | null;
}

/** A task that is not done. */
export interface OpenTask {
  assignee: string | null;
  due_on: string | null;
  origin: Origin;
  task_no: string;
  title: string;
}

/** A shipment of an order that is not delivered as a whole. */
export interface OrderShipment {
  carrier: string | null;
  delivered_on: string | null;
  due_on: string | null;
  /** It has not arrived, and the day on which it was to is over. */
  late: boolean;
  shipment_no: string;
  shipped_on: string;
  status: string | null;
  tracking_no: string | null;
}

/** Where a record comes from. */
export type Origin = 'imported' | 'here';

/** Everybody's presence and live calls. */
export interface Overview {
  agents: AgentLine[];
  calls: CallLine[];
  sources: Source[];
}

/** A presence that an agent can set; being on a call follows from the calls. */
export type OwnPresence = 'ready' | 'away' | 'after_call_work';

export type Permission = 'lookup' | 'calls.own' | 'calls.all' | 'calls.work' | 'calls.dial' | 'calls.control' | 'calls.pickup' | 'recordings.listen' | 'calls.listen' | 'missed.read' | 'missed.assign' | 'presence.own' | 'presence.all' | 'memo.read' | 'credit.read';

/** It has no fields. */
export type Ping = Record<never, never>;

/** The bridge's time. */
export interface PingAnswer {
  at: Stamp;
}

/** A pop-up, for one agent. */
export interface PopUp {
  alerts: Alert[];
  balance: Balance | null;
  /** The call; `null` in a lookup. */
  call: Call | null;
  candidates: Candidate[];
  customer: CustomerProfile | null;
  interactions: Interaction[];
  /** Left out unless the pop-up is a lead's. */
  lead?: LeadProfile | null;
  match: Match;
  match_by: MatchBy | null;
  matched_contact: MatchedContact | null;
  memo: string | null;
  metrics: CardMetrics | null;
  open: OpenItems;
  recent_sales: RecentSale[];
}

export type Presence = 'ready' | 'away' | 'on_call' | 'after_call_work';

/** The answer to an agent who sets the presence. */
export interface PresenceAnswer {
  /** The presence now: `on_call` during a call. */
  presence: Presence;
}

/** A presence as pushes and lists show it. */
export interface PresenceView {
  call_id: string | null;
  presence: Presence;
  reason: string | null;
  since: Stamp;
  until: Stamp | null;
}

/** The customer's last rank change. */
export interface RankChangeNote {
  changed_on: string;
  direction: RankDirection;
  rank_from: string | null;
  rank_to: string;
  /** The total of the run; `None` for a rank that was edited by hand. */
  total: string | null;
}

/** The direction of a rank change. */
export type RankDirection = 'up' | 'down' | 'initial' | 'cleared' | 'same';

/** A rank as screens show it. */
export interface RankEntry {
  /** Its colour; `None`: that of its place. */
  color: Color | null;
  /** Its name. */
  rank: string;
}

/** A rank run that was committed or reverted. */
export interface RankUpdated {
  as_of: string;
  run_id: number;
}

/** One slip. */
export interface RecentSale {
  amount: string;
  lines: SaleLineEntry[];
  more_lines: number;
  slip_no: string;
  sold_on: string;
}

/** A recording. */
export interface Recording {
  /** The file, as the PBX names it. */
  file: string;
  /** Where it can be listened to; `null` when the settings do not say (`recording_url`). */
  url: string | null;
}

/** An answer without data; `re` is null when the frame had no readable id. */
export interface Refused {
  error: ErrorBody;
  ok: false;
  re: Id | null;
}

/** Where a client's stream of pushes broke off. */
export interface Resume {
  /** The epoch that the client knows. */
  epoch: string;
  /** The last push that the client handled. */
  seq: number;
}

/** It has no fields. */
export type RingHere = Record<never, never>;

/** The socket that rings; none: `null`. */
export interface RingMoved {
  socket: number | null;
}

/** One line of a slip. */
export interface SaleLineEntry {
  amount: string;
  product_code: string | null;
  product_name: string | null;
  quantity: string | null;
}

/** What to search for. */
export interface Search {
  /** Entries of the answer at most. */
  limit?: number | null;
  /** Name, kana, short name, code or whole number. */
  q: string;
}

/** Who was found. */
export interface SearchAnswer {
  /** `false`: the search was cut short (`search_max_ms`), and there may be others. What starts with `q`, a code and a whole number are always found. */
  complete: boolean;
  customers: Candidate[];
}

/** The presence that the agent sets. */
export interface SetPresence {
  /** Why the agent is away: a code of the master, or free text. */
  reason?: string | null;
  /** The presence from now on, or after the current call. */
  state: OwnPresence;
}

/** How grave an alert is. */
export type Severity = 'danger' | 'warn';

/** A PBX. */
export interface Source {
  name: string;
  /** What it does not let the bridge see or do. */
  problems: SourceProblem[];
  up: boolean;
}

/** A problem as clients get it. */
export interface SourceProblem {
  /** What it means and what to do, in Japanese. */
  label: string;
  /** The same in English. */
  label_en: string;
  /** Its word (`docs/protocol.md`). */
  problem: string;
}

/** Whether the PBXs are connected. */
export interface SourceState {
  /** It is connected and does not let the bridge see or do everything. */
  degraded: boolean;
  /** What it does not let the bridge see or do. */
  problems: SourceProblem[];
  /** The one that changed. */
  source: string;
  /** That one. */
  source_up: boolean;
  /** All of them. */
  up: boolean;
}

/** An instant in UTC with milliseconds, as the protocol writes it. */
export type Stamp = string;

/** The task and its customer. */
export interface TaskCreate {
  /** The name of who does it; the writer when it is left out. */
  assignee?: string | null;
  /** The customer. */
  customer_code: string;
  /** By when. */
  due_on?: string | null;
  /** What is to be done. */
  title: string;
}

/** The task that was created. */
export interface TaskCreateAnswer {
  task_no: string;
}

/** The task. */
export interface TaskDone {
  /** Its number. */
  task_no: string;
}

/** A task for a customer who is known already. */
export interface TaskText {
  /** The name of who does it; the writer when it is left out. */
  assignee?: string | null;
  /** By when. */
  due_on?: string | null;
  /** What is to be done. */
  title: string;
}

/** Whether new quotes and orders are taken from the customer. */
export type TradingStatus = 'active' | 'suspended';

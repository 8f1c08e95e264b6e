// Pop-ups as the bridge sends them (docs/protocol.md), made of one full customer.

const DAY_MS = 86_400_000;

/** The Japanese calendar day that is `days` after today. */
export function day(days) {
  return new Date(Date.now() + 9 * 3_600_000 + days * DAY_MS).toISOString().slice(0, 10);
}

/** The instant that is `minutes` before now. */
export function ago(minutes) {
  return new Date(Date.now() - minutes * 60_000).toISOString();
}

export const AGENT = { agent_code: 'A201', agent_name: '佐藤 花子', extension: '201', role: 'agent' };
export const TOKEN = 'token-of-a201';

const EMPTY_OPEN = { inquiries: [], deals: [], quotes: [], tasks: [], invoices: [], orders: [] };

/** Whose number it is, as a candidate names it. */
function matchedContact(fields) {
  return {
    contact_id: null,
    person_name: null,
    purpose: null,
    extension: null,
    level: 'person',
    source: 'contact',
    ...fields,
  };
}

/** 株式会社赤木電機: everything that a card can hold. */
export function akagi() {
  return {
    customer: {
      customer_code: 'C00017',
      customer_name: '株式会社赤木電機',
      short_name: '赤木電機',
      name_kana: 'カブシキガイシャアカギデンキ',
      customer_type: 'corporate',
      trading_status: 'active',
      suspended_reason: null,
      can_accept_order: true,
      industry: '家電卸',
      rank: 'B',
      rank_change: { rank_from: 'C', rank_to: 'B', direction: 'up', changed_on: day(-21), total: '160' },
      is_rank_auto_target: true,
      sales_area: '関東',
      first_trade_date: '2012-04-01',
      account_owner: '高橋 次郎',
      payment_terms: '月末締め翌月末払い',
      payment_method: 'bank_transfer',
      preferences: ['午前中の納品'],
      remarks: 'キャンペーン適用外',
      contacts: [
        {
          contact_id: 11,
          person_name: '赤木 一郎',
          purpose: 'sales',
          phone: '03-1234-5670',
          email: 'ichiro@akagi.example',
        },
        { contact_id: 12, person_name: '赤木 良子', purpose: 'billing', phone: '03-1234-5678', email: null },
        { contact_id: 13, person_name: '倉庫', purpose: 'delivery', phone: '048-123-4567', email: null },
      ],
      addresses: [
        {
          kind: 'head_office',
          name: null,
          postal_code: '101-0021',
          prefecture: '東京都',
          city: '千代田区',
          street: '外神田1-2-3',
          building: '赤木ビル4F',
          is_default: true,
        },
        {
          kind: 'ship_to',
          name: '埼玉倉庫',
          postal_code: '330-0001',
          prefecture: '埼玉県',
          city: 'さいたま市',
          street: '1-1',
          building: null,
          is_default: false,
        },
      ],
    },
    matched_contact: matchedContact({ contact_id: 12, person_name: '赤木 良子', purpose: 'billing' }),
    alerts: [
      {
        code: 'overdue',
        severity: 'danger',
        text: null,
        amount: '184800',
        since: day(-12),
        reference: '10482',
        count: 1,
      },
      {
        code: 'complaint_open',
        severity: 'warn',
        text: '納期遅延',
        amount: null,
        since: day(-2),
        reference: '332',
        count: null,
      },
      {
        code: 'caution',
        severity: 'warn',
        text: '請求先は本社経理。担当者宛てに送らないこと',
        amount: null,
        since: null,
        reference: null,
        count: null,
      },
    ],
    metrics: {
      as_of: day(-21),
      sales_12m: '2400000',
      sales_prev_12m: '2222222',
      slips_12m: 18,
      ltv: '1960000',
      first_sold_on: '2012-04-03',
      last_sold_on: day(-19),
      purchase_cycle_days: 15,
      next_purchase_on: day(3),
      monthly_sales: [
        '150000',
        '180000',
        '160000',
        '210000',
        '190000',
        '220000',
        '200000',
        '240000',
        '180000',
        '230000',
        '-20000',
        '260000',
      ],
    },
    recent_sales: [
      {
        slip_no: '88121',
        sold_on: day(-19),
        amount: '129600',
        lines: [{ product_code: 'P1', product_name: 'LED照明 40W', quantity: '24', amount: '129600' }],
        more_lines: 0,
      },
      {
        slip_no: '88003',
        sold_on: day(-34),
        amount: '48000',
        lines: [{ product_code: 'P2', product_name: '配線ダクト', quantity: '60', amount: '48000' }],
        more_lines: 3,
      },
      {
        slip_no: '87990',
        sold_on: day(-40),
        amount: '-5400',
        lines: [{ product_code: 'P1', product_name: 'LED照明 40W', quantity: '-1', amount: '-5400' }],
        more_lines: 0,
      },
      {
        slip_no: '87411',
        sold_on: day(-49),
        amount: '129600',
        lines: [
          { product_code: 'P1', product_name: 'LED照明 40W', quantity: '24', amount: '129600' },
          {
            product_code: 'P3',
            product_name: '人感センサー付き LED 天井灯 調光・調色 昼白色',
            quantity: '6.5',
            amount: '0',
          },
          { product_code: 'P4', product_name: 'スイッチ', quantity: '1', amount: '0' },
        ],
        more_lines: 0,
      },
    ],
    interactions: interactions(10, 60),
    open: {
      inquiries: [
        {
          inquiry_no: '332',
          kind: 'complaint',
          subject: '納期遅延',
          status: 'in_progress',
          opened_at: ago(2880),
          assignee: '鈴木 一郎',
        },
      ],
      deals: [
        {
          deal_no: 'D-18',
          title: '冷蔵庫入替',
          stage: 'proposal',
          probability: 60,
          amount: '860000',
          expected_on: day(19),
        },
      ],
      quotes: [
        {
          quote_no: 'Q-2231',
          title: '業務用冷蔵庫',
          amount: '860000',
          status: 'sent',
          quoted_on: day(-32),
          valid_until: null,
        },
      ],
      tasks: [{ task_no: 'T-9', title: '納期の再回答', due_on: day(0), assignee: '鈴木 一郎' }],
      invoices: [
        {
          invoice_no: '10482',
          issued_on: day(-52),
          due_on: day(-12),
          amount: '184800',
          unpaid: '184800',
          overdue: true,
        },
      ],
      orders: [
        {
          order_no: '5521',
          title: 'LED照明',
          status: 'allocated',
          amount: '48000',
          delivery_due_on: day(3),
          late: false,
        },
        {
          order_no: '5522',
          title: '配線ダクト',
          status: 'received',
          amount: '48000',
          delivery_due_on: day(9),
          late: false,
        },
      ],
    },
    balance: {
      unpaid: '184800',
      overdue: '184800',
      oldest_due_on: day(-12),
      credit_limit: '3000000',
      credit_remaining: '2815200',
    },
    memo: '社長は電話が苦手。折り返しは良子様の携帯へ。\n11月は棚卸しで忙しい。',
  };
}

/** A row of `count` interactions; the first one is `minutes` ago, each older one an hour before. */
export function interactions(count, minutes) {
  return Array.from({ length: count }, (_, i) => ({
    kind: ['call', 'inquiry', 'activity', 'rank'][i % 4],
    at: ago(minutes + i * 60),
    channel: ['phone_in', 'complaint', 'visit', null][i % 4],
    subject: ['納期遅延の連絡', '納品予定日を過ぎても届かない', '冷蔵庫入替の相談', 'C → B'][i % 4],
    body: ['24日着で再手配。', null, null, '160'][i % 4],
    by: i % 4 === 3 ? null : '鈴木 一郎',
    status: i % 4 === 3 ? 'up' : null,
    reference: `r-${minutes}-${i}`,
  }));
}

/** A customer with nothing but a name. */
export function plain(code, name, more = {}) {
  return {
    customer: {
      customer_code: code,
      customer_name: name,
      short_name: null,
      name_kana: null,
      customer_type: null,
      trading_status: 'active',
      suspended_reason: null,
      can_accept_order: true,
      industry: null,
      rank: null,
      rank_change: null,
      is_rank_auto_target: false,
      sales_area: null,
      first_trade_date: null,
      account_owner: null,
      payment_terms: null,
      payment_method: null,
      preferences: [],
      remarks: null,
      contacts: [],
      addresses: [],
      ...more,
    },
    matched_contact: null,
    alerts: [],
    metrics: null,
    recent_sales: [],
    interactions: [],
    open: EMPTY_OPEN,
    balance: { unpaid: '0', overdue: '0', oldest_due_on: null, credit_limit: null, credit_remaining: null },
    memo: null,
  };
}

/** A suspended customer of rank S with very long texts and very large numbers. */
export function gigantic() {
  const name = '株式会社日本総合酒類食品流通ホールディングス東日本統括本部北関東営業所第二業務用販売課';
  const card = akagi();
  return {
    ...card,
    customer: {
      ...card.customer,
      customer_code: 'C99999',
      customer_name: name,
      name_kana: 'カブシキガイシャニホンソウゴウシュルイショクヒンリュウツウホールディングスヒガシニホントウカツホンブ',
      customer_type: 'wholesale',
      trading_status: 'suspended',
      suspended_reason: 'credit_hold',
      can_accept_order: false,
      rank: 'S',
      rank_change: { rank_from: 'A', rank_to: 'S', direction: 'up', changed_on: day(-21), total: '300' },
    },
    matched_contact: matchedContact({ person_name: '長宗我部 清右衛門', source: 'contact_person' }),
    alerts: [
      {
        code: 'suspended',
        severity: 'danger',
        text: 'credit_hold',
        amount: null,
        since: null,
        reference: null,
        count: null,
      },
      {
        code: 'overdue',
        severity: 'danger',
        text: null,
        amount: '123456789012',
        since: day(-190),
        reference: '2026-0000010482',
        count: 14,
      },
      {
        code: 'credit_exceeded',
        severity: 'danger',
        text: null,
        amount: '98765432100',
        since: null,
        reference: null,
        count: null,
      },
      {
        code: 'caution',
        severity: 'warn',
        text: 'とても長い注意事項です。'.repeat(12),
        amount: null,
        since: null,
        reference: null,
        count: null,
      },
    ],
    metrics: {
      ...card.metrics,
      sales_12m: '123456789012',
      sales_prev_12m: '223456789012',
      ltv: '98765432109.5',
      next_purchase_on: day(-8),
      monthly_sales: card.metrics.monthly_sales.map((v) => `${v}00000`),
    },
    balance: {
      unpaid: '123456789012',
      overdue: '123456789012',
      oldest_due_on: day(-190),
      credit_limit: '24691356912',
      credit_remaining: '-98765432100',
    },
    memo: 'LongUnbrokenText'.repeat(40),
  };
}

let nextCall = 1;

/** A call; `number` `null` needs a `kind`. */
export function call({
  number = '+81312345678',
  display = '03-1234-5678',
  area = '東京',
  kind = 'number',
  state = 'ringing',
  ...more
} = {}) {
  return {
    call_id: `c-${nextCall++}`,
    direction: 'inbound',
    state,
    caller:
      kind === 'number' || kind === 'internal'
        ? { kind, number, display, area }
        : { kind, number: null, display: null, area: null },
    called: '0120111111',
    called_display: '0120-111-111',
    queue: 'サポート窓口',
    customer_code: null,
    started_at: new Date().toISOString(),
    queued_at: null,
    answered_at: null,
    uncertain: false,
    note: '',
    note_by: null,
    chosen: null,
    ...more,
  };
}

/** The candidate that stands for a card. */
export function candidate(card) {
  const { customer_code, customer_name, name_kana, customer_type, rank, trading_status, account_owner } = card.customer;
  return {
    kind: 'customer',
    customer_code,
    lead_code: null,
    customer_name,
    name_kana,
    customer_type,
    rank,
    trading_status,
    account_owner,
    matched_contact: card.matched_contact,
    chosen: false,
  };
}

/** A pop-up with exactly one customer. */
export function known(card, callFields) {
  return {
    call: callFields === null ? null : call(callFields),
    match: 'one',
    match_by: 'number',
    candidates: [candidate(card)],
    ...card,
  };
}

const NOBODY = {
  customer: null,
  matched_contact: null,
  alerts: [],
  metrics: null,
  recent_sales: [],
  interactions: [],
  open: EMPTY_OPEN,
  balance: null,
  memo: null,
};

/** A pop-up with several customers on one number. */
export function shared(cards, callFields = { number: '+81663000000', display: '06-6300-0000', area: '大阪' }) {
  return { call: call(callFields), match: 'many', match_by: 'number', candidates: cards.map(candidate), ...NOBODY };
}

/** A number that nobody has. */
export function nobody(callFields = { number: '+819011112222', display: '090-1111-2222', area: null }) {
  return { call: call(callFields), match: 'none', match_by: null, candidates: [], ...NOBODY };
}

/** A caller without a number. */
export function unidentified(kind) {
  return { call: call({ kind }), match: 'unidentified', match_by: null, candidates: [], ...NOBODY };
}

/** A lead's card. */
export function leadsCard() {
  return {
    ...NOBODY,
    lead: {
      lead_code: 'L-7',
      company_name: '新規カフェ準備室',
      person_name: '三浦 葵',
      phone: '045-111-2222',
      email: 'miura@cafe.example',
      status: 'contacted',
      source: '展示会',
    },
    interactions: interactions(1, 30),
    memo: '開店は来春。予算は 300万円。',
    open: {
      ...EMPTY_OPEN,
      deals: [
        {
          deal_no: 'D-3',
          title: '厨房一式',
          stage: 'proposal',
          probability: 30,
          amount: '2400000',
          expected_on: day(40),
        },
      ],
    },
  };
}

/** A number that only a lead has. */
export function lead() {
  return {
    ...leadsCard(),
    call: call({ number: '+81451112222', display: '045-111-2222', area: '横浜' }),
    match: 'one',
    match_by: 'number',
    candidates: [
      {
        kind: 'lead',
        customer_code: null,
        lead_code: 'L-7',
        customer_name: '新規カフェ準備室',
        name_kana: null,
        customer_type: null,
        rank: null,
        trading_status: null,
        account_owner: null,
        matched_contact: matchedContact({ person_name: '三浦 葵', source: 'lead' }),
        chosen: false,
      },
    ],
  };
}

/** What an agent may do. */
export const PERMISSIONS = [
  'lookup',
  'calls.own',
  'calls.work',
  'calls.dial',
  'missed.read',
  'presence.own',
  'memo.read',
  'credit.read',
];

const master = (kind, labels) =>
  labels.map(([code, label, label_en], i) => ({ kind, code, label, label_en, position: i + 1, hidden: false }));

/** The masters of a new bridge. */
export const MASTERS = {
  categories: master('category', [
    ['order', '注文', 'Order'],
    ['quote_request', '見積依頼', 'Quote request'],
    ['delivery_check', '納期確認', 'Delivery date'],
    ['stock_check', '在庫確認', 'Stock'],
    ['delivery_change', '配送・変更', 'Delivery change'],
    ['return', '返品・交換', 'Return'],
    ['billing', '請求・入金', 'Billing'],
    ['product', '商品問合せ', 'Product'],
    ['technical', '技術・操作', 'Technical'],
    ['complaint', 'クレーム', 'Complaint'],
    ['request', '要望・意見', 'Request'],
    ['contract', '契約・解約', 'Contract'],
    ['data_change', '登録情報変更', 'Data change'],
    ['sales_call', '営業・勧誘', 'Sales call'],
    ['wrong_number', '間違い電話', 'Wrong number'],
    ['prank', '無言・いたずら', 'Prank'],
    ['other', 'その他', 'Other'],
  ]),
  results: master('result', [
    ['done', '完了', 'Done'],
    ['callback', '折り返し要', 'Call back'],
    ['transferred', '転送', 'Transferred'],
    ['message_taken', '伝言', 'Message taken'],
    ['pending', '保留(調査中)', 'Pending'],
    ['absent', '不在', 'Absent'],
    ['voicemail', '留守電', 'Voicemail'],
    ['none', '対応不要', 'Nothing to do'],
  ]),
  statuses: master('status', [
    ['open', '未対応', 'Open'],
    ['in_progress', '対応中', 'In progress'],
    ['done', '完了', 'Done'],
  ]),
  away_reasons: master('away_reason', [
    ['break', '休憩', 'Break'],
    ['meeting', '会議', 'Meeting'],
    ['training', '研修', 'Training'],
  ]),
};

/** A pop-up whose customer was chosen among several, now or earlier. */
export function chosen(card, candidates, by = '鈴木 一郎') {
  const first = candidates
    .filter((one) => one.customer_code === card.customer.customer_code)
    .map((one) => ({ ...one, chosen: true }));
  const others = candidates
    .filter((one) => one.customer_code !== card.customer.customer_code)
    .map((one) => ({ ...one, chosen: false }));
  return {
    call: call({ number: '+81663000000', display: '06-6300-0000', area: '大阪', chosen: { by, at: ago(1440) } }),
    match: 'chosen',
    match_by: 'choice',
    candidates: [...first, ...others],
    ...card,
  };
}

let nextMissed = 7;

/** A missed call that waits. */
export function missedCall(more = {}) {
  return {
    missed_no: nextMissed++,
    caller_kind: 'number',
    caller_e164: '+81312345678',
    caller: { kind: 'number', number: '+81312345678', display: '03-1234-5678', area: '東京' },
    customer_code: 'C00017',
    customer_name: '株式会社赤木電機',
    rank: 'B',
    first_at: ago(42),
    last_at: ago(9),
    count: 3,
    called: '0120-111-111',
    queue: 'サポート窓口',
    reason: 'abandoned',
    due_at: ago(-18),
    status: 'open',
    assignee: null,
    assignee_name: null,
    closed_at: null,
    closed_by_call: null,
    note: null,
    ...more,
  };
}

/** A list of missed calls of every kind. */
export function missed() {
  const number = (number, display) => ({ kind: 'number', number, display, area: null });
  return [
    missedCall(),
    missedCall({
      caller: number('+81663000000', '06-6300-0000'),
      customer_code: 'C00021',
      customer_name: '大阪印刷㈱',
      rank: 'A',
      count: 1,
      first_at: ago(80),
      last_at: ago(80),
      reason: 'no_answer',
      due_at: ago(20),
    }),
    missedCall({
      caller: number('+819011112222', '090-1111-2222'),
      customer_code: null,
      customer_name: null,
      rank: null,
      count: 2,
      reason: 'busy',
      due_at: ago(-40),
    }),
    missedCall({
      caller: number('+819033334444', '090-3333-4444'),
      customer_code: 'C00020',
      customer_name: '大阪商事㈱',
      rank: null,
      count: 1,
      reason: 'out_of_hours',
      status: 'in_progress',
      assignee: 'A203',
      assignee_name: '鈴木 一郎',
    }),
  ];
}

let nextCallback = 3;

/** A callback whose time has come. */
export function callback(more = {}) {
  return {
    callback_no: nextCallback++,
    call_id: 'c-before',
    caller_e164: '+81663000000',
    customer_code: 'C00020',
    customer_name: '大阪商事㈱',
    number: '+81663000000',
    display: '06-6300-0000',
    due_at: ago(1),
    assignee: 'A201',
    note: '見積の件。担当の方は15時以降',
    status: 'open',
    ...more,
  };
}

/** A team as its supervisor sees it. */
export function colleagues() {
  const agent = (agent_code, agent_name, extension, presence, minutes, more = {}) => ({
    agent_code,
    agent_name,
    extension,
    role: 'agent',
    presence,
    reason: null,
    since: ago(minutes),
    until: null,
    call_id: null,
    sockets: 1,
    ...more,
  });
  return {
    agents: [
      agent('A201', '佐藤 花子', '201', 'ready', 3),
      agent('A202', '高橋 次郎', '202', 'on_call', 2),
      agent('A203', '鈴木 一郎', '203', 'after_call_work', 0.5, { sockets: 2 }),
      agent('A204', '田中 三郎', '204', 'away', 14, { reason: 'break' }),
      agent('A205', '伊藤 四葉', '205', 'ready', 200, { sockets: 0 }),
    ],
    calls: [
      {
        call_id: 'c-x1',
        direction: 'inbound',
        state: 'answered',
        caller: { kind: 'number', number: '+81312345678', display: '03-1234-5678', area: '東京' },
        customer_name: '株式会社赤木電機',
        queue: 'サポート窓口',
        started_at: ago(3),
        answered_at: ago(2),
        agents: [{ agent_code: 'A202', state: 'answered' }],
      },
      {
        call_id: 'c-x2',
        direction: 'inbound',
        state: 'ringing',
        caller: { kind: 'withheld', number: null, display: null, area: null },
        customer_name: null,
        queue: '注文',
        started_at: ago(0.2),
        answered_at: null,
        agents: [
          { agent_code: 'A201', state: 'ringing' },
          { agent_code: 'A203', state: 'ringing' },
        ],
      },
    ],
  };
}

/** A call of the day with every field of a record. */
export function record(fields) {
  return {
    call_id: 'c-record',
    direction: 'inbound',
    caller_kind: 'number',
    caller_e164: null,
    caller_display: null,
    called: null,
    queue: null,
    customer_code: null,
    customer_name: null,
    lead_code: null,
    agent_code: null,
    extension: null,
    started_at: ago(0),
    queued_at: null,
    answered_at: null,
    ended_at: null,
    outcome: null,
    ring_seconds: null,
    talk_seconds: null,
    hold_seconds: null,
    acw_seconds: null,
    shown_ms: null,
    uncertain: false,
    source: null,
    category: null,
    result: null,
    status: null,
    note: null,
    follow_up_at: null,
    wrapped_by: null,
    wrapped_at: null,
    ...fields,
  };
}

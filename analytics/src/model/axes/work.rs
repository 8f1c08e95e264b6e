//! The axes of sales work and of the office.

use shared::dataset::{ACTIVITIES, CALLS, DEALS, INQUIRIES, ORDERS, PROJECTS, SHIPMENTS};
use shared::label::Choices;

use super::label;
use crate::model::axis::{Axis, AxisKind};
use crate::model::tables::work::{
    CALL_ROWS, CONTACT_ROWS, DEAL_ROWS, INQUIRY_ROWS, ORDER_ROWS, PROJECT_ROWS, PURCHASE_ROWS, QUOTE_ROWS,
    SHIPMENT_ROWS, TARGET_ROWS, VOICE_ROWS,
};
use crate::model::tables::{DEAL, PROJECT};

const DEAL_STATES: Choices = &[
    ("open", &["進行中", "Open"]),
    ("on_hold", &["保留", "On hold"]),
    ("won", &["受注", "Won"]),
    ("lost", &["失注", "Lost"]),
];

const QUOTE_STATES: Choices = &[
    ("draft", &["作成中", "Draft"]),
    ("open", &["回答待ち", "Waiting"]),
    ("won", &["受注", "Won"]),
    ("lost", &["失注", "Lost"]),
    ("expired", &["期限切れ", "Expired"]),
];

const PROGRESS: Choices = &[
    ("under_way", &["進行中", "Under way"]),
    ("overdue", &["納期遅れ", "Overdue"]),
    ("delivered", &["納品済", "Delivered"]),
    ("cancelled", &["取消", "Cancelled"]),
];

const AGES: Choices = &[
    ("0-3", &["3日以内", "Up to 3 days"]),
    ("4-7", &["4〜7日", "4 to 7 days"]),
    ("8-14", &["8〜14日", "8 to 14 days"]),
    ("15-30", &["15〜30日", "15 to 30 days"]),
    ("31-", &["31日以上", "31 days and more"]),
    ("closed", &["完了", "Done"]),
];

const CONTACT_SOURCES: Choices = &[
    ("activity", &["対応履歴", "Activities"]),
    ("call", &["通話", "Calls"]),
    ("portal", &["取引サイト", "Portal"]),
];

const VOICE_SOURCES: Choices = &[("inquiry", &["問合せ", "Inquiries"]), ("call", &["通話", "Calls"])];

const PROJECT_LINES: Choices = &[
    ("contract", &["受注・契約", "Contract"]),
    ("labour", &["工数", "Labour"]),
    ("purchase", &["仕入", "Purchases"]),
];

/// The state of a deal, over `r`.
macro_rules! deal_state {
    () => {
        "CASE WHEN r.stage IN ('won', 'lost', 'on_hold') THEN r.stage ELSE 'open' END"
    };
}

/// All of them.
pub static AXES: &[Axis] = &[
    // Deals and quotes.
    Axis::key(&DEAL, "deal", label("案件", "Deal")).or(&["deal_no"]),
    Axis::row(&[&DEAL_ROWS], "stage", label("進捗", "Stage"), "r.stage")
        .values(AxisKind::Choice(&DEALS, "stage")),
    Axis::row(&[&DEAL_ROWS], "deal_state", label("案件状態", "Deal state"), deal_state!())
        .values(AxisKind::Words(DEAL_STATES)),
    Axis::row(&[&DEAL_ROWS, &QUOTE_ROWS], "probability", label("確度", "Probability"), "r.probability")
        .values(AxisKind::Ordered),
    Axis::row(&[&DEAL_ROWS], "deal_kind", label("案件区分", "Deal kind"), "r.kind")
        .values(AxisKind::Choice(&DEALS, "kind")),
    Axis::row(&[&QUOTE_ROWS], "deal_kind", label("案件区分", "Deal kind"), "r.deal_kind")
        .values(AxisKind::Choice(&DEALS, "kind")),
    Axis::row(&[&QUOTE_ROWS], "quote", label("見積", "Quote"), "r.quote_no").or(&["quote_no"]),
    Axis::row(&[&QUOTE_ROWS], "quote_state", label("見積状態", "Quote state"), "r.state")
        .values(AxisKind::Words(QUOTE_STATES)),
    Axis::row(&[&QUOTE_ROWS], "revision", label("版", "Revision"), "r.revision").values(AxisKind::Ordered),
    Axis::row(&[&DEAL_ROWS, &QUOTE_ROWS, &ORDER_ROWS], "title", label("件名", "Subject"), "r.title"),
    // Orders and shipments.
    Axis::row(&[&ORDER_ROWS], "order", label("受注", "Order"), "r.order_no").or(&["order_no"]),
    Axis::row(&[&ORDER_ROWS], "order_status", label("受注状況", "Order status"), "r.status")
        .values(AxisKind::Choice(&ORDERS, "status")),
    Axis::row(&[&ORDER_ROWS], "progress", label("進行状況", "Progress"), "r.progress")
        .values(AxisKind::Words(PROGRESS)),
    Axis::row(&[&ORDER_ROWS], "channel", label("受注チャネル", "Order channel"), "r.channel")
        .values(AxisKind::Choice(&ORDERS, "channel")),
    Axis::row(&[&SHIPMENT_ROWS], "carrier", label("配送業者", "Carrier"), "r.carrier"),
    Axis::row(&[&SHIPMENT_ROWS], "shipment_status", label("出荷状況", "Shipment status"), "r.status")
        .values(AxisKind::Choice(&SHIPMENTS, "status")),
    // Inquiries, contacts, calls.
    Axis::row(&[&INQUIRY_ROWS], "inquiry", label("問合せ", "Inquiry"), "r.inquiry_no").or(&["inquiry_no"]),
    Axis::row(&[&INQUIRY_ROWS], "inquiry_kind", label("問合せ区分", "Inquiry kind"), "r.kind")
        .or(&["kind"])
        .values(AxisKind::Choice(&INQUIRIES, "kind")),
    Axis::row(&[&INQUIRY_ROWS, &VOICE_ROWS], "inquiry_status", label("対応状況", "Inquiry status"), "r.status")
        .values(AxisKind::Choice(&INQUIRIES, "status")),
    Axis::row(
        &[&INQUIRY_ROWS],
        "open_age",
        label("経過日数", "Age"),
        "CASE WHEN r.is_open = 0 THEN 'closed' WHEN r.open_days <= 3 THEN '0-3' WHEN r.open_days <= 7 THEN '4-7' \
         WHEN r.open_days <= 14 THEN '8-14' WHEN r.open_days <= 30 THEN '15-30' ELSE '31-' END",
    )
    .values(AxisKind::Words(AGES)),
    Axis::row(&[&INQUIRY_ROWS, &VOICE_ROWS], "subject", label("件名", "Subject"), "r.subject"),
    Axis::row(&[&INQUIRY_ROWS], "assignee", label("対応者", "Assignee"), "r.assignee"),
    Axis::row(&[&VOICE_ROWS], "voice_source", label("収集元", "Source"), "r.source")
        .values(AxisKind::Words(VOICE_SOURCES)),
    Axis::row(&[&CONTACT_ROWS], "contact_channel", label("対応方法", "Contact method"), "r.channel")
        .values(AxisKind::Choice(&ACTIVITIES, "channel")),
    Axis::row(&[&CONTACT_ROWS], "contact_source", label("記録元", "Record"), "r.source")
        .values(AxisKind::Words(CONTACT_SOURCES)),
    Axis::row(&[&CONTACT_ROWS], "contact_agent", label("対応者", "Handled by"), "r.contact_agent"),
    Axis::row(&[&CALL_ROWS], "queue", label("着信グループ", "Queue"), "r.queue"),
    Axis::row(&[&CALL_ROWS], "direction", label("方向", "Direction"), "r.direction")
        .values(AxisKind::Choice(&CALLS, "direction")),
    Axis::row(&[&CALL_ROWS], "outcome", label("通話結果", "Outcome"), "r.outcome")
        .values(AxisKind::Choice(&CALLS, "outcome")),
    Axis::row(&[&CALL_ROWS], "call_category", label("対応区分", "Category"), "r.category"),
    Axis::row(
        &[&CALL_ROWS],
        "half_hour",
        label("時間帯", "Half hour"),
        "LPAD(CAST(EXTRACT(HOUR FROM r.started_at + INTERVAL 9 HOUR) AS VARCHAR), 2, '0') || \
         CASE WHEN EXTRACT(MINUTE FROM r.started_at + INTERVAL 9 HOUR) < 30 THEN ':00' ELSE ':30' END",
    )
    .values(AxisKind::Ordered),
    // Projects, purchases, targets.
    Axis::key(&PROJECT, "project", label("プロジェクト", "Project")).or(&["project_code"]),
    Axis::row(&[&PROJECT_ROWS], "project_status", label("状況", "Project status"), "r.status")
        .values(AxisKind::Choice(&PROJECTS, "status")),
    Axis::row(&[&PROJECT_ROWS], "manager", label("責任者コード", "Manager"), "r.manager"),
    Axis::row(&[&PROJECT_ROWS], "task", label("作業", "Task"), "r.task"),
    Axis::row(&[&PROJECT_ROWS], "project_line", label("収支区分", "Kind of line"), "r.kind")
        .values(AxisKind::Words(PROJECT_LINES)),
    Axis::row(&[&PURCHASE_ROWS], "supplier", label("仕入先", "Supplier"), "r.supplier"),
    Axis::row(&[&TARGET_ROWS], "target_level", label("目標区分", "Target level"), "r.level"),
];

//! The codes of sales work: channels, slips, quotes, deals, orders, inquiries.

use crate::label::labelled_enum;

labelled_enum! {
    /// Through which channel something was sold.
    pub enum SalesChannel {
        /// Our own shop.
        Store = "store", "店舗", "Store", ["店頭", "直営店"];
        /// The web shop.
        Ec = "ec", "EC", "Web shop", ["ネット", "通販", "web", "オンライン"];
        /// By telephone.
        Phone = "phone", "電話", "Phone", ["TEL"];
        /// By fax.
        Fax = "fax", "FAX", "Fax", ["ファックス", "ファクス"];
        /// By e-mail.
        Email = "email", "メール", "E-mail", ["mail", "Eメール"];
        /// A representative's visit.
        Visit = "visit", "訪問", "Visit", ["外商", "営業訪問"];
        /// A wholesale delivery route.
        Wholesale = "wholesale", "卸", "Wholesale", ["卸売", "ルート"];
        /// A LINE conversation.
        Line = "line", "LINE", "LINE", ["ライン"];
        /// Anything else.
        Other = "other", "その他", "Other", [];
    }
}

labelled_enum! {
    /// The state of a sales slip. Only posted slips are sales (`docs/rank.md`).
    pub enum SlipStatus {
        /// A sale, or a return when it is negative.
        Posted = "posted", "確定", "Posted",
            ["売上", "計上", "計上済", "完了", "掛売", "返品", "値引", "単価訂正", "active", "valid", "confirmed"];
        /// 仮伝: entered, not yet a sale.
        Provisional = "provisional", "仮伝", "Provisional", ["仮伝票", "仮", "draft"];
        /// 契約: a contract line, not a sale.
        Contract = "contract", "契約", "Contract", [];
        /// A quotation kept in the slip file.
        Estimate = "estimate", "見積", "Estimate", ["見積書", "quote"];
        /// Cancelled after posting.
        Cancelled = "cancelled", "取消", "Cancelled", ["キャンセル", "取り消し", "canceled"];
        /// Marked as deleted by the source system.
        Deleted = "deleted", "削除", "Deleted", ["削除済"];
        /// 記事: a line that carries text only.
        Article = "article", "記事", "Text line", ["記事行", "note"];
    }
}

impl SlipStatus {
    /// The statuses of lines that are no sale, in any figure, rank or pop-up (`docs/rank.md#records`).
    pub const NOT_COUNTED: [SlipStatus; 6] = [
        SlipStatus::Cancelled,
        SlipStatus::Deleted,
        SlipStatus::Provisional,
        SlipStatus::Contract,
        SlipStatus::Estimate,
        SlipStatus::Article,
    ];

    /// True when the slip's amount is part of sales.
    #[must_use]
    pub fn is_sale(self) -> bool {
        self == SlipStatus::Posted
    }
}

labelled_enum! {
    /// The state of a quote.
    pub enum QuoteStatus {
        /// Being written.
        Draft = "draft", "作成中", "Draft", ["下書き", "未提出"];
        /// Sent to the customer.
        Sent = "sent", "提出済", "Sent", ["提出", "見積中", "送付済", "回答待ち"];
        /// The customer ordered: the only state that may have a sale.
        Won = "won", "受注", "Won", ["承認", "承認済", "成約"];
        /// The customer declined.
        Lost = "lost", "失注", "Lost", ["不採用", "却下"];
        /// Its date of validity has passed.
        Expired = "expired", "期限切れ", "Expired", ["失効"];
    }
}

labelled_enum! {
    /// How far a deal has come, in order.
    pub enum DealStage {
        /// Known, not yet talked about.
        Lead = "lead", "見込", "Lead", ["商談前", "リード", "初回接触"];
        /// A conversation is going on.
        Negotiation = "negotiation", "商談中", "Negotiation", ["商談", "競合あり", "競合なし", "ヒアリング"];
        /// A proposal or quote is with the customer.
        Proposal = "proposal", "提案", "Proposal", ["見積提出", "見積", "提案中"];
        /// Waiting for a decision.
        Closing = "closing", "最終調整", "Closing", ["上長承認待ち", "決裁待ち", "内示", "クロージング"];
        /// Ordered: the only stage that counts for a rank.
        Won = "won", "受注", "Won", ["決裁済", "成約"];
        /// Lost.
        Lost = "lost", "失注", "Lost", ["敗注"];
        /// Put aside for now.
        OnHold = "on_hold", "保留", "On hold", ["延期", "凍結"];
    }
}

labelled_enum! {
    /// How far an order has come, in order.
    pub enum OrderStatus {
        /// Received.
        Received = "received", "受付", "Received", ["受注", "新規"];
        /// Confirmed to the customer.
        Confirmed = "confirmed", "確認済", "Confirmed", ["確認", "受注確定"];
        /// Stock is allocated.
        Allocated = "allocated", "引当", "Allocated", ["引当済", "在庫引当"];
        /// On its way.
        Shipped = "shipped", "出荷", "Shipped", ["出荷済", "発送済", "配送中"];
        /// Invoiced.
        Invoiced = "invoiced", "請求", "Invoiced", ["請求済"];
        /// Delivered, invoiced and paid.
        Completed = "completed", "完了", "Completed", ["納品済"];
        /// Cancelled.
        Cancelled = "cancelled", "取消", "Cancelled", ["キャンセル", "canceled"];
    }
}

labelled_enum! {
    /// What an inquiry is.
    pub enum InquiryKind {
        /// A question.
        Inquiry = "inquiry", "問合せ", "Inquiry", ["問い合わせ", "お問い合わせ"];
        /// Something went wrong; a pop-up shows it until it is done.
        Complaint = "complaint", "クレーム", "Complaint", ["苦情"];
        /// A wish or an opinion.
        Request = "request", "要望", "Request", ["要望・意見", "意見"];
    }
}

labelled_enum! {
    /// How far an inquiry has come.
    pub enum InquiryStatus {
        /// Nobody has taken it yet.
        Open = "open", "未対応", "Open", ["新規", "未着手", "受付"];
        /// Somebody works on it.
        InProgress = "in_progress", "対応中", "In progress", ["処理中", "調査中", "保留"];
        /// Finished.
        Done = "done", "完了", "Done", ["対応済", "対応完了", "解決", "解決済", "closed"];
    }
}

labelled_enum! {
    /// How a customer and we were in touch.
    pub enum InteractionChannel {
        /// A call from the customer.
        PhoneIn = "phone_in", "電話(受信)", "Call in", ["電話", "受電", "着信", "電話受信", "phone"];
        /// A call to the customer.
        PhoneOut = "phone_out", "電話(発信)", "Call out", ["架電", "発信", "電話発信"];
        /// A call that nobody answered.
        PhoneMissed = "phone_missed", "電話(不在)", "Missed call", ["不在着信", "不在", "電話不在"];
        /// E-mail.
        Email = "email", "メール", "E-mail", ["mail", "Eメール"];
        /// Fax.
        Fax = "fax", "FAX", "Fax", ["ファックス", "ファクス"];
        /// The customer came to us.
        StoreVisit = "store_visit", "来店", "Store visit", ["来社", "来訪"];
        /// We went to the customer.
        Visit = "visit", "訪問", "Visit", ["訪店", "外訪"];
        /// A video meeting.
        OnlineMeeting = "online_meeting", "オンライン会議", "Online meeting", ["web会議", "オンライン", "zoom"];
        /// LINE.
        Line = "line", "LINE", "LINE", ["ライン"];
        /// A chat on a web page.
        Chat = "chat", "チャット", "Chat", [];
        /// Something the customer did in the web shop.
        Portal = "portal", "取引サイト", "Portal", ["サイト", "マイページ"];
    }
}

labelled_enum! {
    /// What came of an activity.
    pub enum ActivityResult {
        /// It is settled.
        Done = "done", "完了", "Done", [];
        /// We call back.
        Callback = "callback", "折り返し要", "To be called back", ["要折返し"];
        /// Handed on to somebody else.
        Transferred = "transferred", "転送", "Transferred", [];
        /// A message was taken.
        MessageTaken = "message_taken", "伝言", "Message taken", [];
        /// Being looked into.
        Pending = "pending", "保留", "Pending", ["保留(調査中)"];
        /// The customer was not there.
        Absent = "absent", "不在", "Absent", [];
        /// A message was left on a machine.
        Voicemail = "voicemail", "留守電", "Voicemail", [];
        /// There is nothing to do.
        None = "none", "対応不要", "No action needed", [];
    }
}

labelled_enum! {
    /// What customers do in the shop.
    pub enum ShopAction {
        /// A sign-in.
        Login = "login", "ログイン", "Login", [];
        /// A sign-in that was refused.
        LoginFailed = "login_failed", "ログイン失敗", "Login failed", [];
        /// An order was placed.
        OrderCreated = "order_created", "注文作成", "Order placed", ["注文"];
        /// An order was changed.
        OrderChanged = "order_changed", "注文変更", "Order changed", [];
        /// An order was cancelled.
        OrderCancelled = "order_cancelled", "注文取消", "Order cancelled", ["注文キャンセル"];
        /// A quote was asked for.
        QuoteRequested = "quote_requested", "見積依頼", "Quote requested", [];
        /// A document was fetched.
        DocumentDownloaded = "document_downloaded", "書類ダウンロード", "Document downloaded", [];
        /// The customer changed their own data.
        ProfileChanged = "profile_changed", "登録情報変更", "Profile changed", [];
    }
}

labelled_enum! {
    /// What became of a document.
    pub enum DispatchStatus {
        /// It waits to be sent.
        Queued = "queued", "送付待ち", "Queued", ["送信待ち"];
        /// It has left.
        Sent = "sent", "送付済", "Sent", ["送信済", "発送済"];
        /// It has arrived.
        Delivered = "delivered", "到達", "Delivered", ["配達完了"];
        /// It was read.
        Opened = "opened", "開封", "Opened", ["開封済"];
        /// It could not be delivered.
        Failed = "failed", "送付失敗", "Failed", ["不達", "送信エラー"];
    }
}

labelled_enum! {
    /// How a line is taxed.
    pub enum TaxCategory {
        /// 外税: the amount is without tax.
        Exclusive = "exclusive", "外税", "Tax excluded", ["税抜", "税別", "課税"];
        /// 内税: the source's price includes tax.
        Inclusive = "inclusive", "内税", "Tax included", ["税込"];
        /// 非課税: exempt by law.
        Exempt = "exempt", "非課税", "Exempt", [];
        /// 不課税: outside the scope of the tax.
        OutOfScope = "out_of_scope", "不課税", "Out of scope", ["対象外", "課税対象外"];
        /// 免税: zero-rated, exports.
        ZeroRated = "zero_rated", "免税", "Zero-rated", ["輸出免税", "輸出"];
    }
}

labelled_enum! {
    /// Whether a sale is on an invoice.
    pub enum BillingStatus {
        /// On an invoice.
        Billed = "billed", "請求済", "Billed", ["請求", "請求済み"];
        /// Not on an invoice yet.
        Unbilled = "unbilled", "未請求", "Unbilled", [];
    }
}

labelled_enum! {
    /// How far a project is.
    pub enum ProjectStatus {
        /// Not begun.
        Planned = "planned", "計画", "Planned", ["未着手", "準備中"];
        /// Under way.
        Running = "running", "進行中", "Running", ["作業中", "制作中", "仕掛中"];
        /// Put aside for now.
        OnHold = "on_hold", "保留", "On hold", ["中断"];
        /// Done.
        Completed = "completed", "完了", "Completed", ["納品済", "検収済", "終了"];
        /// Given up.
        Cancelled = "cancelled", "中止", "Cancelled", ["取消", "キャンセル"];
    }
}

labelled_enum! {
    /// How far a shipment is.
    pub enum ShipmentStatus {
        /// Being packed.
        Preparing = "preparing", "出荷準備中", "Preparing", ["準備中", "梱包中", "出荷指示"];
        /// Handed to the carrier.
        Shipped = "shipped", "出荷済", "Shipped", ["出荷", "発送済", "発送"];
        /// On its way.
        InTransit = "in_transit", "配送中", "In transit", ["輸送中", "持出中", "配達中"];
        /// At the customer's.
        Delivered = "delivered", "配達完了", "Delivered", ["配達済", "納品済", "完了"];
        /// Came back.
        Returned = "returned", "返送", "Returned", ["返品", "持戻り"];
        /// Given up.
        Cancelled = "cancelled", "取消", "Cancelled", ["キャンセル"];
    }
}

impl ShipmentStatus {
    /// True when the goods are at the customer's, or back here.
    #[must_use]
    pub fn is_over(self) -> bool {
        matches!(self, ShipmentStatus::Delivered | ShipmentStatus::Returned)
    }
}

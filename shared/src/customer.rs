//! The codes of the customer master.

use crate::label::labelled_enum;

labelled_enum! {
    /// What kind of business the customer does with us.
    pub enum CustomerType {
        /// Buys to sell on: a liquor shop, a retailer.
        Wholesale = "wholesale", "卸売", "Wholesale", ["卸", "卸売顧客", "卸売業"];
        /// A consumer who buys in our own shop or web shop.
        Direct = "direct", "直販", "Direct", ["直販顧客", "個人", "個人顧客", "消費者"];
        /// A restaurant, hotel or other business that uses what it buys.
        Corporate = "corporate", "法人", "Corporate", ["法人顧客"];
    }
}

labelled_enum! {
    /// Whether new quotes and orders are taken from the customer.
    pub enum TradingStatus {
        /// Business as usual.
        Active = "active", "取引中", "Active", ["有効", "取引あり"];
        /// No order but by the back office.
        Suspended = "suspended", "取引停止", "Suspended", ["停止", "取引停止中", "停止中"];
    }
}

labelled_enum! {
    /// Why trading with a customer was suspended.
    pub enum SuspendedReason {
        /// The credit line was withdrawn.
        CreditHold = "credit_hold", "与信停止", "Credit hold", ["与信"];
        /// The contract ended.
        ContractEnded = "contract_ended", "契約解除", "Contract ended", ["解約"];
        /// Both sides pause for a time.
        TemporaryPause = "temporary_pause", "一時中断", "Temporary pause", ["一時停止", "中断", "一時的な取引中断"];
        /// Anything else.
        Other = "other", "その他", "Other", [];
    }
}

labelled_enum! {
    /// What a contact of the customer is used for.
    pub enum ContactPurpose {
        /// Selling: the usual contact.
        Sales = "sales", "営業", "Sales", ["営業用", "商談"];
        /// Invoices and payments.
        Billing = "billing", "請求", "Billing", ["請求用", "請求先", "経理"];
        /// Deliveries.
        Delivery = "delivery", "配送", "Delivery", ["配送用", "配送先", "納品", "納品先", "物流"];
    }
}

labelled_enum! {
    /// How the customer pays.
    pub enum PaymentMethod {
        /// The customer transfers the money.
        BankTransfer = "bank_transfer", "振込", "Bank transfer", ["銀行振込", "振り込み", "お振込"];
        /// We draw it from the customer's account.
        DirectDebit = "direct_debit", "口座振替", "Direct debit", ["自動引落", "引き落とし", "口座引落"];
        /// Cash, or cash on delivery.
        Cash = "cash", "現金", "Cash", ["代引", "代金引換"];
        /// A promissory note or its electronic successor.
        PromissoryNote = "promissory_note", "手形", "Promissory note", ["約束手形", "電子記録債権", "でんさい"];
        /// A card.
        CreditCard = "credit_card", "クレジット", "Credit card", ["クレジットカード", "カード"];
        /// Anything else; the text that was given is kept beside it.
        Other = "other", "その他", "Other", [];
    }
}

labelled_enum! {
    /// What an address of a customer is for.
    pub enum AddressKind {
        /// Where the company is, or where a consumer lives.
        HeadOffice = "head_office", "本社", "Head office", ["本店", "所在地", "自宅"];
        /// Where invoices go.
        Billing = "billing", "請求先", "Billing address", [];
        /// Where goods go.
        ShipTo = "ship_to", "配送先", "Ship-to address", ["納品先", "届け先"];
    }
}

labelled_enum! {
    /// How far a lead is.
    pub enum LeadStatus {
        /// Registered, not yet talked to.
        New = "new", "新規", "New", [];
        /// Somebody talked to them.
        Contacted = "contacted", "接触済", "Contacted", ["対応中"];
        /// Likely to buy.
        Qualified = "qualified", "見込あり", "Qualified", ["有望"];
        /// A customer now.
        Converted = "converted", "顧客化", "Converted", ["取引開始"];
        /// Will not buy.
        Lost = "lost", "見込なし", "Lost", ["失注"];
    }
}

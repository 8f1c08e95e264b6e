//! The axes: what reports divide by, each declared once.

pub mod work;

use shared::dataset::{CAMPAIGNS, CUSTOMERS, Choices, SALES};

use super::axis::{Axis, AxisKind};
use super::tables::{CAMPAIGN, CUSTOMER, DEPARTMENT, MEMBER, PRODUCT, SALES_LINES, WAREHOUSE};
use super::time::TimeUnit;
use crate::labels::Label;

const fn label(ja: &'static str, en: &'static str) -> Label {
    Label::new(ja, en)
}

/// Prices of a unit in yen.
const PRICE_BANDS: Choices = &[
    ("0-999", &["1,000円未満", "below 1,000"]),
    ("1000-2999", &["1,000〜2,999円", "1,000 to 2,999"]),
    ("3000-9999", &["3,000〜9,999円", "3,000 to 9,999"]),
    ("10000-29999", &["10,000〜29,999円", "10,000 to 29,999"]),
    ("30000-", &["30,000円以上", "30,000 and more"]),
];

/// Whole years from a date to the as-of date; nothing for a later date.
macro_rules! years_since {
    ($date:literal) => {
        concat!(
            "(CASE WHEN ",
            $date,
            " <= {as_of} THEN EXTRACT(YEAR FROM {as_of}) - EXTRACT(YEAR FROM ",
            $date,
            ") - CASE WHEN EXTRACT(MONTH FROM ",
            $date,
            ") * 100 + EXTRACT(DAY FROM ",
            $date,
            ") > EXTRACT(MONTH FROM {as_of}) * 100 + EXTRACT(DAY FROM {as_of}) THEN 1 ELSE 0 END END)"
        )
    };
}

/// All axes. Where two of one table have the same label, the first is meant by it.
pub fn axes() -> impl Iterator<Item = &'static Axis> {
    AXES.iter().chain(work::AXES)
}

/// The axes of dates, masters and slip lines.
static AXES: &[Axis] = &[
    // The date of the row.
    Axis::time("day", label("日", "Day"), TimeUnit::Day),
    Axis::time("week", label("週", "Week"), TimeUnit::Week),
    Axis::time("month", label("月", "Month"), TimeUnit::Month),
    Axis::time("quarter", label("四半期", "Quarter"), TimeUnit::Quarter),
    Axis::time("half", label("半期", "Half"), TimeUnit::Half),
    Axis::time("fiscal_year", label("年度", "Fiscal year"), TimeUnit::FiscalYear).or(&["fy"]),
    Axis::time("year", label("年", "Year"), TimeUnit::Year),
    Axis::time("weekday", label("曜日", "Weekday"), TimeUnit::Weekday),
    // Customers.
    Axis::key(&CUSTOMER, "customer", label("顧客", "Customer")).or(&["customer_code"]),
    Axis::of(&CUSTOMER, "industry", label("業種", "Industry"), "c.industry"),
    Axis::of(&CUSTOMER, "customer_type", label("顧客区分", "Type"), "c.customer_type")
        .or(&["type"])
        .values(AxisKind::Choice(&CUSTOMERS, "customer_type")),
    Axis::of(&CUSTOMER, "rank", label("ランク", "Rank"), "c.rank").values(AxisKind::Rank),
    Axis::of(&CUSTOMER, "sales_area", label("エリア", "Area"), "c.sales_area").or(&["area"]),
    Axis::of(&CUSTOMER, "prefecture", label("都道府県", "Prefecture"), "c.prefecture"),
    Axis::of(&CUSTOMER, "account_owner", label("担当者", "Owner"), "c.account_owner").or(&["owner"]),
    Axis::of(
        &CUSTOMER,
        "first_trade_year",
        label("取引開始年", "First year"),
        "EXTRACT(YEAR FROM c.first_trade_date)",
    )
    .values(AxisKind::Ordered),
    Axis::of(&CUSTOMER, "trading_status", label("取引状態", "Status"), "c.trading_status")
        .or(&["status"])
        .values(AxisKind::Choice(&CUSTOMERS, "trading_status")),
    Axis::of(&CUSTOMER, "acquisition_source", label("獲得経路", "Source"), "c.acquisition_source")
        .values(AxisKind::Choice(&CUSTOMERS, "acquisition_source")),
    Axis::of(&CUSTOMER, "payment_method", label("支払方法", "Payment"), "c.payment_method")
        .values(AxisKind::Choice(&CUSTOMERS, "payment_method")),
    Axis::of(&CUSTOMER, "payment_terms", label("決済サイト", "Payment terms"), "c.payment_terms"),
    Axis::of(&CUSTOMER, "price_list", label("適用価格", "Price list"), "c.price_list"),
    Axis::of(&CUSTOMER, "rating", label("評価", "Rating"), "c.rating").values(AxisKind::Ordered),
    Axis::of(
        &CUSTOMER,
        "age_band",
        label("年代", "Age band"),
        concat!("CAST(FLOOR(", years_since!("c.birth_date"), " / 10) AS BIGINT) * 10"),
    )
    .values(AxisKind::Ordered),
    Axis::of(
        &CUSTOMER,
        "tenure_years",
        label("取引年数", "Years of trade"),
        years_since!("c.first_trade_date"),
    )
    .values(AxisKind::Ordered),
    // Products.
    Axis::key(&PRODUCT, "product", label("商品", "Product")).or(&["product_code"]),
    Axis::of(&PRODUCT, "product_category", label("商品分類", "Product group"), "p.category")
        .or(&["category"]),
    // Our own organisation.
    Axis::key(&MEMBER, "sales_rep", label("営業担当", "Representative")).or(&["representative", "rep"]),
    Axis::key(&MEMBER, "member", label("メンバー", "Member")),
    Axis::key(&DEPARTMENT, "department", label("部門", "Department")),
    Axis::key(&CAMPAIGN, "campaign", label("キャンペーン", "Campaign")).or(&["campaign_code"]),
    Axis::of(&CAMPAIGN, "campaign_channel", label("実施チャネル", "Campaign channel"), "g.channel")
        .values(AxisKind::Choice(&CAMPAIGNS, "channel")),
    Axis::key(&WAREHOUSE, "warehouse", label("倉庫", "Warehouse")),
    // Slip lines.
    Axis::row(&[&SALES_LINES], "channel", label("販売チャネル", "Channel"), "r.channel")
        .values(AxisKind::Choice(&SALES, "channel")),
    Axis::row(&[&SALES_LINES], "slip_status", label("伝票状態", "Slip status"), "r.status"),
    Axis::row(&[&SALES_LINES], "tax_rate", label("税率", "Tax rate"), "r.tax_rate").values(AxisKind::Ordered),
    Axis::row(&[&SALES_LINES], "tax_category", label("税区分", "Tax category"), "r.tax_category")
        .values(AxisKind::Choice(&SALES, "tax_category")),
    Axis::row(&[&SALES_LINES], "billing_status", label("請求状況", "Billing status"), "r.billing_status")
        .values(AxisKind::Choice(&SALES, "billing_status")),
    Axis::row(
        &[&SALES_LINES],
        "price_band",
        label("価格帯", "Price band"),
        "CASE WHEN r.unit_price < 1000 THEN '0-999' WHEN r.unit_price < 3000 THEN '1000-2999' \
         WHEN r.unit_price < 10000 THEN '3000-9999' WHEN r.unit_price < 30000 THEN '10000-29999' \
         WHEN r.unit_price >= 30000 THEN '30000-' END",
    )
    .values(AxisKind::Words(PRICE_BANDS)),
];

//! The figures of projects, purchases, stock and targets.

use super::figures;
use crate::model::figure::{Expression as E, Figure};
use crate::model::tables::work::{PROJECT_ROWS, PURCHASE_ROWS, STOCK_ROWS, TARGET_ROWS};

pub(super) static PROJECTS: &[Figure] = figures! { &PROJECT_ROWS;
    "contract_amount" Yen 0 ["受注金額" "Contract"] ["契約金額。なければ受注の金額" "Contract amount, else the amount of the order"]
        E::Sum("r.contract_amount");
    "labour_cost" Yen 2 ["労務費" "Labour"] ["工数 × メンバーの時間単価" "Hours times the member's cost an hour"] E::Sum("r.labour");
    "purchase_amount" Yen 2 ["仕入" "Purchases"] ["プロジェクトの仕入金額" "Purchases for the project"] E::Sum("r.purchases");
    "project_cost" Yen 4 ["原価計" "Costs"] ["労務費 + 仕入" "Labour and purchases"] E::Sum("r.cost");
    "contract_less_labour" Yen 9 ["受注金額 − 労務費" "Contract less labour"]
        ["受注金額 − 労務費。労務費が不明なら空欄" "Contract minus labour; unknown when labour is"] E::Minus("contract_amount", "labour_cost");
    "profit" Yen 0 ["収支" "Profit"] ["受注金額 − 労務費 − 仕入" "Contract minus labour and purchases"]
        E::Minus("contract_less_labour", "purchase_amount");
    "profit_rate" Rate 0 ["利益率" "Margin"] ["収支 ÷ 受注金額" "Profit divided by the contract"] E::Ratio("profit", "contract_amount");
    "hours" Hours 1 ["消化工数" "Hours"] ["基準日までの工数(時間)" "Hours worked by the as-of date"] E::Sum("r.hours");
    "planned_hours" Hours 5 ["予定工数" "Planned hours"] ["プロジェクトの予定工数(時間)" "Planned hours of the project"] E::Sum("r.planned_hours");
    "hours_rate" Rate 3 ["工数消化率" "Hours used"] ["消化工数 ÷ 予定工数" "Hours divided by planned hours"] E::Ratio("hours", "planned_hours");
    "uncosted_hours" Hours 7 ["単価不明の工数" "Hours without a cost"]
        ["時間単価が登録されていないメンバーの工数。労務費に含まれません" "Hours of members without a cost an hour, which labour leaves out"]
        E::Sum("r.uncosted_hours");
    "projects" Count 6 ["プロジェクト数" "Projects"] ["プロジェクトの数" "Number of projects"] E::Distinct("r.project_code");
    "members" Count 7 ["メンバー数" "Members"] ["工数を入力したメンバーの数" "Members who worked on it"] E::Distinct("r.member_code");
};

pub(super) static PURCHASES: &[Figure] = figures! { &PURCHASE_ROWS;
    "purchase_amount" Yen 0 ["仕入金額" "Purchases"] ["仕入金額の合計(税抜)" "Sum of the purchases without tax"] E::Sum("r.amount");
    "purchase_quantity" Number 2 ["仕入数量" "Quantity"] ["仕入数量の合計" "Sum of the quantities"] E::Sum("r.quantity");
    "purchase_lines" Count 3 ["明細数" "Lines"] ["仕入明細の件数" "Number of lines"] E::Rows;
};

pub(super) static STOCK: &[Figure] = figures! { &STOCK_ROWS;
    "stock_quantity" Number 0 ["在庫数" "Stock"] ["期間内で最後に数えた在庫の数量" "Stock when it was last counted in the period"]
        E::Sum("r.newest_stock");
    "allocated_quantity" Number 5 ["引当数" "Allocated"] ["在庫のうち受注に引き当てた数量" "How much of it is allocated to orders"]
        E::Sum("r.allocated");
    "free_quantity" Number 4 ["引当可能数" "Free"] ["在庫数 − 引当数" "Stock minus what is allocated"]
        E::Minus("stock_quantity", "allocated_quantity");
    "sold_quantity" Number 0 ["販売数量" "Sold"] ["期間内の販売数量(返品を差し引く)" "Quantity sold in the period; returns are subtracted"]
        E::Sum("r.sold");
    "stock_counted" Number 9 ["在庫数の合計" "Stock counted"] ["数えた在庫の合計(平均在庫数の計算用)" "All counted stock, for the average"] E::Sum("r.stock");
    "stock_days_counted" Count 8 ["棚卸回数" "Counts"] ["在庫を数えた日の数" "Days on which stock was counted"] E::Distinct("r.counted_on");
    "average_stock" Number 2 ["平均在庫数" "Average stock"] ["数えた在庫の合計 ÷ 数えた日の数" "Counted stock divided by the days on which it was counted"]
        E::Average("stock_counted", "stock_days_counted");
    "stock_turnover" Number 0 ["在庫回転率" "Turnover"] ["販売数量 ÷ 平均在庫数(期間内の回数)" "Quantity sold divided by the average stock: times in the period"]
        E::Mean("sold_quantity", "average_stock", 2);
    "stock_times_days" Number 9 ["在庫数 × 日数" "Stock times days"] ["在庫数 × 期間の日数(在庫日数の計算用)" "Stock times the days of the period, for the days of stock"]
        E::Sum("r.newest_stock * {period_days}");
    "days_of_stock" Days 1 ["在庫日数" "Days of stock"]
        ["在庫数 ÷ 期間の1日あたり販売数量。今の在庫が何日分か" "Stock divided by the quantity sold a day: how long it lasts"]
        E::Mean("stock_times_days", "sold_quantity", 1);
    "last_counted_on" Date 6 ["最終棚卸日" "Last counted"] ["最後に在庫を数えた日" "Day on which stock was last counted"] E::Last("r.counted_on");
};

pub(super) static TARGETS: &[Figure] = figures! { &TARGET_ROWS;
    "sales_amount" Yen 0 ["売上金額" "Sales"] ["対象明細の金額の合計(税抜)" "Sum of the lines' amounts without tax"] E::Sum("r.sales");
    "company_target" Yen 9 ["全社目標" "Company target"] ["全社の目標金額" "Targets of the whole company"]
        E::Sum("CASE WHEN r.level = 'company' THEN r.target END");
    "department_target" Yen 9 ["部門目標" "Department target"] ["部門の目標金額" "Targets of departments"]
        E::Sum("CASE WHEN r.level = 'department' THEN r.target END");
    "representative_target" Yen 9 ["担当者目標" "Representative target"] ["担当者の目標金額" "Targets of representatives"]
        E::Sum("CASE WHEN r.level = 'representative' THEN r.target END");
};

//! The named groups of customers: by recency, and by frequency and amount together.

use crate::labels::Label;

/// The groups, the best first.
pub(super) const GROUPS: &[(&str, Label)] = &[
    ("champions", Label::new("最優良顧客", "Champions")),
    ("promising", Label::new("育成顧客", "Promising")),
    ("newcomers", Label::new("新規・お試し客", "Newcomers")),
    ("loyal", Label::new("優良顧客", "Loyal")),
    ("needs_attention", Label::new("要フォロー顧客", "Need attention")),
    ("about_to_sleep", Label::new("休眠予備軍", "About to sleep")),
    ("at_risk", Label::new("離反注意の優良顧客", "At risk")),
    ("hibernating", Label::new("休眠顧客", "Hibernating")),
    ("lost", Label::new("離反顧客", "Lost")),
    ("", Label::new("購入なし", "no purchase")),
];

/// The least R of each row of groups, and the least F + M of each group in it.
const RECENCY: [u8; 3] = [4, 3, 1];
const WORTH: [u8; 3] = [8, 5, 2];

/// The group of bands, as an expression over their columns.
pub(super) fn sql(recency: &str, frequency: &str, monetary: &str) -> String {
    let mut out = String::from("CASE");
    let cells = RECENCY.iter().flat_map(|r| WORTH.iter().map(move |worth| (r, worth)));
    for ((r, worth), (id, _)) in cells.zip(GROUPS) {
        out.push_str(&format!(" WHEN {recency} >= {r} AND {frequency} + {monetary} >= {worth} THEN '{id}'"));
    }
    out + " END"
}

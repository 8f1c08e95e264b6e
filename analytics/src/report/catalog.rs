//! The built-in reports: one file each under `analytics/reports/`.

use std::sync::LazyLock;

use shared::label::Lang;

use super::declaration::{Declaration, declaration};
use super::shape;

/// The files, in the order of `report list`.
const FILES: &[&str] = &[
    include_str!("../../reports/customers.toml"),
    include_str!("../../reports/products.toml"),
    include_str!("../../reports/channels.toml"),
    include_str!("../../reports/departments.toml"),
    include_str!("../../reports/representatives.toml"),
    include_str!("../../reports/profit.toml"),
    include_str!("../../reports/campaigns.toml"),
    include_str!("../../reports/trend.toml"),
    include_str!("../../reports/ranking.toml"),
    include_str!("../../reports/abc.toml"),
    include_str!("../../reports/decile.toml"),
    include_str!("../../reports/growth.toml"),
    include_str!("../../reports/price-volume.toml"),
    include_str!("../../reports/rfm.toml"),
    include_str!("../../reports/cohort.toml"),
    include_str!("../../reports/movement.toml"),
    include_str!("../../reports/repeat.toml"),
    include_str!("../../reports/churn.toml"),
    include_str!("../../reports/follow-up.toml"),
    // Sales work and the office.
    include_str!("../../reports/pipeline.toml"),
    include_str!("../../reports/quotes.toml"),
    include_str!("../../reports/orders.toml"),
    include_str!("../../reports/inquiries.toml"),
    include_str!("../../reports/voice.toml"),
    include_str!("../../reports/contacts.toml"),
    include_str!("../../reports/projects.toml"),
    include_str!("../../reports/stock.toml"),
    include_str!("../../reports/targets.toml"),
];

static DECLARED: LazyLock<Vec<Declaration>> =
    LazyLock::new(|| FILES.iter().filter_map(|text| declaration(text, &shape::names()).ok()).collect());

/// The declared reports.
pub fn declared() -> &'static [Declaration] {
    &DECLARED
}

/// The declared report of this name.
pub fn find(name: &str) -> Option<&'static Declaration> {
    declared().iter().find(|report| report.name == name)
}

/// The Japanese help of `report NAME`.
pub(crate) fn japanese_help(command: &str) -> Option<&'static str> {
    let name = command.strip_prefix("report ")?;
    find(name).map(|report| report.about.text(Lang::Ja))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_declaration_can_be_read() {
        for text in FILES {
            if let Err(mistakes) = declaration(text, &shape::names()) {
                let mistakes: Vec<_> = mistakes.iter().map(|mistake| mistake.located()).collect();
                panic!("{text}\n{mistakes:?}");
            }
        }
        let mut names: Vec<&str> = declared().iter().map(|report| report.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), FILES.len(), "names are unique");
    }
}

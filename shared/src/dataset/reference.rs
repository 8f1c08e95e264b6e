//! The declared references as pairs of a column and the data set that it refers to.

use super::{DATASETS, Dataset, by_name};

/// A column that names rows of another data set.
#[derive(Debug, Clone, Copy)]
pub struct Reference {
    /// The data set that refers.
    pub dataset: &'static Dataset,
    /// Its column.
    pub column: &'static str,
    /// The data set that is referred to.
    pub target: &'static Dataset,
    /// The target's key column.
    pub target_key: &'static str,
}

/// Every reference of every data set, in the order of the declarations.
pub fn references() -> Vec<Reference> {
    DATASETS.iter().flat_map(|dataset| references_of(dataset)).collect()
}

/// The references that a data set's columns are.
pub fn references_of(dataset: &'static Dataset) -> Vec<Reference> {
    let declared = dataset.references.iter();
    declared
        .filter_map(|(column, target)| {
            let target = by_name(target)?;
            let target_key = *target.key.first()?;
            Some(Reference { dataset, column, target, target_key })
        })
        .collect()
}

/// The references that name rows of this data set.
pub fn references_to(target: &Dataset) -> Vec<Reference> {
    references().into_iter().filter(|reference| reference.target.name == target.name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_follow_from_the_declarations() {
        let all: Vec<String> = references()
            .iter()
            .map(|found| format!("{}.{} {}", found.dataset.name, found.column, found.target.name))
            .collect();
        for expected in [
            "contacts.customer_code customers",
            "sales.related_customer_3 customers",
            "sales.quote_no quotes",
            "customers.billing_terms_id billing_terms",
            "quotes.order_no orders",
            "orders.quote_no quotes",
            "payments.invoice_no invoices",
        ] {
            assert!(all.iter().any(|found| found == expected), "{expected} is missing: {all:?}");
        }
    }
}

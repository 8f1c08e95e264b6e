//! Puts checked literals into the SQL of `sql/`: the boundary has no parameters.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::WarehouseError;
use crate::engine::quoted;

/// A value that becomes part of a query's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Literal {
    /// `DATE '2026-10-31'`.
    Date(NaiveDate),
    /// A quoted string.
    Text(String),
    /// A list of quoted strings in parentheses; an empty list matches nothing.
    Texts(Vec<String>),
    /// A whole number.
    Integer(i64),
    /// An exact decimal.
    Decimal(Decimal),
    /// SQL that is part of the program: a column's name, a condition. Never outside input.
    Fragment(&'static str),
    /// SQL built by [`render`] or from checked literals.
    Rendered(String),
}

impl Literal {
    /// The literal as SQL.
    pub fn sql(&self) -> String {
        match self {
            Self::Date(date) => format!("DATE '{date}'"),
            Self::Text(text) => quoted(text),
            Self::Texts(texts) if texts.is_empty() => "(NULL)".to_owned(),
            Self::Texts(texts) => {
                format!("({})", texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", "))
            }
            Self::Integer(number) => number.to_string(),
            Self::Decimal(number) => number.to_string(),
            Self::Fragment(sql) => (*sql).to_owned(),
            Self::Rendered(sql) => sql.clone(),
        }
    }
}

/// Replaces every `{name}` of `template` by its literal. A name without a value, and a value without a name,
/// are errors, so that a template and its caller cannot drift apart.
pub fn render(template: &str, values: &[(&str, Literal)]) -> Result<String, WarehouseError> {
    let mut out = String::with_capacity(template.len());
    let mut used = vec![false; values.len()];
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            return Err(WarehouseError::Shape("a brace of the query is not closed".to_owned()));
        };
        let Some(index) = values.iter().position(|(known, _)| *known == name) else {
            return Err(WarehouseError::Shape(format!("the query asks for {{{name}}}, which has no value")));
        };
        out.push_str(before);
        out.push_str(&values[index].1.sql());
        used[index] = true;
        rest = after;
    }
    out.push_str(rest);
    match used.iter().position(|used| !used) {
        Some(index) => Err(WarehouseError::Shape(format!("the query has no {{{}}}", values[index].0))),
        None => Ok(out),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_quoted() {
        let sql = render(
            "a = {a} AND b IN {b}",
            &[
                ("a", Literal::Text("O'Neil'; DROP TABLE x --".to_owned())),
                ("b", Literal::Texts(vec!["{a}".to_owned(), "'".to_owned()])),
            ],
        );
        assert_eq!(sql.unwrap(), "a = 'O''Neil''; DROP TABLE x --' AND b IN ('{a}', '''')");
    }

    #[test]
    fn dates_and_numbers_are_typed() {
        let date = NaiveDate::from_ymd_opt(2026, 10, 31).unwrap();
        assert_eq!(Literal::Date(date).sql(), "DATE '2026-10-31'");
        assert_eq!(Literal::Integer(-3).sql(), "-3");
        assert_eq!(Literal::Decimal(Decimal::new(15, 1)).sql(), "1.5");
        assert_eq!(Literal::Texts(Vec::new()).sql(), "(NULL)");
    }

    #[test]
    fn a_template_and_its_values_must_agree() {
        assert!(render("{a}", &[]).is_err());
        assert!(render("a", &[("a", Literal::Integer(1))]).is_err());
        assert!(render("{a", &[("a", Literal::Integer(1))]).is_err());
    }
}

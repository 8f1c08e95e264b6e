//! Which elements of a part are its own: those of the root's namespace. Programs add elements of their own namespaces,
//! some of which have the names of ours (`x15:workbookPr`).

use quick_xml::events::BytesStart;
use quick_xml::name::QName;

use super::said;
use crate::message;
use crate::message::Message;

/// The most namespaces that are declared at one place.
const BINDINGS_MAX: usize = 128;

/// The namespace in which a program offers an element of a newer version and a fallback for others.
const COMPATIBILITY: &str = "http://schemas.openxmlformats.org/markup-compatibility/2006";

/// What an element is to the reader of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// An element of the part's namespace.
    Own,
    /// It means nothing, but what it contains does.
    Transparent,
    /// It is passed over with what it contains.
    Foreign,
}

/// The namespaces in scope.
#[derive(Debug, Default)]
pub(super) struct Scope {
    /// Depth, prefix and namespace of each declaration in force.
    bindings: Vec<(u32, String, String)>,
    root: Option<Root>,
}

/// The root of the part.
#[derive(Debug)]
struct Root {
    prefix: String,
    namespace: Option<String>,
    /// How many declarations it makes: while there are no others, its prefix stands for its namespace.
    bindings: usize,
}

impl Scope {
    /// An element begins at this depth.
    pub(super) fn enter(&mut self, element: &BytesStart<'_>, depth: u32) -> Result<Meaning, Message> {
        if element.attributes_raw().contains("xmlns") {
            self.declare(element, depth)?;
        }
        let name = element.name();
        if self.root.is_none() {
            let prefix = prefix(name).to_owned();
            let namespace = self.namespace(&prefix).map(str::to_owned);
            self.root = Some(Root { prefix, namespace, bindings: self.bindings.len() });
        }
        let local = name.local_name();
        Ok(match local.as_ref() {
            // Extensions are in it, whatever their namespace.
            "extLst" => Meaning::Foreign,
            _ if self.is_own(name) => Meaning::Own,
            "AlternateContent" | "Fallback" if self.namespace(prefix(name)) == Some(COMPATIBILITY) => {
                Meaning::Transparent
            }
            _ => Meaning::Foreign,
        })
    }

    /// The element at this depth ends.
    pub(super) fn leave(&mut self, depth: u32) {
        while self.bindings.last().is_some_and(|(declared, ..)| *declared >= depth) {
            self.bindings.pop();
        }
    }

    /// Whether a name is of the root's namespace.
    pub(super) fn is_own(&self, name: QName<'_>) -> bool {
        let Some(root) = &self.root else { return false };
        let prefix = prefix(name);
        if prefix == root.prefix && self.bindings.len() == root.bindings {
            return true;
        }
        match (self.namespace(prefix), &root.namespace) {
            (Some(namespace), Some(own)) => namespace == own,
            (None, None) => prefix == root.prefix,
            _ => false,
        }
    }

    fn namespace(&self, prefix: &str) -> Option<&str> {
        let bound = self.bindings.iter().rev().find(|(_, known, _)| known == prefix);
        bound.map(|(.., namespace)| namespace.as_str()).filter(|namespace| !namespace.is_empty())
    }

    fn declare(&mut self, element: &BytesStart<'_>, depth: u32) -> Result<(), Message> {
        for attribute in element.attributes().with_checks(false) {
            let attribute = attribute.map_err(said)?;
            let prefix = match attribute.key.as_ref() {
                "xmlns" => "",
                key => match key.strip_prefix("xmlns:") {
                    Some(prefix) => prefix,
                    None => continue,
                },
            };
            if self.bindings.len() == BINDINGS_MAX {
                return Err(message!(
                    "名前空間が{max}個を超えています",
                    "it declares more than {max} namespaces",
                    max = BINDINGS_MAX,
                ));
            }
            self.bindings.push((depth, prefix.to_owned(), attribute.value.clone().into_owned()));
        }
        Ok(())
    }
}

fn prefix(name: QName<'_>) -> &str {
    let name = name.into_inner();
    name.split_once(':').map_or("", |(prefix, _)| prefix)
}

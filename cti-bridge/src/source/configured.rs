//! The sources of the settings file and the command line.

use std::any::Any;
use std::collections::BTreeMap;
use std::sync::Arc;

use clap::Args;
use shared::exit::Failure;
use shared::message;
use shared::settings_reader::{Fields, Value};

use super::ami::AmiFlags;
use super::settings::{SourceContext, SourceSettings, StartSource};
use super::{KINDS, SourceLink};

/// Longest name of a source, in characters.
const NAME_CHARS_MAX: usize = 32;
/// The name of the PBX that flags give.
const FLAG_SOURCE: &str = "pbx";

/// The configured sources, each under a name of its own.
#[derive(Debug, Clone, Default)]
pub struct Sources(Vec<Configured>);

/// One configured source.
#[derive(Debug, Clone)]
struct Configured {
    name: String,
    settings: Arc<dyn SourceSettings>,
}

/// Flags that name a PBX.
#[derive(Debug, Args)]
pub(crate) struct SourceFlags {
    #[command(flatten)]
    ami: AmiFlags,
}

impl Sources {
    /// Reads the tables of all kinds in a settings file.
    pub(crate) fn read(file: &mut Fields<'_>) -> Self {
        let mut all = Vec::new();
        let mut places = BTreeMap::new();
        for kind in &KINDS {
            let named = file.get(kind.table).and_then(|value| value.table());
            for (name, value) in named.iter().flat_map(|named| named.entries()) {
                check_name(kind.table, name, &value);
                if let Some(other) = places.insert(name.to_owned(), kind.table) {
                    value.wrong_name(message!(
                        "PBX の名前「{name}」は [{other}.{name}] でも使われています。どちらかを別の名前にしてください",
                        "[{other}.{name}] is another PBX named `{name}`; rename one of them",
                        name = name,
                        other = other,
                    ));
                }
                if let Some(table) = value.is_table().then(|| value.table()).flatten() {
                    all.push(Configured { name: name.to_owned(), settings: (kind.read)(&table) });
                }
            }
        }
        Self(all)
    }

    /// The settings under this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&dyn SourceSettings> {
        self.0.iter().find(|source| source.name == name).map(|source| source.settings.as_ref())
    }

    /// Adds or changes the PBX that flags give.
    ///
    /// # Errors
    /// The flags do not fit together (64).
    pub(crate) fn apply(&mut self, flags: &SourceFlags) -> Result<(), Failure> {
        let at = self.0.iter().position(|source| source.name == FLAG_SOURCE);
        let known = at.and_then(|at| self.0.get(at)).and_then(|source| {
            let settings: &dyn Any = source.settings.as_ref();
            settings.downcast_ref()
        });
        let Some(settings) = flags.ami.settings(known)? else { return Ok(()) };
        let source = Configured { name: FLAG_SOURCE.to_owned(), settings: Arc::new(settings) };
        match at.and_then(|at| self.0.get_mut(at)) {
            Some(place) => *place = source,
            None => self.0.push(source),
        }
        Ok(())
    }

    /// Prepares all sources.
    ///
    /// # Errors
    /// The first that cannot be used.
    pub(crate) fn prepare(&self) -> Result<PreparedSources, Failure> {
        let prepared =
            self.0.iter().map(|Configured { name, settings }| Ok((name.clone(), settings.prepare()?)));
        Ok(PreparedSources(prepared.collect::<Result<_, Failure>>()?))
    }
}

/// Sources that are ready to start.
pub(crate) struct PreparedSources(Vec<(String, StartSource)>);

impl PreparedSources {
    /// Starts them all. They run until the context says stop.
    pub(crate) fn start(self, context: &SourceContext) -> Vec<SourceLink> {
        self.0.into_iter().map(|(name, start)| start(name, context)).collect()
    }
}

/// Checks a name, which appears in call records and web addresses.
fn check_name(kind: &str, name: &str, value: &Value<'_>) {
    if !value.is_table() {
        value.wrong_name(message!(
            "PBX には名前を付けて、[{kind}.名前] の見出しの下に設定を書いてください",
            "a PBX needs a name; write its settings under [{kind}.NAME]",
            kind = kind,
        ));
    } else if !name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
        || !(1..=NAME_CHARS_MAX).contains(&name.len())
    {
        value.wrong_name(message!(
            "PBX の名前「{name}」は使えません。半角英数字・「_」・「-」で{max}文字以内にしてください",
            "`{name}` cannot be the name of a PBX; use 1 to {max} of a–z, 0–9, `_`, `-`",
            name = name,
            max = NAME_CHARS_MAX,
        ));
    }
}

#[cfg(test)]
mod tests;

//! The sources of the settings file and the command line.

use std::any::Any;
use std::collections::BTreeSet;
use std::sync::Arc;

use clap::Args;
use shared::exit::Failure;
use shared::message;
use shared::message::Message;
use toml::de::DeTable;

use super::ami::AmiFlags;
use super::settings::{SourceContext, SourceSettings, StartSource};
use super::{KINDS, SourceLink, ami};

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
    table: &'static str,
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
    /// Takes the tables of all kinds out of a settings file; the rest is left for the other settings.
    ///
    /// # Errors
    /// A wrong or unknown key, with its place in the file.
    pub(crate) fn take_from(file: &mut DeTable<'_>) -> Result<Self, toml::de::Error> {
        let mut all = Vec::new();
        for kind in &KINDS {
            if let Some(table) = file.remove(kind.table) {
                let read = (kind.read)(table.into())?;
                let configured = |(name, settings)| Configured { table: kind.table, name, settings };
                all.extend(read.into_iter().map(configured));
            }
        }
        Ok(Self(all))
    }

    /// Checks the names: they appear in call records and web addresses, and each is used once.
    ///
    /// # Errors
    /// The first name that is wrong.
    pub(crate) fn check_names(&self) -> Result<(), Message> {
        let mut seen = BTreeSet::new();
        for Configured { name, .. } in &self.0 {
            let is_plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
            if !is_plain || !(1..=NAME_CHARS_MAX).contains(&name.len()) {
                return Err(message!(
                    "PBX の名前「{name}」は使えません。半角英数字・「_」・「-」で{max}文字以内にしてください",
                    "`{name}` cannot be the name of a PBX; use 1 to {max} of a–z, 0–9, `_`, `-`",
                    name = name,
                    max = NAME_CHARS_MAX,
                ));
            }
            if !seen.insert(name) {
                return Err(message!(
                    "PBX の名前「{name}」が重複しています。別の名前にしてください",
                    "two PBXs are named `{name}`; rename one of them",
                    name = name,
                ));
            }
        }
        Ok(())
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
        let source =
            Configured { table: ami::KIND.table, name: FLAG_SOURCE.to_owned(), settings: Arc::new(settings) };
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
        let prepared = self.0.iter().map(|Configured { table, name, settings }| {
            let start = settings.prepare(&format!("{table}.{name}"))?;
            Ok((name.clone(), start))
        });
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

#[cfg(test)]
mod tests {
    use shared::label::Lang;
    use shared::message::Explain;

    use super::*;
    use crate::source::ami::AmiConfig;

    fn sources(text: &str) -> Sources {
        let mut file = DeTable::parse(text).unwrap();
        Sources::take_from(file.get_mut()).unwrap()
    }

    #[test]
    fn tables_of_sources_are_taken_and_others_are_left() {
        let mut file =
            DeTable::parse("listen = \"x\"\n[ami.hq]\n[webhook.cloud]\n[freeswitch.osaka]").unwrap();
        let sources = Sources::take_from(file.get_mut()).unwrap();
        let names: Vec<_> = sources.0.iter().map(|source| (source.table, source.name.as_str())).collect();
        assert_eq!(names, [("ami", "hq"), ("freeswitch", "osaka"), ("webhook", "cloud")]);
        assert_eq!(file.get_ref().len(), 1);
    }

    #[test]
    fn names_are_plain_and_used_once() {
        assert_eq!(sources("[ami.hq]\n[webhook.cloud-2]").check_names(), Ok(()));
        for (text, ja, en) in [
            ("[ami.\"a b\"]", "「a b」", "`a b` cannot be the name"),
            ("[ami.x]\n[webhook.x]", "重複", "two PBXs are named `x`"),
        ] {
            let message = sources(text).check_names().unwrap_err();
            assert!(message.text(Lang::Ja).contains(ja), "{message:?}");
            assert!(message.text(Lang::En).contains(en), "{message:?}");
        }
    }

    #[test]
    fn a_missing_address_is_named_in_both_languages() {
        let Err(failure) = sources("[ami.hq]\nuser = \"u\"").prepare() else { panic!("it was prepared") };
        assert_eq!(failure.code(), 78);
        assert_eq!(failure.message().text(Lang::Ja), "[ami.hq] の address を指定してください");
        assert_eq!(failure.message().text(Lang::En), "[ami.hq]: address is missing");
    }

    #[test]
    fn flags_add_a_pbx_or_change_the_one_of_the_file() {
        #[derive(clap::Parser)]
        struct Flags {
            #[command(flatten)]
            sources: SourceFlags,
        }
        let flags: Flags =
            clap::Parser::parse_from(["test", "--ami", "pbx.example:5038", "--ami-user", "chakuden"]);
        for (text, prefix) in
            [("", ""), ("[ami.pbx]\naddress = \"old:1\"\nuser = \"u\"\ndial_prefix = \"0\"", "0")]
        {
            let mut sources = sources(text);
            sources.apply(&flags.sources).unwrap();
            let settings: &dyn Any = sources.get(FLAG_SOURCE).unwrap();
            let ami = settings.downcast_ref::<AmiConfig>().unwrap();
            assert_eq!((ami.address.as_str(), ami.user.as_str()), ("pbx.example:5038", "chakuden"));
            assert_eq!(ami.dial_prefix, prefix);
        }
    }
}

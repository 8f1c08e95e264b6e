//! `chakuden.toml`: what a person would otherwise give with every command (`docs/settings.md`).

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use shared::cause::Cause as _;
use shared::era::parse_date;
use shared::exit::{self, Failure};
use shared::label::Lang;
use shared::message;
use shared::settings_reader::{Table, Value, read};

use crate::output::Currency;

/// The file's name.
const NAME: &str = "chakuden.toml";

/// The settings of a file; what it lacks is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Settings {
    /// The file, if there is one.
    pub(super) file: Option<PathBuf>,
    pub(super) store: Option<PathBuf>,
    pub(super) mirror: Option<PathBuf>,
    pub(super) areas: Option<PathBuf>,
    pub(super) language: Option<Lang>,
    pub(super) as_of: Option<NaiveDate>,
    pub(super) fiscal_year_start: Option<u32>,
    pub(super) currency: Option<Currency>,
}

impl Settings {
    /// The settings of the file in the working folder, else of the user's; none without either.
    ///
    /// # Errors
    /// The file cannot be read, or has mistakes (exit code 78).
    pub(super) fn load() -> Result<Self, Failure> {
        let Some(file) = found(|name| std::env::var_os(name).map(PathBuf::from)) else {
            return Ok(Self::default());
        };
        let text = std::fs::read_to_string(&file).map_err(|error| {
            Failure::config(message!(
                "設定ファイル {file} を読み取れません: {reason}",
                "the settings file {file} cannot be read: {reason}",
                file = file.display(),
                reason = error.cause(),
            ))
        })?;
        let settings = read(&text, |root| Some(Self::of(root)));
        let settings = settings.map_err(|mistakes| Failure::mistakes(exit::CONFIG, &file, &mistakes))?;
        Ok(settings.beside(&file))
    }

    fn of(root: &Table<'_>) -> Self {
        let mut settings = Self::default();
        root.fields(|fields| {
            fields.set("store", &mut settings.store, |value| value.file().map(Some));
            fields.set("mirror", &mut settings.mirror, |value| value.file().map(Some));
            fields.set("areas", &mut settings.areas, |value| value.file().map(Some));
            fields.set("language", &mut settings.language, |value| language(value).map(Some));
            fields.set("as_of", &mut settings.as_of, |value| as_of(value).map(Some));
            fields.set("fiscal_year_start", &mut settings.fiscal_year_start, |value| {
                value.whole(1..=12).map(Some)
            });
            fields.set("currency", &mut settings.currency, |value| currency(value).map(Some));
        });
        settings
    }

    /// The same with names of files from the folder of the settings.
    fn beside(self, file: &Path) -> Self {
        let folder = file.parent().unwrap_or(Path::new(""));
        let beside = |path: Option<PathBuf>| path.map(|path| folder.join(path));
        Self {
            store: beside(self.store),
            mirror: beside(self.mirror),
            areas: beside(self.areas),
            file: Some(file.to_owned()),
            ..self
        }
    }
}

/// The first file that is there.
fn found(variable: impl Fn(&str) -> Option<PathBuf>) -> Option<PathBuf> {
    let is_named = |path: &PathBuf| path.is_absolute();
    let user = variable("XDG_CONFIG_HOME")
        .filter(is_named)
        .or_else(|| Some(variable("HOME").filter(is_named)?.join(".config")))
        .map(|folder| folder.join("chakuden").join(NAME));
    [Some(PathBuf::from(NAME)), user].into_iter().flatten().find(|file| file.is_file())
}

fn language(value: &Value<'_>) -> Option<Lang> {
    value.one_of(&[("ja", Lang::Ja), ("en", Lang::En)])
}

fn as_of(value: &Value<'_>) -> Option<NaiveDate> {
    value.parsed(
        message!(
            "日付を \"2026-10-31\" または \"令和8年10月31日\" のように引用符で囲んで書いてください",
            "must be a date in quotes, such as \"2026-10-31\" or \"令和8年10月31日\""
        ),
        |text| parse_date(text).ok(),
    )
}

fn currency(value: &Value<'_>) -> Option<Currency> {
    value.parsed(
        message!(
            "通貨コードを書いてください: {known}",
            "must be one of these codes: {known}",
            known = Currency::known(),
        ),
        Currency::of,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_is_read_and_files_are_beside_the_settings() {
        let text = "store = \"data/company.db\"\nmirror = \"/fast/mirror\"\nareas = \"areas.toml\"\n\
                    language = \"en\"\nas_of = \"令和8年10月31日\"\nfiscal_year_start = 3\ncurrency = \"usd\"\n";
        let settings = read(text, |root| Some(Settings::of(root))).unwrap();
        let settings = settings.beside(Path::new("/home/office/chakuden.toml"));
        assert_eq!(settings.store, Some(PathBuf::from("/home/office/data/company.db")));
        assert_eq!(settings.mirror, Some(PathBuf::from("/fast/mirror")));
        assert_eq!(settings.areas, Some(PathBuf::from("/home/office/areas.toml")));
        assert_eq!((settings.language, settings.fiscal_year_start), (Some(Lang::En), Some(3)));
        assert_eq!(settings.as_of.map(|day| day.to_string()).as_deref(), Some("2026-10-31"));
        assert_eq!(settings.currency, Currency::of("USD"));
        assert_eq!(read("", |root| Some(Settings::of(root))), Ok(Settings::default()));
    }

    #[test]
    fn every_mistake_is_named_with_its_line() {
        let text =
            "stor = \"a.db\"\nlanguage = \"fr\"\nas_of = 2026\nfiscal_year_start = 13\ncurrency = \"YEN\"\n";
        let mistakes = read(text, |root| Some(Settings::of(root))).unwrap_err();
        let lines: Vec<usize> = mistakes.iter().map(|mistake| mistake.line).collect();
        assert_eq!(lines, [1, 2, 3, 4, 5], "{mistakes:?}");
    }

    #[test]
    fn the_users_folder_must_be_a_whole_path() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("chakuden").join(NAME);
        std::fs::create_dir(folder.path().join("chakuden")).unwrap();
        std::fs::write(&file, "").unwrap();
        let root = folder.path().to_owned();
        assert_eq!(found(|name| (name == "XDG_CONFIG_HOME").then(|| root.clone())), Some(file));
        assert_eq!(found(|_| Some(PathBuf::from("relative"))), None);
    }
}

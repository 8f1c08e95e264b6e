//! Units for systemd and cron, quoted by the rules of each. Pure.

use chrono::NaiveTime;

/// What the scheduler starts.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    /// The program and its arguments, unquoted.
    pub(crate) command: Vec<String>,
    /// The account, if not the scheduler's own.
    pub(crate) user: Option<String>,
    /// When, each day, in Asia/Tokyo.
    pub(crate) time: NaiveTime,
}

/// The name of the units and of the cron file.
pub(crate) const NAME: &str = "chakuden-rank";

/// A file name and its text.
pub(crate) type Unit = (String, String);

impl Job {
    /// The service, the timer and the cron file.
    pub(crate) fn units(&self) -> [Unit; 3] {
        [
            (format!("{NAME}.service"), self.service()),
            (format!("{NAME}.timer"), self.timer()),
            (format!("{NAME}.cron"), self.cron()),
        ]
    }

    fn service(&self) -> String {
        let command: Vec<String> =
            self.command.iter().enumerate().map(|(i, word)| for_systemd(word, i == 0)).collect();
        let user = self.user.as_ref().map(|user| format!("User={user}\n")).unwrap_or_default();
        format!(
            "[Unit]\nDescription=Chakuden: customer rank update, when it is owed\n\n[Service]\nType=oneshot\n{user}\
             ExecStart={}\n# 4: nothing is owed; 5: done, with warnings (docs/exit-codes.md).\nSuccessExitStatus=4 5\nNice=10\n",
            command.join(" ")
        )
    }

    fn timer(&self) -> String {
        format!(
            "[Unit]\nDescription=Chakuden: asks each day whether the customer rank update is owed\n\n[Timer]\n\
             OnCalendar=*-*-* {}:00 Asia/Tokyo\nPersistent=true\n\n[Install]\nWantedBy=timers.target\n",
            self.time.format("%H:%M")
        )
    }

    fn cron(&self) -> String {
        let words: Vec<String> = self.command.iter().map(|word| for_shell(word)).collect();
        // cron reads a bare % as a line break, even inside quotes.
        let command = words.join(" ").replace('%', "\\%");
        let user = self.user.as_ref().map(|user| format!("{user} ")).unwrap_or_default();
        let place = match self.user {
            Some(_) => "for /etc/cron.d (with the account)",
            None => "for: crontab -e",
        };
        format!(
            "# Chakuden: asks each day whether the customer rank update is owed; {place}.\n\
             # It says nothing, so that cron mails nothing, unless a run has warnings, is refused or fails.\n\
             # Where cron does not know CRON_TZ the time is the machine's; what is owed is always of Asia/Tokyo.\n\
             CRON_TZ=Asia/Tokyo\n{} * * * {user}{command} --quiet > /dev/null\n",
            self.time.format("%-M %-H")
        )
    }
}

/// A word of `ExecStart=`: quoted, with `%` and (except in the program path) `$` escaped.
fn for_systemd(word: &str, is_program: bool) -> String {
    let mut out = String::from("\"");
    for c in word.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '%' => out.push_str("%%"),
            '$' if !is_program => out.push_str("$$"),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A word for a shell.
fn for_shell(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-=:,+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    /// Characters with a meaning for schedulers.
    const NASTY: &str = "/tmp/a b'c\"d\\e%n$HOME`x`;*日本語#";

    fn job(program: &str) -> Job {
        let command = [program, "--store", NASTY, "", "schedule", "run"].map(str::to_owned).to_vec();
        let time = NaiveTime::from_hms_opt(2, 5, 0).unwrap();
        Job { command, user: None, time }
    }

    #[test]
    fn systemd_unquotes_the_original_words() {
        let [(_, service), (_, timer), _] = job("/opt/my $dir/a%b").units();
        let line = service.lines().find_map(|line| line.strip_prefix("ExecStart=")).unwrap();
        assert_eq!(
            line,
            "\"/opt/my $dir/a%%b\" \"--store\" \"/tmp/a b'c\\\"d\\\\e%%n$$HOME`x`;*日本語#\" \"\" \"schedule\" \"run\""
        );
        assert!(service.contains("SuccessExitStatus=4 5\n") && !service.contains("User="));
        assert!(
            timer.contains("OnCalendar=*-*-* 02:05:00 Asia/Tokyo\n") && timer.contains("Persistent=true\n")
        );
        let with_user = Job { user: Some("chakuden".to_owned()), ..job("/a") };
        assert!(with_user.units()[0].1.contains("\nUser=chakuden\n"));
        assert!(with_user.units()[2].1.contains("\n5 2 * * * chakuden /a --store "));
    }

    #[test]
    fn cron_and_its_shell_unquote_the_original_words() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("print 100% 'it'");
        std::fs::write(&program, "#!/bin/sh\nprintf '%s\\n' \"$@\"\n").unwrap();
        let mut permissions = std::fs::metadata(&program).unwrap().permissions();
        std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o700);
        std::fs::set_permissions(&program, permissions).unwrap();
        let [_, _, (_, cron)] = job(program.to_str().unwrap()).units();
        let line = cron.lines().last().unwrap().strip_prefix("5 2 * * * ").unwrap();
        // As in cron: \% is %, and there is no bare %.
        assert!(!line.replace("\\%", "").contains('%'));
        let command = line.replace("\\%", "%").replace(" --quiet > /dev/null", "");
        let output = Command::new("/bin/sh").arg("-c").arg(command).output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), format!("--store\n{NASTY}\n\nschedule\nrun\n"));
    }

    /// How systemd reads a quoted word (systemd.service(5), "Command lines"): escapes, then specifiers, then variables.
    fn read_by_systemd(word: &str) -> String {
        let inner = word.strip_prefix('"').and_then(|word| word.strip_suffix('"')).unwrap();
        let mut out = String::new();
        let mut chars = inner.chars();
        while let Some(c) = chars.next() {
            out.push(match c {
                '\\' => chars.next().unwrap(),
                '%' | '$' => {
                    assert_eq!(chars.next(), Some(c), "a specifier or a variable in {word}");
                    c
                }
                '"' => panic!("the quotes end within {word}"),
                c => c,
            });
        }
        out
    }

    proptest::proptest! {
        #[test]
        fn any_word_survives_quoting_and_unquoting(word in "[ -~あ-ん]{0,40}") {
            proptest::prop_assert_eq!(&read_by_systemd(&for_systemd(&word, false)), &word);
            let shell = Command::new("/bin/sh").arg("-c").arg(format!("printf %s {}", for_shell(&word))).output();
            proptest::prop_assert_eq!(String::from_utf8(shell.unwrap().stdout).unwrap(), word);
        }
    }
}

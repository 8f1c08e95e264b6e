//! Progress bars on standard error, shown on a terminal only.

use std::time::Duration;

use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};
use shared::import::ImportProgress;

/// A bar that counts steps; hidden when standard error is not a terminal.
#[derive(Debug, Clone)]
pub struct Progress(ProgressBar);

impl Progress {
    /// A bar named `label` over `total` steps; without a total it is a counter.
    pub fn new(visible: bool, label: &str, total: Option<u64>) -> Self {
        let target = if visible { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let template = match total {
            Some(_) => "{prefix} {bar:28} {human_pos}/{human_len} {eta}",
            None => "{prefix} {spinner} {human_pos} ({per_sec}) {elapsed}",
        };
        let bar = ProgressBar::with_draw_target(total, target).with_prefix(label.to_owned());
        // The template is a valid constant; otherwise the bar would only be plainer.
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self(bar)
    }

    /// Advances the bar by `steps`.
    pub fn advance(&self, steps: u64) {
        self.0.inc(steps);
    }

    /// Removes the bar.
    pub fn finish(&self) {
        self.0.finish_and_clear();
    }
}

/// The bar of an import: how far each file is by its bytes, its rows, their rate, and the time left.
#[derive(Debug)]
pub struct ImportBar {
    bar: ProgressBar,
    /// The name of the step in which cards are rebuilt.
    cards: String,
    /// What the bar shows now: another step or file starts a new measurement.
    now: (Step, String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Checking,
    Writing,
    Cards,
}

impl ImportBar {
    /// A bar named `label`; `cards` names the step in which cards are rebuilt.
    pub fn new(visible: bool, label: &str, cards: &str) -> Self {
        let target = if visible { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(0), target).with_prefix(label.to_owned());
        // As above: a valid constant.
        if let Ok(style) = ProgressStyle::with_template("{prefix} {msg} {bar:28} {percent}% {eta}") {
            bar.set_style(style);
        }
        Self { bar, cards: cards.to_owned(), now: (Step::Checking, String::new()) }
    }

    /// Shows the import's progress.
    pub fn show(&mut self, at: ImportProgress<'_>) {
        match at {
            ImportProgress::Checking { file, bytes_done, bytes_total } => {
                self.begin(Step::Checking, file);
                self.set(bytes_done, bytes_total, file.to_owned());
            }
            ImportProgress::Writing { file, bytes_done, bytes_total, rows } => {
                self.begin(Step::Writing, file);
                self.set(bytes_done, bytes_total, rows_so_far(file, rows, self.bar.elapsed()));
            }
            ImportProgress::Cards { done } => {
                self.begin(Step::Cards, "");
                // Stale cards are not counted in advance: the bar stays full and the number grows.
                let message = rows_so_far(&self.cards, done, self.bar.elapsed());
                self.set(done, done, message);
            }
        }
    }

    /// Removes the bar.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn begin(&mut self, step: Step, file: &str) {
        if self.now.0 != step || self.now.1 != file {
            self.now = (step, file.to_owned());
            self.bar.reset();
        }
    }

    fn set(&self, done: u64, total: u64, message: String) {
        self.bar.set_length(total);
        self.bar.set_position(done);
        self.bar.set_message(message);
    }
}

/// `sales.csv 1,234,567 (112,233/s)`; the rate is shown after the first second.
fn rows_so_far(what: &str, rows: u64, elapsed: Duration) -> String {
    match rows.checked_div(elapsed.as_secs()) {
        Some(rate) => format!("{what} {} ({}/s)", HumanCount(rows), HumanCount(rate)),
        None => format!("{what} {}", HumanCount(rows)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_shown_after_one_second() {
        let at = |milliseconds| rows_so_far("sales.csv", 1_234_567, Duration::from_millis(milliseconds));
        assert_eq!(at(999), "sales.csv 1,234,567");
        assert_eq!(at(11_500), "sales.csv 1,234,567 (112,233/s)");
    }

    #[test]
    fn each_file_and_step_has_its_own_progress() {
        let mut bar = ImportBar::new(false, "import", "cards");
        let file = "sales.csv";
        bar.show(ImportProgress::Checking { file, bytes_done: 90, bytes_total: 100 });
        assert_eq!((bar.bar.position(), bar.bar.length()), (90, Some(100)));
        bar.show(ImportProgress::Writing { file, bytes_done: 10, bytes_total: 50, rows: 3 });
        assert_eq!((bar.bar.position(), bar.bar.length()), (10, Some(50)));
        assert!(bar.bar.message().starts_with("sales.csv 3"));
        bar.show(ImportProgress::Cards { done: 7 });
        assert!(bar.bar.message().starts_with("cards 7"));
    }
}

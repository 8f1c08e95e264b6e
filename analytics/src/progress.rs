//! Progress bars on standard error, only when a person watches.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar that counts steps; it shows nothing when standard error is not a terminal.
#[derive(Debug, Clone)]
pub struct Progress(ProgressBar);

impl Progress {
    /// A bar named `label` over `total` steps; without a total it is a counter.
    pub fn new(visible: bool, label: &str, total: Option<u64>) -> Self {
        let target = if visible { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let template = match total {
            Some(_) => "{prefix} {bar:28} {human_pos}/{human_len} {eta}",
            None => "{prefix} {spinner} {human_pos} {elapsed}",
        };
        let bar = ProgressBar::with_draw_target(total, target).with_prefix(label.to_owned());
        // The template is a constant that parses; without it the bar is only plainer.
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self(bar)
    }

    /// Counts `steps` more.
    pub fn advance(&self, steps: u64) {
        self.0.inc(steps);
    }

    /// Removes the bar.
    pub fn finish(&self) {
        self.0.finish_and_clear();
    }
}

//! Whether the process may open as many files as its settings need: every connection is one.

use shared::message;
use shared::message::Message;

use crate::config::Limits;

/// Files of the store that a thread has open.
const FILES_PER_THREAD: usize = 4;
/// Threads with the store beside those that look up.
const OTHER_THREADS: usize = 8;
/// Everything else: PBXs, the sign-on service, the log, libraries.
const OTHER_FILES: usize = 64;

/// What to say at the start when the system allows fewer open files than the settings need.
pub(crate) fn warning(limits: &Limits) -> Option<Message> {
    // Where there is no such file (not Linux), nothing is known.
    let allowed = allowed(&std::fs::read_to_string("/proc/self/limits").ok()?)?;
    let needed = needed(limits);
    (allowed < needed).then(|| {
        message!(
            "注意: 同時に開けるファイルの数は {allowed} までですが、設定(connections_max)には {needed} 必要です。`ulimit -n {needed}`(systemd では LimitNOFILE={needed})を設定するか、connections_max を減らしてください",
            "warning: {allowed} files may be open at a time, and the settings (connections_max) need {needed}; set \
             `ulimit -n {needed}` (systemd: LimitNOFILE={needed}), or lower connections_max",
            allowed = allowed,
            needed = needed,
        )
    })
}

fn needed(limits: &Limits) -> usize {
    limits.connections_max + FILES_PER_THREAD * (limits.lookup_threads + OTHER_THREADS) + OTHER_FILES
}

/// The soft limit in the text of `/proc/self/limits`; `None` when there is none.
fn allowed(limits: &str) -> Option<usize> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_soft_limit_is_read() {
        let text = "Limit                     Soft Limit           Hard Limit           Units\n\
                    Max processes             96364                96364                processes\n\
                    Max open files            1024                 524288               files\n";
        assert_eq!(allowed(text), Some(1_024));
        assert_eq!(allowed(&text.replace("1024  ", "unlimited")), None);
        assert_eq!(allowed(""), None);
    }
}

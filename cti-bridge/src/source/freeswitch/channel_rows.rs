//! The rows of the list of live channels (`show channels`).

use std::fmt;

use serde::Deserialize;

/// The command that lists the live channels.
pub(super) const LIST_COMMAND: &str = "api show channels as json";

/// One row of `show channels as json`. It does not say whether its number may be shown, so that has to be asked.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct ChannelRow {
    pub(super) uuid: String,
    #[serde(default)]
    pub(super) direction: String,
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) cid_name: String,
    #[serde(default)]
    pub(super) cid_num: String,
    #[serde(default)]
    pub(super) dest: String,
    #[serde(default)]
    pub(super) initial_dest: String,
    #[serde(default)]
    pub(super) initial_context: String,
    #[serde(default)]
    pub(super) application_data: String,
    #[serde(default)]
    pub(super) presence_id: String,
    #[serde(default)]
    pub(super) callstate: String,
    #[serde(default)]
    pub(super) call_uuid: String,
}

/// Hides the number.
impl fmt::Debug for ChannelRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChannelRow")
            .field("uuid", &self.uuid)
            .field("direction", &self.direction)
            .field("callstate", &self.callstate)
            .finish_non_exhaustive()
    }
}

/// The list; without channels it has no `rows`.
#[derive(Deserialize)]
struct List {
    row_count: u64,
    #[serde(default)]
    rows: Vec<ChannelRow>,
}

/// Reads the reply to `show channels as json`. `None` if it is not such a list, or not complete.
#[must_use]
pub fn channel_rows(body: &str) -> Option<Vec<ChannelRow>> {
    let list: List = serde_json::from_str(body).ok()?;
    (u64::try_from(list.rows.len()).ok() == Some(list.row_count)).then_some(list.rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_channel_list_has_no_rows() {
        assert_eq!(channel_rows("{\"row_count\": 0}"), Some(Vec::new()));
        assert_eq!(channel_rows("{\"row_count\": 1}"), None, "an incomplete list");
        assert_eq!(channel_rows("-ERR no such command"), None);
        let one =
            channel_rows("{\"row_count\":1,\"rows\":[{\"uuid\":\"u\",\"cid_num\":\"0398765432\"}]}").unwrap();
        assert_eq!(one[0].uuid, "u");
        assert!(!format!("{one:?}").contains("98765432"));
    }
}

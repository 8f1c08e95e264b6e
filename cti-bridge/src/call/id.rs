//! Identities of calls.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::ChannelId;

/// The stable identity of a call: the bridge's own, not the PBX's. Written as `c-` and 16 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(u64);

impl fmt::Display for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "c-{:016x}", self.0)
    }
}

/// The text is not a [`CallId`]: it must be `c-` and 16 lower-case hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a call id: expected `c-` and 16 hexadecimal digits")]
pub struct CallIdError;

impl FromStr for CallId {
    type Err = CallIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.strip_prefix("c-").filter(|d| d.len() == 16).ok_or(CallIdError)?;
        if !digits.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) {
            return Err(CallIdError);
        }
        u64::from_str_radix(digits, 16).map(Self).map_err(|_| CallIdError)
    }
}

impl Serialize for CallId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CallId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Makes the identities of new calls.
///
/// A call whose first channel the PBX names gets the same identity every time, so that a restarted bridge recognizes
/// running calls and what agents wrote about them. Calls of another PBX get other identities, because the salt differs.
#[derive(Debug, Clone)]
pub struct CallIds {
    salt: u64,
    state: u64,
}

impl CallIds {
    /// The identities for the PBX of this name. Only calls without a named channel differ between runs.
    ///
    /// # Errors
    /// The operating system gives no randomness.
    pub fn of_source(name: &str) -> Result<Self, getrandom::Error> {
        Ok(Self { salt: hash(0, name.as_bytes()), state: getrandom::u64()? })
    }

    /// The same identities every time, for tests and replays.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self { salt: seed, state: seed }
    }

    /// The identity of the call that this channel starts.
    #[must_use]
    pub fn id_of(&self, channel: &ChannelId) -> CallId {
        CallId(hash(self.salt, channel.as_str().as_bytes()))
    }

    /// The next identity. SplitMix64 visits every value once before it repeats, so no two calls share one.
    pub fn next_id(&mut self) -> CallId {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        CallId(mixed(self.state))
    }
}

/// The finisher of SplitMix64.
const fn mixed(state: u64) -> u64 {
    let z = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// FNV-1a with a finisher: stable across builds, unlike the standard library's hasher.
fn hash(salt: u64, bytes: &[u8]) -> u64 {
    let start = salt ^ 0xcbf2_9ce4_8422_2325;
    mixed(bytes.iter().fold(start, |state, byte| (state ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)))
}

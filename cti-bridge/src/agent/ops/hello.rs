//! `hello`: signs a socket in. The session does it; a socket that is signed in cannot do it again.

use schemars::JsonSchema;
use serde::Deserialize;
use shared::lang::Lang;
use shared::message;

use super::step::{Context, Cost, Operation, Step};
use crate::bridge::access::Object;
use crate::bridge::welcome::Snapshot;
use crate::permission::Permission;
use crate::protocol::{ErrorCode, Refusal, Resume};

/// The first request of a socket.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Hello {
    /// The agent's token.
    pub token: String,
    /// Where the client's stream of pushes broke off.
    pub resume: Option<Resume>,
    /// The language of messages for people: `ja` or `en`, also as a locale (`ja-JP`).
    pub lang: Option<String>,
}

impl Hello {
    /// The language that the client asks for.
    #[must_use]
    pub fn lang(&self) -> Option<Lang> {
        self.lang.as_deref().and_then(Lang::from_tag)
    }
}

impl Operation for Hello {
    const PERMISSION: Option<Permission> = None;

    const EXAMPLE: &'static str = r#"{
        "token": "…", "resume": {"epoch": "9f1c30a2b7d4e586", "seq": 12}, "lang": "ja"
    }"#;

    type Answer = Snapshot<'static>;

    fn object(&self) -> Object {
        Object::Own
    }

    fn cost(&self) -> Cost {
        Cost::FREE
    }

    fn handle(self, _: &Context) -> Result<Step<Self::Answer>, Refusal> {
        let message = message!("すでにサインインしています", "already signed in");
        Err(Refusal::new(ErrorCode::BadRequest, message))
    }
}

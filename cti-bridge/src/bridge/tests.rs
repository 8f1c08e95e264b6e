mod calls;
mod clock;
mod desk;
mod notes;
mod phones;
mod prepare;
mod queues;
mod ranks;
mod record;

use chrono::TimeDelta;
use shared::caller::CallerNumber;
use shared::dataset;
use shared::phone::PhoneNumber;
use shared::store::{AnswerLimits, Store};
use test_support::FixedClock;

use super::input::Found;
use super::*;
use crate::bridge::health::HealthLimits;
use crate::bridge::record::RecorderLimits;
use crate::call::{CallInfo, CallOutcome, DismissReason};
use desk::{Desk, agent, akagi, at, call, put};
use shared::store::Agent;

fn health_limits() -> HealthLimits {
    let (check, write_age_max) = (Duration::from_secs(10), Duration::from_secs(60));
    HealthLimits { check, write_age_max, disk_free_min: 0 }
}

mod calls;
mod clock;
mod desk;
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
use crate::bridge::record::RecorderLimits;
use crate::call::{CallInfo, CallOutcome, DismissReason};
use desk::{Desk, akagi, at, call, put};

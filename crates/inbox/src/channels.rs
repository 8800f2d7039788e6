//! Connected numbers: connecting and changing them, what is known of them, and what their vendors tell.

mod connecting;
mod facts;
mod notices;
mod secrets;
mod setup;
mod traffic;

pub use connecting::{Change, ConnectError, NewChannel, change, connect, enable};
pub use facts::{Shown, checks, keep_checks, keep_facts, keep_profile};
pub use notices::told;
pub use secrets::{Sealed, SecretLine, generation_after, keep_secret, retire_older, secrets};
pub use setup::{Setup, SetupStep, begin_setup, failed_step, finish_setup, next_step, open_setups, setup};
pub(crate) use traffic::first_id;
pub use traffic::{count_hours, judge_silence};

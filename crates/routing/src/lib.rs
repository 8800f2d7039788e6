//! Who takes which conversation: a pure decision with its reasons.
//!
//! [`choose`] decides and explains one conversation; [`assign`] decides a whole pass. [`entry::enter`] says where a new
//! conversation goes, [`due::judge`] what the passing of time asks for, [`check::check`] whether a [`Policy`] can be
//! published, [`rehearsal::rehearse`] what a day would be like under it. None of them reads a clock or a database, so yesterday can be routed again under other settings.

pub mod check;
mod choose;
pub mod due;
pub mod entry;
mod facts;
mod floor;
pub mod hours;
mod next;
mod pass;
pub mod policy;
mod promise;
pub mod rehearsal;
mod set;

pub use choose::{Choice, Considered, Verdict, choose};
pub use facts::{Candidate, Decision, Preferred, WaitReason, Work};
pub use next::next_for;
pub use pass::{Routed, assign, explain};
pub use policy::{Policy, Skills};
pub use promise::{DueClock, DueTimes, Promise};

//! Receive, reply, assign, close, presence: each one transaction.
//!
//! Operations take a transaction they don't commit, the person and `now`; they find through scoped finders, refuse by
//! name, and write row and event together. The loops around them (`applier`, `relay`, `dispatcher`, `sending`) are a
//! `step` that tests call themselves.

pub mod alarms;
pub mod alerts;
pub mod applier;
pub mod assignment;
pub mod attributes;
mod automatic;
pub mod bell;
pub mod bulk;
pub mod channels;
pub mod closing;
pub mod collected;
pub mod consent;
pub mod contacts;
pub mod contents;
pub mod costs;
pub mod courtesy;
pub mod dispatcher;
pub mod drafts;
pub mod events;
pub mod faults;
pub mod files;
pub mod gaps;
pub mod handing_over;
pub mod lease;
pub mod ledger;
pub mod macros;
pub mod notes;
pub mod notices;
pub mod outcomes;
pub mod policy;
pub mod presence;
pub mod principals;
pub mod read_marks;
pub mod reading;
pub mod reconciler;
pub mod rehearsal;
pub mod relay;
pub mod reopening;
pub mod replay;
pub mod reply;
pub mod retention;
mod rows;
pub mod saved_views;
pub mod search;
pub mod sending;
pub mod snoozing;
pub mod tagging;
pub mod templates;
pub mod trail;
mod transfer;
mod waiting;
pub mod wakes;
pub mod watch;

pub use wakes::Wakes;

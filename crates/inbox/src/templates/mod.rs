//! Templates: what may be sent outside the reply window. They belong to a vendor's account, so all its channels share
//! them.
//!
//! A draft is ours alone. What was handed in is the vendor's: only the vendor's answers, lists and notices change its
//! status, and nothing is shown as handed in that the vendor refused.

mod choosing;
mod row;
mod sync;
mod told;
mod writing;

pub use choosing::{FillError, fill, sendable};
pub use row::{Edited, Refusal, Template, all, find, one};
pub use sync::{SYNC, Sync, account_of, apply, begin, counts, fail, pending_accounts, request, state};
pub use told::told;
pub use writing::{
    Submitting, Taken, WriteError, account, delete, discard, flaws, prepare, record_deleted, record_edited,
    record_refused, record_submitted, save, unpaused,
};

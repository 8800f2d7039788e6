//! Templates at their vendors: handing them in, changing, deleting, and taking over what the vendor has.
//!
//! Vendors answer these calls at once, so a person waits for the answer and is told the truth: what was refused was not
//! handed in. No transaction is open while a vendor is asked.

mod sync;
mod vendor;

pub use sync::jobs;
pub use vendor::{Asked, delete, sample, submit, unpause};

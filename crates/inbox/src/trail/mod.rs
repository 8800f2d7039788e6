//! The ledger's trail: what each receipt told, and how a receipt is found by a number, an id or a time.

mod index;
mod search;

pub use index::{catch_up, step as index_step};
pub(crate) use index::{note_again, progress, set_progress};
pub(crate) use search::ids;
pub use search::{
    Item, OpenQuarantine, Quarantined, ReceiptLine, ReceiptState, Replayed, Trail, Wanted, open_quarantine,
    page, raw, trail,
};

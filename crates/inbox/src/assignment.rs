//! Who holds a conversation. The one place that changes a holder, for the router, supervisors and agents alike.

mod by_hand;
mod moves;

pub(crate) use by_hand::put_back;
pub use by_hand::{AssignError, Handover, assign, claim, release};
pub use moves::{Lost, Move, Moved, move_holders};
pub(crate) use moves::{end_assignments, lighten};

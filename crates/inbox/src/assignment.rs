//! Who holds a conversation. The one place that changes a holder, for the router, supervisors and agents alike.

mod around;
mod by_hand;
mod moves;
pub mod offers;

pub(crate) use around::lock_around;
pub use by_hand::{AssignError, Handover, assign, claim, release};
pub(crate) use by_hand::{check_target, put_back};
pub(crate) use moves::{Freed, end_assignments, lighten};
pub use moves::{Lost, Move, Moved, Terms, move_holders};

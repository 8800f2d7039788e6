//! What messages cost: posted once when their fate is decided, read by everything they are grouped by, compared with the
//! vendor's own books, and quoted before they are sent.

pub mod account;
pub(crate) mod posting;
mod quoting;
pub mod reading;
pub mod vendor;

pub use posting::{ListedPrice, post_listed};
pub use quoting::quote;

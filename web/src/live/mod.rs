//! What pages are told while they are open.
//!
//! The relay numbers committed events; the hub decides who shows what they are about, has it drawn once for each
//! language and class of viewers, and puts it into each socket's bounded queue. First load, reconnect and waking up
//! are one path: a page carries the cursor it was drawn at and asks for everything after.

mod company;
pub mod counts;
mod draw;
mod floor;
mod hub;
mod names;
mod needs;
mod prepare;
mod protocol;
mod pulse;
mod relay;
mod socket;
mod waiting;

pub use draw::class_for;
pub use hub::{Hub, HubCommand};
pub use names::{Directory, Names, Places};
pub use pulse::Pulse;
pub use socket::connect;
pub use waiting::next_up;

//! What screens read: rows joined for people's eyes, always within somebody's reach.
//!
//! The same query serves a page, a frame on the socket and a catch-up, so they can't tell different truths.

pub mod admin;
pub mod channels;
pub mod choices;
pub mod conversations;
pub mod details;
pub mod floor;
pub mod handing;
pub mod lists;
pub mod messages;
pub mod notes;
pub mod offers;
pub mod open;
pub mod past;
mod place;
pub mod planned;
pub mod routing;
pub mod start;
pub mod timeline;
pub mod waiting;
pub mod why;

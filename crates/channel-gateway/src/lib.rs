//! WhatsApp Cloud and Twilio: signatures, wire types, parsing, sending.
//!
//! Vendor words stop here. A webhook comes in as raw bytes and leaves as [`domain::inbound`]; a reply comes in as
//! [`domain::outbound::Outbound`] and what the vendor made of it leaves as a [`domain::outbound::SendOutcome`].
//! All but the senders is pure: no clock, no network, no store.

mod json;
mod mac;
mod parsed;
pub mod twilio;
pub mod whatsapp;

pub use parsed::{NotReadable, Parsed};

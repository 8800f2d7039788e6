//! WhatsApp Cloud and Twilio: signatures, wire types, parsing, sending.
//!
//! Vendor words stop here. A webhook comes in as raw bytes and leaves as [`domain::inbound`]; a reply comes in as
//! [`domain::outbound::Outbound`] and what the vendor made of it leaves as a [`domain::outbound::SendOutcome`].
//! All but the senders is pure: no clock, no network, no store.

mod answer;
pub mod clock;
mod courtesy;
pub mod download;
mod fault;
mod guard;
mod http;
mod json;
mod mac;
mod parsed;
mod sender;
pub mod twilio;
pub mod vcard;
pub mod verdict;
pub mod whatsapp;

pub use courtesy::Courtesy;
pub use fault::Fault;
pub use http::Http;
pub use parsed::{NotReadable, Parsed};
pub use sender::{AnySender, NoBase, Sender};
pub use verdict::{advice_for, alarm_for, retryable};

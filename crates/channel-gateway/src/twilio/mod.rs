//! Twilio Programmable Messaging: WhatsApp and SMS.

pub mod contents;
mod errors;
mod form;
mod message;
pub mod rest;
pub mod senders;
mod sending;
mod signature;
mod status;

pub(crate) use errors::ERRORS;
pub use message::parse_message;
pub use sending::{TwilioSender, TwilioSettings, classify};
pub use signature::{Keys, Payload, SharedKey, SignedRequest, signature_matches};
pub use status::{MESSAGE_PARAMETER, parse_status};

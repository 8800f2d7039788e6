//! Twilio Programmable Messaging: WhatsApp and SMS.

mod content;
pub mod contents;
mod errors;
mod form;
mod form_body;
mod listed;
mod message;
pub mod rest;
pub mod senders;
mod sending;
mod signature;
mod status;

pub use content::content_of;
pub(crate) use errors::{ALARMS, ERRORS};
pub use listed::{Listed, fill_in_files, list, parse_listed};
pub use message::parse_message;
pub use sending::{TwilioSender, TwilioSettings, classify};
pub use signature::{Keys, Payload, SharedKey, SignedRequest, signature_matches};
pub use status::{MESSAGE_PARAMETER, parse_status};

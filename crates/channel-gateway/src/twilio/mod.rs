//! Twilio Programmable Messaging: WhatsApp and SMS.

mod form;
mod message;
mod signature;
mod status;

pub use message::parse_message;
pub use signature::{Keys, Payload, SharedKey, SignedRequest, signature_matches};
pub use status::{MESSAGE_PARAMETER, parse_status};

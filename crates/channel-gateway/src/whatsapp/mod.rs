//! WhatsApp Business Platform, Cloud API.

mod contact;
mod content;
mod envelope;
mod message;
mod signature;
mod status;
mod subscription;

pub use envelope::parse;
pub use signature::signature_matches;
pub use subscription::verify_subscription;

//! WhatsApp Business Platform, Cloud API.

mod contact;
mod content;
mod envelope;
mod errors;
pub mod graph;
mod message;
mod price;
mod sending;
mod signature;
mod status;
mod subscription;
mod upload;

pub use envelope::parse;
pub(crate) use errors::ERRORS;
pub use price::price_label;
pub use sending::{CloudSender, CloudSettings, classify};
pub use signature::signature_matches;
pub use subscription::verify_subscription;

//! WhatsApp Business Platform, Cloud API.

pub mod analytics;
pub mod app;
pub mod blocks;
mod body;
mod card;
mod coexistence;
mod contact;
mod content;
mod envelope;
mod errors;
pub mod graph;
mod history;
mod message;
mod notice;
pub mod numbers;
mod person;
mod price;
pub mod profile;
mod sending;
mod signature;
mod status;
mod subscription;
mod system;
pub mod templates;
mod upload;

pub use envelope::parse;
pub(crate) use errors::{ALARMS, ERRORS};
pub use price::price_label;
pub use sending::{CloudSender, CloudSettings, classify};
pub use signature::signature_matches;
pub use subscription::verify_subscription;

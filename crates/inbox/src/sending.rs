//! Sending what agents wrote: at most once by the machine, in order, as fast as the vendor allows and no faster.
//!
//! One node at a time sends for a channel (a lease), one task per channel, so a slow vendor holds up nobody else. A
//! delivery is claimed and its attempt committed **before** the vendor is called, with no transaction open during the
//! call; the outcome is recorded after it. If the process dies between the two, nobody knows whether the vendor took
//! the message: it becomes *uncertain*, and only a person or the vendor's own report settles that.

mod channel;
mod claim;
mod outcome;
mod pace;
mod portfolio;
mod rates;
mod reports;
pub(crate) mod trouble;
mod worker;

use std::future::Future;

use domain::{
    ChannelId,
    outbound::{Outbound, SendOutcome},
};

pub use channel::ChannelSender;
pub use worker::run;

/// Calls the vendor once. Implemented by the gateway, and by tests.
pub trait Transmit: Send + Sync + 'static {
    /// Hand one message to the vendor of this channel. Anything but certainty is [`SendOutcome::Uncertain`].
    fn send(&self, channel: ChannelId, message: &Outbound) -> impl Future<Output = SendOutcome> + Send;
}

//! Why a call to a vendor's management API gave nothing: accounts, numbers, templates; not messages.

use std::{fmt, time::Duration};

use crate::http::Cut;

/// Why there is no answer to work with. `E` is the vendor's own error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault<E: fmt::Display> {
    /// The vendor said no, and will say no again.
    #[error("{0}")]
    Refused(E),
    /// The vendor did nothing, and asks for patience.
    #[error("the vendor asks to wait: {error}")]
    Wait {
        /// For how long, when it says so or its documents do.
        after: Option<Duration>,
        /// Its words.
        error: E,
    },
    /// No connection came about; nothing was done.
    #[error("{0}")]
    Unreachable(String),
    /// The call was cut; what was asked for may have been done.
    #[error("{0}")]
    Cut(&'static str),
    /// An answer that says nothing we can read; what was asked for may have been done.
    #[error("HTTP {0} without a readable answer")]
    Unreadable(u16),
    /// No request can be made of what is set.
    #[error("the address can't be called")]
    Unusable,
}

impl<E: fmt::Display> Fault<E> {
    /// Whether the same call may go better later.
    #[must_use]
    pub const fn passes(&self) -> bool {
        !matches!(self, Self::Refused(_) | Self::Unusable)
    }
}

impl<E: fmt::Display> From<Cut> for Fault<E> {
    fn from(cut: Cut) -> Self {
        match cut {
            Cut::Unusable => Self::Unusable,
            Cut::NotConnected(why) => Self::Unreachable(why),
            Cut::After(why) => Self::Cut(why),
        }
    }
}

//! What is left of a webhook's body once it is read.

use domain::inbound::{Broken, Inbound};
use serde_json::Value;

/// Everything a webhook told, in the order of the wire. A part we could not understand keeps its place.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Parsed {
    /// The parts, understood or broken.
    pub items: Vec<Result<Inbound, Broken>>,
}

impl Parsed {
    pub(crate) fn push(&mut self, inbound: Inbound) {
        self.items.push(Ok(inbound));
    }

    /// Keeps a part for the admin. `reason` is ours, so that no customer's words end in a log.
    pub(crate) fn push_broken(&mut self, reason: &str, raw: Value) {
        self.items.push(Err(Broken { reason: reason.to_owned(), raw }));
    }
}

/// Why a body as a whole could not be read. It names positions, never contents.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotReadable {
    /// The body is cut off or not JSON.
    #[error("the body is not JSON: line {line}, column {column}")]
    NotJson {
        /// Line of the first fault, from one.
        line: usize,
        /// Column of the first fault.
        column: usize,
    },
    /// JSON, but without the list of entries that every webhook has.
    #[error("the body has no list of entries")]
    NotAnEnvelope,
    /// The webhook of another product that was pointed at our address.
    #[error("the body is about another product than WhatsApp")]
    OtherProduct,
}

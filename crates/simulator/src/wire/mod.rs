//! The vendors' own shapes: what goes over the wire, and the identifiers in it.

pub mod ids;
pub mod meta;
pub mod twilio;

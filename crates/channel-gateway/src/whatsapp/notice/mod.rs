//! What Meta tells about an account, a number or a template (whatsapp-cloud.md §4.1 to §4.3).
//!
//! Meta's own samples put some of these under the name of another field, so what a notice holds decides, and its field
//! only where that says nothing. All of it is kept as it came.

mod account;
mod number;
mod template;

use chrono::{DateTime, Utc};
use domain::{
    inbound::InboundEvent,
    notice::{Notice, Said},
};
use serde_json::value::RawValue;

use super::errors::vendor_error;
use crate::json::{self, Fields};

/// A change that is no list of messages, statuses or people.
pub(super) fn read(
    field: &str,
    at: Option<DateTime<Utc>>,
    value: &Fields<'_>,
    raw: &RawValue,
) -> InboundEvent {
    let said = template::read(value)
        .or_else(|| number::read(field, value))
        .or_else(|| account::read(field, value))
        .unwrap_or(if field.starts_with("group_") { Said::Group } else { Said::Other });
    event(field, at, said, raw)
}

/// One of `errors[]`: the vendor could not do something, as a whole (whatsapp-cloud.md §1.5).
pub(super) fn failed(raw: &RawValue) -> InboundEvent {
    let said = vendor_error(&json::keep(raw)).map_or(Said::Other, Said::Failed);
    event("errors", None, said, raw)
}

/// Something said to a group.
pub(super) fn group(raw: &RawValue) -> InboundEvent {
    event("group_message", None, Said::Group, raw)
}

fn event(field: &str, at: Option<DateTime<Utc>>, said: Said, raw: &RawValue) -> InboundEvent {
    InboundEvent::Notice(Box::new(Notice { field: json::shorten(field), at, said, raw: json::keep(raw) }))
}

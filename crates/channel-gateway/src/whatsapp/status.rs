//! One of `statuses[]`: how far a message of ours has come.

use domain::{
    DeliveryState,
    inbound::{InboundEvent, StatusReport},
};
use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use super::{
    errors::vendor_error,
    message::{moment, vendor_id},
};
use crate::json::{Text, filled};

#[derive(Deserialize)]
struct WireStatus {
    id: Text,
    status: String,
    timestamp: Option<Text>,
    biz_opaque_callback_data: Option<String>,
    pricing: Option<Value>,
    errors: Option<Value>,
}

/// A report, or why it can't be one. A state we don't know is no failure: it is kept as a notice.
pub(super) fn read(raw: &RawValue) -> Result<InboundEvent, &'static str> {
    let value: Value = serde_json::from_str(raw.get()).map_err(|_| "a status that is no JSON value")?;
    let wire = WireStatus::deserialize(&value).map_err(|_| "a status without id or state")?;
    let state = match wire.status.as_str() {
        "sent" => DeliveryState::Sent,
        "delivered" => DeliveryState::Delivered,
        "read" => DeliveryState::Read,
        "played" => DeliveryState::Played,
        "failed" => DeliveryState::Failed,
        _ => return Ok(InboundEvent::other("statuses", value)),
    };
    Ok(InboundEvent::Status(Box::new(StatusReport {
        vendor_id: vendor_id(wire.id)?,
        state,
        at: wire.timestamp.map(|text| moment(&text)).transpose()?,
        opaque: filled(wire.biz_opaque_callback_data),
        error: wire.errors.as_ref().and_then(|errors| errors.get(0)).and_then(vendor_error),
        pricing: wire.pricing,
    })))
}

//! One of `statuses[]`: how far a message of ours has come.

use domain::{
    Address, DeliveryState,
    inbound::{InboundEvent, StatusReport},
};
use serde_json::value::RawValue;

use super::{
    contact::address,
    envelope::Read,
    errors::first_error,
    message::{vendor_id, written_at},
};
use crate::json::{self, Fields};

/// A report, or why it can't be one. A state we don't know is no failure: it is kept as a notice.
pub(super) fn read(raw: &RawValue) -> Read {
    let fields = Fields::read(raw).ok_or("a status that is no object")?;
    let vendor_id = vendor_id(&fields)?;
    let state = match fields.word("status").ok_or("a status without its state")?.as_ref() {
        "sent" => DeliveryState::Sent,
        "delivered" => DeliveryState::Delivered,
        "read" => DeliveryState::Read,
        "played" => DeliveryState::Played,
        "failed" => DeliveryState::Failed,
        _ => return Ok(InboundEvent::other("statuses", json::keep(raw))),
    };
    Ok(InboundEvent::Status(Box::new(StatusReport {
        vendor_id,
        state,
        at: written_at(&fields)?,
        opaque: fields.id("biz_opaque_callback_data"),
        error: first_error(&fields),
        pricing: fields.get("pricing").map(json::keep),
        to: recipient(&fields),
    })))
}

/// Whom it reached (whatsapp-cloud.md §3); the parent's id had another name once. A group is nobody.
fn recipient(fields: &Fields<'_>) -> Vec<Address> {
    if fields.word("recipient_type").is_some_and(|kind| kind == "group") {
        return Vec::new();
    }
    let parent = fields.text("recipient_parent_user_id").or_else(|| fields.text("parent_recipient_user_id"));
    let given = [fields.text("recipient_id"), fields.text("recipient_user_id"), parent];
    given.into_iter().flatten().filter_map(|text| address(&text)).collect()
}

//! One of `messages[]`: who, when, in answer to what. What it says is read in [`super::content`].

use chrono::{DateTime, Utc};
use domain::{
    inbound::{Context, InboundEvent, InboundMessage},
    referral::Referral,
};
use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use super::{
    contact::{Contact, Ids, Sender},
    content,
};
use crate::json::{Text, filled};

#[derive(Deserialize)]
struct WireMessage {
    id: Text,
    from: Option<Text>,
    from_user_id: Option<String>,
    from_parent_user_id: Option<String>,
    timestamp: Option<Text>,
}

#[derive(Default, Deserialize)]
struct WireContext {
    id: Option<String>,
    #[serde(default)]
    forwarded: bool,
    #[serde(default)]
    frequently_forwarded: bool,
}

/// A message, or why it can't be one. Only who, when and which must be right: a message whose contents we can't read
/// still has to reach the agent, so it becomes [`domain::Content::Unknown`].
pub(super) fn read(raw: &RawValue, contacts: &[Contact]) -> Result<InboundEvent, &'static str> {
    let value: Value = serde_json::from_str(raw.get()).map_err(|_| "a message that is no JSON value")?;
    if value.get("group_id").is_some_and(|group| !group.is_null()) {
        // Said to a group: answering it one to one would be wrong, and groups are not channels of ours.
        return Ok(InboundEvent::other("group_message", value));
    }
    let wire = WireMessage::deserialize(&value).map_err(|_| "a message without id, or of another shape")?;
    let ids = Ids {
        phone: filled(wire.from.map(|from| from.0)),
        user: filled(wire.from_user_id),
        parent: filled(wire.from_parent_user_id),
    };
    let sender = Sender::find(ids, contacts).ok_or("a message without an address of its sender")?;
    Ok(InboundEvent::Message(Box::new(InboundMessage {
        vendor_id: vendor_id(wire.id)?,
        from: sender.addresses,
        reply_address: sender.reply_address,
        name: sender.name,
        written_at: wire.timestamp.map(|text| moment(&text)).transpose()?,
        content: content::read(&value),
        context: context(&value),
        referral: value
            .get("referral")
            .filter(|referral| !referral.is_null())
            .map(|raw| Referral { raw: raw.clone(), ..Referral::default() }),
    })))
}

/// The vendor's id. It stands in a unique index, so it may neither be empty nor endless.
pub(super) fn vendor_id(Text(id): Text) -> Result<String, &'static str> {
    if id.is_empty() || id.len() > 512 {
        return Err("an id that is empty or too long");
    }
    Ok(id)
}

/// Unix seconds. A moment outside this century is a mistake (milliseconds, most likely), not a moment.
pub(super) fn moment(Text(text): &Text) -> Result<DateTime<Utc>, &'static str> {
    let seconds: i64 = text.parse().map_err(|_| "a timestamp that is no number of seconds")?;
    (946_684_800..4_102_444_800)
        .contains(&seconds)
        .then(|| DateTime::from_timestamp(seconds, 0))
        .flatten()
        .ok_or("a timestamp out of this century")
}

/// What it answers or where it was before; `None` when it stands alone.
fn context(message: &Value) -> Option<Context> {
    let wire = WireContext::deserialize(message.get("context")?).unwrap_or_default();
    let context = Context {
        vendor_id: filled(wire.id),
        forwarded: wire.forwarded || wire.frequently_forwarded,
        frequently_forwarded: wire.frequently_forwarded,
        product: None,
    };
    (context != Context::default()).then_some(context)
}

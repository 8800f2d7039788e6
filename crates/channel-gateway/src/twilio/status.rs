//! The status callback.

use domain::{
    DeliveryState,
    inbound::{Inbound, InboundEvent, StatusReport, VendorError},
};
use url::form_urlencoded;

use super::form::Form;
use crate::{Parsed, json};

/// The query parameter of our callback address that carries our message id. Twilio has no field for it, and a
/// callback can come before the answer that tells us Twilio's id.
pub const MESSAGE_PARAMETER: &str = "m";

/// Reads a status callback from the query of its address and its raw body.
#[must_use]
pub fn parse_status(query: &str, body: &[u8]) -> Parsed {
    let form = Form::read(body);
    let mut parsed = Parsed::default();
    match read(query, &form) {
        Ok(inbound) => parsed.push(inbound),
        Err(reason) => parsed.push_broken(reason, form.keep()),
    }
    parsed
}

pub(super) fn read(query: &str, form: &Form) -> Result<Inbound, &'static str> {
    let channel = form.channel("From").ok_or("a status without AccountSid or From")?;
    let vendor_id = form.sid().ok_or("a status without MessageSid")?.to_owned();
    let word = ["MessageStatus", "SmsStatus"].into_iter().find_map(|name| form.get(name));
    // WhatsApp's own word beside Twilio's; it may be the only one, or ahead.
    let event_type = form.get("EventType").map(str::to_ascii_lowercase);
    let word = word.or(event_type.as_deref()).ok_or("a status without its word")?;
    let read = event_type.as_deref() == Some("read") && word == "delivered";
    let event = match if read { Some(DeliveryState::Read) } else { state(word) } {
        Some(state) => InboundEvent::Status(Box::new(StatusReport {
            vendor_id,
            state,
            // Only some carriers tell (`RawDlrDoneDate`), and without their time zone: half a day off would be worse
            // than the moment at which we heard of it.
            at: None,
            opaque: opaque(query),
            error: error(form),
            pricing: None,
            to: Vec::new(),
        })),
        // A word newer than this code is no failure.
        None => InboundEvent::other("MessageStatus", form.keep()),
    };
    Ok(Inbound { channel, event })
}

/// Twilio's word in ours. While Twilio itself still queues or sends, all we know is that it has the message.
pub(super) fn state(word: &str) -> Option<DeliveryState> {
    Some(match word {
        "accepted" | "scheduled" | "queued" | "sending" => DeliveryState::Accepted,
        // Some parts of a long SMS have arrived, which is no delivery yet.
        "sent" | "partially_delivered" => DeliveryState::Sent,
        "delivered" => DeliveryState::Delivered,
        "read" => DeliveryState::Read,
        "failed" | "undelivered" | "canceled" => DeliveryState::Failed,
        _ => return None,
    })
}

fn opaque(query: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs
        .find(|(name, _)| name == MESSAGE_PARAMETER)
        .map(|(_, value)| value.replace('\0', ""))
        .filter(|value| !value.is_empty() && value.len() <= json::ID)
}

fn error(form: &Form) -> Option<VendorError> {
    let code = form.get("ErrorCode")?.parse().ok().filter(|code| *code != 0)?;
    let detail = form.get("ErrorMessage").or_else(|| form.get("ChannelStatusMessage"));
    Some(VendorError { code, detail: json::detail(detail) })
}

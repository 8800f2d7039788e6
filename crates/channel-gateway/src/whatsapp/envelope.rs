//! The envelope: entries, changes and the lists in them. Every part stands alone, so one that is broken spoils none.

use domain::inbound::{ChannelKey, Inbound, InboundEvent};
use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use super::{contact::Contact, message, status};
use crate::{
    NotReadable, Parsed,
    json::{self, Text},
};

#[derive(Deserialize)]
struct Envelope<'a> {
    object: Option<String>,
    #[serde(borrow)]
    entry: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Entry<'a> {
    id: Option<Text>,
    #[serde(borrow)]
    changes: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Change<'a> {
    field: String,
    #[serde(borrow)]
    value: &'a RawValue,
}

/// The lists of a `messages` change. The vendor says that there is one of them; we look at all.
#[derive(Deserialize)]
struct Lists<'a> {
    #[serde(borrow)]
    contacts: Option<&'a RawValue>,
    #[serde(borrow)]
    messages: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    statuses: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    errors: Option<Vec<&'a RawValue>>,
}

/// Whom a change concerns: the number, or else the account.
#[derive(Deserialize)]
struct Whose {
    metadata: Option<Metadata>,
    waba_info: Option<WabaInfo>,
}

#[derive(Deserialize)]
struct Metadata {
    phone_number_id: Option<Text>,
}

#[derive(Deserialize)]
struct WabaInfo {
    waba_id: Option<Text>,
}

/// Reads a webhook of the Cloud API: all entries, changes, messages, statuses and errors, in the order of the wire.
///
/// # Errors
/// When the body as a whole is no JSON, or no webhook of this product.
pub fn parse(raw_body: &[u8]) -> Result<Parsed, NotReadable> {
    let text = json::mend(raw_body);
    let envelope: Envelope<'_> = serde_json::from_str(&text).map_err(|error| {
        if error.is_data() {
            NotReadable::NotAnEnvelope
        } else {
            NotReadable::NotJson { line: error.line(), column: error.column() }
        }
    })?;
    // Some of Meta's own samples leave the object out.
    if envelope.object.is_some_and(|object| object != "whatsapp_business_account") {
        return Err(NotReadable::OtherProduct);
    }
    let mut parsed = Parsed::default();
    for entry in envelope.entry {
        read_entry(entry, &mut parsed);
    }
    Ok(parsed)
}

fn read_entry(raw: &RawValue, parsed: &mut Parsed) {
    let Ok(entry) = serde_json::from_str::<Entry<'_>>(raw.get()) else {
        return parsed.push_broken("an entry without a list of changes", json::keep(raw));
    };
    for change in entry.changes {
        read_change(entry.id.as_ref(), change, parsed);
    }
}

fn read_change(account: Option<&Text>, raw: &RawValue, parsed: &mut Parsed) {
    let Ok(change) = serde_json::from_str::<Change<'_>>(raw.get()) else {
        return parsed.push_broken("a change without field or value", json::keep(raw));
    };
    let Some(channel) = channel_key(account, change.value) else {
        return parsed.push_broken("a change that names neither number nor account", json::keep(raw));
    };
    let notice = |field: &str, value: Value| Inbound {
        channel: channel.clone(),
        event: InboundEvent::other(field, value),
    };
    if change.field != "messages" {
        return parsed.push(notice(&change.field, json::keep(change.value)));
    }
    let Ok(lists) = serde_json::from_str::<Lists<'_>>(change.value.get()) else {
        return parsed.push_broken("messages that are no list", json::keep(raw));
    };
    if lists.messages.is_none() && lists.statuses.is_none() && lists.errors.is_none() {
        return parsed.push(notice(&change.field, json::keep(change.value)));
    }
    let contacts = Contact::read_all(lists.contacts);
    let mut push = |raw: &RawValue, read: Result<InboundEvent, &'static str>| match read {
        Ok(event) => parsed.push(Inbound { channel: channel.clone(), event }),
        Err(reason) => parsed.push_broken(reason, json::keep(raw)),
    };
    for raw in lists.messages.into_iter().flatten() {
        push(raw, message::read(raw, &contacts));
    }
    for raw in lists.statuses.into_iter().flatten() {
        push(raw, status::read(raw));
    }
    for raw in lists.errors.into_iter().flatten() {
        push(raw, Ok(InboundEvent::other("errors", json::keep(raw))));
    }
}

fn channel_key(account: Option<&Text>, value: &RawValue) -> Option<ChannelKey> {
    let whose = serde_json::from_str::<Whose>(value.get()).ok();
    let (metadata, waba) = whose.map_or((None, None), |whose| (whose.metadata, whose.waba_info));
    if let Some(Text(id)) = metadata.and_then(|metadata| metadata.phone_number_id) {
        return Some(ChannelKey::PhoneNumberId { id });
    }
    // For a partner's events the entry is the portfolio, and the account stands in `waba_info`.
    let id = waba.and_then(|waba| waba.waba_id).or_else(|| account.cloned())?;
    Some(ChannelKey::Waba { id: id.0 })
}

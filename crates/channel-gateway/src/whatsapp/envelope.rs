//! The envelope: entries, changes and the lists in them. Every part stands alone, so one that is broken spoils none.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use domain::inbound::{ChannelKey, Inbound, InboundEvent};
use serde_json::value::RawValue;

use super::{coexistence, contact::Contact, history, message, notice, person, status};
use crate::{
    NotReadable, Parsed,
    json::{self, Fields},
};

/// What reading a part makes: what it says, or why it can't be read.
pub(super) type Read<T = InboundEvent> = Result<T, &'static str>;

/// Reads a webhook of the Cloud API: all entries, changes and the items in them, in the order of the wire.
///
/// # Errors
/// When the body as a whole is no JSON, or no webhook of this product.
pub fn parse(raw_body: &[u8]) -> Result<Parsed, NotReadable> {
    let text = json::mend(raw_body);
    let envelope: Fields<'_> = serde_json::from_str(&text).map_err(|error| {
        if error.is_data() {
            NotReadable::NotAnEnvelope
        } else {
            NotReadable::NotJson { line: error.line(), column: error.column() }
        }
    })?;
    // Some of Meta's own samples leave the object out.
    if envelope.word("object").is_some_and(|object| object != "whatsapp_business_account") {
        return Err(NotReadable::OtherProduct);
    }
    let entries = envelope.list("entry").ok_or(NotReadable::NotAnEnvelope)?;
    let mut parsed = Parsed::default();
    for entry in entries {
        read_entry(entry, &mut parsed);
    }
    Ok(parsed)
}

/// What the entry says about all of its changes.
struct Entry<'a> {
    account: Option<String>,
    at: Option<DateTime<Utc>>,
    /// Some of Meta's own samples put it here.
    field: Option<Cow<'a, str>>,
}

fn read_entry(raw: &RawValue, parsed: &mut Parsed) {
    let Some((fields, changes)) = Fields::read(raw).and_then(|f| f.list("changes").map(|list| (f, list)))
    else {
        return parsed.push_broken("an entry without a list of changes", json::keep(raw));
    };
    let entry = Entry { account: fields.id("id"), at: fields.moment("time"), field: fields.word("field") };
    for change in changes {
        read_change(&entry, change, parsed);
    }
}

fn read_change(entry: &Entry<'_>, raw: &RawValue, parsed: &mut Parsed) {
    let Some(change) = Fields::read(raw) else {
        return parsed.push_broken("a change without field or value", json::keep(raw));
    };
    let mut values = change.all("value").peekable();
    let field = change.word("field").or_else(|| entry.field.clone());
    let (Some(field), true) = (field, values.peek().is_some()) else {
        return parsed.push_broken("a change without field or value", json::keep(raw));
    };
    for value in values {
        let fields = Fields::read(value);
        let Some(channel) = channel_key(entry.account.as_deref(), fields.as_ref()) else {
            parsed.push_broken("a change that names neither number nor account", json::keep(raw));
            continue;
        };
        let mut out = Out { parsed, channel };
        match fields {
            Some(fields) => read_value(&field, entry.at, &fields, value, &mut out),
            None if field == "messages" => out.broken("messages that are no list", value),
            None => out.event(InboundEvent::other(&field, json::keep(value))),
        }
    }
}

/// Lists say by their name what they hold; everything else is a notice about account, number or template.
fn read_value(field: &str, at: Option<DateTime<Utc>>, value: &Fields<'_>, raw: &RawValue, out: &mut Out<'_>) {
    let before = out.parsed.items.len();
    let mut understood = false;
    let contacts = Contact::read_all(value);
    if field == "messages" {
        // The vendor says that there is one of the three; we look at all.
        for item in out.list(value, "messages", &mut understood).into_iter().flatten() {
            message::read(item, &contacts, out);
        }
        for item in out.list(value, "statuses", &mut understood).into_iter().flatten() {
            out.read(item, status::read(item));
        }
        for item in out.list(value, "errors", &mut understood).into_iter().flatten() {
            out.event(notice::failed(item));
        }
    }
    if field == "history" {
        history::read(value, &contacts, &mut understood, out);
    }
    for item in out.list(value, "message_echoes", &mut understood).into_iter().flatten() {
        out.read(item, coexistence::echo(item, &contacts));
    }
    for item in out.list(value, "state_sync", &mut understood).into_iter().flatten() {
        out.read(item, coexistence::address_book(item));
    }
    for item in out.list(value, "user_preferences", &mut understood).into_iter().flatten() {
        out.read(item, person::preference(item, &contacts));
    }
    for item in out.list(value, "user_id_update", &mut understood).into_iter().flatten() {
        out.read(item, person::new_id(item));
    }
    // An empty list is a webhook that says nothing.
    if !understood && out.parsed.items.len() == before {
        out.event(notice::read(field, at, value, raw));
    }
}

fn channel_key(account: Option<&str>, value: Option<&Fields<'_>>) -> Option<ChannelKey> {
    let part = |name, id| value.and_then(|value| value.object(name)).and_then(|part| part.id(id));
    if let Some(id) = part("metadata", "phone_number_id") {
        return Some(ChannelKey::PhoneNumberId { id });
    }
    // For a partner's events the entry is the portfolio, and the account stands in `waba_info`.
    let id = part("waba_info", "waba_id").or_else(|| account.map(str::to_owned))?;
    Some(ChannelKey::Waba { id })
}

/// Where the items of a change go.
pub(super) struct Out<'p> {
    parsed: &'p mut Parsed,
    channel: ChannelKey,
}

impl Out<'_> {
    pub(super) fn event(&mut self, event: InboundEvent) {
        self.parsed.push(Inbound { channel: self.channel.clone(), event });
    }

    pub(super) fn broken(&mut self, reason: &'static str, raw: &RawValue) {
        self.parsed.push_broken(reason, json::keep(raw));
    }

    pub(super) fn read(&mut self, raw: &RawValue, read: Read) {
        match read {
            Ok(event) => self.event(event),
            Err(reason) => self.broken(reason, raw),
        }
    }

    /// The items of a list, all of them if it is told more than once. What stands there and is no list is set aside.
    pub(super) fn list<'a>(
        &mut self,
        value: &Fields<'a>,
        name: &str,
        understood: &mut bool,
    ) -> Option<Vec<&'a RawValue>> {
        let mut items = None;
        for raw in value.all(name) {
            *understood = true;
            match json::list(raw) {
                Some(list) => items.get_or_insert_with(Vec::new).extend(list),
                None => self.broken("items that are no list", raw),
            }
        }
        items
    }
}

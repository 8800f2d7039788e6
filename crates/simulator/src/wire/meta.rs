//! Meta's webhook envelope.

use std::io;

use serde::Serialize;
use serde_json::{Map, Value, json, ser::Formatter};

use crate::{customers::Customer, settings::CloudChannel};

/// One webhook body with these changes, all of one account.
#[must_use]
pub fn envelope(waba_id: &str, changes: Vec<Value>) -> Value {
    json!({ "object": "whatsapp_business_account", "entry": [{ "id": waba_id, "changes": changes }] })
}

/// A change of the `messages` field: `items` under `messages` or `statuses`, with who they concern.
#[must_use]
pub fn change(channel: &CloudChannel, key: &str, items: Vec<Value>, contacts: Vec<Value>) -> Value {
    let mut value = Map::new();
    value.insert("messaging_product".to_owned(), json!("whatsapp"));
    value.insert("metadata".to_owned(), metadata(channel));
    if !contacts.is_empty() {
        value.insert("contacts".to_owned(), Value::Array(contacts));
    }
    value.insert(key.to_owned(), Value::Array(items));
    json!({ "field": "messages", "value": value })
}

/// Which number a change belongs to.
#[must_use]
pub fn metadata(channel: &CloudChannel) -> Value {
    json!({ "display_phone_number": channel.digits(), "phone_number_id": channel.phone_number_id })
}

/// Who wrote. Whoever hides their number has no `wa_id` at all.
pub(crate) fn contact(customer: &Customer, with_profile: bool) -> Value {
    let mut contact = Map::new();
    if with_profile {
        let mut profile = json!({ "name": customer.name });
        if let Some(username) = &customer.username {
            profile["username"] = json!(username);
        }
        contact.insert("profile".to_owned(), profile);
    }
    if let Some(phone) = &customer.phone {
        contact.insert("wa_id".to_owned(), json!(phone));
    }
    contact.insert("user_id".to_owned(), json!(customer.user_id));
    if let Some(parent) = &customer.parent_user_id {
        contact.insert("parent_user_id".to_owned(), json!(parent));
    }
    Value::Object(contact)
}

/// A text message from a phone, with its contact: what a load generator sends by the thousand.
#[must_use]
pub fn text_message(phone: &str, name: &str, id: &str, timestamp: i64, body: &str) -> (Value, Value) {
    let contact = json!({ "profile": { "name": name }, "wa_id": phone });
    let message = json!({
        "from": phone, "id": id, "timestamp": timestamp.to_string(), "type": "text", "text": { "body": body },
    });
    (message, contact)
}

/// JSON as Meta puts it on the wire: everything outside ASCII as `\uXXXX` in lower case, and `/` as `\/`.
/// Whoever verifies a signature over re-serialised JSON fails here, as they would in production.
#[must_use]
pub fn to_bytes(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(512);
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, Escaping);
    // Writing a `Value` into memory has no way to fail: its keys are strings.
    if value.serialize(&mut serializer).is_err() {
        bytes.clear();
    }
    bytes
}

struct Escaping;

impl Formatter for Escaping {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut plain = 0;
        for (at, character) in fragment.char_indices() {
            if character != '/' && character.is_ascii() {
                continue;
            }
            writer.write_all(&fragment.as_bytes()[plain..at])?;
            plain = at + character.len_utf8();
            if character == '/' {
                writer.write_all(b"\\/")?;
            } else {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    write!(writer, "\\u{unit:04x}")?;
                }
            }
        }
        writer.write_all(&fragment.as_bytes()[plain..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_as_meta_does_and_still_means_the_same() {
        let value = json!({ "body": "¿Sábado 9/10? 🙌 \"ya\"\n" });
        let bytes = to_bytes(&value);
        assert_eq!(
            String::from_utf8(bytes.clone()).unwrap(),
            r#"{"body":"\u00bfS\u00e1bado 9\/10? \ud83d\ude4c \"ya\"\n"}"#
        );
        assert_eq!(serde_json::from_slice::<Value>(&bytes).unwrap(), value);
    }
}

//! The same number in the phone app beside us: what the business writes there, and its address book
//! (whatsapp-cloud.md §4.5).

use domain::inbound::{AddressBookEntry, Echo, InboundEvent};
use serde_json::value::RawValue;

use super::{
    contact::{Contact, Ids, Sender, address},
    content,
    envelope::Read,
    message::{context, vendor_id, written_at},
    notice,
};
use crate::json::{self, Fields};

/// One of `message_echoes[]`: a message, an edit or a deletion, written in the app.
pub(super) fn echo(raw: &RawValue, contacts: &[Contact]) -> Read {
    let fields = Fields::read(raw).ok_or("an echo that is no object")?;
    if fields.has("group_id") {
        return Ok(notice::group(raw));
    }
    let ids = Ids {
        phone: fields.text("to"),
        user: fields.text("to_user_id"),
        parent: fields.text("to_parent_user_id"),
    };
    let customer = Sender::find(ids, contacts).ok_or("an echo without an address of its recipient")?;
    Ok(InboundEvent::Echo(Box::new(Echo {
        vendor_id: vendor_id(&fields)?,
        to: customer.addresses,
        reply_address: customer.reply_address,
        name: customer.name,
        written_at: written_at(&fields)?,
        content: content::read(&fields, raw),
        context: context(&fields),
    })))
}

/// One of `state_sync[]`: a customer put into the address book, renamed there or taken out.
pub(super) fn address_book(raw: &RawValue) -> Read {
    let fields = Fields::read(raw).ok_or("an entry of the address book that is no object")?;
    if fields.word("type").is_some_and(|kind| kind != "contact") {
        return Ok(InboundEvent::other("smb_app_state_sync", json::keep(raw)));
    }
    let contact = fields.object("contact").ok_or("an entry of the address book without its contact")?;
    let given = ["phone_number", "wa_id", "user_id"].into_iter().filter_map(|name| contact.word(name));
    let address = given
        .filter_map(|text| address(&text))
        .next()
        .ok_or("an entry of the address book without an address")?;
    Ok(InboundEvent::AddressBook(AddressBookEntry {
        address,
        name: contact.name("full_name").or_else(|| contact.name("first_name")),
        removed: fields.word("action").is_some_and(|action| action == "remove"),
        at: fields.object("metadata").and_then(|metadata| metadata.moment("timestamp")),
    }))
}

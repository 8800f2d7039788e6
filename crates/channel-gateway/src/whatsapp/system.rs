//! A `system` message: the customer has another number or another user id (whatsapp-cloud.md §2.4).

use domain::{
    Address, IdentityKind,
    inbound::{AddressChange, InboundMessage},
};

use super::contact::address;
use crate::json::Fields;

/// What changed, when the message is about that. Older versions and libraries spell it otherwise; what decides is
/// whether it tells an address that the sender did not have.
pub(super) fn change(fields: &Fields<'_>, message: &InboundMessage) -> Option<AddressChange> {
    if fields.word("type")? != "system" {
        return None;
    }
    let system = fields.object("system")?;
    let told = |names: &[&str]| names.iter().filter_map(|name| system.text(name)).collect::<Vec<_>>();
    let new = told(&["wa_id", "new_wa_id", "user_id", "parent_user_id"]);
    let old = told(&["customer", "previous_user_id", "previous_parent_user_id"]);

    let mut after = addresses(&new);
    let mut known = message.from.clone();
    known.extend(addresses(&old));
    let kind = system.word("type").unwrap_or_default();
    if kind.contains("user_id") {
        // The sentence names the old id and the new one.
        let named = addresses(&words(&system.text("body").unwrap_or_default()));
        let mut ids = named.into_iter().filter(|address| address.kind == IdentityKind::Bsuid);
        let (first, last) = (ids.next(), ids.next_back());
        if !after.iter().any(|address| address.kind == IdentityKind::Bsuid) {
            after.extend(last);
        }
        known.extend(first);
    }
    let known = distinct(known);
    let new_ones = after.iter().any(|address| !known.contains(address));
    let was_told = known.iter().any(|address| !message.from.contains(address) && !after.contains(address));
    if after.is_empty() || !(new_ones || was_told) {
        return None;
    }
    // With another user id the phone stays; with another phone, what is not named again is gone.
    if kind.contains("user_id") && !after.iter().any(is_phone) {
        after.extend(message.from.iter().filter(|address| is_phone(address)).cloned());
    }
    let gone: Vec<_> = known.iter().filter(|address| !after.contains(address)).cloned().collect();
    let told = new
        .into_iter()
        .find(|text| address(text).is_some_and(|address| is_phone(&address) || !after.iter().any(is_phone)));
    let reply_address = told
        .or_else(|| Address::phone(&message.reply_address).map(|_| message.reply_address.clone()))
        .or_else(|| after.first().map(|address| address.value.clone()));
    Some(AddressChange {
        before: if gone.is_empty() { known } else { gone },
        after: distinct(after),
        reply_address,
        at: message.written_at,
    })
}

fn is_phone(address: &Address) -> bool {
    address.kind == IdentityKind::Phone
}

fn addresses(texts: &[String]) -> Vec<Address> {
    distinct(texts.iter().filter_map(|text| address(text)).collect())
}

fn distinct(addresses: Vec<Address>) -> Vec<Address> {
    let mut distinct = Vec::with_capacity(addresses.len());
    for address in addresses {
        if !distinct.contains(&address) {
            distinct.push(address);
        }
    }
    distinct
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(|word| word.trim_end_matches(['.', ',', ';']).to_owned()).collect()
}

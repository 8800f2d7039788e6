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
    let mut before = message.from.clone();
    before.extend(addresses(&old));
    if system.word("type").is_some_and(|kind| kind.contains("user_id")) {
        // The sentence names the old id and the new one.
        let named = addresses(&words(&system.text("body").unwrap_or_default()));
        let mut ids = named.into_iter().filter(|address| address.kind == IdentityKind::Bsuid);
        let (first, last) = (ids.next(), ids.next_back());
        if !after.iter().any(|address| address.kind == IdentityKind::Bsuid) {
            after.extend(last);
        }
        before.extend(first);
    }
    if after.iter().all(|address| before.contains(address)) && before.iter().all(|a| after.contains(a)) {
        return None;
    }
    // A phone may have stayed; a user id that stands on both sides is the new one.
    before.retain(|address| address.kind == IdentityKind::Phone || !after.contains(address));
    before = distinct(before);
    let changed = after.iter().any(|address| !before.contains(address));
    (changed && !before.is_empty()).then(|| AddressChange {
        before,
        reply_address: new
            .into_iter()
            .find(|text| address(text).is_some())
            .or_else(|| after.first().map(|address| address.value.clone())),
        after,
        at: message.written_at,
    })
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

//! What the vendor tells about a customer outside of messages (whatsapp-cloud.md §4.4).

use domain::{
    Address,
    consent::Purpose,
    inbound::{AddressChange, ConsentChange, InboundEvent},
};
use serde_json::value::RawValue;

use super::{
    contact::{Contact, Ids, Sender, address},
    envelope::Read,
};
use crate::json::{self, Fields};

/// One of `user_preferences[]`: no more offers, or offers again. Another wish than that is kept as a notice.
pub(super) fn preference(raw: &RawValue, contacts: &[Contact]) -> Read {
    let fields = Fields::read(raw).ok_or("a preference that is no object")?;
    let about_offers = fields.word("category").is_some_and(|category| category == "marketing_messages");
    let given = match fields.word("value").as_deref() {
        Some("stop") if about_offers => false,
        Some("resume") if about_offers => true,
        _ => return Ok(InboundEvent::other("user_preferences", json::keep(raw))),
    };
    let ids = Ids {
        phone: fields.text("wa_id"),
        user: fields.text("user_id"),
        parent: fields.text("parent_user_id"),
    };
    let customer = Sender::find(ids, contacts).ok_or("a preference of nobody")?;
    Ok(InboundEvent::Consent(Box::new(ConsentChange {
        from: customer.addresses,
        purpose: Purpose::Marketing,
        given,
        at: fields.moment("timestamp"),
        proof: fields.text("detail").map(|detail| json::detail(Some(&detail))).unwrap_or_default(),
        message: None,
    })))
}

/// One of `user_id_update[]`: another user id, of a customer whose number may have changed with it.
pub(super) fn new_id(raw: &RawValue) -> Read {
    let fields = Fields::read(raw).ok_or("a new user id that is no object")?;
    let pairs: Vec<_> =
        ["user_id", "parent_user_id"].into_iter().filter_map(|name| fields.object(name)).collect();
    let side = |name| -> Vec<Address> {
        pairs.iter().filter_map(|pair| Address::bsuid(&pair.word(name)?)).collect()
    };
    let (before, mut after) = (side("previous"), side("current"));
    if before.is_empty() || after.is_empty() {
        return Err("a new user id without the old one");
    }
    let phone = fields.text("wa_id").filter(|phone| address(phone).is_some());
    after.extend(phone.as_deref().and_then(address));
    let reply_address = phone.or_else(|| after.first().map(|address| address.value.clone()));
    Ok(InboundEvent::AddressChanged(Box::new(AddressChange {
        before,
        after,
        reply_address,
        at: fields.moment("timestamp"),
    })))
}

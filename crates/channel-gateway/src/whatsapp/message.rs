//! One of `messages[]`: who, when, in answer to what. What it says is read in [`super::content`].

use chrono::{DateTime, Utc};
use domain::{
    consent::{self, Purpose},
    inbound::{ConsentChange, Context, InboundEvent, InboundMessage, Product},
    referral::Referral,
};
use serde_json::value::RawValue;

use super::{
    contact::{Contact, Ids, Sender},
    content,
    envelope::{Out, Read},
    notice, system,
};
use crate::json::{self, Fields};

/// A message, and what follows from it: a changed address, a wish to be left alone. Or why it can't be one.
///
/// Only who, when and which must be right: a message whose contents we can't read still has to reach the agent, so it
/// becomes [`domain::Content::Unknown`].
pub(super) fn read(raw: &RawValue, contacts: &[Contact], out: &mut Out<'_>) {
    let Some(fields) = Fields::read(raw) else { return out.broken("a message that is no object", raw) };
    if fields.has("group_id") {
        // Said to a group: answering it one to one would be wrong, and groups are not channels of ours.
        return out.event(notice::group(raw));
    }
    match message(&fields, raw, contacts) {
        Ok(message) => {
            // After the message, which comes from the address as it was.
            let changed = system::change(&fields, &message);
            let consent = consent(&message);
            out.event(InboundEvent::Message(Box::new(message)));
            if let Some(changed) = changed {
                out.event(InboundEvent::AddressChanged(Box::new(changed)));
            }
            if let Some(consent) = consent {
                out.event(InboundEvent::Consent(Box::new(consent)));
            }
        }
        Err(reason) => out.broken(reason, raw),
    }
}

fn message(fields: &Fields<'_>, raw: &RawValue, contacts: &[Contact]) -> Read<InboundMessage> {
    let ids = Ids {
        phone: fields.text("from"),
        user: fields.text("from_user_id"),
        parent: fields.text("from_parent_user_id"),
    };
    let sender = Sender::find(ids, contacts).ok_or("a message without an address of its sender")?;
    Ok(InboundMessage {
        vendor_id: vendor_id(fields)?,
        from: sender.addresses,
        reply_address: sender.reply_address,
        name: sender.name,
        written_at: written_at(fields)?,
        content: content::read(fields, raw),
        context: context(fields),
        referral: referral(fields),
    })
}

/// The vendor's id. It stands in a unique index, so it may neither be missing nor endless.
pub(super) fn vendor_id(fields: &Fields<'_>) -> Read<String> {
    fields.id("id").ok_or("an id that is missing, empty or too long")
}

/// When it was written; a moment that is none breaks the message, because the reply window hangs on it.
pub(super) fn written_at(fields: &Fields<'_>) -> Read<Option<DateTime<Utc>>> {
    if !fields.has("timestamp") {
        return Ok(None);
    }
    fields.moment("timestamp").map(Some).ok_or("a timestamp that is no second of this century")
}

/// What it answers or where it was before; `None` when it stands alone (whatsapp-cloud.md §2.7).
pub(super) fn context(message: &Fields<'_>) -> Option<Context> {
    let wire = message.object("context")?;
    let frequently_forwarded = wire.is_true("frequently_forwarded");
    let product = wire.object("referred_product");
    let context = Context {
        vendor_id: wire.id("id"),
        forwarded: wire.is_true("forwarded") || frequently_forwarded,
        frequently_forwarded,
        product: product.and_then(|product| {
            Some(Product { catalog: product.id("catalog_id")?, id: product.id("product_retailer_id")? })
        }),
    };
    (context != Context::default()).then_some(context)
}

/// The ad or post that led here (whatsapp-cloud.md §2.8).
fn referral(message: &Fields<'_>) -> Option<Referral> {
    let raw = message.get("referral")?;
    let wire = Fields::read(raw).unwrap_or_default();
    let media_type = wire.text("media_type");
    let film = media_type.as_deref() == Some("video");
    let order = if film {
        ["video_url", "thumbnail_url", "image_url"]
    } else {
        ["image_url", "video_url", "thumbnail_url"]
    };
    Some(Referral {
        source: wire.text("source_type"),
        source_id: wire.id("source_id"),
        url: wire.text("source_url"),
        headline: wire.text("headline"),
        body: wire.text("body"),
        media_url: order.into_iter().find_map(|name| wire.text(name)),
        media_type,
        click_id: wire.text("ctwa_clid"),
        welcome: wire.object("welcome_message").and_then(|welcome| welcome.text("text")),
        raw: json::keep(raw),
    })
}

/// A word that asks to be left alone with offers: the vendor does not act on it, so we do (whatsapp-cloud.md §10).
fn consent(message: &InboundMessage) -> Option<ConsentChange> {
    let proof = consent::opt_out(&message.content)?;
    Some(ConsentChange {
        from: message.from.clone(),
        purpose: Purpose::Marketing,
        given: false,
        at: message.written_at,
        proof: proof.to_owned(),
        message: Some(message.vendor_id.clone()),
    })
}

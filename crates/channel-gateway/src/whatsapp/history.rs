//! Messages from before we were connected, in chunks, with late files, or refused (whatsapp-cloud.md §4.5).

use domain::{
    Address, DeliveryState,
    inbound::{InboundEvent, PastMessage, PastProgress},
};
use serde_json::value::RawValue;

use super::{
    contact::{Contact, Ids, Sender, address},
    content,
    envelope::{Out, Read},
    errors::first_error,
    message::{vendor_id, written_at},
    notice,
};
use crate::json::Fields;

/// The value of a `history` change: chunks, or the files that messages of earlier chunks were waiting for.
pub(super) fn read(value: &Fields<'_>, contacts: &[Contact], understood: &mut bool, out: &mut Out<'_>) {
    let metadata = value.object("metadata");
    let number = metadata.as_ref().and_then(|metadata| metadata.text("display_phone_number"));
    let place = Place { number: number.and_then(|number| Address::phone(&number)), thread: None, contacts };
    for chunk in out.list(value, "history", understood).into_iter().flatten() {
        self::chunk(chunk, &place, out);
    }
    for item in out.list(value, "messages", understood).into_iter().flatten() {
        out.read(item, past(item, &place, true));
    }
}

/// Where a message of the past stands.
struct Place<'a> {
    /// The business's own number.
    number: Option<Address>,
    /// The customer, as the thread names them.
    thread: Option<String>,
    contacts: &'a [Contact],
}

fn chunk(raw: &RawValue, place: &Place<'_>, out: &mut Out<'_>) {
    let Some(fields) = Fields::read(raw) else {
        return out.broken("a chunk of history that is no object", raw);
    };
    if let Some(error) = first_error(&fields) {
        return out.event(InboundEvent::PastProgress(PastProgress::Refused(error)));
    }
    let progress = fields.object("metadata").and_then(|metadata| progress(&metadata));
    if progress.is_none() && !fields.has("threads") {
        return out.broken("a chunk of history that holds nothing", raw);
    }
    for thread in out.list(&fields, "threads", &mut false).into_iter().flatten() {
        let Some(told) = Fields::read(thread) else {
            out.broken("a thread of history that is no object", thread);
            continue;
        };
        let place = Place { number: place.number.clone(), thread: told.text("id"), contacts: place.contacts };
        for item in out.list(&told, "messages", &mut false).into_iter().flatten() {
            out.read(item, past(item, &place, false));
        }
    }
    // After what it counts.
    if let Some(progress) = progress {
        out.event(InboundEvent::PastProgress(progress));
    }
}

fn progress(metadata: &Fields<'_>) -> Option<PastProgress> {
    Some(PastProgress::Chunk {
        phase: metadata.whole("phase")?,
        chunk: metadata.whole("chunk_order")?,
        progress: metadata.whole("progress")?,
    })
}

fn past(raw: &RawValue, place: &Place<'_>, completes: bool) -> Read {
    let fields = Fields::read(raw).ok_or("a message of the past that is no object")?;
    if fields.has("group_id") {
        return Ok(notice::group(raw));
    }
    let from = fields.text("from");
    let author = from.as_deref().and_then(address);
    let thread = place.thread.as_deref().and_then(address);
    let ours = match &author {
        Some(author) if Some(author) == place.number.as_ref() => true,
        Some(author) if Some(author) == thread.as_ref() => false,
        // Numbers of some countries are written in several ways; only what the business wrote names a recipient.
        _ => fields.has("to") || fields.has("to_user_id"),
    };
    let name = |ours_name, theirs_name| fields.text(if ours { ours_name } else { theirs_name });
    let ids = Ids {
        phone: name("to", "from"),
        user: name("to_user_id", "from_user_id"),
        parent: name("to_parent_user_id", "from_parent_user_id"),
    };
    let (customer, reply_address) = match (thread, &place.thread) {
        (Some(thread), Some(text)) => (Some(thread), Some(text.clone())),
        _ => match Sender::find(ids, place.contacts) {
            Some(customer) => (customer.addresses.into_iter().next(), Some(customer.reply_address)),
            // The message it completes knows its customer.
            None if completes => (None, None),
            None => return Err("a message of the past without an address of its customer"),
        },
    };
    let told = fields.object("history_context");
    Ok(InboundEvent::Past(Box::new(PastMessage {
        vendor_id: vendor_id(&fields)?,
        customer,
        reply_address,
        ours,
        written_at: written_at(&fields)?,
        content: content::read(&fields, raw),
        state: told.filter(|_| ours).and_then(|told| state(&told.word("status")?)),
        completes,
    })))
}

/// How far a message of ours had come when it was handed over.
fn state(word: &str) -> Option<DeliveryState> {
    Some(match word {
        "PENDING" => DeliveryState::Accepted,
        "SENT" => DeliveryState::Sent,
        "DELIVERED" => DeliveryState::Delivered,
        "READ" => DeliveryState::Read,
        "PLAYED" => DeliveryState::Played,
        "ERROR" => DeliveryState::Failed,
        _ => return None,
    })
}

//! What a message says: each kind of the wire turned into [`Content`] (whatsapp-cloud.md §2.2 to §2.6).

use domain::{
    Content,
    content::{Media, OrderItem},
};
use serde_json::value::RawValue;

use super::{card, errors::first_error};
use crate::json::{self, Fields};

/// The content of a message. It never fails: what has no known kind, or not the shape of its kind, is kept whole as
/// [`Content::Unknown`].
pub(super) fn read(message: &Fields<'_>, raw: &RawValue) -> Content {
    let kind = message.word("type").unwrap_or_default();
    typed(&kind, message)
        .or_else(|| without_contents(&kind, message))
        .unwrap_or_else(|| Content::Unknown { label: label(&kind, message), raw: json::keep(raw) })
}

/// The name of an unknown kind: the type, and for a reply its own type as well.
fn label(kind: &str, message: &Fields<'_>) -> String {
    let inner = message.object("interactive").and_then(|part| part.text("type"));
    json::shorten(&match inner {
        Some(inner) if kind == "interactive" => format!("interactive/{inner}"),
        _ => kind.to_owned(),
    })
}

fn typed(kind: &str, message: &Fields<'_>) -> Option<Content> {
    let part = || message.object(kind);
    Some(match kind {
        // Empty words are words; missing ones are another shape.
        "text" => Content::Text { body: json::text(part()?.get("body")?)?.into_owned() },
        "image" => Content::Image(media(&part()?)?),
        "audio" => Content::Audio(media(&part()?)?),
        // The kind is documented as `audio` with a flag; some senders name it `voice`.
        "voice" => Content::Audio(Media { voice: true, ..media(&part()?)? }),
        "video" => Content::Video(media(&part()?)?),
        "document" => Content::Document(media(&part()?)?),
        "sticker" => Content::Sticker(media(&part()?)?),
        "location" => location(&part()?)?,
        "contacts" => {
            let cards = message.list(kind)?.into_iter().map(card::read).collect::<Option<Vec<_>>>()?;
            Content::Contacts { cards }
        }
        "interactive" => interactive(&part()?)?,
        "button" => button(&part()?)?,
        "reaction" => {
            let reaction = part()?;
            // Taken back: documented as no emoji, seen as an empty one.
            Content::Reaction { target: reaction.id("message_id")?, emoji: reaction.name("emoji") }
        }
        "order" => order(&part()?)?,
        "system" => {
            let system = part()?;
            Content::System {
                body: system.text("body").unwrap_or_default(),
                event: system.text("type"),
                raw: json::keep(message.get(kind)?),
            }
        }
        "edit" => {
            let edit = part()?;
            Content::Edit {
                original: edit.id("original_message_id")?,
                content: Box::new(edited(edit.get("message")?)),
            }
        }
        "revoke" => Content::Revoke { original: part()?.id("original_message_id")? },
        "request_welcome" => Content::Welcome,
        // `unknown` is the old spelling.
        "unsupported" | "unknown" => Content::Unsupported {
            what: part().and_then(|unsupported| unsupported.name("type")),
            code: first_error(message).map(|error| error.code),
        },
        // Its file comes in a webhook of its own (whatsapp-cloud.md §4.5).
        "media_placeholder" => Content::Unsupported { what: Some(kind.to_owned()), code: None },
        _ => return None,
    })
}

/// The new wording of a corrected message. An edit of an edit does not exist, and its depth would be the sender's.
fn edited(raw: &RawValue) -> Content {
    let message = Fields::read(raw).unwrap_or_default();
    match message.word("type").as_deref() {
        Some("edit") | None => Content::Unknown { label: "edit".to_owned(), raw: json::keep(raw) },
        Some(_) => read(&message, raw),
    }
}

/// A known kind without its contents, because the vendor had to leave them out: a file of more than 100 MB (131052).
fn without_contents(kind: &str, message: &Fields<'_>) -> Option<Content> {
    let code = first_error(message)?.code;
    Some(Content::Unsupported {
        what: Some(json::shorten(kind)).filter(|kind| !kind.is_empty()),
        code: Some(code),
    })
}

/// A file; `None` without anything to fetch.
fn media(wire: &Fields<'_>) -> Option<Media> {
    let media = Media {
        file: None,
        vendor_media_id: wire.id("id"),
        url: wire.text("url"),
        mime: wire.name("mime_type"),
        sha256: wire.name("sha256"),
        caption: wire.text("caption"),
        filename: wire.name("filename"),
        voice: wire.is_true("voice"),
        animated: wire.is_true("animated"),
    };
    (media.vendor_media_id.is_some() || media.url.is_some()).then_some(media)
}

/// A place on earth. Degrees are documented as numbers and seen as text.
fn location(wire: &Fields<'_>) -> Option<Content> {
    let degrees = |name, most: f64| wire.number(name).filter(|degrees| (-most..=most).contains(degrees));
    Some(Content::Location {
        latitude: degrees("latitude", 90.0)?,
        longitude: degrees("longitude", 180.0)?,
        name: wire.name("name"),
        address: wire.text("address"),
        url: wire.text("url"),
    })
}

/// An answer to our own buttons, lists and forms (whatsapp-cloud.md §2.3). Other types stay unknown.
fn interactive(wire: &Fields<'_>) -> Option<Content> {
    let kind = wire.word("type")?;
    let reply = wire.object(&kind)?;
    Some(match kind.as_ref() {
        "button_reply" | "list_reply" => {
            let id = reply.text("id");
            Content::Choice {
                title: reply.text("title").or_else(|| id.clone())?,
                id,
                description: reply.text("description"),
            }
        }
        "nfm_reply" => {
            let answers = reply.get("response_json")?;
            let answers = match json::text(answers) {
                Some(text) => json::inner(&text),
                None => json::keep(answers),
            };
            Content::Form { name: reply.name("name"), answers }
        }
        _ => return None,
    })
}

/// A quick reply of a template.
fn button(wire: &Fields<'_>) -> Option<Content> {
    let id = wire.text("payload");
    let title = wire.text("text").or_else(|| id.clone())?;
    Some(Content::Choice { id, title, description: None })
}

fn order(wire: &Fields<'_>) -> Option<Content> {
    let item = |raw| {
        let item = Fields::read(raw)?;
        Some(OrderItem {
            product: item.id("product_retailer_id")?,
            quantity: item.whole("quantity")?,
            price: item.name("item_price"),
            currency: item.name("currency"),
        })
    };
    Some(Content::Order {
        catalog: wire.id("catalog_id"),
        text: wire.text("text"),
        items: wire.list("product_items")?.into_iter().map(item).collect::<Option<_>>()?,
    })
}

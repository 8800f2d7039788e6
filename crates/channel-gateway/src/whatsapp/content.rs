//! What a message says: one wire type for each kind, turned into [`Content`].

use domain::{
    Content,
    content::{ContactCard, Media, OrderItem},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use super::errors::vendor_error;
use crate::json::{self, Number, Text, filled};

/// The content of a message. It never fails: what has no known kind, or not the shape of its kind, is kept whole as
/// [`Content::Unknown`].
pub(super) fn read(message: &Value) -> Content {
    let kind = message.get("type").and_then(Value::as_str).unwrap_or_default();
    typed(kind, message)
        .or_else(|| without_contents(kind, message))
        .unwrap_or_else(|| Content::Unknown { label: label(kind, message), raw: message.clone() })
}

/// The name of an unknown kind: the type, and for a reply its own type as well.
fn label(kind: &str, message: &Value) -> String {
    let inner = message.get("interactive").and_then(|part| part.get("type")).and_then(Value::as_str);
    match inner {
        Some(inner) if kind == "interactive" => format!("interactive/{inner}"),
        _ => kind.to_owned(),
    }
}

fn typed(kind: &str, message: &Value) -> Option<Content> {
    Some(match kind {
        "text" => Content::Text { body: part::<WireText>(message, kind)?.body },
        "image" => Content::Image(part::<WireMedia>(message, kind)?.media()?),
        "audio" => Content::Audio(part::<WireMedia>(message, kind)?.media()?),
        // The kind is documented as `audio` with a flag; some senders name it `voice`.
        "voice" => Content::Audio(Media { voice: true, ..part::<WireMedia>(message, kind)?.media()? }),
        "video" => Content::Video(part::<WireMedia>(message, kind)?.media()?),
        "document" => Content::Document(part::<WireMedia>(message, kind)?.media()?),
        "sticker" => Content::Sticker(part::<WireMedia>(message, kind)?.media()?),
        "location" => part::<WireLocation>(message, kind)?.content()?,
        "contacts" => {
            let cards = part::<Vec<WireCard>>(message, kind)?.into_iter().map(WireCard::card).collect();
            Content::Contacts { cards }
        }
        "interactive" => part::<Interactive>(message, kind)?.content(),
        "button" => part::<Button>(message, kind)?.content()?,
        "reaction" => {
            let reaction: WireReaction = part(message, kind)?;
            // Taken back: documented as no emoji, seen as an empty one.
            Content::Reaction { target: reaction.message_id, emoji: filled(reaction.emoji) }
        }
        "order" => {
            let order: WireOrder = part(message, kind)?;
            Content::Order {
                catalog: filled(order.catalog_id.as_ref().map(|id| id.0.clone())),
                text: filled(order.text.clone()),
                items: order.items()?,
            }
        }
        "system" => {
            let system: WireSystem = part(message, kind)?;
            let raw = message.get(kind)?.clone();
            Content::System { body: system.body.unwrap_or_default(), event: filled(system.kind), raw }
        }
        "edit" => {
            let edit: WireEdit = part(message, kind)?;
            Content::Edit { original: edit.original_message_id, content: Box::new(edited(&edit.message)) }
        }
        "revoke" => Content::Revoke { original: part::<WireRevoke>(message, kind)?.original_message_id },
        "request_welcome" => Content::Welcome,
        // `unknown` is the old spelling.
        "unsupported" | "unknown" => Content::Unsupported {
            what: part::<WireUnsupported>(message, kind).and_then(|unsupported| filled(unsupported.kind)),
            code: first_error(message),
        },
        _ => return None,
    })
}

/// The new wording of a corrected message. An edit of an edit does not exist, and its depth would be the sender's.
fn edited(message: &Value) -> Content {
    match message.get("type").and_then(Value::as_str) {
        Some("edit") | None => Content::Unknown { label: "edit".to_owned(), raw: message.clone() },
        Some(_) => read(message),
    }
}

/// A known kind without its contents, because the vendor had to leave them out (a file of more than 100 MB).
fn without_contents(kind: &str, message: &Value) -> Option<Content> {
    let code = first_error(message)?;
    Some(Content::Unsupported { what: filled(Some(kind.to_owned())), code: Some(code) })
}

fn first_error(message: &Value) -> Option<i64> {
    message.get("errors")?.get(0).and_then(vendor_error).map(|error| error.code)
}

fn part<T: DeserializeOwned>(message: &Value, name: &str) -> Option<T> {
    T::deserialize(message.get(name)?).ok()
}

#[derive(Deserialize)]
struct WireText {
    body: String,
}

#[derive(Deserialize)]
struct WireMedia {
    id: Option<Text>,
    url: Option<String>,
    mime_type: Option<String>,
    sha256: Option<String>,
    caption: Option<String>,
    filename: Option<String>,
    voice: Option<bool>,
    animated: Option<bool>,
}

impl WireMedia {
    /// `None` without anything to fetch.
    fn media(self) -> Option<Media> {
        let media = Media {
            file: None,
            vendor_media_id: filled(self.id.map(|id| id.0)),
            url: filled(self.url),
            mime: filled(self.mime_type),
            sha256: filled(self.sha256),
            caption: filled(self.caption),
            filename: filled(self.filename),
            voice: self.voice.unwrap_or_default(),
            animated: self.animated.unwrap_or_default(),
        };
        (media.vendor_media_id.is_some() || media.url.is_some()).then_some(media)
    }
}

#[derive(Deserialize)]
struct WireLocation {
    latitude: Number,
    longitude: Number,
    name: Option<String>,
    address: Option<String>,
    url: Option<String>,
}

impl WireLocation {
    fn content(self) -> Option<Content> {
        let (Number(latitude), Number(longitude)) = (self.latitude, self.longitude);
        let on_earth = (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude);
        on_earth.then(|| Content::Location {
            latitude,
            longitude,
            name: filled(self.name),
            address: filled(self.address),
            url: filled(self.url),
        })
    }
}

#[derive(Deserialize)]
struct WireCard {
    name: Option<WireName>,
    #[serde(default)]
    phones: Vec<WirePhone>,
    #[serde(default)]
    emails: Vec<WireEmail>,
    org: Option<WireOrg>,
}

#[derive(Deserialize)]
struct WireName {
    formatted_name: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
}

#[derive(Deserialize)]
struct WirePhone {
    phone: Option<String>,
    wa_id: Option<String>,
}

#[derive(Deserialize)]
struct WireEmail {
    email: Option<String>,
}

#[derive(Deserialize)]
struct WireOrg {
    company: Option<String>,
}

impl WireCard {
    fn card(self) -> ContactCard {
        let organisation = filled(self.org.and_then(|org| org.company));
        let name = self.name.and_then(|name| {
            let parts = [name.first_name, name.last_name].into_iter().flatten().collect::<Vec<_>>().join(" ");
            filled(name.formatted_name).or(filled(Some(parts)))
        });
        ContactCard {
            name: name.or_else(|| organisation.clone()).unwrap_or_default(),
            phones: self.phones.into_iter().filter_map(|p| filled(p.phone).or(filled(p.wa_id))).collect(),
            emails: self.emails.into_iter().filter_map(|e| filled(e.email)).collect(),
            organisation,
            ..ContactCard::default()
        }
    }
}

/// Answers to our own buttons, lists and forms. Other types fail to read here and stay unknown.
#[derive(Deserialize)]
#[serde(tag = "type")]
enum Interactive {
    #[serde(rename = "button_reply")]
    Button { button_reply: Reply },
    #[serde(rename = "list_reply")]
    List { list_reply: Reply },
    #[serde(rename = "nfm_reply")]
    Form { nfm_reply: FormReply },
}

#[derive(Deserialize)]
struct Reply {
    id: Option<String>,
    title: String,
    description: Option<String>,
}

#[derive(Deserialize)]
struct FormReply {
    name: Option<String>,
    response_json: Value,
}

impl Interactive {
    fn content(self) -> Content {
        match self {
            Self::Button { button_reply: reply } | Self::List { list_reply: reply } => Content::Choice {
                id: filled(reply.id),
                title: reply.title,
                description: filled(reply.description),
            },
            Self::Form { nfm_reply: form } => {
                let answers = match form.response_json {
                    Value::String(text) => json::inner(&text),
                    other => other,
                };
                Content::Form { name: filled(form.name), answers }
            }
        }
    }
}

/// A quick reply of a template.
#[derive(Deserialize)]
struct Button {
    payload: Option<String>,
    text: Option<String>,
}

impl Button {
    fn content(self) -> Option<Content> {
        let id = filled(self.payload);
        let title = filled(self.text).or_else(|| id.clone())?;
        Some(Content::Choice { id, title, description: None })
    }
}

#[derive(Deserialize)]
struct WireReaction {
    message_id: String,
    emoji: Option<String>,
}

#[derive(Deserialize)]
struct WireOrder {
    catalog_id: Option<Text>,
    text: Option<String>,
    product_items: Vec<WireItem>,
}

#[derive(Deserialize)]
struct WireItem {
    product_retailer_id: Text,
    quantity: Text,
    item_price: Option<Text>,
    currency: Option<String>,
}

impl WireOrder {
    fn items(self) -> Option<Vec<OrderItem>> {
        let item = |item: WireItem| {
            Some(OrderItem {
                product: item.product_retailer_id.0,
                quantity: item.quantity.0.parse().ok()?,
                price: filled(item.item_price.map(|price| price.0)),
                currency: filled(item.currency),
            })
        };
        self.product_items.into_iter().map(item).collect()
    }
}

#[derive(Deserialize)]
struct WireSystem {
    body: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
}

#[derive(Deserialize)]
struct WireUnsupported {
    #[serde(rename = "type")]
    kind: Option<String>,
}

#[derive(Deserialize)]
struct WireEdit {
    original_message_id: String,
    message: Value,
}

#[derive(Deserialize)]
struct WireRevoke {
    original_message_id: String,
}

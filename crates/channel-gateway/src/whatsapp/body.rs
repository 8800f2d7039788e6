//! The body of a message for the Cloud API, for every kind it takes (whatsapp-cloud.md §5).

use domain::{
    Address, ChannelKind, Content, IdentityKind,
    content::{ContactCard, Media},
    interactive::{Header, Interactive, Section},
    outbound::{Outbound, SendOutcome},
    template::{ButtonValue, ButtonValueKind, HeaderValue, TemplateMessage, Value as Filled},
};
use serde_json::{Map, Value, json};

use crate::{
    sender::refused,
    verdict::{UNREACHABLE, UNSENDABLE},
};

/// The request for a message, or our refusal.
pub(super) fn request_body(message: &Outbound) -> Result<Value, SendOutcome> {
    let refused = |code, detail| refused(ChannelKind::WhatsappCloud, code, detail);
    let to = Address::phone(&message.to).or_else(|| Address::bsuid(&message.to));
    let to = to.ok_or_else(|| refused(UNREACHABLE, "the address is neither a phone nor a user id"))?;
    let (name, content) = part(&message.content)
        .ok_or_else(|| refused(UNSENDABLE, "this kind of message cannot be sent here"))?;
    let mut request = json!({
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "type": name,
        name: content,
        // Comes back in every status, also in one that overtakes the answer.
        "biz_opaque_callback_data": message.ticket().to_string(),
    });
    match to.kind {
        // With `+`: without it our own country code may be put in front.
        IdentityKind::Phone => request["to"] = to.value.into(),
        IdentityKind::Bsuid | IdentityKind::ParentBsuid => request["recipient"] = to.value.into(),
    }
    // Reactions can't carry a context, and under a template it shows no quote.
    if let Some(quoted) = &message.reply_to
        && !matches!(message.content, Content::Reaction { .. } | Content::Template(_))
    {
        request["context"] = json!({ "message_id": quoted });
    }
    Ok(request)
}

/// Meta's name for the kind, and what stands under it.
fn part(content: &Content) -> Option<(&'static str, Value)> {
    Some(match content {
        Content::Text { body } => ("text", json!({ "body": body, "preview_url": has_address(body) })),
        Content::Image(media) => ("image", with_caption(media)?),
        Content::Video(media) => ("video", with_caption(media)?),
        Content::Document(media) => {
            let mut document = with_caption(media)?;
            put(&mut document, "filename", media.filename.as_deref());
            ("document", document)
        }
        Content::Audio(media) => {
            let mut audio = source(media)?;
            if media.voice {
                audio["voice"] = true.into();
            }
            ("audio", audio)
        }
        Content::Sticker(media) => ("sticker", source(media)?),
        Content::Location { latitude, longitude, name, address, .. } => {
            // As text, the way Meta writes them itself.
            let mut place = json!({ "latitude": latitude.to_string(), "longitude": longitude.to_string() });
            put(&mut place, "name", name.as_deref());
            put(&mut place, "address", address.as_deref());
            ("location", place)
        }
        Content::Contacts { cards } => ("contacts", cards.iter().map(card).collect()),
        Content::Reaction { target, emoji } => {
            ("reaction", json!({ "message_id": target, "emoji": emoji.as_deref().unwrap_or_default() }))
        }
        Content::Interactive(question) => ("interactive", interactive(question)?),
        Content::Template(message) => ("template", template(message)?),
        _ => return None,
    })
}

/// Whether there is an address that the phone can show a preview of.
fn has_address(text: &str) -> bool {
    let lower = text.to_lowercase();
    ["http://", "https://"].iter().any(|scheme| {
        lower.split(scheme).skip(1).any(|rest| rest.starts_with(|c: char| c.is_alphanumeric() || c == '['))
    })
}

fn put(object: &mut Value, name: &str, text: Option<&str>) {
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        object[name] = text.into();
    }
}

/// Where the bytes are: Meta's id of them, or an address that Meta fetches.
fn source(media: &Media) -> Option<Value> {
    match (&media.vendor_media_id, &media.url) {
        (Some(id), _) => Some(json!({ "id": id })),
        (None, Some(link)) => Some(json!({ "link": link })),
        (None, None) => None,
    }
}

fn with_caption(media: &Media) -> Option<Value> {
    let mut object = source(media)?;
    put(&mut object, "caption", media.caption.as_deref());
    Some(object)
}

fn card(card: &ContactCard) -> Value {
    // One part beside the whole name must be there; the first word is as good as any.
    let mut words = card.name.split_whitespace();
    let first = words.next().unwrap_or(&card.name);
    let rest = words.collect::<Vec<_>>().join(" ");
    let mut name = json!({ "formatted_name": card.name, "first_name": first });
    put(&mut name, "last_name", Some(&rest));
    let mut object = json!({ "name": name });
    let list = |values: &[String], field: &str, kind: &str| -> Value {
        values.iter().map(|value| json!({ field: value, "type": kind })).collect()
    };
    if !card.phones.is_empty() {
        object["phones"] = list(&card.phones, "phone", "CELL");
    }
    if !card.emails.is_empty() {
        object["emails"] = list(&card.emails, "email", "WORK");
    }
    if !card.addresses.is_empty() {
        object["addresses"] = list(&card.addresses, "street", "WORK");
    }
    if !card.urls.is_empty() {
        object["urls"] = list(&card.urls, "url", "WORK");
    }
    if card.organisation.is_some() || card.title.is_some() {
        let mut company = json!({});
        put(&mut company, "company", card.organisation.as_deref());
        put(&mut company, "title", card.title.as_deref());
        object["org"] = company;
    }
    put(&mut object, "birthday", card.birthday.as_deref());
    object
}

fn interactive(question: &Interactive) -> Option<Value> {
    let (kind, header, body, footer, action) = match question {
        Interactive::Buttons { header, body, footer, buttons } => {
            let buttons: Vec<Value> = buttons
                .iter()
                .map(|button| json!({ "type": "reply", "reply": { "id": button.id, "title": button.title } }))
                .collect();
            ("button", frame_header(header.as_ref())?, body, footer, json!({ "buttons": buttons }))
        }
        Interactive::List { header, body, footer, button, sections } => {
            let header = header.as_ref().map(|text| json!({ "type": "text", "text": text }));
            let sections: Vec<Value> = sections.iter().map(section).collect();
            ("list", header, body, footer, json!({ "button": button, "sections": sections }))
        }
        Interactive::Link { header, body, footer, label, url } => {
            let parameters = json!({ "display_text": label, "url": url });
            let action = json!({ "name": "cta_url", "parameters": parameters });
            ("cta_url", frame_header(header.as_ref())?, body, footer, action)
        }
        Interactive::LocationRequest { body } => {
            ("location_request_message", None, body, &None, json!({ "name": "send_location" }))
        }
        Interactive::ContactRequest { body } => {
            ("request_contact_info", None, body, &None, json!({ "name": "request_contact_info" }))
        }
    };
    let mut object = json!({ "type": kind, "body": { "text": body }, "action": action });
    if let Some(header) = header {
        object["header"] = header;
    }
    if let Some(footer) = footer {
        object["footer"] = json!({ "text": footer });
    }
    Some(object)
}

/// The header, if there is one; nothing at all when its file has no place.
#[expect(clippy::option_option, reason = "no header and a header without its file are two things")]
fn frame_header(header: Option<&Header>) -> Option<Option<Value>> {
    let Some(header) = header else { return Some(None) };
    Some(Some(match header {
        Header::Text { text } => json!({ "type": "text", "text": text }),
        Header::Image(media) => json!({ "type": "image", "image": source(media)? }),
        Header::Video(media) => json!({ "type": "video", "video": source(media)? }),
        Header::Document(media) => json!({ "type": "document", "document": named(media)? }),
    }))
}

fn named(media: &Media) -> Option<Value> {
    let mut document = source(media)?;
    put(&mut document, "filename", media.filename.as_deref());
    Some(document)
}

fn section(section: &Section) -> Value {
    let rows: Vec<Value> = section
        .rows
        .iter()
        .map(|row| {
            let mut object = json!({ "id": row.id, "title": row.title });
            put(&mut object, "description", row.description.as_deref());
            object
        })
        .collect();
    let mut object = json!({ "rows": rows });
    put(&mut object, "title", section.title.as_deref());
    object
}

/// A template with its values. What has no value is left out (§5.4).
fn template(message: &TemplateMessage) -> Option<Value> {
    let mut components = Vec::new();
    if let Some(header) = &message.header {
        components.push(json!({ "type": "header", "parameters": [header_value(header)?] }));
    }
    if !message.body.is_empty() {
        let parameters: Vec<Value> = message.body.iter().map(text_value).collect();
        components.push(json!({ "type": "body", "parameters": parameters }));
    }
    components.extend(message.buttons.iter().map(button_value));
    // The code of a one-time password is wanted a second time, as if its button were a link.
    if let (Some("AUTHENTICATION"), [code], []) =
        (message.category.as_deref(), message.body.as_slice(), message.buttons.as_slice())
    {
        let code = ButtonValue { index: 0, kind: ButtonValueKind::Url, text: code.text.clone() };
        components.push(button_value(&code));
    }
    let mut object = json!({ "name": message.name, "language": { "code": message.language } });
    if !components.is_empty() {
        object["components"] = components.into();
    }
    Some(object)
}

fn text_value(value: &Filled) -> Value {
    let mut parameter = Map::new();
    parameter.insert("type".to_owned(), "text".into());
    if let Some(name) = &value.name {
        parameter.insert("parameter_name".to_owned(), name.as_str().into());
    }
    parameter.insert("text".to_owned(), value.text.as_str().into());
    parameter.into()
}

fn header_value(header: &HeaderValue) -> Option<Value> {
    Some(match header {
        HeaderValue::Text(value) => text_value(value),
        HeaderValue::Image(media) => json!({ "type": "image", "image": source(media)? }),
        HeaderValue::Video(media) => json!({ "type": "video", "video": source(media)? }),
        HeaderValue::Document(media) => json!({ "type": "document", "document": named(media)? }),
        HeaderValue::Location { latitude, longitude, name, address } => {
            let place =
                json!({ "latitude": latitude, "longitude": longitude, "name": name, "address": address });
            json!({ "type": "location", "location": place })
        }
    })
}

fn button_value(button: &ButtonValue) -> Value {
    let text = &button.text;
    let (kind, parameter) = match button.kind {
        ButtonValueKind::QuickReply => ("quick_reply", json!({ "type": "payload", "payload": text })),
        ButtonValueKind::Url => ("url", json!({ "type": "text", "text": text })),
        ButtonValueKind::CopyCode => ("copy_code", json!({ "type": "coupon_code", "coupon_code": text })),
        ButtonValueKind::Flow => ("flow", json!({ "type": "action", "action": { "flow_token": text } })),
    };
    json!({ "type": "button", "sub_type": kind, "index": button.index.to_string(), "parameters": [parameter] })
}

#[cfg(test)]
#[path = "body_tests.rs"]
mod tests;

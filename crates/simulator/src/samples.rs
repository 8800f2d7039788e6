//! Small real files of every kind, for customers who send something without having picked it.

use bytes::Bytes;
use serde_json::{Value, json};

use crate::{
    media::{self, FROM_CUSTOMER},
    sim::Sim,
};

/// Type, name and bytes of a kind's sample.
fn file(kind: &str) -> Option<(&'static str, &'static str, &'static [u8])> {
    Some(match kind {
        "image" => ("image/jpeg", "radiografia.jpg", include_bytes!("../assets/photo.jpg")),
        "png" => ("image/png", "captura.png", include_bytes!("../assets/picture.png")),
        "voice" | "audio" => ("audio/ogg; codecs=opus", "voz.ogg", include_bytes!("../assets/voice.ogg")),
        "video" => ("video/mp4", "video.mp4", include_bytes!("../assets/clip.mp4")),
        "sticker" => ("image/webp", "sticker.webp", include_bytes!("../assets/sticker.webp")),
        "document" | "pdf" => ("application/pdf", "presupuesto.pdf", include_bytes!("../assets/quote.pdf")),
        _ => return None,
    })
}

/// Keep a kind's sample as a customer's file; its id.
pub fn store(sim: &Sim, kind: &str) -> Option<String> {
    let (mime, name, bytes) = file(kind)?;
    let name = (kind == "document" || kind == "pdf").then(|| name.to_owned());
    Some(media::store(sim, Bytes::from_static(bytes), mime, name, FROM_CUSTOMER))
}

/// What a sample message may be told.
pub struct Wanted<'a> {
    /// The message it answers, taps, edits or takes back.
    pub target: Option<&'a str>,
    /// Its words, where it has some.
    pub text: Option<&'a str>,
    /// Number of the business, digits.
    pub business: &'a str,
}

/// The names [`message`] knows.
pub const NAMES: [&str; 38] = [
    "text",
    "image",
    "png",
    "voice",
    "audio",
    "video",
    "document",
    "pdf",
    "sticker",
    "location",
    "place",
    "contacts",
    "shared_contact",
    "reaction",
    "reaction_removed",
    "button_reply",
    "list_reply",
    "flow_reply",
    "address_reply",
    "template_button",
    "order",
    "product_enquiry",
    "forwarded",
    "frequently_forwarded",
    "ad",
    "status_ad",
    "post",
    "request_welcome",
    "unsupported",
    "poll",
    "unsupported_edit",
    "unknown",
    "companion",
    "too_large",
    "edit",
    "revoke",
    "group",
    "live_location",
];

/// A customer's message by a short name, in Meta's shape (whatsapp-cloud.md §2). `None` for unknown names.
pub fn message(sim: &Sim, name: &str, wanted: &Wanted<'_>) -> Option<Value> {
    let text = |otherwise: &str| json!({ "body": wanted.text.unwrap_or(otherwise) });
    let target = wanted.target.unwrap_or("wamid.unknown");
    let answered = || json!({ "from": wanted.business, "id": target });
    let unsupported = |kind: Option<&str>, code: u32, title: &str, details: &str| {
        let mut message = json!({ "type": "unsupported", "errors": [{
            "code": code, "title": title, "message": title, "error_data": { "details": details },
        }] });
        if let Some(kind) = kind {
            message["unsupported"] = json!({ "type": kind });
        }
        message
    };
    let not_supported =
        |kind| unsupported(kind, 131_051, "Message type unknown", "Message type is currently not supported.");
    Some(match name {
        "text" => json!({ "type": "text", "text": text("Hola") }),
        "image" | "png" | "video" | "sticker" | "audio" | "voice" | "document" | "pdf" => {
            let kind = match name {
                "png" => "image",
                "voice" => "audio",
                "pdf" => "document",
                other => other,
            };
            let mut content = json!({ "id": store(sim, name)? });
            match kind {
                "audio" => content["voice"] = json!(name == "voice"),
                "sticker" => content["animated"] = json!(false),
                _ => {
                    if let Some(caption) = wanted.text {
                        content["caption"] = json!(caption);
                    }
                }
            }
            json!({ "type": kind, kind: content })
        }
        "location" => {
            json!({ "type": "location", "location": { "latitude": -12.1321, "longitude": -77.0302 } })
        }
        "place" => json!({ "type": "location", "location": {
            "latitude": -12.1321, "longitude": -77.0302, "name": "Parque Kennedy", "address": "Miraflores, Lima",
            "url": "https://maps.example/kennedy",
        } }),
        "live_location" => not_supported(Some("live_location")),
        "contacts" => json!({ "type": "contacts", "contacts": [{
            "name": { "formatted_name": "Rosa Fernández", "first_name": "Rosa", "last_name": "Fernández" },
            "phones": [{ "phone": "+51 944 120 377", "wa_id": "51944120377", "type": "CELL" }],
            "emails": [{ "email": "rosa@example.com", "type": "HOME" }],
            "addresses": [{ "street": "Av. Larco 743", "city": "Lima", "state": "Lima", "zip": "15074", "country": "Perú", "country_code": "pe", "type": "HOME" }],
            "org": { "company": "Sonrisas", "department": "Ventas", "title": "Asesora" },
            "urls": [{ "url": "https://example.com", "type": "WORK" }], "birthday": "1990-04-12", "origin": "other",
        }] }),
        "shared_contact" => json!({ "type": "contacts", "contacts": [{
            "name": { "formatted_name": "Kevin Huamán", "first_name": "Kevin" },
            "phones": [{ "phone": "+51 955 208 841", "wa_id": "51955208841", "type": "CELL" }],
            "origin": "contact_request",
        }], "context": answered() }),
        "reaction" => {
            json!({ "type": "reaction", "reaction": { "message_id": target, "emoji": wanted.text.unwrap_or("👍") } })
        }
        "reaction_removed" => json!({ "type": "reaction", "reaction": { "message_id": target } }),
        "button_reply" => json!({ "type": "interactive", "context": answered(), "interactive": {
            "type": "button_reply", "button_reply": { "id": "btn_si", "title": wanted.text.unwrap_or("Sí") } } }),
        "list_reply" => json!({ "type": "interactive", "context": answered(), "interactive": {
            "type": "list_reply", "list_reply": { "id": "row_1", "title": wanted.text.unwrap_or("Mañana"), "description": "8–12" } } }),
        "flow_reply" => json!({ "type": "interactive", "context": answered(), "interactive": {
            "type": "nfm_reply", "nfm_reply": { "name": "flow", "body": "Sent",
                "response_json": "{\"flow_token\":\"t1\",\"email\":\"a@b.co\"}" } } }),
        "address_reply" => json!({ "type": "interactive", "context": answered(), "interactive": {
            "type": "nfm_reply", "nfm_reply": { "name": "address_message", "body": "Av. Larco 743, Lima",
                "response_json": "{\"values\":{\"name\":\"Ana\",\"address\":\"Av. Larco 743\",\"city\":\"Lima\"}}" } } }),
        "template_button" => json!({ "type": "button", "context": answered(),
            "button": { "payload": "OPT_OUT", "text": wanted.text.unwrap_or("No más promociones") } }),
        "order" => {
            json!({ "type": "order", "order": { "catalog_id": "800000000000001", "text": "Para hoy, por favor",
            "product_items": [
                { "product_retailer_id": "cepillo-1", "quantity": 2, "item_price": 30, "currency": "PEN" },
                { "product_retailer_id": "enjuague", "quantity": 1, "item_price": 24.5, "currency": "PEN" },
            ] } })
        }
        "product_enquiry" => json!({ "type": "text", "text": text("¿Este lo tienen?"), "context": {
            "from": wanted.business, "id": target,
            "referred_product": { "catalog_id": "800000000000001", "product_retailer_id": "cepillo-1" } } }),
        "forwarded" => {
            json!({ "type": "text", "text": text("Te paso esto"), "context": { "forwarded": true } })
        }
        "frequently_forwarded" => {
            json!({ "type": "text", "text": text("Cadena"), "context": { "frequently_forwarded": true } })
        }
        "ad" | "status_ad" | "post" => {
            let mut referral = json!({
                "source_url": "https://fb.me/3cr4Wqqkv", "source_id": "120226305854810726",
                "source_type": if name == "post" { "post" } else { "ad" },
                "headline": "Habla con nosotros", "body": "Limpieza dental a mitad de precio",
                "media_type": "image", "image_url": "https://scontent.example/ad.jpg",
                "welcome_message": { "text": "¡Hola! ¿Cómo te ayudamos?" },
            });
            if name == "ad" {
                referral["ctwa_clid"] = json!("AffwZXhhbXBsZS1jbGlja19pZA");
            }
            json!({ "type": "text", "text": text("Hola, vi su anuncio"), "referral": referral })
        }
        "request_welcome" => json!({ "type": "request_welcome" }),
        "unsupported" => not_supported(None),
        "poll" => not_supported(Some("poll")),
        "unsupported_edit" => not_supported(Some("edit")),
        "unknown" => json!({ "type": "unknown", "errors": [{
            "code": 131_051, "title": "Unsupported message type", "details": "Message type is not currently supported" }] }),
        "companion" => unsupported(
            None,
            131_060,
            "This message is currently unavailable",
            "The message came through a companion device that is not supported.",
        ),
        "too_large" => json!({ "type": "video", "video": {}, "errors": [{
            "code": 131_052, "title": "Media download error", "message": "Media download error",
            "error_data": { "details": "The media file is larger than 100 MB." } }] }),
        "edit" => json!({ "type": "edit", "edit": { "original_message_id": target,
            "message": { "type": "text", "text": text("nuevo texto") } } }),
        "revoke" => json!({ "type": "revoke", "revoke": { "original_message_id": target } }),
        "group" => json!({ "type": "text", "text": text("Hola a todos"), "group_id": "Y2FwaV9ncm91cDoxMjM" }),
        _ => return None,
    })
}

//! A message in one line: the icon and words of a list row or a quote.

use std::borrow::Cow;

use domain::ChannelKind;

use crate::{Tx, marks};

/// The icon of a kind of message (the word of `Content::kind`); `None` for plain words.
#[must_use]
pub fn icon(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "text" | "reaction" | "welcome" => return None,
        "image" => "image",
        "audio" => "mic",
        "video" => "video",
        "sticker" => "sticker",
        "location" => "map-pin",
        "contacts" => "contact-round",
        "choice" => "list-checks",
        "form" => "clipboard-list",
        "order" => "shopping-cart",
        "template" => "layout-template",
        "document" => "file-text",
        "edit" => "pencil",
        "revoke" => "ban",
        _ => "circle-help",
    })
}

/// The key of the word for a kind.
#[must_use]
pub fn word(kind: &str) -> &'static str {
    match kind {
        "text" => "kind-text",
        "image" => "kind-image",
        "audio" => "kind-audio",
        "video" => "kind-video",
        "document" => "kind-document",
        "sticker" => "kind-sticker",
        "location" => "kind-location",
        "contacts" => "kind-contacts",
        "choice" => "kind-choice",
        "form" => "kind-form",
        "reaction" => "kind-reaction",
        "order" => "kind-order",
        "template" => "kind-template",
        "system" => "kind-system",
        "edit" => "kind-edit",
        "revoke" => "kind-revoke",
        "welcome" => "kind-welcome",
        _ => "kind-unsupported",
    }
}

/// The words of the line: what was written, without the marks the channel draws, else what it is. At most `longest`
/// characters.
#[must_use]
pub fn line(tx: &Tx, channel: ChannelKind, kind: &str, text: &str, longest: usize) -> String {
    let text =
        if channel == ChannelKind::TwilioSms { Cow::Borrowed(text) } else { marks::plain(text).into() };
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let words = match kind {
        _ if words.is_empty() => tx.t(word(kind)),
        "reaction" | "edit" => {
            tx.a(if kind == "edit" { "preview-edit" } else { "preview-reaction" }, "text", &words)
        }
        _ => words,
    };
    match words.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", words[..end].trim_end()),
        None => words,
    }
}

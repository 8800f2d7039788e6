//! The inbound message webhook.

use domain::{
    Address, Content,
    consent::{self, Purpose},
    content::Media,
    inbound::{ChannelKey, ConsentChange, Context, Inbound, InboundEvent, InboundMessage, VendorError},
    notice::{Notice, Said},
    referral::Referral,
};
use serde_json::{Map, Value};

use super::form::Form;
use crate::{Parsed, json};

/// What stands before an address that is reached by WhatsApp.
pub(super) const WHATSAPP: &str = "whatsapp:";

/// Reads an inbound message from the raw body of the webhook.
///
/// An MMS carries up to ten files, our messages carry one. The first file comes with the text and under the
/// message's own id, which is the one that replies quote; each further one is a message of its own under
/// `{MessageSid}/{index}`, so that a repeated webhook makes the same ids again.
///
/// A carrier's keyword (`OptOutType`) and our own words for "no more offers" add a change of consent. A message that
/// came to our address as the fallback adds a notice about the address that failed.
#[must_use]
pub fn parse_message(body: &[u8]) -> Parsed {
    let mut form = Form::read(body);
    form.fill_in_metadata();
    read_form(&form)
}

/// Reads the parameters, wherever they come from.
pub(super) fn read_form(form: &Form) -> Parsed {
    let mut parsed = Parsed::default();
    let (channel, first) = match read(form) {
        Ok(read) => read,
        Err(reason) => {
            parsed.push_broken(reason, form.keep());
            return parsed;
        }
    };
    let consent = consent(form, &first);
    let files = files(form).into_iter().skip(1).map(|(index, content)| InboundMessage {
        vendor_id: format!("{}/{index}", first.vendor_id),
        content,
        context: None,
        referral: None,
        ..first.clone()
    });
    let mut events: Vec<_> = files.map(|file| InboundEvent::Message(Box::new(file))).collect();
    events.insert(0, InboundEvent::Message(Box::new(first)));
    events.extend(consent);
    events.extend(failed_over(form));
    for event in events {
        parsed.push(Inbound { channel: channel.clone(), event });
    }
    parsed
}

fn read(form: &Form) -> Result<(ChannelKey, InboundMessage), &'static str> {
    let channel = form.channel("To").ok_or("a message without AccountSid or To")?;
    let vendor_id = form.sid().ok_or("a message without MessageSid")?.to_owned();
    let reply_address = form.owned("From").ok_or("a message without From")?;
    let from = addresses(form);
    if from.is_empty() {
        return Err("a message whose sender is neither a phone nor a user id");
    }
    let message = InboundMessage {
        vendor_id,
        from,
        reply_address,
        name: ["ProfileName", "ProfileUsername", "Username"].into_iter().find_map(|name| form.name(name)),
        // Twilio does not tell.
        written_at: None,
        content: content(form),
        context: context(form),
        referral: referral(form),
    };
    Ok((channel, message))
}

/// The sender's addresses, best first. A user with a username may show no phone at all.
fn addresses(form: &Form) -> Vec<Address> {
    let plain = |name| form.get(name).map(|value| value.strip_prefix(WHATSAPP).unwrap_or(value));
    let phones = ["From", "WaId"].into_iter().filter_map(plain).filter_map(Address::phone);
    let users = ["From", "ExternalUserId", "ParentExternalUserId"].into_iter().filter_map(plain);
    let mut addresses = Vec::new();
    for address in phones.chain(users.filter_map(Address::bsuid)) {
        if !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    addresses
}

/// What the message says: the richest of what its parameters tell.
fn content(form: &Form) -> Content {
    let body = form.owned("Body");
    if let Some((_, first)) = files(form).into_iter().next() {
        return first;
    }
    if let Some(place) = place(form) {
        return place;
    }
    if let Some(choice) =
        choice(form, "ButtonText", "ButtonPayload").or_else(|| choice(form, "ListTitle", "ListId"))
    {
        return choice;
    }
    if let Some(answers) = form.get("InteractiveData") {
        return Content::Form { name: None, answers: json::inner(answers) };
    }
    match (body, form.get("MessageType")) {
        (Some(body), _) => Content::Text { body },
        // An SMS may say nothing; a kind we don't know may say it where we don't look.
        (None, None | Some("text")) => Content::Text { body: String::new() },
        (None, Some(kind)) => Content::Unknown { label: json::shorten(kind), raw: form.keep() },
    }
}

/// The files with their index, the text beside the first. The count is the vendor's, the addresses decide.
fn files(form: &Form) -> Vec<(usize, Content)> {
    let count = form.get("NumMedia").and_then(|count| count.parse().ok()).unwrap_or(0_usize).min(10);
    let mut caption = form.owned("Body");
    (0..count)
        .filter_map(|index| {
            let url = form.owned(&format!("MediaUrl{index}"))?;
            let mime = form.owned(&format!("MediaContentType{index}"));
            Some((index, file(form, url, mime, caption.take())))
        })
        .collect()
}

fn file(form: &Form, url: String, mime: Option<String>, caption: Option<String>) -> Content {
    let last = url.split(['?', '#']).next().and_then(|path| path.rsplit('/').next());
    let vendor_media_id = last.filter(|id| id.starts_with("ME")).map(str::to_owned);
    let kind = mime.clone().unwrap_or_default().to_ascii_lowercase();
    let media = Media { vendor_media_id, url: Some(url), mime, caption, ..Media::default() };
    let by_whatsapp = form.get("From").is_some_and(|from| from.starts_with(WHATSAPP));
    match kind.split('/').next().unwrap_or_default() {
        // WhatsApp turns pictures into JPEG; what is left in this format are stickers.
        "image" if by_whatsapp && kind == "image/webp" && form.get("MessageType") != Some("image") => {
            Content::Sticker(media)
        }
        "image" => Content::Image(media),
        "audio" => Content::Audio(media),
        "video" => Content::Video(media),
        // Contact cards are files here (`text/vcard`).
        _ => Content::Document(media),
    }
}

fn place(form: &Form) -> Option<Content> {
    let degrees = |name, most: f64| {
        form.get(name)?.trim().parse::<f64>().ok().filter(|degrees| (-most..=most).contains(degrees))
    };
    Some(Content::Location {
        latitude: degrees("Latitude", 90.0)?,
        longitude: degrees("Longitude", 180.0)?,
        name: form.name("Label").or_else(|| form.name("Body")),
        address: form.owned("Address"),
        url: None,
    })
}

fn choice(form: &Form, title: &str, id: &str) -> Option<Content> {
    let id = form.owned(id);
    // The body repeats the label.
    let title = form.owned(title).or_else(|| id.as_ref().and(form.owned("Body"))).or_else(|| id.clone())?;
    Some(Content::Choice { id, title, description: None })
}

fn context(form: &Form) -> Option<Context> {
    let frequently_forwarded = form.is_true("FrequentlyForwarded");
    let context = Context {
        vendor_id: form.id("OriginalRepliedMessageSid"),
        forwarded: form.is_true("Forwarded") || frequently_forwarded,
        frequently_forwarded,
        product: None,
    };
    (context != Context::default()).then_some(context)
}

/// The ad that led here. All of it is kept with the names that the other vendor uses: `ReferralSourceUrl` is
/// `source_url`.
fn referral(form: &Form) -> Option<Referral> {
    form.get("ReferralSourceId")?;
    let told = form.under("Referral").filter(|(_, value)| !value.is_empty());
    let raw: Map<String, Value> = told.map(|(name, value)| (snake(name), Value::from(value))).collect();
    // `image/jpeg` here, `image` there.
    let mime = form.get("ReferralMediaContentType");
    Some(Referral {
        source: form.owned("ReferralSourceType"),
        source_id: form.id("ReferralSourceId"),
        url: form.owned("ReferralSourceUrl"),
        headline: form.owned("ReferralHeadline"),
        body: form.owned("ReferralBody"),
        media_type: mime.and_then(|mime| mime.split('/').next()).map(str::to_owned),
        media_url: form.owned("ReferralMediaUrl"),
        click_id: form.owned("ReferralCtwaClid"),
        welcome: None,
        raw: Value::Object(raw),
    })
}

/// What the message changes about what the customer allows.
///
/// Twilio's word counts for everything, because the carrier stops everything; it has already answered the customer. Our
/// own recognition is about offers alone: nobody else acts on it (twilio.md §11).
fn consent(form: &Form, message: &InboundMessage) -> Option<InboundEvent> {
    let change = |purpose, given, proof: &str| {
        let from = message.from.clone();
        let proof = json::detail(Some(proof));
        let message = Some(message.vendor_id.clone());
        InboundEvent::Consent(Box::new(ConsentChange { from, purpose, given, at: None, proof, message }))
    };
    match form.get("OptOutType") {
        Some(kind) => match kind.to_ascii_uppercase().as_str() {
            "STOP" => Some(change(Purpose::Anything, false, form.get("Body").unwrap_or(kind))),
            "START" => Some(change(Purpose::Anything, true, form.get("Body").unwrap_or(kind))),
            // `HELP` asks, and changes nothing.
            _ => Some(InboundEvent::other("OptOutType", form.keep())),
        },
        None => consent::opt_out(&message.content).map(|words| change(Purpose::Marketing, false, words)),
    }
}

/// The address that Twilio tried before ours, when ours is the fallback (twilio.md §4).
fn failed_over(form: &Form) -> Option<InboundEvent> {
    let code = form.get("ErrorCode")?.parse().ok()?;
    let error = VendorError { code, detail: json::detail(form.get("ErrorUrl")) };
    let raw = ["ErrorCode", "ErrorUrl"]
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), form.get(name)?.into())));
    Some(InboundEvent::Notice(Box::new(Notice {
        field: "ErrorUrl".to_owned(),
        at: None,
        said: Said::Failed(error),
        raw: Value::Object(raw.collect()),
    })))
}

fn snake(camel: &str) -> String {
    let mut snake = String::with_capacity(camel.len() + 4);
    for (at, letter) in camel.char_indices() {
        if at > 0 && letter.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

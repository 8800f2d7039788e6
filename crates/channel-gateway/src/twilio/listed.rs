//! Messages as Twilio lists them: what its webhooks may have failed to bring (twilio.md §4, §6).
//!
//! Twilio gives a webhook up within 15 seconds, so an outage of a minute loses messages and statuses. Its list still has
//! them. A listed message becomes a receipt of its own, which is read by the same code as the webhook would have been.

use chrono::{DateTime, SecondsFormat, Utc};
use domain::{
    DeliveryState,
    inbound::{Inbound, InboundEvent},
};
use pricing::{Currency, Micros};
use serde_json::{Value, json};
use url::form_urlencoded;

use super::{
    form::Form,
    message,
    rest::{Rest, TwilioFault},
    status,
};
use crate::{Fault, Parsed, json::mend};

/// The most messages that Twilio puts on one page.
const PAGE: &str = "1000";
/// Where a thousand of the longest messages are more than we take in one answer.
const SMALL_PAGE: &str = "200";
/// A hundred thousand messages between two looks are not looked at once.
const MOST_PAGES: usize = 100;

/// One message of Twilio's list.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    /// Its id; a webhook names it by the same.
    pub sid: String,
    /// Whether a customer wrote it.
    pub inbound: bool,
    /// Who wrote it.
    pub from: String,
    /// To whom.
    pub to: String,
    /// What it says.
    pub body: String,
    /// How far one of ours has come; `None` for customers' and for words this version does not know.
    pub state: Option<DeliveryState>,
    /// When it was made.
    pub created: Option<DateTime<Utc>>,
    /// What Twilio took for it; known a while after it was sent.
    pub price: Option<(Micros, Currency)>,
    /// How many files it has.
    pub files: usize,
    raw: Value,
    media: Vec<Value>,
}

impl Listed {
    /// Reads an item of the list; `None` for what has no id or direction.
    #[must_use]
    pub fn read(raw: Value) -> Option<Self> {
        let sid = text(&raw["sid"]);
        let inbound = match raw["direction"].as_str()? {
            "inbound" => true,
            direction if direction.starts_with("outbound") => false,
            _ => return None,
        };
        let price = raw["price"].as_str().and_then(Micros::parse);
        let currency = raw["price_unit"].as_str().and_then(|code| code.parse().ok());
        (!sid.is_empty() && sid.len() <= 64).then(|| Self {
            inbound,
            from: text(&raw["from"]),
            to: text(&raw["to"]),
            body: text(&raw["body"]),
            state: if inbound { None } else { raw["status"].as_str().and_then(status::state) },
            created: moment(&raw["date_created"]),
            price: price.zip(currency),
            files: raw["num_media"].as_str().and_then(|count| count.parse().ok()).unwrap_or(0),
            sid,
            raw,
            media: Vec::new(),
        })
    }

    /// The body of its receipt.
    #[must_use]
    pub fn receipt(&self) -> Vec<u8> {
        json!({ "message": self.raw, "media": self.media }).to_string().into_bytes()
    }
}

fn moment(value: &Value) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc2822(value.as_str()?).ok().map(|at| at.to_utc())
}

/// Lists what went to and from an address between two moments, oldest first.
///
/// # Errors
/// See [`TwilioFault`]. Half of a list would pass for the whole, so a page that fails fails all.
pub async fn list(
    rest: &Rest,
    account: &str,
    address: &str,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Vec<Listed>, TwilioFault> {
    let mut listed = Vec::new();
    for side in ["To", "From"] {
        let pages = match pages(rest, account, (side, address), (from, until), PAGE).await {
            Err(Fault::Unreadable(200)) => {
                pages(rest, account, (side, address), (from, until), SMALL_PAGE).await
            }
            other => other,
        };
        // Each page is newest first.
        let mut half: Vec<Listed> = pages?.into_iter().rev().filter_map(Listed::read).collect();
        half.retain(|one| one.inbound == (side == "To"));
        listed.append(&mut half);
    }
    // Twilio's clock has seconds; what stood together stays in the list's order.
    listed.sort_by_key(|one| one.created);
    Ok(listed)
}

async fn pages(
    rest: &Rest,
    account: &str,
    (side, address): (&str, &str),
    (from, until): (DateTime<Utc>, DateTime<Utc>),
    size: &str,
) -> Result<Vec<Value>, TwilioFault> {
    let path = ["2010-04-01", "Accounts", account, "Messages.json"];
    let (from, until) =
        (from.to_rfc3339_opts(SecondsFormat::Secs, true), until.to_rfc3339_opts(SecondsFormat::Secs, true));
    // `DateSent>=…` is the name `DateSent>` with a value.
    let first =
        [(side, address), ("DateSent>", from.as_str()), ("DateSent<", until.as_str()), ("PageSize", size)];
    let mut query: Vec<(String, String)> =
        first.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let mut all = Vec::new();
    for _ in 0..MOST_PAGES {
        let pairs: Vec<(&str, &str)> =
            query.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let mut page = rest.get(&path, &pairs).await?;
        let Value::Array(items) = page["messages"].take() else { return Err(Fault::Unreadable(200)) };
        all.extend(items);
        let Some(next) = page["next_page_uri"].as_str().filter(|next| !next.is_empty()) else {
            return Ok(all);
        };
        // Only the question is taken from it: host and path are ours, so the secret goes nowhere else.
        let next = next.split_once('?').map(|(_, question)| question).ok_or(Fault::Unreadable(200))?;
        let next: Vec<(String, String)> = form_urlencoded::parse(next.as_bytes()).into_owned().collect();
        if next == query {
            return Err(Fault::Unreadable(200));
        }
        query = next;
    }
    Err(Fault::Unreadable(200))
}

/// Asks for the files of a listed message, which its webhook would have named.
///
/// # Errors
/// See [`TwilioFault`].
pub async fn fill_in_files(rest: &Rest, account: &str, listed: &mut Listed) -> Result<(), TwilioFault> {
    if listed.files == 0 {
        return Ok(());
    }
    let path = ["2010-04-01", "Accounts", account, "Messages", &listed.sid, "Media.json"];
    let mut answer = rest.get(&path, &[]).await?;
    let Value::Array(items) = answer["media_list"].take() else { return Err(Fault::Unreadable(200)) };
    for item in items {
        let Some(id) = item["sid"].as_str() else { continue };
        let url = rest.address(&["2010-04-01", "Accounts", account, "Messages", &listed.sid, "Media", id])?;
        listed.media.push(json!({ "url": url, "content_type": item["content_type"] }));
    }
    Ok(())
}

/// Reads the receipt of a listed message. The query carries our own id where the list settled an uncertain send.
#[must_use]
pub fn parse_listed(query: &str, body: &[u8]) -> Parsed {
    let mut parsed = Parsed::default();
    let Ok(value) = serde_json::from_str::<Value>(&mend(body)) else {
        parsed.push_broken("a listed message that is no JSON", Value::Null);
        return parsed;
    };
    let message = &value["message"];
    if message["direction"].as_str() == Some("inbound") {
        let form = Form::from_pairs(inbound_pairs(&value));
        parsed = message::read_form(&form);
        let written_at = moment(&message["date_created"]);
        for item in parsed.items.iter_mut().flatten() {
            if let InboundEvent::Message(message) = &mut item.event {
                message.written_at = written_at;
            }
        }
        return parsed;
    }
    match status::read(query, &Form::from_pairs(outbound_pairs(message))) {
        Ok(Inbound { channel, mut event }) => {
            if let InboundEvent::Status(report) = &mut event {
                report.at = moment(&message["date_updated"]);
            }
            parsed.push(Inbound { channel, event });
        }
        Err(reason) => parsed.push_broken(reason, value),
    }
    parsed
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

/// What the webhook of the message would have said; the list knows no name, button or place.
fn inbound_pairs(value: &Value) -> Vec<(String, String)> {
    let message = &value["message"];
    let mut pairs: Vec<(String, String)> = [
        ("MessageSid", "sid"),
        ("AccountSid", "account_sid"),
        ("From", "from"),
        ("To", "to"),
        ("Body", "body"),
    ]
    .map(|(name, field)| (name.to_owned(), text(&message[field])))
    .into();
    let files = value["media"].as_array().map_or(&[][..], Vec::as_slice);
    pairs.push(("NumMedia".to_owned(), files.len().to_string()));
    for (index, file) in files.iter().enumerate() {
        pairs.push((format!("MediaUrl{index}"), text(&file["url"])));
        pairs.push((format!("MediaContentType{index}"), text(&file["content_type"])));
    }
    let by_whatsapp = message["from"].as_str().is_some_and(|from| from.starts_with(message::WHATSAPP));
    if by_whatsapp && files.is_empty() && text(&message["body"]).is_empty() {
        // A place, a card, a button without a label: kept as something that can't be read here.
        pairs.push(("MessageType".to_owned(), "listed".to_owned()));
    }
    pairs
}

fn outbound_pairs(message: &Value) -> Vec<(String, String)> {
    [
        ("MessageSid", "sid"),
        ("AccountSid", "account_sid"),
        ("From", "from"),
        ("To", "to"),
        ("MessageStatus", "status"),
        ("ErrorCode", "error_code"),
        ("ErrorMessage", "error_message"),
    ]
    .map(|(name, field)| (name.to_owned(), text(&message[field])))
    .into()
}

#[cfg(test)]
mod tests {
    use domain::{Content, inbound::ChannelKey};

    use super::*;

    fn resource(direction: &str, status: &str) -> Value {
        json!({
            "sid": "SM1", "account_sid": "AC1", "direction": direction, "status": status, "body": "Hola & adiós",
            "from": "whatsapp:+51987412306", "to": "whatsapp:+14155238886", "num_media": "0", "price": "-0.00500",
            "price_unit": "USD", "error_code": null, "error_message": null,
            "date_created": "Sun, 22 Nov 2026 04:23:47 +0000", "date_updated": "Sun, 22 Nov 2026 04:23:49 +0000",
        })
    }

    fn only(parsed: &Parsed) -> &Inbound {
        let [Ok(inbound)] = &parsed.items[..] else { panic!("{parsed:?}") };
        inbound
    }

    #[test]
    fn a_listed_message_reads_as_its_webhook_would_have() {
        let listed = Listed::read(resource("inbound", "received")).unwrap();
        assert!(listed.inbound && listed.state.is_none());
        assert_eq!(listed.price, Some((Micros(-5_000), Currency::USD)));
        let parsed = parse_listed("", &listed.receipt());
        let inbound = only(&parsed);
        let key = ChannelKey::Twilio { account: "AC1".into(), address: "whatsapp:+14155238886".into() };
        assert_eq!(inbound.channel, key);
        let InboundEvent::Message(message) = &inbound.event else { panic!("{inbound:?}") };
        assert_eq!(
            (message.vendor_id.as_str(), message.reply_address.as_str()),
            ("SM1", "whatsapp:+51987412306")
        );
        assert_eq!(message.content, Content::Text { body: "Hola & adiós".into() });
        assert_eq!(
            message.written_at,
            "2026-11-22T04:23:47Z".parse().ok(),
            "the list has a clock, the webhook none"
        );
    }

    #[test]
    fn its_files_stand_where_the_webhook_has_them() {
        let mut listed = Listed::read(resource("inbound", "received")).unwrap();
        for id in ["ME1", "ME2"] {
            listed
                .media
                .push(json!({"url": format!("https://api.twilio.com/{id}"), "content_type": "image/jpeg"}));
        }
        let parsed = parse_listed("", &listed.receipt());
        let ids: Vec<_> = parsed
            .items
            .iter()
            .map(|item| match &item.as_ref().unwrap().event {
                InboundEvent::Message(message) => message.vendor_id.as_str(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(ids, ["SM1", "SM1/1"], "the ids that a webhook gives");
    }

    #[test]
    fn one_of_ours_is_a_report_and_carries_our_own_id_where_it_was_found_out() {
        let mut raw = resource("outbound-api", "undelivered");
        raw["from"] = json!("whatsapp:+14155238886");
        raw["error_code"] = json!(63_016);
        let listed = Listed::read(raw).unwrap();
        assert_eq!(listed.state, Some(DeliveryState::Failed));
        let parsed = parse_listed("m=018f.1", &listed.receipt());
        let InboundEvent::Status(report) = &only(&parsed).event else { panic!("{parsed:?}") };
        assert_eq!((report.vendor_id.as_str(), report.state), ("SM1", DeliveryState::Failed));
        assert_eq!(report.opaque.as_deref(), Some("018f.1"));
        assert_eq!(report.error.as_ref().map(|error| error.code), Some(63_016));
        assert_eq!(report.at, "2026-11-22T04:23:49Z".parse().ok());
    }

    #[test]
    fn what_makes_no_sense_is_left_out_or_put_aside() {
        for raw in [json!({}), json!({"sid": "SM1"}), json!({"sid": "", "direction": "inbound"}), json!([1])]
        {
            assert_eq!(Listed::read(raw.clone()), None, "{raw}");
        }
        for body in ["", "{}", "[]", r#"{"message":{"direction":"inbound"}}"#, r#"{"message":7}"#] {
            assert!(matches!(parse_listed("", body.as_bytes()).items[..], [Err(_)]), "{body}");
        }
    }
}

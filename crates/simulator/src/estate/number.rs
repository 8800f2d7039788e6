//! A number: registered or not, with its name, its quality and its profile.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use crate::settings::CloudChannel;

/// Another address for the `messages` webhooks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// Where to.
    pub uri: String,
    /// Answer to its verification question.
    pub verify_token: String,
}

/// A code that proves that the number is ours.
#[derive(Debug, Clone)]
pub struct Code {
    /// Six digits.
    pub digits: String,
    /// `SMS` or `VOICE`.
    pub method: String,
    /// When it was sent, on the scale of ages.
    pub sent: DateTime<Utc>,
    /// Wrong guesses so far.
    pub misses: u32,
}

/// A number.
#[derive(Debug, Clone)]
pub struct Number {
    /// Ids and credentials.
    pub channel: CloudChannel,
    /// Moved to another account: its id means nothing any more.
    pub gone: bool,
    /// Id it had in the account it comes from, until it is registered here.
    pub moving_from: Option<String>,
    /// `CONNECTED`, `PENDING`, `DISCONNECTED`, `FLAGGED`, `RESTRICTED`, `BANNED`, …
    pub status: String,
    /// May send.
    pub registered: bool,
    /// `GREEN`, `YELLOW`, `RED`, `UNKNOWN`.
    pub quality: String,
    /// `APPROVED`, `PENDING_REVIEW`, `DECLINED`, …
    pub name_status: String,
    /// A new name, and how its review goes.
    pub new_name: Option<(String, String)>,
    /// `VERIFIED`, `NOT_VERIFIED`, `EXPIRED`.
    pub verification: String,
    /// The code that was last sent.
    pub code: Option<Code>,
    /// When codes were asked for, on the scale of ages.
    pub codes_asked: Vec<DateTime<Utc>>,
    /// Two-step PIN.
    pub pin: Option<String>,
    /// Wrong PINs in a row, and when the last was tried.
    pub pin_misses: (u32, DateTime<Utc>),
    /// Registrations and their undoing, on the scale of ages.
    pub registrations: Vec<DateTime<Utc>>,
    /// Country where messages rest, if one was chosen.
    pub region: Option<String>,
    /// `STANDARD`, `HIGH`.
    pub throughput: String,
    /// `LIVE` or `SANDBOX`.
    pub mode: String,
    /// Official business account.
    pub official: bool,
    /// When it came to this account, by the wall, and on the scale of ages.
    pub onboarded: (DateTime<Utc>, DateTime<Utc>),
    /// Where its messages go instead.
    pub callback: Option<Override>,
    /// What the profile says.
    pub profile: Map<String, Value>,
    /// Users it blocked.
    pub blocked: BTreeSet<String>,
    /// Identity changes of users are checked.
    pub identity_check: bool,
    /// Coexistence: what was synchronised already.
    pub synced: BTreeSet<String>,
    /// Coexistence: the owner shares no history.
    pub history_declined: bool,
    /// Public name of the business, and whether it is approved.
    pub username: Option<(String, String)>,
    /// Answers of its users to marketing, and anything else a control call puts here by name.
    pub notes: BTreeMap<String, Value>,
}

impl Number {
    /// A number in good standing, as the settings have it. Its PIN is `123456`.
    pub fn of(channel: CloudChannel) -> Self {
        let mut profile = Map::new();
        for (key, value) in [
            ("about", json!("Tu sonrisa, en buenas manos")),
            ("address", json!("Av. Larco 743, Miraflores, Lima")),
            ("description", json!("Clínica dental")),
            ("email", json!("hola@sonrisas.example")),
            ("vertical", json!("HEALTH")),
            ("websites", json!(["https://sonrisas.example"])),
        ] {
            profile.insert(key.to_owned(), value);
        }
        let coexistence = channel.coexistence;
        Self {
            registered: true,
            status: "CONNECTED".to_owned(),
            quality: "GREEN".to_owned(),
            name_status: "APPROVED".to_owned(),
            verification: "VERIFIED".to_owned(),
            pin: (!coexistence).then(|| "123456".to_owned()),
            profile,
            ..Self::fresh(channel, Utc::now())
        }
    }

    /// A number that was just added: neither verified nor registered.
    pub fn fresh(channel: CloudChannel, age: DateTime<Utc>) -> Self {
        Self {
            channel,
            gone: false,
            moving_from: None,
            status: "PENDING".to_owned(),
            registered: false,
            quality: "UNKNOWN".to_owned(),
            name_status: "PENDING_REVIEW".to_owned(),
            new_name: None,
            verification: "NOT_VERIFIED".to_owned(),
            code: None,
            codes_asked: Vec::new(),
            pin: None,
            pin_misses: (0, DateTime::UNIX_EPOCH),
            registrations: Vec::new(),
            region: None,
            throughput: "STANDARD".to_owned(),
            mode: "LIVE".to_owned(),
            official: false,
            onboarded: (Utc::now(), age),
            callback: None,
            profile: Map::new(),
            blocked: BTreeSet::new(),
            identity_check: false,
            synced: BTreeSet::new(),
            history_declined: false,
            username: None,
            notes: BTreeMap::new(),
        }
    }

    /// The number as one of the entities of a health status.
    pub fn health(&self) -> Value {
        let id = &self.channel.phone_number_id;
        let mut entity = json!({ "entity_type": "PHONE_NUMBER", "id": id, "can_send_message": "AVAILABLE" });
        let blocked = |code: u32, what: &str, then: &str| json!([{ "error_code": code, "error_description": what, "possible_solution": then }]);
        if !self.registered {
            entity["can_send_message"] = json!("BLOCKED");
            entity["errors"] = blocked(
                141_000,
                "The phone number is not registered on Cloud API.",
                "Register the phone number.",
            );
        } else if ["BANNED", "RESTRICTED", "DISCONNECTED", "DELETED"].contains(&self.status.as_str()) {
            entity["can_send_message"] = json!("BLOCKED");
            entity["errors"] = blocked(
                141_001,
                "The phone number is restricted from sending.",
                "Ask for a review in WhatsApp Manager.",
            );
        } else if self.name_status != "APPROVED" && self.name_status != "AVAILABLE_WITHOUT_REVIEW" {
            entity["can_send_message"] = json!("LIMITED");
            entity["additional_info"] = json!([
                "Your display name has not been approved yet. Your message limit will increase after the display name is approved."
            ]);
        } else if ["RED", "YELLOW"].contains(&self.quality.as_str()) || self.status == "FLAGGED" {
            entity["can_send_message"] = json!("LIMITED");
            entity["additional_info"] = json!(["The quality of the phone number is low."]);
        }
        entity
    }

    /// Spaced for people, as the endpoint shows it.
    pub fn display(&self) -> String {
        let number = &self.channel.number;
        let country = ["+1", "+51", "+52", "+54", "+55", "+56", "+57", "+593", "+34"]
            .into_iter()
            .find(|prefix| number.starts_with(prefix));
        match country {
            Some(prefix) => {
                let rest = &number[prefix.len()..];
                let at = rest.len().min(3);
                format!("{prefix} {} {}", &rest[..at], &rest[at..]).trim_end().to_owned()
            }
            None => number.clone(),
        }
    }
}

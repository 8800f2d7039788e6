//! The account at Twilio as it stands: senders, messaging services, sandbox, addresses, signature.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value, json};

use crate::settings::{Settings, TwilioChannel, TwilioSignature};

/// How long somebody stays in the sandbox after joining (twilio.md §9).
const MEMBERSHIP: TimeDelta = TimeDelta::days(3);
/// What to write to join.
pub const JOIN: &str = "join two-words";

/// A sender.
#[derive(Debug, Clone)]
pub struct Sender {
    /// Name and address.
    pub channel: TwilioChannel,
    /// `XE…`
    pub sid: String,
    /// `CREATING`, `ONLINE`, `OFFLINE`, `PENDING_VERIFICATION`, …
    pub status: String,
    /// Code that proves the number.
    pub code: Option<String>,
    /// As it was configured.
    pub configuration: Map<String, Value>,
    /// Its own addresses.
    pub webhook: Map<String, Value>,
    /// Its profile.
    pub profile: Map<String, Value>,
    /// Why it is offline.
    pub offline_reasons: Vec<Value>,
    /// `HIGH`, `MEDIUM`, `LOW`.
    pub quality: String,
    /// `250 Customers/24hr`, …
    pub limit: String,
    /// The shared sandbox: only who joined can be written to.
    pub sandbox: bool,
}

impl Sender {
    /// A sender with an address, online.
    pub fn online(channel: TwilioChannel, sid: String) -> Self {
        let mut profile = Map::new();
        profile.insert("name".to_owned(), json!(channel.name));
        Self {
            channel,
            sid,
            status: "ONLINE".to_owned(),
            code: None,
            configuration: Map::new(),
            webhook: Map::new(),
            profile,
            offline_reasons: Vec::new(),
            quality: "HIGH".to_owned(),
            limit: "2K Customers/24hr".to_owned(),
            sandbox: false,
        }
    }

    /// Where its status callbacks go, if a message does not say.
    pub fn status_callback(&self) -> Option<&str> {
        self.webhook.get("status_callback_url").and_then(Value::as_str).filter(|url| !url.is_empty())
    }

    /// Whether it can send.
    pub fn works(&self) -> bool {
        self.status.starts_with("ONLINE")
    }
}

/// A messaging service: a pool of senders with addresses of its own.
#[derive(Debug, Clone)]
pub struct Service {
    /// `MG…`
    pub sid: String,
    /// Addresses of its senders.
    pub senders: Vec<String>,
    /// Where its status callbacks go.
    pub status_callback: Option<String>,
    /// Where what its senders receive goes; `None`: nowhere.
    pub inbound: Option<String>,
    /// Inbound goes where the number's own settings say.
    pub use_number: bool,
}

/// All of it.
#[derive(Debug)]
pub struct Account {
    /// Senders.
    pub senders: Vec<Sender>,
    /// Messaging services.
    pub services: Vec<Service>,
    /// Address of inbound messages, with its fragment.
    pub inbound: String,
    /// Where they go when that fails.
    pub fallback: Option<String>,
    /// How webhooks are signed.
    pub signature: TwilioSignature,
    /// API keys: `SK…` and secret.
    pub keys: Vec<(String, String)>,
    /// Parameters nobody has documented, added to every form.
    pub extra: Vec<(String, String)>,
    joined: HashMap<String, DateTime<Utc>>,
}

impl Account {
    /// As the settings have it.
    pub fn new(settings: &Settings) -> Self {
        let twilio = &settings.twilio;
        let senders = (1_u32..).zip(&twilio.channels);
        let senders = senders
            .map(|(number, channel)| Sender::online(channel.clone(), format!("XE{number:032x}")))
            .collect();
        Self {
            senders,
            services: Vec::new(),
            inbound: format!("{}{}", settings.public_base(), twilio.inbound_path),
            fallback: None,
            signature: twilio.signature.clone(),
            keys: Vec::new(),
            extra: Vec::new(),
            joined: HashMap::new(),
        }
    }

    /// The sender with this address or name.
    pub fn sender(&self, wanted: &str) -> Option<&Sender> {
        self.senders.iter().find(|sender| sender.channel.address == wanted || sender.channel.name == wanted)
    }

    /// The service a sender is in.
    pub fn service_of(&self, address: &str) -> Option<&Service> {
        self.services.iter().find(|service| service.senders.iter().any(|one| one == address))
    }

    /// Where a sender's inbound messages go and, if that fails, go then. `None`: they are dropped.
    pub fn inbound_of(&self, address: &str) -> Option<(String, Option<String>)> {
        if let Some(service) = self.service_of(address).filter(|service| !service.use_number) {
            return service.inbound.clone().map(|url| (url, self.fallback.clone()));
        }
        let own = self.sender(address).map(|sender| &sender.webhook);
        let text = |name: &str| {
            own.and_then(|own| own.get(name))
                .and_then(Value::as_str)
                .filter(|url| !url.is_empty())
                .map(str::to_owned)
        };
        let url = text("callback_url").unwrap_or_else(|| self.inbound.clone());
        (!url.is_empty()).then(|| (url, text("fallback_url").or_else(|| self.fallback.clone())))
    }

    /// Somebody joins the sandbox.
    pub fn join(&mut self, customer: &str, age: DateTime<Utc>) {
        self.joined.insert(customer.to_owned(), age);
    }

    /// Whether somebody is in the sandbox.
    pub fn in_sandbox(&self, customer: &str, age: DateTime<Utc>) -> bool {
        self.joined.get(customer).is_some_and(|at| *at + MEMBERSHIP > age)
    }
}

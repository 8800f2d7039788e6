//! What the simulator is told at start; the defaults are the demo world.

use std::{net::SocketAddr, time::Duration};

/// Everything the simulator needs to know before it starts.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Base URL the webhooks are posted to, without a path.
    pub webhooks: String,
    /// Base URL the product believes it has: Twilio signs over it. `None` = the same as `webhooks`.
    pub public_url: Option<String>,
    /// Base URL of the simulator itself, for links to media. `None` = the address it listens on.
    pub own_url: Option<String>,
    /// The numbers that live at Meta.
    pub cloud: Vec<CloudChannel>,
    /// The account at Twilio.
    pub twilio: TwilioAccount,
    /// Start of every random choice: the same seed makes the same choices in the same order.
    pub seed: u64,
    /// Ask Meta's verification question before the first webhook, and deliver nothing until it is answered.
    pub verify_webhook: bool,
    /// How long a message takes to reach its statuses.
    pub pace: Pace,
    /// Pauses before each redelivery of a Meta webhook; after the last one it is dropped.
    pub redelivery: Vec<Duration>,
    /// How long a webhook may take to be answered.
    pub webhook_timeout: Duration,
    /// Messages a number may send in a second.
    pub throughput: u32,
    /// Messages one number may send to one customer at once, before [`Self::pair_refill`] counts.
    pub pair_burst: u32,
    /// Time in which a pair earns one more message.
    pub pair_refill: Duration,
    /// Customers nobody plays read what they are sent.
    pub auto_read: bool,
    /// How long a review takes at Meta (templates, names), in milliseconds.
    pub review: (u64, u64),
    /// Service messages of a number that cost nothing in each month.
    pub free_service: u32,
    /// How those are labelled: `free_customer_service`, or `regular` with `billable: false`.
    pub free_service_type: String,
    /// Calls beside messages an app may make to an account in an hour.
    pub management_per_hour: u32,
}

impl Settings {
    /// The demo world, with webhooks going to `webhooks` and a free port.
    #[must_use]
    pub fn demo(webhooks: &str) -> Self {
        Self { webhooks: webhooks.trim_end_matches('/').to_owned(), ..Self::default() }
    }

    /// The URL Twilio would be configured with, as far as the path.
    #[must_use]
    pub fn public_base(&self) -> &str {
        self.public_url.as_deref().unwrap_or(&self.webhooks).trim_end_matches('/')
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            webhooks: "http://127.0.0.1:8080".to_owned(),
            public_url: None,
            own_url: None,
            cloud: vec![CloudChannel::default()],
            twilio: TwilioAccount::default(),
            seed: 2026,
            verify_webhook: true,
            pace: Pace::default(),
            redelivery: [1, 2, 4, 8, 15, 30, 60, 120].map(Duration::from_secs).to_vec(),
            webhook_timeout: Duration::from_secs(10),
            throughput: 80,
            pair_burst: 45,
            pair_refill: Duration::from_secs(6),
            auto_read: true,
            review: (500, 1_500),
            free_service: 1_000,
            free_service_type: "free_customer_service".to_owned(),
            management_per_hour: 5_000,
        }
    }
}

/// How long the steps of a delivery take: each is drawn between its two ends, in milliseconds.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// From acceptance to `sent`.
    pub sent: (u64, u64),
    /// From `sent` to `delivered`.
    pub delivered: (u64, u64),
    /// From `delivered` to `read`.
    pub read: (u64, u64),
}

impl Default for Pace {
    fn default() -> Self {
        Self { sent: (40, 120), delivered: (120, 400), read: (500, 1_200) }
    }
}

/// A number on the WhatsApp Cloud API.
#[derive(Debug, Clone)]
pub struct CloudChannel {
    /// Name people use for it.
    pub name: String,
    /// WhatsApp business account.
    pub waba_id: String,
    /// Phone number id: what the API is called with.
    pub phone_number_id: String,
    /// The number itself, `+` and digits.
    pub number: String,
    /// Name customers see.
    pub verified_name: String,
    /// Key of the webhooks' signature.
    pub app_secret: String,
    /// Answer to the verification question.
    pub verify_token: String,
    /// Bearer token of the API.
    pub access_token: String,
    /// The app whose secret and token these are.
    pub app_id: String,
    /// Shared with the WhatsApp Business app on a phone.
    pub coexistence: bool,
}

impl CloudChannel {
    /// The number as webhooks show it: digits only.
    #[must_use]
    pub fn digits(&self) -> &str {
        self.number.trim_start_matches('+')
    }
}

impl Default for CloudChannel {
    fn default() -> Self {
        Self {
            name: "Sonrisas Lima".to_owned(),
            waba_id: "100000000000001".to_owned(),
            phone_number_id: "200000000000001".to_owned(),
            number: "+5115550100".to_owned(),
            verified_name: "Clínica Dental Sonrisas".to_owned(),
            app_secret: "demo-app-secret".to_owned(),
            verify_token: "demo-verify-token".to_owned(),
            access_token: "demo-access-token".to_owned(),
            app_id: "400000000000001".to_owned(),
            coexistence: false,
        }
    }
}

/// An account at Twilio with its senders.
#[derive(Debug, Clone)]
pub struct TwilioAccount {
    /// `AC…`
    pub sid: String,
    /// Password of the API and, by default, key of the webhooks' signature.
    pub auth_token: String,
    /// How webhooks are signed.
    pub signature: TwilioSignature,
    /// Path (and `#rc=…` overrides) of the inbound webhook.
    pub inbound_path: String,
    /// Its senders.
    pub channels: Vec<TwilioChannel>,
}

impl Default for TwilioAccount {
    fn default() -> Self {
        let channel =
            |name: &str, address: &str| TwilioChannel { name: name.to_owned(), address: address.to_owned() };
        Self {
            sid: "AC00000000000000000000000000000001".to_owned(),
            auth_token: "demo-twilio-token".to_owned(),
            signature: TwilioSignature::AuthToken,
            inbound_path: "/webhooks/twilio/messages".to_owned(),
            channels: vec![
                channel("Sonrisas WhatsApp (Twilio)", "whatsapp:+14155238886"),
                channel("Sonrisas SMS", "+14155550111"),
            ],
        }
    }
}

/// Which of Twilio's two signatures the webhooks carry.
#[derive(Debug, Clone)]
pub enum TwilioSignature {
    /// HMAC-SHA1 with the account's auth token.
    AuthToken,
    /// HMAC-SHA256 with a shared key, announced in a header of its own.
    SharedKey {
        /// Id of the key, as the header names it.
        id: String,
        /// The secret.
        secret: String,
    },
}

/// A sender at Twilio.
#[derive(Debug, Clone)]
pub struct TwilioChannel {
    /// Name people use for it.
    pub name: String,
    /// `whatsapp:+…` or `+…`.
    pub address: String,
}

impl TwilioChannel {
    /// Whether this sender is on WhatsApp rather than SMS.
    #[must_use]
    pub fn is_whatsapp(&self) -> bool {
        self.address.starts_with("whatsapp:")
    }
}

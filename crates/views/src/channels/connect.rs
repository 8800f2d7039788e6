//! GET /admin/channels/new: connecting a channel.

use std::collections::BTreeMap;

use askama::Template;
use domain::{ChannelKind, QueueId};

use super::{ProblemLine, head::vendor, problem::about};
use crate::{Frame, Tx};

/// The form.
#[derive(Debug, Template)]
#[template(path = "channel_new.html")]
pub struct NewChannelPage {
    /// What is around it.
    pub frame: Frame,
    /// What it will speak.
    pub kind: ChannelKind,
    /// What was typed, but for secrets.
    pub typed: BTreeMap<String, String>,
    /// Where conversations can begin.
    pub queues: Vec<(QueueId, String)>,
    /// Where the vendor sends what comes in.
    pub webhook_url: String,
    /// What Meta repeats when it asks that address; made by us.
    pub verify_token: String,
    /// What is wrong with it.
    pub problems: Vec<ProblemLine>,
}

/// A field of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// Whether it is never shown again.
    pub secret: bool,
    /// Whether it may be left empty.
    pub optional: bool,
    /// What one looks like.
    pub example: &'static str,
}

impl Field {
    /// What it is called.
    #[must_use]
    pub fn label(&self, tx: &Tx) -> String {
        tx.t(&format!("field-{}", self.name))
    }

    /// Where to find it.
    #[must_use]
    pub fn hint(&self, tx: &Tx) -> String {
        tx.t(&format!("field-{}-where", self.name))
    }
}

const fn field(name: &'static str, example: &'static str) -> Field {
    Field { name, secret: false, optional: false, example }
}

const fn secret(name: &'static str) -> Field {
    Field { name, secret: true, optional: false, example: "" }
}

const CLOUD: &[Field] = &[
    field("waba", "102290129340398"),
    field("phone_number_id", "106540352242922"),
    field("app", "670843887433847"),
    secret("app_secret"),
    secret("access_token"),
];

const TWILIO: &[Field] = &[
    field("account", "AC…"),
    secret("auth_token"),
    Field { optional: true, ..field("api_key", "SK…") },
    Field { optional: true, ..secret("api_secret") },
    field("sender", "+14155238886"),
    Field { optional: true, ..field("service", "MG…") },
];

impl NewChannelPage {
    const fn tx(&self) -> Tx {
        self.frame.tx
    }

    fn vendor(&self) -> &'static str {
        vendor(self.kind)
    }

    fn fields(&self) -> &'static [Field] {
        match self.kind {
            ChannelKind::WhatsappCloud => CLOUD,
            ChannelKind::TwilioWhatsapp | ChannelKind::TwilioSms => TWILIO,
        }
    }

    fn is_queue(&self, id: &QueueId) -> bool {
        self.value("queue") == id.to_string()
    }

    fn is_cloud(&self) -> bool {
        self.kind == ChannelKind::WhatsappCloud
    }

    fn value(&self, name: &str) -> &str {
        self.typed.get(name).map_or("", String::as_str)
    }

    fn wrong(&self, name: &str) -> Vec<&ProblemLine> {
        about(&self.problems, name)
    }
}

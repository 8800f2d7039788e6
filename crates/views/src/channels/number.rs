//! GET /admin/channels/{id}/number: the number, its profile, its keys.

use askama::Template;
use chrono::{DateTime, Utc};
use domain::{ChannelKind, QueueId, checkup::NumberFacts};

use super::{ChannelHead, ChannelTab, ProblemLine, list::Quality, problem::about, reopening, vendor_words};
use crate::{Frame, Tx};

/// The number's page.
#[derive(Debug, Template)]
#[template(path = "channel_number.html")]
pub struct NumberPage {
    /// What is around it.
    pub frame: Frame,
    /// The channel.
    pub head: ChannelHead,
    /// Which tab this is.
    pub tab: ChannelTab,
    /// What the vendor says of it.
    pub facts: Option<NumberFacts>,
    /// When that was read.
    pub read_at: Option<DateTime<Utc>>,
    /// The business profile, as it is or as typed.
    pub profile: Option<ProfileForm>,
    /// Kinds of business.
    pub verticals: &'static [&'static str],
    /// The secrets there are.
    pub secrets: Vec<SecretRow>,
    /// Where conversations can begin.
    pub queues: Vec<(QueueId, String)>,
    /// Where they begin.
    pub queue: QueueId,
    /// Messages a second, at most.
    pub per_second: i32,
    /// For how many seconds after closing a customer's message reopens.
    pub reopen_within: i32,
    /// Numbers on their way into the account.
    pub setups: Vec<SetupLine>,
    /// What was just done: `done-…`.
    pub done: Option<&'static str>,
    /// What went wrong just now.
    pub problems: Vec<ProblemLine>,
}

/// A business profile in a form.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProfileForm {
    /// One line.
    pub about: String,
    /// Where it is.
    pub address: String,
    /// What it does.
    pub description: String,
    /// Its mail address.
    pub email: String,
    /// Its kind.
    pub vertical: String,
    /// Its first site.
    pub website1: String,
    /// Its second site.
    pub website2: String,
    /// Whether it has a picture.
    pub has_picture: bool,
}

/// A secret as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretRow {
    /// Its name.
    pub name: String,
    /// Its end.
    pub last_four: String,
    /// Since when.
    pub changed_at: DateTime<Utc>,
    /// Whether an older one is still taken.
    pub older: bool,
}

impl SecretRow {
    /// What it is called.
    #[must_use]
    pub fn label(&self, tx: &Tx) -> String {
        // Twilio's shared keys carry the id Twilio gave them.
        if self.name.starts_with("shared_key:") {
            self.name.clone()
        } else {
            tx.t(&format!("field-{}", self.name))
        }
    }
}

/// A number on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetupLine {
    /// Which.
    pub id: String,
    /// The number.
    pub number: String,
    /// The next step: `add`, `code`, `verify`, `register`, `connect`, `done`.
    pub step: &'static str,
    /// Why the last step was refused.
    pub problem: Option<ProblemLine>,
}

impl SetupLine {
    /// What its button says.
    #[must_use]
    pub fn to_do(&self, tx: &Tx) -> String {
        tx.t(&format!("setup-{}-do", self.step))
    }

    /// The steps, and whether each is behind, here or ahead.
    #[must_use]
    pub fn steps(&self) -> Vec<(String, &'static str)> {
        let all = ["add", "code", "verify", "register", "connect"];
        let here = all.iter().position(|step| *step == self.step).unwrap_or(all.len());
        all.iter()
            .enumerate()
            .map(|(at, step)| {
                let class = match at.cmp(&here) {
                    std::cmp::Ordering::Less => "ok",
                    std::cmp::Ordering::Equal => "accent",
                    std::cmp::Ordering::Greater => "",
                };
                (format!("setup-{step}"), class)
            })
            .collect()
    }
}

/// Messages a second behind a word for them (whatsapp-cloud.md §5.5).
fn throughput(word: &str, tx: &Tx) -> String {
    match word {
        "STANDARD" => tx.n("channel-per-second", 80),
        "HIGH" => tx.n("channel-per-second", 1_000),
        word => vendor_words::word(tx, word),
    }
}

impl NumberPage {
    const fn tx(&self) -> Tx {
        self.frame.tx
    }

    fn is_cloud(&self) -> bool {
        self.head.tag.kind == ChannelKind::WhatsappCloud
    }

    fn is_sandbox(&self) -> bool {
        self.head.tag.kind == ChannelKind::TwilioWhatsapp && self.head.address == "+14155238886"
    }

    fn quality(&self) -> Option<Quality> {
        Quality::parse(self.facts.as_ref()?.quality.as_deref()?)
    }

    /// Facts as pairs of a key and the vendor's word, those that are known.
    fn pairs(&self) -> Vec<(&'static str, String)> {
        let Some(facts) = &self.facts else { return Vec::new() };
        let yes = |on: bool| on.then(|| self.tx().t("yes"));
        let said = |word: &Option<String>| word.as_deref().map(|word| vendor_words::word(&self.tx(), word));
        [
            ("fact-name", facts.name.clone()),
            ("fact-name-status", said(&facts.name_status)),
            ("fact-new-name-status", said(&facts.new_name_status)),
            ("fact-status", said(&facts.status)),
            ("fact-limit", said(&facts.limit)),
            ("fact-throughput", facts.throughput.as_deref().map(|word| throughput(word, &self.tx()))),
            ("fact-verification", said(&facts.verification)),
            ("fact-platform", said(&facts.platform)),
            ("fact-mode", said(&facts.mode)),
            ("fact-pin", facts.pin.and_then(yes)),
            ("fact-official", yes(facts.official)),
            ("fact-on-app", yes(facts.on_app)),
            ("fact-account", facts.account.clone()),
            ("fact-business", said(&facts.business)),
            ("fact-review", said(&facts.review)),
            ("fact-currency", facts.currency.clone()),
            ("fact-id", Some(facts.id.clone()).filter(|id| !id.is_empty())),
            ("fact-override", facts.number_webhook.clone().or_else(|| facts.account_webhook.clone())),
            ("fact-offline", Some(facts.offline.join(" · ")).filter(|text| !text.is_empty())),
        ]
        .into_iter()
        .filter_map(|(key, value)| Some((key, value?)))
        .collect()
    }

    fn reopenings(&self) -> Vec<(i32, String)> {
        reopening::offered(self.reopen_within, &self.tx())
    }

    fn vertical(&self, word: &str) -> String {
        self.tx().t(&format!("vertical-{}", word.to_ascii_lowercase().replace('_', "-")))
    }

    fn wrong(&self, name: &str) -> Vec<&ProblemLine> {
        about(&self.problems, name)
    }

    fn base(&self) -> String {
        format!("/admin/channels/{}", self.head.id)
    }
}

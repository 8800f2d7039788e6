//! The troubleshooter: facts gathered about a channel, and what each check makes of them. Nothing here asks anybody.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::{AlarmKind, Severity, words::words};

words! {
    /// What is looked at.
    CheckName {
        /// Whether the vendor takes our token, and until when.
        Token = "token",
        /// What the token may do.
        Permissions = "permissions",
        /// Whether the account was given to whom the token belongs.
        Assets = "assets",
        /// Where the app sends its webhooks.
        Webhook = "webhook",
        /// Which webhooks it sends.
        Fields = "fields",
        /// Whether the app listens to the account.
        Subscription = "subscription",
        /// Whether another address was set for this number or account.
        Override = "override",
        /// Whether the account may be used with our key.
        Credentials = "credentials",
        /// Whether the sender is online.
        Sender = "sender",
        /// Where the vendor sends incoming messages.
        Inbound = "inbound",
        /// Where it sends those we did not take.
        Fallback = "fallback",
        /// What a messaging service does with them.
        Service = "service",
        /// Whether our public address leads to us.
        Address = "address",
        /// When a genuine webhook last came.
        Signature = "signature",
        /// When a customer's message last came.
        Messages = "messages",
        /// When a delivery status last came.
        Statuses = "statuses",
        /// How customers like what is sent.
        Quality = "quality",
        /// How many customers may be written to first.
        Limit = "limit",
        /// Whether the number is connected.
        Number = "number",
        /// Whether it is registered with the API.
        Registration = "registration",
        /// Whether its display name was approved.
        Name = "name",
        /// What the vendor says may be sent: number, account, business, app, payment.
        Health = "health",
        /// Whether the clocks agree.
        Clock = "clock",
    }
}

words! {
    /// How a check ended.
    CheckResult {
        /// As it should be.
        Ok = "ok",
        /// It works, but.
        Warning = "warning",
        /// It does not work.
        Failed = "failed",
        /// Nobody could say.
        Unknown = "unknown",
    }
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at.
    pub check: CheckName,
    /// How it ended.
    pub result: CheckResult,
    /// Which sentence tells it: `found-…`, and `do-…` with what to do.
    pub says: &'static str,
    /// A name, a number or the vendor's words in that sentence.
    pub detail: String,
}

/// What came of asking the vendor one thing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Asked<T> {
    /// It was not asked: it does not concern this kind of channel, or another answer made it pointless.
    #[default]
    Not,
    /// The answer.
    Got(T),
    /// The vendor refused, in its words.
    Refused(String),
    /// No answer came, in ours.
    Silent(String),
    /// The vendor has no list to look in, as with some accounts and regions.
    NoList,
    /// It is not in the vendor's list: what was looked for.
    Absent(String),
}

impl<T> Asked<T> {
    /// The answer, if there is one.
    #[must_use]
    pub const fn got(&self) -> Option<&T> {
        match self {
            Self::Got(value) => Some(value),
            _ => None,
        }
    }
}

/// A token as its vendor sees it (whatsapp-cloud.md §8.4).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TokenFacts {
    /// Whether it works.
    pub valid: bool,
    /// Why not.
    pub error: Option<String>,
    /// Until when; `None`: for ever.
    pub expires_at: Option<DateTime<Utc>>,
    /// `USER`, `SYSTEM_USER`…
    pub kind: String,
    /// The app it was made with.
    pub app: String,
    /// What it may do.
    pub scopes: BTreeSet<String>,
    /// To which assets, by permission; a permission that is not here has no bounds.
    pub targets: Vec<(String, Vec<String>)>,
}

/// Where an app sends its webhooks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WebhookFacts {
    /// The address.
    pub url: Option<String>,
    /// Whether it is in use.
    pub active: bool,
    /// The subscribed fields.
    pub fields: BTreeSet<String>,
}

/// What the vendor knows about a number. The vendors' words stay text: they are shown, and compared where a check does.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct NumberFacts {
    /// The vendor's id.
    pub id: String,
    /// The number, as the vendor writes it.
    pub number: String,
    /// The name customers see.
    pub name: Option<String>,
    /// `APPROVED`, `PENDING_REVIEW`, `DECLINED`…
    pub name_status: Option<String>,
    /// The same of a name that was asked for.
    pub new_name_status: Option<String>,
    /// `GREEN`, `YELLOW`, `RED`; `HIGH`…
    pub quality: Option<String>,
    /// `TIER_2K`…: customers a day for the whole portfolio.
    pub limit: Option<String>,
    /// The portfolio's id, where the vendor tells it: its numbers share the limit.
    pub portfolio_id: Option<String>,
    /// `STANDARD`, `HIGH`.
    pub throughput: Option<String>,
    /// Whether the number was proved to be ours: `VERIFIED`…
    pub verification: Option<String>,
    /// `CONNECTED`, `PENDING`…; `ONLINE`, `OFFLINE`…
    pub status: Option<String>,
    /// `CLOUD_API`…
    pub platform: Option<String>,
    /// `LIVE`, `SANDBOX`.
    pub mode: Option<String>,
    /// With the official badge.
    pub official: bool,
    /// Two-step PIN set.
    pub pin: Option<bool>,
    /// Used in the app on a phone at the same time (coexistence).
    pub on_app: bool,
    /// Since when it is with the API.
    pub onboarded: Option<String>,
    /// Whether the business was verified.
    pub business: Option<String>,
    /// The account's name.
    pub account: Option<String>,
    /// The account's currency.
    pub currency: Option<String>,
    /// The account's review.
    pub review: Option<String>,
    /// Where webhooks of this number go, when not to the app's address.
    pub number_webhook: Option<String>,
    /// The same of the account.
    pub account_webhook: Option<String>,
    /// What may be sent, by entity.
    pub health: Vec<Health>,
    /// Why it is offline, in the vendor's words.
    pub offline: Vec<String>,
}

/// What the vendor says of one thing that sending depends on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Health {
    /// `PHONE_NUMBER`, `WABA`, `BUSINESS`, `APP`…
    pub entity: String,
    /// `AVAILABLE`, `LIMITED`, `BLOCKED`.
    pub state: String,
    /// What is wrong, and the vendor's advice.
    pub problems: Vec<String>,
}

/// A messaging service in front of a sender (twilio.md §9).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ServiceFacts {
    /// Where it sends what comes in.
    pub inbound_url: Option<String>,
    /// Where it sends what that address did not take.
    pub fallback_url: Option<String>,
    /// Whether the sender's own addresses count instead.
    pub use_senders: bool,
}

/// Everything that was gathered about a channel.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Gathered {
    /// The addresses webhooks may go to; the first is the one to name.
    pub our_urls: Vec<String>,
    /// The vendor's id of the account.
    pub account: String,
    /// The vendor's id of our app, when known.
    pub app: Option<String>,
    /// The token.
    pub token: Asked<TokenFacts>,
    /// The app's webhook.
    pub webhook: Asked<WebhookFacts>,
    /// The apps that listen to the account.
    pub apps: Asked<Vec<String>>,
    /// The number, or the sender.
    pub number: Asked<NumberFacts>,
    /// What our own public address answered: `None` = as it should, else what it said.
    pub address: Asked<Option<String>>,
    /// The vendor's clock.
    pub vendor_time: Option<DateTime<Utc>>,
    /// The account's status, where a key belongs to an account and not to an app.
    pub credentials: Asked<String>,
    /// Where incoming messages go, where that is set at the sender.
    pub inbound: Asked<Option<String>>,
    /// Where those go that were not taken there, where that is set at the sender.
    pub fallback: Asked<Option<String>>,
    /// The messaging service, where there is one.
    pub service: Asked<ServiceFacts>,
    /// When a message, a status and a notice last came.
    pub heard: [Option<DateTime<Utc>>; 3],
}

/// Permissions we need (whatsapp-cloud.md §8.4).
pub const PERMISSIONS: [&str; 2] = ["whatsapp_business_messaging", "whatsapp_business_management"];

/// Webhook fields we act on (whatsapp-cloud.md §4).
pub const FIELDS: [&str; 16] = [
    "messages",
    "account_alerts",
    "account_review_update",
    "account_update",
    "business_capability_update",
    "history",
    "message_template_components_update",
    "message_template_quality_update",
    "message_template_status_update",
    "phone_number_name_update",
    "phone_number_quality_update",
    "security",
    "smb_message_echoes",
    "template_category_update",
    "user_id_update",
    "user_preferences",
];

const SOON: TimeDelta = TimeDelta::days(14);
const VERY_SOON: TimeDelta = TimeDelta::days(3);
const SKEW: TimeDelta = TimeDelta::seconds(30);
const BAD_SKEW: TimeDelta = TimeDelta::minutes(5);
/// A day of nothing is worth a word.
const LATELY: TimeDelta = TimeDelta::hours(24);

/// All checks that concern what was gathered, in the order to show.
#[must_use]
pub fn examine(facts: &Gathered, now: DateTime<Utc>) -> Vec<Finding> {
    let mut all = Vec::new();
    all.extend(token(&facts.token, now));
    all.extend(permissions(&facts.token));
    all.extend(assets(&facts.token, &facts.account));
    all.extend(credentials(&facts.credentials));
    all.extend(webhook(&facts.webhook, &facts.our_urls));
    all.extend(fields(&facts.webhook));
    all.extend(subscription(&facts.apps, facts.app.as_deref()));
    if facts.webhook != Asked::Not {
        all.extend(overridden(&facts.number, &facts.our_urls));
    }
    all.extend(inbound(&facts.inbound, &facts.our_urls));
    all.extend(service(&facts.service, &facts.our_urls));
    all.extend(fallback(facts));
    all.extend(address(&facts.address, &facts.heard, now));
    all.push(signature(&facts.heard, now));
    all.push(heard(CheckName::Messages, facts.heard[0], now));
    all.push(heard(CheckName::Statuses, facts.heard[1], now));
    all.extend(number(&facts.number));
    all.extend(clock(facts.vendor_time, now));
    all
}

fn say(check: CheckName, result: CheckResult, says: &'static str, detail: impl Into<String>) -> Finding {
    Finding { check, result, says, detail: detail.into() }
}

use CheckName as C;
use CheckResult::{Failed, Ok as Fine, Unknown, Warning};

/// What every check says when its question was not answered; `None`: it was, or was never asked.
fn unanswered<T>(check: CheckName, asked: &Asked<T>) -> Option<Finding> {
    match asked {
        Asked::Refused(why) => Some(say(check, Failed, "refused", why.clone())),
        Asked::Silent(why) => Some(say(check, Unknown, "no-answer", why.clone())),
        Asked::NoList => Some(say(check, Unknown, "no-list", "")),
        Asked::Absent(what) => Some(say(check, Warning, "absent", what.clone())),
        Asked::Not | Asked::Got(_) => None,
    }
}

fn token(asked: &Asked<TokenFacts>, now: DateTime<Utc>) -> Option<Finding> {
    let check = C::Token;
    let Asked::Got(token) = asked else {
        return match asked {
            Asked::Refused(why) => Some(say(check, Failed, "token-invalid", why.clone())),
            other => unanswered(check, other),
        };
    };
    if !token.valid {
        return Some(say(check, Failed, "token-invalid", token.error.clone().unwrap_or_default()));
    }
    let Some(end) = token.expires_at else { return Some(say(check, Fine, "token-valid", "")) };
    let day = end.format("%Y-%m-%d").to_string();
    Some(match end - now {
        left if left <= TimeDelta::zero() => say(check, Failed, "token-invalid", day),
        left if left <= VERY_SOON => say(check, Failed, "token-ends", day),
        left if left <= SOON => say(check, Warning, "token-ends", day),
        _ => say(check, Fine, "token-until", day),
    })
}

fn permissions(asked: &Asked<TokenFacts>) -> Option<Finding> {
    let token = asked.got().filter(|token| token.valid)?;
    let missing: Vec<&str> = PERMISSIONS.into_iter().filter(|name| !token.scopes.contains(*name)).collect();
    Some(if missing.is_empty() {
        say(C::Permissions, Fine, "permissions-all", "")
    } else {
        say(C::Permissions, Failed, "permissions-missing", missing.join(", "))
    })
}

fn assets(asked: &Asked<TokenFacts>, account: &str) -> Option<Finding> {
    let token = asked.got().filter(|token| token.valid)?;
    let lacking = |(scope, targets): &&(String, Vec<String>)| {
        PERMISSIONS.contains(&scope.as_str()) && !targets.iter().any(|target| target == account)
    };
    Some(match token.targets.iter().find(lacking) {
        None => say(C::Assets, Fine, "assets-given", account),
        Some((scope, _)) => say(C::Assets, Failed, "assets-missing", format!("{account} ({scope})")),
    })
}

fn credentials(asked: &Asked<String>) -> Option<Finding> {
    Some(match asked {
        Asked::Got(status) if status == "active" => say(C::Credentials, Fine, "credentials-valid", ""),
        Asked::Got(status) => say(C::Credentials, Failed, "account-not-active", status.clone()),
        Asked::Refused(why) => say(C::Credentials, Failed, "credentials-refused", why.clone()),
        other => return unanswered(C::Credentials, other),
    })
}

fn is_ours(url: &str, ours: &[String]) -> bool {
    // What follows `#` is for the vendor's retries, and is no part of the address (twilio.md §4).
    let bare = |url: &str| url.split('#').next().unwrap_or_default().trim_end_matches('/').to_owned();
    ours.iter().any(|one| bare(one) == bare(url))
}

/// What makes Twilio try again when an answer is late or wrong; without it only a refused connection is (twilio.md §4).
const AGAIN: &str = "#rc=5&rp=ct,rt,5xx";

/// Whether an address asks for other attempts.
fn asks_again(url: &str) -> bool {
    url.split_once('#').is_some_and(|(_, wishes)| wishes.split('&').any(|wish| wish.starts_with("rc=")))
}

/// The address to enter at the vendor.
fn named(ours: &[String]) -> &str {
    ours.first().map_or("", String::as_str)
}

fn webhook(asked: &Asked<WebhookFacts>, ours: &[String]) -> Option<Finding> {
    let Asked::Got(webhook) = asked else { return unanswered(C::Webhook, asked) };
    Some(match &webhook.url {
        None => say(C::Webhook, Failed, "webhook-none", named(ours)),
        Some(url) if !is_ours(url, ours) => say(C::Webhook, Failed, "webhook-elsewhere", url.clone()),
        Some(url) if !webhook.active => say(C::Webhook, Failed, "webhook-off", url.clone()),
        Some(url) => say(C::Webhook, Fine, "webhook-ours", url.clone()),
    })
}

fn fields(asked: &Asked<WebhookFacts>) -> Option<Finding> {
    let webhook = asked.got().filter(|webhook| webhook.url.is_some())?;
    let missing: Vec<&str> = FIELDS.into_iter().filter(|name| !webhook.fields.contains(*name)).collect();
    Some(if missing.is_empty() {
        say(C::Fields, Fine, "fields-all", "")
    } else if missing.contains(&"messages") {
        say(C::Fields, Failed, "fields-missing", missing.join(", "))
    } else {
        say(C::Fields, Warning, "fields-missing", missing.join(", "))
    })
}

fn subscription(asked: &Asked<Vec<String>>, app: Option<&str>) -> Option<Finding> {
    let Asked::Got(apps) = asked else { return unanswered(C::Subscription, asked) };
    let ours = app.map_or(!apps.is_empty(), |app| apps.iter().any(|one| one == app));
    Some(if ours {
        say(C::Subscription, Fine, "subscribed", "")
    } else {
        say(C::Subscription, Failed, "not-subscribed", apps.join(", "))
    })
}

fn overridden(asked: &Asked<NumberFacts>, ours: &[String]) -> Option<Finding> {
    let number = asked.got()?;
    let set = number.number_webhook.as_ref().or(number.account_webhook.as_ref());
    Some(match set {
        None => say(C::Override, Fine, "override-none", ""),
        Some(url) if is_ours(url, ours) => say(C::Override, Fine, "override-ours", url.clone()),
        Some(url) => say(C::Override, Failed, "override-elsewhere", url.clone()),
    })
}

fn inbound(asked: &Asked<Option<String>>, ours: &[String]) -> Option<Finding> {
    let Asked::Got(url) = asked else { return unanswered(C::Inbound, asked) };
    Some(match url {
        None => say(C::Inbound, Failed, "inbound-none", named(ours)),
        Some(url) if is_ours(url, ours) && !asks_again(url) => {
            say(C::Inbound, Warning, "inbound-once", format!("{url}{AGAIN}"))
        }
        Some(url) if is_ours(url, ours) => say(C::Inbound, Fine, "inbound-ours", url.clone()),
        Some(url) => say(C::Inbound, Failed, "inbound-elsewhere", url.clone()),
    })
}

fn service(asked: &Asked<ServiceFacts>, ours: &[String]) -> Option<Finding> {
    let Asked::Got(service) = asked else { return unanswered(C::Service, asked) };
    Some(match &service.inbound_url {
        _ if service.use_senders => say(C::Service, Fine, "service-senders", ""),
        Some(url) if is_ours(url, ours) => say(C::Service, Fine, "service-ours", url.clone()),
        Some(url) => say(C::Service, Failed, "service-elsewhere", url.clone()),
        None => say(C::Service, Failed, "service-drops", named(ours)),
    })
}

/// The address for what the first one did not take: without it such a message is known by the list alone, minutes later
/// (twilio.md §4).
fn fallback(facts: &Gathered) -> Option<Finding> {
    let (check, ours) = (C::Fallback, &facts.our_urls);
    let url = match (&facts.service, &facts.fallback) {
        (Asked::Got(service), _) if !service.use_senders => {
            // What a service drops has nowhere to fall back from.
            service.inbound_url.as_ref()?;
            &service.fallback_url
        }
        (_, Asked::Got(url)) => url,
        (_, other) => return unanswered(check, other),
    };
    Some(match url {
        None => say(check, Warning, "fallback-none", named(ours)),
        Some(url) if is_ours(url, ours) => say(check, Fine, "fallback-ours", url.clone()),
        Some(url) => say(check, Warning, "fallback-elsewhere", url.clone()),
    })
}

fn address(
    asked: &Asked<Option<String>>,
    heard: &[Option<DateTime<Utc>>; 3],
    now: DateTime<Utc>,
) -> Option<Finding> {
    let heard_lately = heard.iter().flatten().any(|at| now - *at < LATELY);
    Some(match asked {
        Asked::Got(None) => say(C::Address, Fine, "address-answers", ""),
        Asked::Got(Some(what)) | Asked::Refused(what) => {
            say(C::Address, Failed, "address-wrong", what.clone())
        }
        // Some networks can't reach their own public address from inside; webhooks that come prove that others can.
        Asked::Silent(_) if heard_lately => say(C::Address, Fine, "address-heard", ""),
        Asked::Silent(why) => say(C::Address, Warning, "address-silent", why.clone()),
        other => return unanswered(C::Address, other),
    })
}

fn signature(heard: &[Option<DateTime<Utc>>; 3], now: DateTime<Utc>) -> Finding {
    match heard.iter().flatten().max() {
        Some(at) if now - *at < LATELY => say(C::Signature, Fine, "signed-lately", stamp(*at)),
        Some(at) => say(C::Signature, Unknown, "signed-long-ago", stamp(*at)),
        None => say(C::Signature, Unknown, "signed-never", ""),
    }
}

fn heard(check: CheckName, at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Finding {
    match at {
        Some(at) if now - at < LATELY => say(check, Fine, "heard-lately", stamp(at)),
        Some(at) => say(check, Unknown, "heard-long-ago", stamp(at)),
        None => say(check, Unknown, "heard-never", ""),
    }
}

/// A moment for a detail; the page shows it in the viewer's zone.
fn stamp(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

fn number(asked: &Asked<NumberFacts>) -> Vec<Finding> {
    let Asked::Got(number) = asked else {
        return unanswered(C::Number, asked).into_iter().collect();
    };
    let mut all = vec![standing(number)];
    all.extend(registration(number));
    all.extend(name(number));
    let word = |word: &Option<String>| word.clone().unwrap_or_default();
    all.extend(match number.quality.as_deref() {
        Some("GREEN" | "HIGH") => Some(say(C::Quality, Fine, "quality-good", "")),
        Some("YELLOW" | "MEDIUM") => Some(say(C::Quality, Warning, "quality-middling", "")),
        Some("RED" | "LOW") => Some(say(C::Quality, Failed, "quality-bad", "")),
        // Numbers for SMS are never rated.
        _ if number.status.as_deref() == Some(IN_USE) => None,
        _ => Some(say(C::Quality, Fine, "quality-unrated", "")),
    });
    if number.limit.is_some() {
        all.push(say(C::Limit, Fine, "limit-is", word(&number.limit)));
    }
    all.extend(health(number));
    all
}

/// What Twilio says of a phone number an account has.
const IN_USE: &str = "in-use";

fn standing(number: &NumberFacts) -> Finding {
    let check =
        if number.platform.is_some() || number.verification.is_some() { C::Number } else { C::Sender };
    match number.status.as_deref() {
        Some("CONNECTED" | "ONLINE" | "ONLINE:UPDATING") => say(check, Fine, "number-on", ""),
        Some(IN_USE) => say(check, Fine, "number-owned", ""),
        Some("FLAGGED") => say(check, Warning, "number-flagged", ""),
        Some(
            word @ ("RESTRICTED"
            | "RATE_LIMITED"
            | "PENDING"
            | "PENDING_VERIFICATION"
            | "VERIFYING"
            | "CREATING"
            | "TWILIO_REVIEW"),
        ) => say(check, Warning, "number-waits", word),
        Some(word) => {
            let why = if number.offline.is_empty() { word.to_owned() } else { number.offline.join(" · ") };
            say(check, Failed, "number-off", why)
        }
        None => say(check, Unknown, "no-answer", ""),
    }
}

fn registration(number: &NumberFacts) -> Option<Finding> {
    let platform = number.platform.as_deref()?;
    Some(match (platform, number.verification.as_deref()) {
        ("CLOUD_API", Some("NOT_VERIFIED" | "UNVERIFIED")) => {
            say(C::Registration, Warning, "number-unverified", "")
        }
        ("CLOUD_API", _) => say(C::Registration, Fine, "registered", ""),
        (other, _) => say(C::Registration, Failed, "not-registered", other),
    })
}

fn name(number: &NumberFacts) -> Option<Finding> {
    let shown = number.name.clone().unwrap_or_default();
    if number.new_name_status.as_deref() == Some("DECLINED") {
        return Some(say(C::Name, Warning, "name-declined", shown));
    }
    Some(match number.name_status.as_deref()? {
        "APPROVED" | "AVAILABLE_WITHOUT_REVIEW" => say(C::Name, Fine, "name-approved", shown),
        "DECLINED" => say(C::Name, Failed, "name-declined", shown),
        "EXPIRED" => say(C::Name, Warning, "name-expired", shown),
        _ => say(C::Name, Warning, "name-waits", shown),
    })
}

fn health(number: &NumberFacts) -> Option<Finding> {
    let worst = |state: &str| {
        let problems: Vec<String> = number
            .health
            .iter()
            .filter(|one| one.state == state)
            .map(|one| format!("{}: {}", one.entity, one.problems.join(" · ")))
            .collect();
        (!problems.is_empty()).then(|| problems.join(" — "))
    };
    if number.health.is_empty() {
        return None;
    }
    Some(if let Some(problems) = worst("BLOCKED") {
        say(C::Health, Failed, "health-blocked", problems)
    } else if let Some(problems) = worst("LIMITED") {
        say(C::Health, Warning, "health-limited", problems)
    } else {
        say(C::Health, Fine, "health-good", "")
    })
}

fn clock(vendor: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Option<Finding> {
    let skew = (vendor? - now).abs();
    let seconds = skew.num_seconds().to_string();
    Some(if skew >= BAD_SKEW {
        say(C::Clock, Failed, "clock-wrong", seconds)
    } else if skew >= SKEW {
        say(C::Clock, Warning, "clock-wrong", seconds)
    } else {
        say(C::Clock, Fine, "clock-right", seconds)
    })
}

/// What findings mean for the alarms: raise it (with the words it needs), or clear it (`None`). An alarm of which too
/// little could be looked at is not mentioned.
#[must_use]
pub fn alarms(findings: &[Finding]) -> Vec<(AlarmKind, Option<(Severity, String)>)> {
    use AlarmKind as A;
    const DECIDE: &[(AlarmKind, &[CheckName])] = &[
        (A::TokenInvalid, &[C::Token, C::Credentials]),
        (A::TokenExpiring, &[C::Token]),
        (A::TokenWeak, &[C::Permissions, C::Assets]),
        (A::WebhookLost, &[C::Webhook, C::Subscription, C::Override, C::Inbound, C::Service]),
        (A::WebhookPartial, &[C::Fields]),
        (A::NumberOff, &[C::Number, C::Sender]),
        (A::NumberFlagged, &[C::Number]),
        (A::QualityLow, &[C::Quality]),
        (A::NameRejected, &[C::Name]),
        (A::SendingBlocked, &[C::Health]),
        (A::Clock, &[C::Clock]),
        (A::AddressUnreachable, &[C::Address]),
    ];
    let mut all = Vec::new();
    for (kind, checks) in DECIDE {
        let of_kind: Vec<&Finding> = findings.iter().filter(|one| checks.contains(&one.check)).collect();
        if let Some(bad) = of_kind.iter().find(|one| raises(one) == Some(*kind)) {
            let severity = if bad.result == Failed { Severity::Critical } else { Severity::Warning };
            all.push((*kind, Some((severity, bad.detail.clone()))));
        } else if !of_kind.is_empty()
            && of_kind.iter().all(|one| !matches!(one.says, "no-answer" | "refused" | "no-list" | "absent"))
        {
            all.push((*kind, None));
        }
    }
    all
}

/// The alarm a finding raises.
fn raises(finding: &Finding) -> Option<AlarmKind> {
    use AlarmKind as A;
    Some(match finding.says {
        "token-invalid" | "credentials-refused" | "account-not-active" => A::TokenInvalid,
        "token-ends" => A::TokenExpiring,
        "permissions-missing" | "assets-missing" => A::TokenWeak,
        "webhook-none" | "webhook-elsewhere" | "webhook-off" | "not-subscribed" | "override-elsewhere"
        | "inbound-none" | "inbound-elsewhere" | "service-elsewhere" | "service-drops" => A::WebhookLost,
        "fields-missing" => A::WebhookPartial,
        "number-off" | "not-registered" => A::NumberOff,
        "number-flagged" => A::NumberFlagged,
        "quality-bad" => A::QualityLow,
        "name-declined" => A::NameRejected,
        "health-blocked" | "health-limited" => A::SendingBlocked,
        "clock-wrong" => A::Clock,
        "address-wrong" => A::AddressUnreachable,
        _ => return None,
    })
}

/// Every sentence a finding can say, so that a test can ask for its words.
pub const SAYINGS: &[&str] = &[
    "refused",
    "no-answer",
    "no-list",
    "absent",
    "token-invalid",
    "token-valid",
    "token-until",
    "token-ends",
    "permissions-all",
    "permissions-missing",
    "assets-given",
    "assets-missing",
    "credentials-valid",
    "account-not-active",
    "credentials-refused",
    "webhook-none",
    "webhook-elsewhere",
    "webhook-off",
    "webhook-ours",
    "fields-all",
    "fields-missing",
    "subscribed",
    "not-subscribed",
    "override-none",
    "override-ours",
    "override-elsewhere",
    "inbound-none",
    "inbound-ours",
    "inbound-once",
    "inbound-elsewhere",
    "service-senders",
    "service-ours",
    "service-elsewhere",
    "service-drops",
    "fallback-none",
    "fallback-ours",
    "fallback-elsewhere",
    "address-answers",
    "address-wrong",
    "address-heard",
    "address-silent",
    "signed-lately",
    "signed-long-ago",
    "signed-never",
    "heard-lately",
    "heard-long-ago",
    "heard-never",
    "quality-good",
    "quality-middling",
    "quality-bad",
    "quality-unrated",
    "limit-is",
    "number-on",
    "number-owned",
    "number-flagged",
    "number-waits",
    "number-off",
    "number-unverified",
    "registered",
    "not-registered",
    "name-approved",
    "name-declined",
    "name-expired",
    "name-waits",
    "health-blocked",
    "health-limited",
    "health-good",
    "clock-wrong",
    "clock-right",
];

/// Whether a saying asks nobody to do anything.
#[must_use]
pub fn is_fine(says: &str) -> bool {
    matches!(
        says,
        "token-valid"
            | "token-until"
            | "permissions-all"
            | "assets-given"
            | "credentials-valid"
            | "webhook-ours"
            | "fields-all"
            | "subscribed"
            | "override-none"
            | "override-ours"
            | "inbound-ours"
            | "service-senders"
            | "service-ours"
            | "fallback-ours"
            | "address-answers"
            | "address-heard"
            | "signed-lately"
            | "heard-lately"
            | "quality-good"
            | "quality-unrated"
            | "limit-is"
            | "number-on"
            | "number-owned"
            | "registered"
            | "name-approved"
            | "health-good"
            | "clock-right"
    )
}

#[cfg(test)]
mod tests;

//! The troubleshooter: facts gathered about a channel, and what each check makes of them. Nothing here asks anybody.

mod facts;
mod number;
mod sayings;
#[cfg(test)]
mod tests;

use chrono::{DateTime, TimeDelta, Utc};

pub use facts::{Asked, Gathered, Health, NumberFacts, ServiceFacts, TokenFacts, WebhookFacts};
use number::number;
pub use sayings::{SAYINGS, is_fine};

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

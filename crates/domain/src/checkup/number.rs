//! What each check makes of a number.

use super::{
    Asked, CheckName as C,
    CheckResult::{Failed, Ok as Fine, Unknown, Warning},
    Finding, NumberFacts, say, unanswered,
};

pub(super) fn number(asked: &Asked<NumberFacts>) -> Vec<Finding> {
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

//! What vendors tell of accounts and numbers, and what follows: facts that change, alarms that ring or fall silent
//! (whatsapp-cloud.md §4.2, §4.3).

use chrono::{DateTime, Utc};
use domain::{AlarmKind, ChannelId, Severity, notice::Said};
use sea_orm::{DatabaseTransaction, DbErr, FromQueryResult};
use serde_json::{Value, json};

use crate::{
    alarms::{self, Subject},
    notices::{self, Told},
    rows,
};

/// What a notice asks us to do.
#[derive(Debug, Clone, PartialEq)]
enum Effect {
    /// The vendor's word for something is now this.
    Fact(&'static str, Value),
    /// Somebody has to look.
    Raise(AlarmKind, Severity, String),
    /// It got better.
    Clear(AlarmKind),
}

use Effect::{Clear, Fact, Raise};
use Severity::{Critical, Info, Warning};

/// Take in what a vendor told of accounts and numbers. A notice that came before changes nothing.
///
/// # Errors
/// When the database fails.
pub async fn told(tx: &DatabaseTransaction, told: &[&Told], now: DateTime<Utc>) -> Result<(), DbErr> {
    for one in notices::keep(tx, told).await? {
        let channel = match (one.channel, number_of(&one.notice.said)) {
            (None, Some(number)) => named(tx, &one.account_key, number).await?,
            (channel, _) => channel,
        };
        let about = channel.map_or(Subject::Account(&one.account_key), Subject::Channel);
        for effect in effects(&one.notice.said) {
            match effect {
                Fact(name, value) => note(tx, one, channel, json!({ name: value }), now).await?,
                Raise(kind, severity, detail) => {
                    alarms::raise(tx, about, kind, severity, json!({ "detail": detail }), now).await?;
                }
                Clear(kind) => {
                    alarms::clear(tx, about, kind, now).await?;
                }
            }
        }
    }
    Ok(())
}

/// The number a notice is about: notices name the account, and the number as people read it.
fn number_of(said: &Said) -> Option<&str> {
    match said {
        Said::NumberQuality { display_number, .. }
        | Said::NumberName { display_number, .. }
        | Said::NumberSecurity { display_number, .. }
        | Said::NumberUsername { display_number, .. } => display_number.as_deref(),
        Said::Account { number, .. } => number.as_deref(),
        _ => None,
    }
}

/// The account's channel with that number; none when it is not connected.
async fn named(
    tx: &DatabaseTransaction,
    account_key: &str,
    number: &str,
) -> Result<Option<ChannelId>, DbErr> {
    #[derive(FromQueryResult)]
    struct Found {
        id: ChannelId,
    }
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let found: Vec<Found> = rows::all(
        tx,
        "select id from channel where account_key = $1 and regexp_replace(address, '[^0-9]', '', 'g') = $2",
        [account_key.into(), digits.into()],
    )
    .await?;
    Ok(found.first().map(|row| row.id))
}

/// A fact about a channel, or about all of an account. What was read later than the notice was written is newer.
async fn note(
    tx: &DatabaseTransaction,
    told: &Told,
    channel: Option<ChannelId>,
    facts: Value,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    rows::run(
        tx,
        "insert into channel_facts (channel_id, facts, changed_at)
         select id, $3, $5 from channel where id = $1 or ($1 is null and account_key = $2)
         on conflict (channel_id) do update
             set facts = channel_facts.facts || excluded.facts, changed_at = excluded.changed_at
             where channel_facts.read_at is null or channel_facts.read_at <= $4",
        [channel.into(), told.account_key.as_str().into(), facts.into(), told.at().into(), now.into()],
    )
    .await?;
    Ok(())
}

/// What follows from a notice.
fn effects(said: &Said) -> Vec<Effect> {
    match said {
        Said::NumberQuality { event, limit, .. } => number_quality(event, limit.as_deref()),
        Said::NumberName { decision, name, reason, .. } => {
            number_name(decision, name.as_deref(), reason.as_deref())
        }
        Said::NumberSecurity { event, .. } => match event.as_str() {
            "PIN_CHANGED" => vec![
                Fact("pin", true.into()),
                Raise(AlarmKind::PinChanged, Info, String::new()),
                Clear(AlarmKind::PinReset),
            ],
            "PIN_RESET_REQUEST" => vec![Raise(AlarmKind::PinReset, Warning, String::new())],
            // Meta's page spells it REQUEST where it means RESET.
            "PIN_REQUEST_SUCCESS" | "PIN_RESET_SUCCESS" => vec![
                Fact("pin", false.into()),
                Raise(AlarmKind::PinChanged, Warning, String::new()),
                Clear(AlarmKind::PinReset),
            ],
            _ => Vec::new(),
        },
        Said::NumberUsername { username, status, .. } => {
            vec![Fact("username", json!({ "name": username, "status": status }))]
        }
        Said::Account { event, ban, restrictions, reason, .. } => {
            account(event, ban.as_deref(), restrictions, reason.as_deref())
        }
        Said::Alert { severity, status, alert, description } => {
            vendor_alert(severity, status.as_deref(), alert, description.as_deref())
        }
        Said::Review { decision } => {
            let after = match decision.as_str() {
                "APPROVED" => Some(Clear(AlarmKind::AccountReview)),
                "REJECTED" => Some(Raise(AlarmKind::AccountReview, Critical, decision.clone())),
                _ => None,
            };
            [Fact("review", decision.as_str().into())].into_iter().chain(after).collect()
        }
        Said::Capability { daily_limit: Some(limit), .. } => vec![Fact("limit", tier(limit).into())],
        Said::Capability { .. }
        | Said::TemplateStatus { .. }
        | Said::TemplateQuality { .. }
        | Said::TemplateComponents { .. }
        | Said::TemplateCategory { .. }
        | Said::Failed(_)
        | Said::Group
        | Said::Other => Vec::new(),
    }
}

fn number_quality(event: &str, limit: Option<&str>) -> Vec<Effect> {
    let mut all: Vec<Effect> = limit.map(|limit| Fact("limit", tier(limit).into())).into_iter().collect();
    match event {
        "FLAGGED" => {
            all.push(Fact("status", "FLAGGED".into()));
            all.push(Raise(AlarmKind::NumberFlagged, Warning, limit.unwrap_or_default().to_owned()));
        }
        "DOWNGRADE" => {
            all.push(Raise(AlarmKind::NumberFlagged, Warning, limit.unwrap_or_default().to_owned()));
        }
        "UNFLAGGED" | "UPGRADE" => {
            all.push(Fact("status", "CONNECTED".into()));
            all.push(Clear(AlarmKind::NumberFlagged));
        }
        "THROUGHPUT_UPGRADE" => all.push(Fact("throughput", "HIGH".into())),
        _ => {}
    }
    all
}

fn number_name(decision: &str, name: Option<&str>, reason: Option<&str>) -> Vec<Effect> {
    match decision {
        "APPROVED" => {
            let mut all = vec![
                Fact("name_status", "APPROVED".into()),
                Fact("new_name_status", Value::Null),
                Clear(AlarmKind::NameRejected),
            ];
            all.extend(name.map(|name| Fact("name", name.into())));
            all
        }
        "REJECTED" => vec![
            Fact("new_name_status", "DECLINED".into()),
            Raise(AlarmKind::NameRejected, Warning, reason.unwrap_or("UNKNOWN").to_owned()),
        ],
        _ => vec![Fact("new_name_status", "PENDING_REVIEW".into())],
    }
}

fn account(event: &str, ban: Option<&str>, restrictions: &[String], reason: Option<&str>) -> Vec<Effect> {
    match ban {
        Some("DISABLE") => return vec![Raise(AlarmKind::AccountBanned, Critical, "DISABLE".to_owned())],
        Some("REINSTATE") => {
            return vec![
                Clear(AlarmKind::AccountBanned),
                Clear(AlarmKind::AccountRestricted),
                Clear(AlarmKind::AccountViolation),
            ];
        }
        Some(coming) => return vec![Raise(AlarmKind::AccountBanned, Warning, coming.to_owned())],
        None => {}
    }
    let why = reason.unwrap_or(event).to_owned();
    match event {
        "ACCOUNT_RESTRICTION" => {
            let what = if restrictions.is_empty() { why } else { restrictions.join(", ") };
            // Whoever can't answer customers is in worse trouble than who can't begin.
            let all = restrictions.iter().any(|one| one.contains("CUSTOMER_INITIATED"));
            let severity = if all { Critical } else { Warning };
            vec![Raise(AlarmKind::AccountRestricted, severity, what)]
        }
        "ACCOUNT_VIOLATION" => vec![Raise(AlarmKind::AccountViolation, Warning, why)],
        "DISABLED_UPDATE" => vec![Raise(AlarmKind::AccountBanned, Critical, why)],
        "ACCOUNT_DELETED" | "ACCOUNT_OFFBOARDED" | "PARTNER_REMOVED" | "PARTNER_APP_UNINSTALLED" => {
            vec![Raise(AlarmKind::AccountGone, Critical, why)]
        }
        "ACCOUNT_RECONNECTED" | "PARTNER_ADDED" | "PARTNER_APP_INSTALLED" => {
            vec![Clear(AlarmKind::AccountGone)]
        }
        _ => Vec::new(),
    }
}

fn vendor_alert(severity: &str, status: Option<&str>, alert: &str, description: Option<&str>) -> Vec<Effect> {
    let mut all = Vec::new();
    if alert == "OBA_APPROVED" {
        all.push(Fact("official", true.into()));
    }
    if status == Some("NONE") {
        all.push(Clear(AlarmKind::VendorAlert));
        return all;
    }
    let severity = match severity {
        "CRITICAL" => Critical,
        "WARNING" => Warning,
        _ => Info,
    };
    let words = description.map_or_else(|| alert.to_owned(), |words| format!("{alert}: {words}"));
    all.push(Raise(AlarmKind::VendorAlert, severity, words));
    all
}

/// A limit as a tier's name. Meta documents names and sends numbers (whatsapp-cloud.md §4.3, DISAGREE).
fn tier(limit: &str) -> String {
    match limit {
        "-1" | "UNLIMITED" => "TIER_UNLIMITED".to_owned(),
        "50" => "TIER_50".to_owned(),
        "250" => "TIER_250".to_owned(),
        "1000" => "TIER_1K".to_owned(),
        "2000" => "TIER_2K".to_owned(),
        "10000" => "TIER_10K".to_owned(),
        "100000" => "TIER_100K".to_owned(),
        other => other.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account_said(event: &str) -> Said {
        Said::Account {
            event: event.to_owned(),
            number: None,
            ban: None,
            restrictions: Vec::new(),
            reason: None,
        }
    }

    #[test]
    fn a_flag_is_an_alarm_until_it_is_taken_away() {
        let said = |event: &str| Said::NumberQuality {
            display_number: None,
            event: event.to_owned(),
            limit: Some("TIER_10K".to_owned()),
        };
        assert!(effects(&said("FLAGGED")).contains(&Raise(
            AlarmKind::NumberFlagged,
            Warning,
            "TIER_10K".to_owned()
        )));
        assert!(effects(&said("UNFLAGGED")).contains(&Clear(AlarmKind::NumberFlagged)));
        assert_eq!(
            effects(&said("THROUGHPUT_UPGRADE")),
            [Fact("limit", "TIER_10K".into()), Fact("throughput", "HIGH".into())]
        );
    }

    #[test]
    fn a_name_that_was_turned_down_says_why() {
        let said = |decision: &str| Said::NumberName {
            display_number: None,
            decision: decision.to_owned(),
            name: Some("Mi Tienda".to_owned()),
            reason: Some("NAME_FORMAT_UNACCEPTABLE".to_owned()),
        };
        let turned_down = Raise(AlarmKind::NameRejected, Warning, "NAME_FORMAT_UNACCEPTABLE".to_owned());
        assert!(effects(&said("REJECTED")).contains(&turned_down));
        assert!(effects(&said("APPROVED")).contains(&Fact("name", "Mi Tienda".into())));
        assert_eq!(effects(&said("DEFERRED")), [Fact("new_name_status", "PENDING_REVIEW".into())]);
    }

    #[test]
    fn a_ban_is_lifted_by_its_reinstatement() {
        let said = |ban: &str| match account_said("DISABLED_UPDATE") {
            Said::Account { event, number, restrictions, reason, .. } => {
                Said::Account { event, number, ban: Some(ban.to_owned()), restrictions, reason }
            }
            other => other,
        };
        assert_eq!(
            effects(&said("DISABLE")),
            [Raise(AlarmKind::AccountBanned, Critical, "DISABLE".to_owned())]
        );
        assert!(matches!(effects(&said("SCHEDULE_FOR_DISABLE"))[..], [Raise(_, Warning, _)]));
        assert!(effects(&said("REINSTATE")).contains(&Clear(AlarmKind::AccountBanned)));
        assert!(matches!(effects(&account_said("ACCOUNT_DELETED"))[..], [Raise(AlarmKind::AccountGone, ..)]));
        assert_eq!(effects(&account_said("ACCOUNT_RECONNECTED")), [Clear(AlarmKind::AccountGone)]);
        assert_eq!(effects(&account_said("AD_ACCOUNT_LINKED")), []);
    }

    #[test]
    fn an_alert_that_is_over_rings_no_more() {
        let said = |status: &str| Said::Alert {
            severity: "CRITICAL".to_owned(),
            status: Some(status.to_owned()),
            alert: "PROFILE_PICTURE_LOST".to_owned(),
            description: None,
        };
        assert!(matches!(effects(&said("ACTIVE"))[..], [Raise(AlarmKind::VendorAlert, Critical, _)]));
        assert_eq!(effects(&said("NONE")), [Clear(AlarmKind::VendorAlert)]);
    }

    #[test]
    fn a_limit_is_a_tier_however_it_is_written() {
        for (written, meant) in [("2000", "TIER_2K"), ("-1", "TIER_UNLIMITED"), ("TIER_10K", "TIER_10K")] {
            let said = Said::Capability { daily_limit: Some(written.to_owned()), numbers: None };
            assert_eq!(effects(&said), [Fact("limit", meant.into())]);
        }
    }

    #[test]
    fn what_nobody_knows_is_kept_and_does_nothing() {
        assert_eq!(effects(&Said::Other), []);
    }
}

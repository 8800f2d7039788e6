//! Notices about an account (whatsapp-cloud.md §4.3).

use domain::notice::Said;

use crate::json::Fields;

/// `None` when it is about something else.
pub(super) fn read(field: &str, value: &Fields<'_>) -> Option<Said> {
    match field {
        "account_alerts" => alert(value),
        "account_review_update" => Some(Said::Review { decision: value.text("decision")? }),
        "business_capability_update" => capability(value),
        "account_update" => update(value),
        // Under another name, by what only they hold.
        _ if value.has("alert_info") => alert(value),
        _ if value.has("max_phone_numbers_per_waba") || value.has("max_phone_numbers_per_business") => {
            capability(value)
        }
        _ if ["waba_info", "ban_info", "violation_info", "restriction_info"]
            .iter()
            .any(|part| value.has(part)) =>
        {
            update(value)
        }
        _ => None,
    }
}

fn update(value: &Fields<'_>) -> Option<Said> {
    let part = |object, name| value.object(object).and_then(|object| object.text(name));
    let restrictions = value.list("restriction_info").unwrap_or_default();
    Some(Said::Account {
        event: value.text("event")?,
        number: value.text("phone_number"),
        ban: part("ban_info", "waba_ban_state"),
        restrictions: restrictions
            .into_iter()
            .filter_map(|restriction| Fields::read(restriction)?.text("restriction_type"))
            .collect(),
        reason: part("violation_info", "violation_type").or_else(|| part("disconnection_info", "reason")),
    })
}

fn alert(value: &Fields<'_>) -> Option<Said> {
    // Older versions have no object around it.
    let info = value.object("alert_info");
    let part = |name| info.as_ref().and_then(|info| info.text(name)).or_else(|| value.text(name));
    Some(Said::Alert {
        severity: part("alert_severity")?,
        status: part("alert_status"),
        alert: part("alert_type")?,
        description: part("alert_description"),
    })
}

fn capability(value: &Fields<'_>) -> Option<Said> {
    // A tier's name, a number, or -1 for no limit; the numbers of one account, or of the whole business while it is new.
    let daily_limit = ["max_daily_conversations_per_business", "max_daily_conversation_per_phone"];
    let numbers = ["max_phone_numbers_per_waba", "max_phone_numbers_per_business"];
    let daily_limit = daily_limit.into_iter().find_map(|name| value.text(name));
    let numbers = numbers.into_iter().find_map(|name| value.whole(name));
    (daily_limit.is_some() || numbers.is_some()).then_some(Said::Capability { daily_limit, numbers })
}

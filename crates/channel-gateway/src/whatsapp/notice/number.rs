//! Notices about a number (whatsapp-cloud.md §4.2).

use domain::notice::Said;

use crate::json::Fields;

/// The limits stand under a number's notice and under an account's; text or a number.
const LIMIT: &str = "max_daily_conversations_per_business";

/// `None` when it is about something else.
pub(super) fn read(field: &str, value: &Fields<'_>) -> Option<Said> {
    let display_number = value.text("display_phone_number");
    let event = value.text("event");
    if let Some(decision) = value
        .text("decision")
        .filter(|_| value.has("requested_verified_name") || field == "phone_number_name_update")
    {
        return Some(Said::NumberName {
            display_number,
            decision,
            name: value.name("requested_verified_name"),
            reason: value.text("rejection_reason"),
        });
    }
    match (field, event) {
        ("security", Some(event)) => Some(Said::NumberSecurity { display_number, event }),
        ("phone_number_quality_update", Some(event)) => Some(quality(display_number, event, value)),
        ("business_username_update", _) => Some(Said::NumberUsername {
            display_number,
            username: value.name("username"),
            status: value.text("status")?,
        }),
        // Under another name, by what only they hold.
        (_, Some(event)) if event.starts_with("PIN_") => Some(Said::NumberSecurity { display_number, event }),
        (_, Some(event)) if display_number.is_some() && (value.has(LIMIT) || value.has("current_limit")) => {
            Some(quality(display_number, event, value))
        }
        _ => None,
    }
}

fn quality(display_number: Option<String>, event: String, value: &Fields<'_>) -> Said {
    // `current_limit` is what it was called until February 2026.
    let limit = value.text(LIMIT).or_else(|| value.text("current_limit"));
    Said::NumberQuality { display_number, event, limit }
}

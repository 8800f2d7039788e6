//! One change of each management field, by a short name and with what the caller wants different.

use chrono::Utc;
use serde_json::{Value, json};

use crate::settings::CloudChannel;

/// The short names, each with its field.
pub const NAMES: [(&str, &str); 32] = [
    ("phone_quality", "phone_number_quality_update"),
    ("phone_flagged", "phone_number_quality_update"),
    ("phone_unflagged", "phone_number_quality_update"),
    ("throughput_upgrade", "phone_number_quality_update"),
    ("phone_name", "phone_number_name_update"),
    ("security", "security"),
    ("business_username", "business_username_update"),
    ("account_update", "account_update"),
    ("account_deleted", "account_update"),
    ("account_restriction", "account_update"),
    ("account_violation", "account_update"),
    ("account_ban", "account_update"),
    ("account_reinstated", "account_update"),
    ("account_offboarded", "account_update"),
    ("account_reconnected", "account_update"),
    ("ad_account_linked", "account_update"),
    ("auth_international", "account_update"),
    ("country_changed", "account_update"),
    ("marketing_terms", "account_update"),
    ("volume_tier", "account_update"),
    ("partner_added", "account_update"),
    ("partner_removed", "account_update"),
    ("partner_app_installed", "account_update"),
    ("partner_app_uninstalled", "account_update"),
    ("partner_certification", "account_update"),
    ("account_alert", "account_alerts"),
    ("account_review", "account_review_update"),
    ("capability", "business_capability_update"),
    ("partner_solution", "partner_solutions"),
    ("payment_configuration", "payment_configuration_update"),
    ("automatic_event", "automatic_events"),
    ("unknown_field", "orbit_hint"),
];

/// Field and value of the change with this name; `more` is laid over the value.
pub fn change(name: &str, channel: &CloudChannel, more: &Value) -> Option<(&'static str, Value)> {
    let (_, field) = NAMES.into_iter().find(|(known, _)| *known == name)?;
    let mut value = usual(name, channel);
    if let (Some(value), Some(more)) = (value.as_object_mut(), more.as_object()) {
        for (key, given) in more {
            value.insert(key.clone(), given.clone());
        }
    }
    Some((field, value))
}

/// Whether the entry carries the portfolio's id instead of the account's.
pub fn of_portfolio(name: &str) -> bool {
    name.starts_with("partner_")
}

fn usual(name: &str, channel: &CloudChannel) -> Value {
    let digits = channel.digits();
    let now = Utc::now().timestamp();
    let owner = json!({ "waba_id": channel.waba_id, "owner_business_id": "500000000000001" });
    let quality = |event: &str| json!({ "display_phone_number": digits, "event": event, "max_daily_conversations_per_business": "TIER_2K" });
    match name {
        "phone_flagged" => json!({
            "display_phone_number": digits, "event": "FLAGGED", "current_limit": "TIER_2K",
        }),
        "phone_unflagged" => json!({
            "display_phone_number": digits, "event": "UNFLAGGED", "current_limit": "TIER_2K",
        }),
        "phone_quality" => quality("ONBOARDING"),
        "throughput_upgrade" => json!({
            "display_phone_number": digits, "event": "THROUGHPUT_UPGRADE",
            "max_daily_conversations_per_business": "TIER_UNLIMITED",
        }),
        "phone_name" => json!({
            "display_phone_number": digits, "decision": "APPROVED",
            "requested_verified_name": channel.verified_name, "rejection_reason": null,
        }),
        "security" => json!({
            "display_phone_number": digits, "event": "PIN_CHANGED", "requester": "122000000000001",
        }),
        "business_username" => json!({
            "display_phone_number": digits, "username": "sonrisas", "status": "approved",
        }),
        "account_deleted" => json!({ "event": "ACCOUNT_DELETED" }),
        "account_restriction" => json!({
            "event": "ACCOUNT_RESTRICTION",
            "restriction_info": [{
                "restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING", "expiration": now + 604_800,
                "remediation": "Review the policy and ask for a review.",
            }],
        }),
        "account_violation" => json!({
            "event": "ACCOUNT_VIOLATION", "violation_info": { "violation_type": "ADULT" },
        }),
        "account_ban" => json!({
            "event": "DISABLED_UPDATE",
            "ban_info": { "waba_ban_state": "DISABLE", "waba_ban_date": Utc::now().format("%B %-d, %Y").to_string() },
        }),
        "account_reinstated" => json!({
            "event": "DISABLED_UPDATE",
            "ban_info": { "waba_ban_state": "REINSTATE", "waba_ban_date": Utc::now().format("%B %-d, %Y").to_string() },
        }),
        "account_offboarded" => json!({
            "event": "ACCOUNT_OFFBOARDED", "phone_number": digits,
            "disconnection_info": { "reason": "PRIMARY_INACTIVITY", "initiated_by": "SYSTEM" },
        }),
        "account_reconnected" => json!({ "event": "ACCOUNT_RECONNECTED", "phone_number": digits }),
        "ad_account_linked" => json!({
            "event": "AD_ACCOUNT_LINKED",
            "waba_info": { "waba_id": channel.waba_id, "owner_business_id": "500000000000001", "ad_account_linked": "600000000000001" },
        }),
        "auth_international" => json!({
            "event": "AUTH_INTL_PRICE_ELIGIBILITY_UPDATE",
            "auth_international_rate_eligibility": {
                "start_time": now, "exception_countries": [{ "country_code": "ID", "start_time": now + 86_400 }],
            },
        }),
        "country_changed" => json!({
            "event": "BUSINESS_PRIMARY_LOCATION_COUNTRY_UPDATE", "country": "PE",
        }),
        "marketing_terms" => json!({ "event": "MM_LITE_TERMS_SIGNED", "waba_info": owner }),
        "volume_tier" => json!({
            "event": "VOLUME_BASED_PRICING_TIER_UPDATE",
            "volume_tier_info": {
                "tier_update_time": now, "pricing_category": "UTILITY", "tier": "25000001:50000000",
                "effective_month": Utc::now().format("%Y-%m").to_string(), "region": "Peru",
            },
        }),
        "partner_added" => json!({ "event": "PARTNER_ADDED", "waba_info": owner }),
        "partner_removed" => json!({ "event": "PARTNER_REMOVED", "waba_info": owner }),
        "partner_app_installed" => json!({
            "event": "PARTNER_APP_INSTALLED",
            "waba_info": { "waba_id": channel.waba_id, "owner_business_id": "500000000000001", "partner_app_id": channel.app_id },
        }),
        "partner_app_uninstalled" => json!({
            "event": "PARTNER_APP_UNINSTALLED",
            "waba_info": { "waba_id": channel.waba_id, "owner_business_id": "500000000000001", "partner_app_id": channel.app_id },
        }),
        "partner_certification" => json!({
            "event": "PARTNER_CLIENT_CERTIFICATION_STATUS_UPDATE",
            "partner_client_certification_info": {
                "client_business_id": "500000000000001", "status": "APPROVED", "rejection_reasons": ["NONE"],
            },
        }),
        "account_alert" => json!({
            "entity_type": "BUSINESS", "entity_id": "500000000000001",
            "alert_info": {
                "alert_severity": "WARNING", "alert_status": "ACTIVE",
                "alert_type": "INCREASED_CAPABILITIES_ELIGIBILITY_DEFERRED",
                "alert_description": "Your business is not eligible for a higher limit yet.",
            },
        }),
        "account_review" => json!({ "decision": "APPROVED" }),
        "capability" => {
            json!({ "max_daily_conversations_per_business": 2_000, "max_phone_numbers_per_waba": 25 })
        }
        "partner_solution" => json!({
            "event": "SOLUTION_CREATED", "solution_id": "774000000000001", "solution_status": "INITIATED",
        }),
        "payment_configuration" => json!({
            "configuration_name": "pagos", "provider_name": "pasarela", "provider_mid": "mid-1",
            "status": "Needs Testing", "created_timestamp": now - 3_600, "updated_timestamp": now,
        }),
        "automatic_event" => json!({ "event": "LEAD", "id": "automatic-1" }),
        "unknown_field" => json!({ "hint": [1, null], "deep": { "er": true } }),
        _ => json!({}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_a_shape_and_takes_changes() {
        let channel = CloudChannel::default();
        for (name, field) in NAMES {
            let (found, value) = change(name, &channel, &json!({ "x": 1 })).unwrap();
            assert_eq!((found, &value["x"]), (field, &json!(1)), "{name}");
            assert!(name == "account_update" || value.as_object().unwrap().len() > 1, "{name}");
        }
        assert!(change("nothing", &channel, &Value::Null).is_none());
    }
}

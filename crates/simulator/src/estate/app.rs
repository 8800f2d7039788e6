//! The app whose webhooks and tokens are used.

use std::collections::BTreeSet;

use crate::settings::{CloudChannel, Settings};

/// Fields of webhooks an app can subscribe to (whatsapp-cloud.md §4).
pub const FIELDS: [&str; 27] = [
    "messages",
    "account_alerts",
    "account_review_update",
    "account_update",
    "business_capability_update",
    "business_username_update",
    "history",
    "message_template_components_update",
    "message_template_quality_update",
    "message_template_status_update",
    "partner_solutions",
    "payment_configuration_update",
    "phone_number_name_update",
    "phone_number_quality_update",
    "security",
    "smb_app_state_sync",
    "smb_message_echoes",
    "template_category_update",
    "user_id_update",
    "user_preferences",
    "automatic_events",
    "calls",
    "flows",
    "group_lifecycle_update",
    "group_participants_update",
    "group_settings_update",
    "group_status_update",
];

/// An app.
#[derive(Debug, Clone)]
pub struct App {
    /// Its id.
    pub id: String,
    /// Key of the webhooks' signature.
    pub secret: String,
    /// What people call it.
    pub name: String,
    /// Where its webhooks go.
    pub callback: String,
    /// Answer to the verification question; `None`: that of the number.
    pub verify_token: Option<String>,
    /// Subscribed fields.
    pub fields: BTreeSet<String>,
}

impl App {
    /// The app of a number, with every field subscribed that concerns messages.
    pub fn of(channel: &CloudChannel, settings: &Settings) -> Self {
        Self {
            id: channel.app_id.clone(),
            secret: channel.app_secret.clone(),
            name: "Bandeja".to_owned(),
            callback: format!("{}/webhooks/whatsapp", settings.public_base()),
            verify_token: None,
            fields: FIELDS.iter().take(21).map(|field| (*field).to_owned()).collect(),
        }
    }

    /// Whether a change of this field is posted. Fields nobody has documented always are.
    pub fn takes(&self, field: &str) -> bool {
        self.fields.contains(field) || !FIELDS.contains(&field)
    }
}

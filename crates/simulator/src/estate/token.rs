//! Access tokens.

use chrono::{DateTime, Utc};

use crate::settings::CloudChannel;

/// Permission for messages and files.
pub const MESSAGING: &str = "whatsapp_business_messaging";
/// Permission for everything around them.
pub const MANAGEMENT: &str = "whatsapp_business_management";

/// A token, and what it may do (whatsapp-cloud.md §8.4).
#[derive(Debug, Clone)]
pub struct Token {
    /// The token itself.
    pub value: String,
    /// The app it was made with.
    pub app_id: String,
    /// `false` once it was revoked.
    pub valid: bool,
    /// End of its life by the wall's clock, if it has one.
    pub expires: Option<DateTime<Utc>>,
    /// Permissions.
    pub scopes: Vec<String>,
    /// Accounts it was given; `None`: those of its numbers.
    pub assets: Option<Vec<String>>,
}

impl Token {
    /// The lasting token of a system user, with both permissions.
    pub fn of(channel: &CloudChannel) -> Self {
        Self {
            value: channel.access_token.clone(),
            app_id: channel.app_id.clone(),
            valid: true,
            expires: None,
            scopes: [MANAGEMENT, MESSAGING, "public_profile"].map(str::to_owned).to_vec(),
            assets: None,
        }
    }

    /// Whether it works at all.
    pub fn works(&self, now: DateTime<Utc>) -> bool {
        self.valid && self.expires.is_none_or(|end| end > now)
    }
}

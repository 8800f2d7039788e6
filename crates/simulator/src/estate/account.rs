//! An account (WABA) and the portfolio around it.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};

use super::Override;
use crate::settings::CloudChannel;

/// Limits of people reached outside their window in 24 hours (whatsapp-cloud.md §5.5).
pub const TIERS: [(&str, usize); 5] = [
    ("TIER_250", 250),
    ("TIER_2K", 2_000),
    ("TIER_10K", 10_000),
    ("TIER_100K", 100_000),
    ("TIER_UNLIMITED", usize::MAX),
];

/// An account.
#[derive(Debug, Clone)]
pub struct Account {
    /// WABA id.
    pub id: String,
    /// Credentials for numbers that are added to it.
    pub seed: CloudChannel,
    /// Name of the account.
    pub name: String,
    /// Currency of its bills.
    pub currency: String,
    /// Meta's number of its time zone.
    pub timezone: String,
    /// The same: its days begin at midnight there.
    pub zone: Tz,
    /// `ACTIVE`, `DISABLED`, …
    pub status: String,
    /// `APPROVED`, …
    pub review: String,
    /// `verified`, `not_verified`, …
    pub verification: String,
    /// Its portfolio.
    pub portfolio: String,
    /// Limit of the portfolio.
    pub tier: String,
    /// Most numbers it may hold.
    pub most_numbers: usize,
    /// Has a way to pay.
    pub pays: bool,
    /// A partner's credit line pays, and Meta tells the account no costs.
    pub partner_pays: bool,
    /// The app listens to it.
    pub subscribed: bool,
    /// Where its messages go instead.
    pub callback: Option<Override>,
    /// Restrictions in force, as `account_update` names them.
    pub restrictions: Vec<String>,
    /// Insights into templates are on.
    pub insights: bool,
    /// When templates were made, on the scale of ages.
    pub created_templates: Vec<DateTime<Utc>>,
    /// Most templates it may hold.
    pub most_templates: usize,
    /// Who was written to outside their window, and when last, on the scale of ages.
    reached: HashMap<String, DateTime<Utc>>,
}

impl Account {
    /// The account of a number, in good standing.
    pub fn of(channel: &CloudChannel) -> Self {
        Self {
            id: channel.waba_id.clone(),
            seed: channel.clone(),
            name: channel.verified_name.clone(),
            currency: "USD".to_owned(),
            timezone: "102".to_owned(),
            zone: Tz::America__Lima,
            status: "ACTIVE".to_owned(),
            review: "APPROVED".to_owned(),
            verification: "verified".to_owned(),
            portfolio: "500000000000001".to_owned(),
            tier: "TIER_2K".to_owned(),
            most_numbers: 20,
            pays: true,
            partner_pays: false,
            subscribed: true,
            callback: None,
            restrictions: Vec::new(),
            insights: false,
            created_templates: Vec::new(),
            most_templates: 6_000,
            reached: HashMap::new(),
        }
    }

    /// Most people in 24 hours.
    pub fn limit(&self) -> usize {
        TIERS.iter().find(|(name, _)| *name == self.tier).map_or(usize::MAX, |(_, most)| *most)
    }

    /// Count somebody written to outside their window; `false` if there is no place left for them.
    pub fn reach(&mut self, customer: &str, age: DateTime<Utc>) -> bool {
        self.reached.retain(|_, at| *at + TimeDelta::hours(24) > age);
        if self.reached.len() >= self.limit() && !self.reached.contains_key(customer) {
            return false;
        }
        self.reached.insert(customer.to_owned(), age);
        true
    }

    /// The account as one of the entities of a health status.
    pub fn health(&self) -> Value {
        let mut entity = json!({ "entity_type": "WABA", "id": self.id, "can_send_message": "AVAILABLE" });
        if self.status != "ACTIVE" {
            entity["can_send_message"] = json!("BLOCKED");
            entity["errors"] = json!([{
                "error_code": 141_002, "error_description": "The WhatsApp Business Account is disabled.",
                "possible_solution": "Ask for a review in Business Support Home.",
            }]);
        } else if !self.restrictions.is_empty() {
            entity["can_send_message"] = json!("LIMITED");
            entity["additional_info"] = json!(self.restrictions);
        }
        entity
    }

    /// The portfolio as one of the entities of a health status.
    pub fn portfolio_health(&self) -> Value {
        let mut entity =
            json!({ "entity_type": "BUSINESS", "id": self.portfolio, "can_send_message": "AVAILABLE" });
        if !self.pays {
            entity["can_send_message"] = json!("BLOCKED");
            entity["errors"] = json!([{
                "error_code": 141_006, "error_description": "There is an issue with the payment method.",
                "possible_solution": "Add a payment method in Billing & payments.",
            }]);
        } else if self.verification != "verified" {
            entity["can_send_message"] = json!("LIMITED");
            entity["additional_info"] = json!(["The business has not passed business verification."]);
        }
        entity
    }
}

//! What a vendor tells about an account, a number or a template (whatsapp-cloud.md §4).
//!
//! The vendors add words without notice, so words stay text where we only show them; what we act on is a field.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::inbound::VendorError;

/// A notice, and all of it as it came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Notice {
    /// The vendor's name of the field.
    pub field: String,
    /// When, by the vendor's clock.
    pub at: Option<DateTime<Utc>>,
    /// What it says; [`Said::Other`] when this version does not know.
    pub said: Said,
    /// The value as it came.
    pub raw: Value,
}

/// What a notice says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "said", rename_all = "snake_case")]
pub enum Said {
    /// A template was approved, rejected, paused…
    TemplateStatus {
        /// Which.
        template: TemplateRef,
        /// The vendor's word: `APPROVED`, `REJECTED`, `PAUSED`…
        status: String,
        /// The vendor's word for why; none when it says `NONE`.
        reason: Option<String>,
        /// More about it, in the vendor's words.
        detail: Option<String>,
        /// What the vendor recommends.
        recommendation: Option<String>,
        /// Its category now, when told.
        category: Option<String>,
    },
    /// A template is liked more, or less.
    TemplateQuality {
        /// Which.
        template: TemplateRef,
        /// `GREEN`, `YELLOW`, `RED` or `UNKNOWN` before.
        previous: Option<String>,
        /// And now.
        current: String,
    },
    /// Somebody edited a template at the vendor.
    TemplateComponents {
        /// Which.
        template: TemplateRef,
    },
    /// A template's category changes.
    TemplateCategory {
        /// Which.
        template: TemplateRef,
        /// Its category now.
        current: String,
        /// What it was before, once it has changed.
        previous: Option<String>,
        /// What it will be, while that is only announced.
        coming: Option<String>,
        /// When that will be.
        coming_at: Option<DateTime<Utc>>,
    },
    /// A number's throughput, limit or standing changed.
    NumberQuality {
        /// The number, digits only.
        display_number: Option<String>,
        /// The vendor's word: `ONBOARDING`, `THROUGHPUT_UPGRADE`, `FLAGGED`…
        event: String,
        /// The limit of its portfolio (`TIER_2K`…), when told.
        limit: Option<String>,
    },
    /// The display name was decided on.
    NumberName {
        /// The number, digits only.
        display_number: Option<String>,
        /// `APPROVED`, `REJECTED`, `PENDING` or `DEFERRED`.
        decision: String,
        /// The name asked for.
        name: Option<String>,
        /// Why not.
        reason: Option<String>,
    },
    /// The two-step PIN was changed, or its reset was asked for.
    NumberSecurity {
        /// The number, digits only.
        display_number: Option<String>,
        /// `PIN_CHANGED`, `PIN_RESET_REQUEST`, …
        event: String,
    },
    /// The business's username was decided on.
    NumberUsername {
        /// The number, digits only.
        display_number: Option<String>,
        /// The name.
        username: Option<String>,
        /// `approved`, `reserved` or `deleted`.
        status: String,
    },
    /// Something happened to the account: restriction, violation, ban, partner, disconnection.
    Account {
        /// The vendor's word.
        event: String,
        /// The number it concerns, if one.
        number: Option<String>,
        /// `DISABLE`, `SCHEDULE_FOR_DISABLE` or `REINSTATE`.
        ban: Option<String>,
        /// What it may not do any more, in the vendor's words.
        restrictions: Vec<String>,
        /// What it was for: a violation, the reason of a disconnection.
        reason: Option<String>,
    },
    /// An alert.
    Alert {
        /// `CRITICAL`, `WARNING` or `INFORMATIONAL`.
        severity: String,
        /// `ACTIVE` or `NONE`.
        status: Option<String>,
        /// The vendor's word for what.
        alert: String,
        /// The vendor's sentence.
        description: Option<String>,
    },
    /// The account's review ended.
    Review {
        /// `APPROVED`, `REJECTED`, `PENDING` or `DEFERRED`.
        decision: String,
    },
    /// What the account may do changed.
    Capability {
        /// Unique customers a day outside a window; a tier's name or a number, as text; `-1` = unlimited.
        daily_limit: Option<String>,
        /// Numbers it may have.
        numbers: Option<u32>,
    },
    /// The vendor could not do something, as a whole.
    Failed(VendorError),
    /// Something said to a group; groups are not channels of ours.
    Group,
    /// A notice this version does not know. It is kept and shown.
    Other,
}

/// Which template a notice is about. Match by id first (whatsapp-cloud.md §4.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateRef {
    /// The vendor's id.
    pub vendor_id: Option<String>,
    /// Its name.
    pub name: String,
    /// Its language with an underscore, however the notice wrote it.
    pub language: String,
}

impl Notice {
    /// A notice that nothing is known of but its name.
    #[must_use]
    pub fn other(field: &str, raw: Value) -> Self {
        Self { field: field.to_owned(), at: None, said: Said::Other, raw }
    }
}

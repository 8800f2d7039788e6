//! The ledger: raw webhooks as they came.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

/// The ledger: raw webhooks as they came.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "receipt")]
pub struct Model {
    /// Order of receipt.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    /// `whatsapp`, `twilio_message`, `twilio_status`, `twilio_listed`.
    pub source: String,
    /// When.
    pub received_at: DateTime<Utc>,
    /// The query string of the request.
    pub query: String,
    /// The bytes.
    pub body: Vec<u8>,
    /// `new`, `applied`, `quarantined`.
    pub state: String,
    /// Counted before the work when it is suspected.
    pub tries: i16,
    /// When.
    pub applied_at: Option<DateTime<Utc>>,
    /// When its body was forgotten.
    pub forgotten_at: Option<DateTime<Utc>>,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

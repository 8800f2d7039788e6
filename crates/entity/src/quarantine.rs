//! What could not be understood or applied.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

/// What could not be understood or applied.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "quarantine")]
pub struct Model {
    /// The entry.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// From which receipt.
    pub receipt_id: i64,
    /// Which part; the whole when missing.
    pub item: Option<i32>,
    /// Why.
    pub reason: String,
    /// The part as it came.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub raw: Option<Json>,
    /// When.
    pub at: DateTime<Utc>,
    /// Replayed at.
    pub released_at: Option<DateTime<Utc>>,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

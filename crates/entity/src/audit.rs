//! Who did what; rows are never changed.

use chrono::{DateTime, Utc};
use domain::PersonId;
use sea_orm::entity::prelude::*;

/// Who did what; rows are never changed.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit")]
pub struct Model {
    /// The entry.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub actor_id: Option<PersonId>,
    /// From where.
    pub address: Option<String>,
    /// What.
    pub action: String,
    /// To what.
    pub object: Option<String>,
    /// More, without secrets.
    #[sea_orm(column_type = "JsonBinary")]
    pub detail: Json,
    /// Whether it was done.
    pub succeeded: bool,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

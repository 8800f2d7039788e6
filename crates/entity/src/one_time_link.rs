//! One-time links: invitations and resets.

use chrono::{DateTime, Utc};
use domain::PersonId;
use sea_orm::entity::prelude::*;

/// One-time links: invitations and resets.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "one_time_link")]
pub struct Model {
    /// SHA-256 of the code.
    #[sea_orm(primary_key, auto_increment = false)]
    pub token_hash: Vec<u8>,
    /// For whom.
    pub person_id: PersonId,
    /// Useless after.
    pub expires_at: DateTime<Utc>,
    /// Used at.
    pub used_at: Option<DateTime<Utc>>,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

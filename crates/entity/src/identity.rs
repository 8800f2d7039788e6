//! Addresses of contacts.

use chrono::{DateTime, Utc};
use domain::{ContactId, IdentityId, IdentityKind};
use sea_orm::entity::prelude::*;

/// Addresses of contacts.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "identity")]
pub struct Model {
    /// The identity.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: IdentityId,
    /// Whose.
    pub contact_id: ContactId,
    /// What the value is.
    pub kind: IdentityKind,
    /// The address.
    pub value: String,
    /// First seen.
    pub created_at: DateTime<Utc>,
    /// User ids: the vendor's account they hold in.
    pub account_key: Option<String>,
    /// No longer theirs since then.
    pub ended_at: Option<DateTime<Utc>>,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! Contacts: customers as human beings.

use chrono::{DateTime, Utc};
use domain::{ContactId, PersonId};
use sea_orm::entity::prelude::*;

/// Contacts: customers as human beings.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contact")]
pub struct Model {
    /// The contact.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ContactId,
    /// As the vendor or an agent wrote it.
    pub name: String,
    /// Goes before others.
    pub vip: bool,
    /// Whose customer.
    pub owner_id: Option<PersonId>,
    /// First seen.
    pub created_at: DateTime<Utc>,
    /// The contact that this one became a part of.
    pub merged_into: Option<ContactId>,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! Presence, capacity and load of those who can hold conversations.

use chrono::{DateTime, Utc};
use domain::{PersonId, PresenceState};
use sea_orm::entity::prelude::*;

/// Presence, capacity and load of those who can hold conversations.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "presence")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: PersonId,
    /// What they are.
    pub state: PresenceState,
    /// Which pause.
    pub pause_code: Option<String>,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Believed until then.
    pub lease_until: Option<DateTime<Utc>>,
    /// How many conversations at once.
    pub capacity: i32,
    /// How many now.
    pub load: i32,
    /// When the last conversation was given to them.
    pub idle_since: DateTime<Utc>,
    /// Raised by every change.
    pub version: i64,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

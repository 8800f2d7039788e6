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
    /// How many slots they have for conversations.
    pub capacity: i32,
    /// How many are taken, by conversations they hold or are offered.
    pub load: i32,
    /// When the last conversation was given to them.
    pub idle_since: DateTime<Utc>,
    /// Raised by every change.
    pub version: i64,
    /// Takes nothing new before that: they write up the last one.
    pub wrap_up_until: Option<DateTime<Utc>>,
    /// Offers they let run out since they last took one.
    pub offers_missed: i16,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

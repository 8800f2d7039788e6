//! Queues.

use chrono::{DateTime, Utc};
use domain::QueueId;
use sea_orm::entity::prelude::*;

/// Queues.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "queue")]
pub struct Model {
    /// The queue.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: QueueId,
    /// Its name.
    pub name: String,
    /// Order on screen.
    pub position: i32,
    /// Higher goes first.
    pub priority: i16,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! Who serves which queue.

use domain::{PersonId, QueueId};
use sea_orm::entity::prelude::*;

/// Who serves which queue.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "queue_member")]
pub struct Model {
    /// The queue.
    #[sea_orm(primary_key, auto_increment = false)]
    pub queue_id: QueueId,
    /// The person.
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: PersonId,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

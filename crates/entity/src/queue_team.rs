//! Which teams a queue belongs to.

use domain::{QueueId, TeamId};
use sea_orm::entity::prelude::*;

/// Which teams a queue belongs to.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "queue_team")]
pub struct Model {
    /// The queue.
    #[sea_orm(primary_key, auto_increment = false)]
    pub queue_id: QueueId,
    /// The team.
    #[sea_orm(primary_key, auto_increment = false)]
    pub team_id: TeamId,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

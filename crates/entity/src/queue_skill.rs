//! Which skills a queue asks for.

use domain::{QueueId, SkillId};
use sea_orm::entity::prelude::*;

/// Which skills a queue asks for.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "queue_skill")]
pub struct Model {
    /// The queue.
    #[sea_orm(primary_key, auto_increment = false)]
    pub queue_id: QueueId,
    /// The skill.
    #[sea_orm(primary_key, auto_increment = false)]
    pub skill_id: SkillId,
    /// At least this level.
    pub level: i16,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

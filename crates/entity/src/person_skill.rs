//! Who has which skill, and how well.

use domain::{PersonId, SkillId};
use sea_orm::entity::prelude::*;

/// Who has which skill, and how well.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "person_skill")]
pub struct Model {
    /// The person.
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: PersonId,
    /// The skill.
    #[sea_orm(primary_key, auto_increment = false)]
    pub skill_id: SkillId,
    /// 1 to 5.
    pub level: i16,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! Skills.

use domain::SkillId;
use sea_orm::entity::prelude::*;

/// Skills.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "skill")]
pub struct Model {
    /// The skill.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SkillId,
    /// Its name.
    pub name: String,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! Who is in which team.

use domain::{PersonId, TeamId};
use sea_orm::entity::prelude::*;

/// Who is in which team.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "team_member")]
pub struct Model {
    /// The team.
    #[sea_orm(primary_key, auto_increment = false)]
    pub team_id: TeamId,
    /// The person.
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: PersonId,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

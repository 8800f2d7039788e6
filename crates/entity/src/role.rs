//! Roles: permissions, each with a scope.

use chrono::{DateTime, Utc};
use domain::RoleId;
use sea_orm::entity::prelude::*;

/// Roles: permissions, each with a scope.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "role")]
pub struct Model {
    /// The role.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RoleId,
    /// `agent`, `supervisor`, `admin`, or one of the installation's own.
    pub name: String,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! What a role permits, and how far.

use domain::{Permission, RoleId, Scope};
use sea_orm::entity::prelude::*;

/// What a role permits, and how far.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "role_permission")]
pub struct Model {
    /// The role.
    #[sea_orm(primary_key, auto_increment = false)]
    pub role_id: RoleId,
    /// What.
    #[sea_orm(primary_key, auto_increment = false)]
    pub permission: Permission,
    /// How far.
    pub scope: Scope,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

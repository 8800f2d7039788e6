//! The roles every installation starts with, as rows.

use domain::{RoleId, access::ready_made_roles};
use entity::{role, role_permission};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter};

/// Creates the ready-made roles that are missing. One that exists stays as its installation has made it.
///
/// # Errors
/// When the database refuses.
pub async fn ensure_ready_made(tx: &impl ConnectionTrait) -> Result<(), DbErr> {
    for (name, grants) in ready_made_roles() {
        if role::Entity::find().filter(role::Column::Name.eq(name)).one(tx).await?.is_some() {
            continue;
        }
        let id = RoleId::new();
        let row = role::ActiveModel { id: Set(id), name: Set(name.to_owned()), ..Default::default() };
        role::Entity::insert(row).exec_without_returning(tx).await?;
        let grants = grants.into_iter().map(|(permission, scope)| role_permission::ActiveModel {
            role_id: Set(id),
            permission: Set(permission),
            scope: Set(scope),
        });
        role_permission::Entity::insert_many(grants).exec_without_returning(tx).await?;
    }
    Ok(())
}

//! The audit: who did what, with what result. Rows are only ever added.

use chrono::{DateTime, Utc};
use domain::PersonId;
use entity::audit;
use sea_orm::{ActiveValue::Set, ConnectionTrait, DbErr, EntityTrait};
use serde_json::Value;

/// One line of the audit.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    /// Who; nobody known for a failed sign-in of a stranger.
    pub actor: Option<PersonId>,
    /// From where.
    pub address: &'a str,
    /// What, as in `sign_in`.
    pub action: &'static str,
    /// To what.
    pub object: Option<String>,
    /// More, without secrets.
    pub detail: Value,
    /// Whether it was done.
    pub succeeded: bool,
}

impl<'a> Entry<'a> {
    /// Something a person did to their own access.
    #[must_use]
    pub const fn own(
        action: &'static str,
        actor: Option<PersonId>,
        address: &'a str,
        succeeded: bool,
    ) -> Self {
        Self { actor, address, action, object: None, detail: Value::Null, succeeded }
    }
}

/// Adds a line, in the transaction of what it tells about.
///
/// # Errors
/// When the database refuses.
pub async fn record(tx: &impl ConnectionTrait, entry: Entry<'_>, now: DateTime<Utc>) -> Result<(), DbErr> {
    let detail = if entry.detail.is_null() { Value::Object(serde_json::Map::new()) } else { entry.detail };
    let row = audit::ActiveModel {
        at: Set(now),
        actor_id: Set(entry.actor),
        address: Set(Some(entry.address.to_owned())),
        action: Set(entry.action.to_owned()),
        object: Set(entry.object),
        detail: Set(detail),
        succeeded: Set(entry.succeeded),
        ..Default::default()
    };
    audit::Entity::insert(row).exec_without_returning(tx).await.map(drop)
}

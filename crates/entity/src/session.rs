//! Sessions of signed-in people.

use chrono::{DateTime, Utc};
use domain::{PersonId, SessionId};
use sea_orm::entity::prelude::*;

/// Sessions of signed-in people.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session")]
pub struct Model {
    /// The session.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SessionId,
    /// Whose.
    pub person_id: PersonId,
    /// SHA-256 of the cookie.
    pub token_hash: Vec<u8>,
    /// Expected on every unsafe request.
    pub csrf_token: String,
    /// Where it came from.
    pub address: String,
    /// The browser.
    pub agent: String,
    /// Signed in at.
    pub created_at: DateTime<Utc>,
    /// Last real activity.
    pub seen_at: DateTime<Utc>,
    /// Absolute end.
    pub ends_at: DateTime<Utc>,
    /// Signed out or revoked at.
    pub ended_at: Option<DateTime<Utc>>,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

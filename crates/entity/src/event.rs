//! What happened, in order.

use chrono::{DateTime, Utc};
use domain::{ConversationId, MessageId, PersonId};
use sea_orm::entity::prelude::*;

/// What happened, in order.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "event")]
pub struct Model {
    /// Order of insert; says nothing about visibility.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The cursor, given by the relay after commit.
    pub seq: Option<i64>,
    /// When.
    pub at: DateTime<Utc>,
    /// See `Event::kind`.
    pub kind: String,
    /// Where.
    pub conversation_id: Option<ConversationId>,
    /// About which message.
    pub message_id: Option<MessageId>,
    /// About whom.
    pub person_id: Option<PersonId>,
    /// By whom.
    pub actor_id: Option<PersonId>,
    /// The whole event.
    #[sea_orm(column_type = "JsonBinary")]
    pub data: Json,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

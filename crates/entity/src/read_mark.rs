//! How far a person has read a conversation.

use chrono::{DateTime, Utc};
use domain::{ConversationId, PersonId};
use sea_orm::entity::prelude::*;

/// How far a person has read a conversation.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "read_mark")]
pub struct Model {
    /// Who.
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: PersonId,
    /// What.
    #[sea_orm(primary_key, auto_increment = false)]
    pub conversation_id: ConversationId,
    /// Read up to this count.
    pub inbound_count: i64,
    /// When.
    pub at: DateTime<Utc>,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

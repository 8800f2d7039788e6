//! Who held a conversation, since when, why.

use chrono::{DateTime, Utc};
use domain::{ConversationId, PersonId, QueueId};
use sea_orm::entity::prelude::*;

/// Who held a conversation, since when, why.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "assignment")]
pub struct Model {
    /// The entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Which.
    pub conversation_id: ConversationId,
    /// Who.
    pub person_id: PersonId,
    /// In which queue.
    pub queue_id: QueueId,
    /// An `AssignmentReason`.
    #[sea_orm(column_type = "JsonBinary")]
    pub reason: Json,
    /// By whom; the router when missing.
    pub by_id: Option<PersonId>,
    /// From.
    pub started_at: DateTime<Utc>,
    /// To.
    pub ended_at: Option<DateTime<Utc>>,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

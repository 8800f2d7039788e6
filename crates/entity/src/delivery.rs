//! How far messages of ours have come.

use chrono::{DateTime, Utc};
use domain::{ChannelId, ConversationId, DeliveryState, MessageId};
use sea_orm::entity::prelude::*;

/// How far messages of ours have come.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "delivery")]
pub struct Model {
    /// The message.
    #[sea_orm(primary_key, auto_increment = false)]
    pub message_id: MessageId,
    /// Through what.
    pub channel_id: ChannelId,
    /// Where.
    pub conversation_id: ConversationId,
    /// Order within the conversation.
    pub position: i64,
    /// Where it stands.
    pub state: DeliveryState,
    /// Since when.
    pub changed_at: DateTime<Utc>,
    /// Calls made.
    pub attempts: i32,
    /// Not before.
    pub due_at: DateTime<Utc>,
    /// While sending.
    pub lease_until: Option<DateTime<Utc>>,
    /// The vendor's code.
    pub error_code: Option<i64>,
    /// The vendor's words.
    pub error_detail: Option<String>,
    /// What a person can do.
    pub advice: Option<String>,
    /// 0: an answer of a person; 1: sent to many.
    pub lane: i16,
    /// Why it waits although nothing is wrong, see `domain::outbound::Hold`.
    pub held: Option<String>,
    /// What it costs.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub pricing: Option<Json>,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

//! Messages.

use chrono::{DateTime, Utc};
use domain::{ChannelId, ConversationId, MessageId, PersonId};
use sea_orm::entity::prelude::*;

/// Messages.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "message")]
pub struct Model {
    /// The message.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MessageId,
    /// Where.
    pub conversation_id: ConversationId,
    /// Through what.
    pub channel_id: ChannelId,
    /// `in` or `out`.
    pub direction: String,
    /// See `Content::kind`.
    pub kind: String,
    /// The words in it.
    pub body: Option<String>,
    /// The whole typed content.
    #[sea_orm(column_type = "JsonBinary")]
    pub content: Json,
    /// The vendor's id.
    pub vendor_id: Option<String>,
    /// The browser's id.
    pub client_id: Option<Uuid>,
    /// Who of us wrote it.
    pub author_id: Option<PersonId>,
    /// The vendor's second; ours for replies.
    pub written_at: DateTime<Utc>,
    /// Order of receipt.
    pub position: i64,
    /// Vendor id of the quoted message.
    pub reply_to: Option<String>,
    /// What it refers to.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub context: Option<Json>,
    /// The ad that led here.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub referral: Option<Json>,
    /// Stored at.
    pub created_at: DateTime<Utc>,
    /// Raised by every change.
    pub version: i64,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

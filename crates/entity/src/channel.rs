//! Channels: connected numbers and accounts.

use chrono::{DateTime, Utc};
use domain::{ChannelId, ChannelKind, QueueId};
use sea_orm::entity::prelude::*;

/// Channels: connected numbers and accounts.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "channel")]
pub struct Model {
    /// The channel.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ChannelId,
    /// What it speaks.
    pub kind: ChannelKind,
    /// Its name.
    pub name: String,
    /// Our number.
    pub address: String,
    /// How webhooks name it, see `ChannelKey::text`.
    pub vendor_key: String,
    /// How webhooks name its account.
    pub account_key: String,
    /// The vendor's ids; no secrets.
    #[sea_orm(column_type = "JsonBinary")]
    pub settings: Json,
    /// Where its conversations begin.
    pub queue_id: QueueId,
    /// The vendor's limit for the number.
    pub per_second: i32,
    /// For how many seconds after closing a customer's message goes on with the same conversation.
    pub reopen_within: i32,
    /// Out of use since.
    pub disabled_at: Option<DateTime<Utc>>,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

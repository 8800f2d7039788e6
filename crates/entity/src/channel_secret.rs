//! Sealed secrets of channels.

use chrono::{DateTime, Utc};
use domain::ChannelId;
use sea_orm::entity::prelude::*;

/// Sealed secrets of channels.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "channel_secret")]
pub struct Model {
    /// The channel.
    #[sea_orm(primary_key, auto_increment = false)]
    pub channel_id: ChannelId,
    /// `app_secret`, `verify_token`, `access_token`, `auth_token`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// Two live ones during rotation.
    #[sea_orm(primary_key, auto_increment = false)]
    pub generation: i32,
    /// The envelope.
    pub sealed: Vec<u8>,
    /// What an admin may see of it.
    pub last_four: String,
    /// Since when.
    pub changed_at: DateTime<Utc>,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

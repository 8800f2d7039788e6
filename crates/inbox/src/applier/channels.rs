//! Which of our channels a webhook is about.

use std::{collections::HashMap, sync::Arc};

use chrono::TimeDelta;
use domain::{ChannelId, ChannelKind, QueueId, inbound::ChannelKey};
use sea_orm::{DatabaseTransaction, DbErr, FromQueryResult};

use crate::rows;

/// What applying needs to know of a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Channel {
    pub id: ChannelId,
    pub kind: ChannelKind,
    pub queue_id: QueueId,
    /// Its account at the vendor. User ids mean the same person only within one.
    pub account_key: Arc<str>,
    /// For how long after closing a message goes on with the same conversation.
    pub reopen_within: TimeDelta,
}

/// The channels that a batch names.
pub(crate) struct Directory(HashMap<String, Channel>);

impl Directory {
    pub async fn load(
        tx: &DatabaseTransaction,
        keys: impl Iterator<Item = &ChannelKey>,
    ) -> Result<Self, DbErr> {
        #[derive(FromQueryResult)]
        struct Named {
            key: String,
            id: ChannelId,
            kind: ChannelKind,
            queue_id: QueueId,
            account_key: String,
            reopen_within: i32,
        }

        let mut keys: Vec<String> = keys.map(ChannelKey::text).collect();
        keys.sort_unstable();
        keys.dedup();
        if keys.is_empty() {
            return Ok(Self(HashMap::new()));
        }
        let found: Vec<Named> = rows::all(
            tx,
            // A notice of a whole account belongs to all of its channels; any one of them stands for it.
            "select vendor_key as key, id, kind, queue_id, account_key, reopen_within
             from channel where vendor_key = any($1)
             union all
             select distinct on (account_key) account_key, id, kind, queue_id, account_key, reopen_within
             from channel where account_key = any($1)",
            [keys.into()],
        )
        .await?;
        let channels = found.into_iter().map(|named| {
            let Named { key, id, kind, queue_id, account_key, reopen_within } = named;
            let reopen_within = TimeDelta::seconds(reopen_within.into());
            (key, Channel { id, kind, queue_id, account_key: account_key.into(), reopen_within })
        });
        Ok(Self(channels.collect()))
    }

    pub fn find(&self, key: &ChannelKey) -> Option<&Channel> {
        self.0.get(&key.text())
    }
}

//! Which of our channels a webhook is about.

use std::collections::HashMap;

use domain::{ChannelId, ChannelKind, QueueId, inbound::ChannelKey};
use sea_orm::{DatabaseTransaction, DbErr, FromQueryResult};

use crate::rows;

/// What applying needs to know of a channel.
#[derive(Debug, Clone, Copy, FromQueryResult)]
pub(crate) struct Channel {
    pub id: ChannelId,
    pub kind: ChannelKind,
    pub queue_id: QueueId,
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
            #[sea_orm(nested)]
            channel: Channel,
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
            "select vendor_key as key, id, kind, queue_id from channel where vendor_key = any($1)
             union all
             select distinct on (account_key) account_key, id, kind, queue_id from channel where account_key = any($1)",
            [keys.into()],
        )
        .await?;
        Ok(Self(found.into_iter().map(|named| (named.key, named.channel)).collect()))
    }

    pub fn find(&self, key: &ChannelKey) -> Option<Channel> {
        self.0.get(&key.text()).copied()
    }
}

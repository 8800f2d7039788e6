//! One sender for each channel in use, and the bell passed on to those that have something to send.

use std::{collections::HashMap, sync::Arc, time::Duration};

use domain::ChannelId;
use sea_orm::{DatabaseConnection, DbErr, FromQueryResult};
use tokio::{sync::Notify, sync::watch, task::JoinHandle};
use uuid::Uuid;

use super::{ChannelSender, Transmit};
use crate::{Wakes, rows};

/// How often new channels are looked for when nobody rings.
const POLL: Duration = Duration::from_secs(2);

struct Running {
    bell: Arc<Notify>,
    task: JoinHandle<()>,
}

/// Send for every channel until `stop` is set, then let the calls under way end.
pub async fn run<T: Transmit>(
    db: DatabaseConnection,
    transmit: Arc<T>,
    wakes: Wakes,
    mut stop: watch::Receiver<bool>,
) {
    let holder = Uuid::now_v7();
    let mut senders: HashMap<ChannelId, Running> = HashMap::new();
    while !*stop.borrow() {
        let rung = wakes.sender.notified();
        match channels(&db).await {
            Ok(channels) => {
                for channel in channels {
                    let sender = senders.remove(&channel.id).filter(|sender| !sender.task.is_finished());
                    let sender = sender.unwrap_or_else(|| {
                        let bell = Arc::new(Notify::new());
                        let sender =
                            ChannelSender::new(db.clone(), Arc::clone(&transmit), channel.id, holder);
                        let task = tokio::spawn(sender.run(Arc::clone(&bell), wakes.clone(), stop.clone()));
                        Running { bell, task }
                    });
                    if channel.waiting {
                        sender.bell.notify_one();
                    }
                    senders.insert(channel.id, sender);
                }
            }
            Err(error) => tracing::error!(%error, "channels could not be read; tried again in {POLL:?}"),
        }
        tokio::select! {
            () = rung => {}
            () = tokio::time::sleep(POLL) => {}
            _ = stop.changed() => {}
        }
    }
    for sender in senders.into_values() {
        if let Err(error) = sender.task.await {
            tracing::error!(%error, "a channel's sender broke off");
        }
    }
}

#[derive(FromQueryResult)]
struct Channel {
    id: ChannelId,
    waiting: bool,
}

async fn channels(db: &DatabaseConnection) -> Result<Vec<Channel>, DbErr> {
    rows::all(
        db,
        "select id, exists (select from delivery d where d.channel_id = c.id and d.state in ('queued', 'sending'))
             as waiting
         from channel c where disabled_at is null",
        [],
    )
    .await
}

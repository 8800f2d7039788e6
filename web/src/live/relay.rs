//! The relay's loop: numbers committed events and hands them to this node's hub.

use std::time::Duration;

use inbox::{Wakes, relay};
use sea_orm::DatabaseConnection;
use tokio::sync::watch;

use super::{
    Pulse,
    hub::{Hub, HubCommand},
};

/// A lost wake-up costs at most this.
const POLL: Duration = Duration::from_secs(1);

/// Number events until `stop`. `db` commits asynchronously: a number that is lost with Postgres is given again.
pub async fn run(
    db: DatabaseConnection,
    wakes: Wakes,
    hub: Hub,
    pulse: Pulse,
    mut stop: watch::Receiver<bool>,
) {
    while !*stop.borrow() {
        let rung = wakes.relay.notified();
        match relay::step(&db).await {
            Ok(batch) => {
                pulse.beat();
                let full = batch.events.len() as u64 >= relay::MOST;
                hub.tell(HubCommand::Numbered(batch)).await;
                if full {
                    continue;
                }
            }
            Err(error) => {
                tracing::error!(%error, "events could not be numbered; open pages reconnect");
                hub.tell(HubCommand::Away).await;
            }
        }
        tokio::select! {
            () = rung => {}
            () = tokio::time::sleep(POLL) => {}
            _ = stop.changed() => {}
        }
    }
}

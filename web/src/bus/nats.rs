//! Hints through NATS.

use anyhow::Context as _;
use futures_util::StreamExt as _;
use inbox::Wakes;
use uuid::Uuid;

use super::{EVERY, next, take_in};
use crate::live::Hub;

const SUBJECT: &str = "bandeja.wake";

/// Carry hints until something breaks. The client reconnects by itself.
pub async fn carry(url: &str, node: Uuid, wakes: &Wakes, hub: &Hub) -> anyhow::Result<()> {
    let client = async_nats::connect(url).await.context("connect to NATS")?;
    let mut heard = client.subscribe(SUBJECT).await.context("subscribe")?;
    let listen = async {
        while let Some(message) = heard.next().await {
            if let Ok(text) = std::str::from_utf8(&message.payload) {
                take_in(text, node, wakes, hub).await;
            }
        }
        anyhow::bail!("the subscription ended")
    };
    let tell = async {
        loop {
            let said = next(node, wakes, hub).await;
            client.publish(SUBJECT, said.into()).await.context("publish")?;
            client.flush().await.context("publish")?;
            tokio::time::sleep(EVERY).await;
        }
    };
    tokio::select! {
        ended = listen => ended,
        ended = tell => ended,
    }
}

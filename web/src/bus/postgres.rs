//! Hints through LISTEN and NOTIFY.

use anyhow::Context as _;
use inbox::Wakes;
use sea_orm::{
    ConnectionTrait as _, DatabaseBackend, Statement,
    sqlx::postgres::{PgListener, PgPoolOptions},
};
use secrecy::ExposeSecret as _;
use uuid::Uuid;

use super::{EVERY, next, take_in};
use crate::{database, live::Hub, settings::DatabaseSettings};

const CHANNEL: &str = "bandeja";

/// Carry hints until something breaks. Needs a direct connection: a pooler by transaction can't listen.
pub async fn carry(settings: &DatabaseSettings, node: Uuid, wakes: &Wakes, hub: &Hub) -> anyhow::Result<()> {
    let url = settings.url.as_ref().context("no database")?;
    let pool = PgPoolOptions::new().max_connections(1).connect(url.expose_secret()).await?;
    let mut ears = PgListener::connect_with(&pool).await.context("listen")?;
    ears.listen(CHANNEL).await.context("listen")?;
    let mouth = database::open_asynchronous(settings).await?;
    let listen = async {
        loop {
            let heard = ears.recv().await.context("listen")?;
            take_in(heard.payload(), node, wakes, hub).await;
        }
    };
    let tell = async {
        loop {
            let said = next(node, wakes, hub).await;
            let notify = Statement::from_sql_and_values(
                DatabaseBackend::Postgres,
                "select pg_notify($1, $2)",
                [CHANNEL.into(), said.into()],
            );
            mouth.execute_raw(notify).await.context("notify")?;
            tokio::time::sleep(EVERY).await;
        }
    };
    tokio::select! {
        ended = listen => ended,
        ended = tell => ended,
    }
}

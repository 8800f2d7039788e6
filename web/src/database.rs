//! Opening Postgres.

use std::time::Duration;

use anyhow::Context;
use sea_orm::{ConnectOptions, Database, DatabaseConnection};
use secrecy::ExposeSecret;

use crate::settings::DatabaseSettings;

/// Connections of the relay and the hub: few, and they don't wait for the disk at commit. What a crash of Postgres takes
/// back of them is done again.
///
/// # Errors
/// When there is no URL or nobody answers there.
pub async fn open_asynchronous(settings: &DatabaseSettings) -> anyhow::Result<DatabaseConnection> {
    let mut options = connect_options(settings)?;
    options
        .max_connections(3)
        .map_sqlx_postgres_opts(|options| options.options([("synchronous_commit", "off")]));
    Database::connect(options).await.context("connect to the database")
}

/// Opens the pool. Connections are made when they are needed, the first one now.
///
/// # Errors
/// When there is no URL or nobody answers there.
pub async fn open(settings: &DatabaseSettings) -> anyhow::Result<DatabaseConnection> {
    let mut options = connect_options(settings)?;
    options.max_connections(settings.max_connections);
    Database::connect(options).await.context("connect to the database")
}

fn connect_options(settings: &DatabaseSettings) -> anyhow::Result<ConnectOptions> {
    let url = settings.url.as_ref().context("no database: set DATABASE_URL, or `url` in [database]")?;
    let mut options = ConnectOptions::new(url.expose_secret());
    options
        .acquire_timeout(Duration::from_secs(settings.acquire_seconds))
        .connect_timeout(Duration::from_secs(settings.acquire_seconds))
        .sqlx_logging(false);
    Ok(options)
}

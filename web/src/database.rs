//! Opening Postgres.

use std::time::Duration;

use anyhow::Context;
use sea_orm::{ConnectOptions, Database, DatabaseConnection};
use secrecy::ExposeSecret;

use crate::settings::DatabaseSettings;

/// Opens the pool. Connections are made when they are needed, the first one now.
///
/// # Errors
/// When there is no URL or nobody answers there.
pub async fn open(settings: &DatabaseSettings) -> anyhow::Result<DatabaseConnection> {
    let url = settings.url.as_ref().context("no database: set DATABASE_URL, or `url` in [database]")?;
    let mut options = ConnectOptions::new(url.expose_secret());
    options
        .max_connections(settings.max_connections)
        .acquire_timeout(Duration::from_secs(settings.acquire_seconds))
        .connect_timeout(Duration::from_secs(settings.acquire_seconds))
        .sqlx_logging(false);
    Database::connect(options).await.context("connect to the database")
}

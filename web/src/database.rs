//! Opening Postgres.

use std::time::Duration;

use anyhow::Context;
use sea_orm::{ConnectOptions, Database, DatabaseConnection};
use secrecy::ExposeSecret;

use crate::settings::DatabaseSettings;

/// A loop's connection that rested for longer is asked whether it still is one before it is used. Those of requests are
/// always asked: a person should not be the one who finds out that Postgres was restarted.
const RESTED: Duration = Duration::from_secs(5);

/// What every connection of ours asks for. Compiling a statement takes Postgres longer than any of ours runs. And nobody
/// waits for long for a node that hangs in the midst of a transaction, or whose machine is gone: what it holds is free once
/// Postgres ends the connection. It listens for nothing while it sends to somebody who does not take it; then it is the
/// system that gives up.
fn manners(settings: &DatabaseSettings) -> [(&'static str, String); 3] {
    let silent = format!("{}s", settings.silent_seconds);
    [
        ("jit", "off".to_owned()),
        ("idle_in_transaction_session_timeout", silent.clone()),
        ("tcp_user_timeout", silent),
    ]
}

/// Of the relay's and the hub's connections. They don't wait for the disk at commit: what a crash of Postgres takes back
/// of them is done again. And they find rows by their keys only, with the same many-sided questions for each batch: one
/// plan for each, of index look-ups, whatever the statistics of a young table say.
const LIVE: [(&str, &str); 5] = [
    ("synchronous_commit", "off"),
    ("plan_cache_mode", "force_generic_plan"),
    ("enable_seqscan", "off"),
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
];

/// Connections of the relay and the hub: few, and tuned for what they do again and again.
///
/// # Errors
/// When there is no URL or nobody answers there.
pub async fn open_asynchronous(settings: &DatabaseSettings) -> anyhow::Result<DatabaseConnection> {
    let mut options = connect_options(settings)?;
    options.test_before_acquire_if_idle_for(RESTED);
    let manners = manners(settings);
    options
        .max_connections(3)
        .map_sqlx_postgres_opts(move |options| options.options(manners.clone()).options(LIVE));
    Database::connect(options).await.context("connect to the database")
}

/// Opens the pool of the loops, which try again by themselves.
///
/// # Errors
/// When there is no URL or nobody answers there.
pub async fn open_for_loops(settings: &DatabaseSettings) -> anyhow::Result<DatabaseConnection> {
    let mut options = connect_options(settings)?;
    options.test_before_acquire_if_idle_for(RESTED);
    connect(options, settings).await
}

/// Opens the pool of requests. Connections are made when they are needed, the first one now.
///
/// # Errors
/// When there is no URL or nobody answers there.
pub async fn open(settings: &DatabaseSettings) -> anyhow::Result<DatabaseConnection> {
    connect(connect_options(settings)?, settings).await
}

async fn connect(
    mut options: ConnectOptions,
    settings: &DatabaseSettings,
) -> anyhow::Result<DatabaseConnection> {
    let manners = manners(settings);
    options
        .max_connections(settings.max_connections)
        .map_sqlx_postgres_opts(move |options| options.options(manners.clone()));
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

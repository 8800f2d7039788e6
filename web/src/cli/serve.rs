//! `bandeja serve` and `bandeja worker`.

use std::net::TcpListener;

use anyhow::{Context, bail};
use sea_orm::DatabaseConnection;
use tokio::signal::unix::{SignalKind, signal};

use crate::{clock::Clock, database, demo_mark, schema, server, settings::Settings, state::AppState, worker};

/// Serves until it is told to stop.
pub(super) async fn serve(settings: Settings) -> anyhow::Result<()> {
    let state = open(settings).await?;
    let bind = state.settings.server.bind;
    let listener = TcpListener::bind(bind).with_context(|| format!("listen on {bind}"))?;
    let server = server::run(listener, &state).context("start the server")?;
    let handle = server.handle();
    tracing::info!(%bind, "serving on {bind}");
    if state.settings.worker.in_serve {
        tokio::spawn(async move {
            if let Err(error) = worker::run(state).await {
                tracing::error!(error = format!("{error:#}"), "the background work stopped");
            }
        });
    }
    tokio::spawn(async move {
        if let Err(error) = stop_signal().await {
            tracing::error!(error = &error as &dyn std::error::Error, "signals can't be heard");
            return;
        }
        tracing::info!("stopping");
        handle.stop(true).await;
    });
    server.await.context("serve")
}

/// Works until it is told to stop.
pub(super) async fn work(settings: Settings) -> anyhow::Result<()> {
    let state = open(settings).await?;
    tokio::select! {
        done = worker::run(state) => done,
        heard = stop_signal() => heard.context("listen for signals"),
    }
}

/// What production starts from: a database that is up to date and no demo's.
async fn open(settings: Settings) -> anyhow::Result<AppState> {
    let db = database::open(&settings.database).await?;
    refuse_demo(&db).await?;
    schema::is_current(&db).await?;
    AppState::start(settings, db, Clock::system()).await
}

/// A demo's accounts have a published password.
pub(super) async fn refuse_demo(db: &DatabaseConnection) -> anyhow::Result<()> {
    if demo_mark::is_set(db).await.context("ask whether the database is a demo's")? {
        bail!("this is a demo's database, whose accounts have a published password: use another one");
    }
    Ok(())
}

/// Returns when the process is asked to end.
async fn stop_signal() -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        heard = tokio::signal::ctrl_c() => heard,
        _ = terminate.recv() => Ok(()),
    }
}

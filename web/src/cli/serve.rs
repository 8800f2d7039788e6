//! `bandeja serve` and `bandeja worker`.

use std::{net::TcpListener, time::Duration};

use anyhow::{Context, bail};
use sea_orm::DatabaseConnection;
use tokio::{
    signal::unix::{SignalKind, signal},
    task::JoinHandle,
};

use crate::{clock::Clock, database, demo_mark, schema, server, settings::Settings, state::AppState, worker};

/// Serves until it is told to stop.
pub(super) async fn serve(settings: Settings) -> anyhow::Result<()> {
    let state = open(settings).await?;
    let bind = state.settings.server.bind;
    let listener = TcpListener::bind(bind).with_context(|| format!("listen on {bind}"))?;
    let server = server::run(listener, &state).context("start the server")?;
    let handle = server.handle();
    tracing::info!(%bind, "serving on {bind}");
    let work = state.settings.worker.in_serve.then(|| tokio::spawn(worker::run(state.clone())));
    let stop = state.stop.clone();
    tokio::spawn(async move {
        stop_signal().await;
        tracing::info!("stopping: no new requests, pages are told to reconnect");
        stop.send_replace(true);
        handle.stop(true).await;
    });
    server.await.context("serve")?;
    if let Some(work) = work {
        finish(&state, work).await?;
    }
    Ok(())
}

/// Works until it is told to stop.
pub(super) async fn work(settings: Settings) -> anyhow::Result<()> {
    let state = open(settings).await?;
    let mut work = tokio::spawn(worker::run(state.clone()));
    tokio::select! {
        ended = &mut work => return ended.context("work")?,
        () = stop_signal() => {}
    }
    tracing::info!("stopping: what was begun is finished");
    state.stop.send_replace(true);
    finish(&state, work).await
}

/// Waits for the work that was begun, but not longer than a deploy waits for us.
async fn finish(state: &AppState, work: JoinHandle<anyhow::Result<()>>) -> anyhow::Result<()> {
    let patience = Duration::from_secs(state.settings.server.shutdown_seconds);
    match tokio::time::timeout(patience, work).await {
        Ok(ended) => ended.context("work")?,
        Err(_) => {
            // Leases run out, and another node or the next start goes on.
            tracing::warn!("some work was left unfinished");
            Ok(())
        }
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
async fn stop_signal() {
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut asked) => asked.recv().await,
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "SIGTERM can't be heard");
                std::future::pending().await
            }
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminated => {}
    }
}

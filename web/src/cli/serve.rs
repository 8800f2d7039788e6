//! `bandeja serve` and `bandeja worker`.

use std::{io, net::TcpListener, pin::pin, time::Duration};

use anyhow::{Context, bail};
use sea_orm::DatabaseConnection;
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
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
    let Some(mut work) = work else { return server.await.context("serve") };
    serve_beside(server, &mut work, &state.stop).await?;
    if work.is_finished() { Ok(()) } else { finish(&state, work).await }
}

/// Serves until the server ends, or the work does without having been told to. Half a server is worse than none:
/// webhooks would be taken and never applied, replies never sent. Whoever supervises the process starts it anew.
async fn serve_beside(
    server: impl Future<Output = io::Result<()>>,
    work: &mut JoinHandle<anyhow::Result<()>>,
    stop: &watch::Sender<bool>,
) -> anyhow::Result<()> {
    let mut server = pin!(server);
    let ended = tokio::select! {
        served = &mut server => return served.context("serve"),
        ended = work => ended,
    };
    ended.context("the background work broke off")?.context("the background work broke off")?;
    if !*stop.borrow() {
        bail!("the background work ended by itself");
    }
    server.await.context("serve")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_server_does_not_outlive_its_background_work() {
        let (stop, _) = watch::channel(false);
        let mut breaks_off = tokio::spawn(async { panic!("a bug") });
        let ended = serve_beside(std::future::pending(), &mut breaks_off, &stop).await;
        assert_eq!(ended.unwrap_err().to_string(), "the background work broke off");
    }

    #[tokio::test]
    async fn when_told_to_stop_the_work_may_end_before_the_last_request() {
        let (stop, _) = watch::channel(true);
        let mut work = tokio::spawn(async { Ok(()) });
        let server = async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            Ok(())
        };
        assert!(serve_beside(server, &mut work, &stop).await.is_ok());
        assert!(work.is_finished());
    }
}

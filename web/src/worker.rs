//! The background work: what `worker` does alone and `serve` does too.

use std::sync::Arc;

use anyhow::Context as _;
use futures_util::future::try_join_all;
use inbox::{applier, dispatcher, presence, reply::later, search::indexing, sending, watch};

use crate::{gateway::Gateway, housekeeping, jobs, state::AppState};

/// Works until it is told to stop. Each loop is a task of its own, so that none waits for another.
///
/// # Errors
/// When the work can't begin, or a loop breaks off.
pub async fn run(state: AppState) -> anyhow::Result<()> {
    let AppState { road, wakes, stop, .. } = &state;
    let db = &road.db;
    let poll = state.settings.worker.dispatch_poll();
    let gateway = Arc::new(Gateway::new(&state, state.settings.vendors.http()?));
    let loops = [
        road.spawn(applier::run(db.clone(), wakes.clone(), stop.subscribe())),
        road.spawn(dispatcher::run(db.clone(), wakes.clone(), poll, stop.subscribe())),
        road.spawn(watch::run(db.clone(), wakes.clone(), stop.subscribe())),
        road.spawn(later::run(db.clone(), wakes.clone(), stop.subscribe())),
        road.spawn(presence::run(db.clone(), wakes.clone(), stop.subscribe())),
        road.spawn(sending::run(db.clone(), gateway.clone(), wakes.clone(), stop.subscribe())),
        road.spawn(housekeeping::run(state.clone())),
        // Off the road: messages don't wait for files, reports, vendors' lists and search.
        tokio::spawn(indexing::run(state.db.clone(), stop.subscribe())),
        tokio::spawn(jobs::run(state.clone(), gateway)),
    ];
    // Whichever breaks off first is told at once, not after the others have ended.
    try_join_all(loops).await.context("a loop of the background work broke off")?;
    Ok(())
}

//! The background work: what `worker` does alone and `serve` does too.

use std::sync::Arc;

use anyhow::Context as _;
use inbox::{applier, dispatcher, presence, sending};
use tokio::task::JoinSet;

use crate::{gateway::Gateway, housekeeping, state::AppState};

/// Works until it is told to stop. Each loop is a task of its own, so that none waits for another.
///
/// # Errors
/// When the work can't begin, or a loop breaks off.
pub async fn run(state: AppState) -> anyhow::Result<()> {
    let AppState { db, wakes, stop, .. } = &state;
    let gateway = Arc::new(Gateway::new(&state, state.settings.vendors.http()?));
    let mut loops = JoinSet::new();
    loops.spawn(applier::run(db.clone(), wakes.clone(), stop.subscribe()));
    loops.spawn(dispatcher::run(db.clone(), wakes.clone(), stop.subscribe()));
    loops.spawn(presence::run(db.clone(), wakes.clone(), stop.subscribe()));
    loops.spawn(sending::run(db.clone(), gateway, wakes.clone(), stop.subscribe()));
    loops.spawn(housekeeping::run(state.clone()));
    while let Some(ended) = loops.join_next().await {
        ended.context("a loop of the background work broke off")?;
    }
    Ok(())
}

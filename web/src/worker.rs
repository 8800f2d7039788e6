//! The background work: what `worker` does alone and `serve` does too.

use std::sync::Arc;

use channel_gateway::Http;
use inbox::{applier, dispatcher, presence, sending};

use crate::{gateway::Gateway, state::AppState};

/// Works until it is told to stop.
///
/// # Errors
/// When the work can't begin.
pub async fn run(state: AppState) -> anyhow::Result<()> {
    let AppState { db, wakes, stop, .. } = &state;
    let gateway = Gateway::new(&state, Http::new()?);
    tokio::join!(
        applier::run(db.clone(), wakes.clone(), stop.subscribe()),
        dispatcher::run(db.clone(), wakes.clone(), stop.subscribe()),
        presence::run(db.clone(), wakes.clone(), stop.subscribe()),
        sending::run(db.clone(), Arc::new(gateway), wakes.clone(), stop.subscribe()),
    );
    Ok(())
}

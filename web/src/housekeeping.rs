//! What grows and may be forgotten, looked at by the hour.

use std::time::Duration;

use inbox::{bulk, retention};
use sea_orm::DbErr;

use crate::{
    auth::{factor::half, session, throttle},
    state::AppState,
};

const EVERY: Duration = Duration::from_secs(3600);

/// Tidy up until the process ends.
pub async fn run(state: AppState) {
    let mut stop = state.stop.subscribe();
    while !*stop.borrow() {
        if let Err(error) = tidy(&state).await {
            tracing::warn!(%error, "old rows could not be forgotten; tried again in an hour");
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            _ = stop.changed() => {}
        }
    }
}

async fn tidy(state: &AppState) -> Result<(), DbErr> {
    let now = state.clock.now();
    throttle::forget_old(&state.db, now).await?;
    session::forget_old(&state.db, now).await?;
    half::forget_old(&state.db, now).await?;
    bulk::end_given_up(&state.db, None, now).await?;
    let ledger = &state.settings.ledger;
    let bodies = retention::forget_bodies(&state.db, ledger.body_days).await?;
    let trails = retention::forget_trail(&state.db, ledger.trail_days).await?;
    let decisions = retention::forget_decisions(&state.db, ledger.trail_days).await?;
    let work = retention::forget_work(&state.db, now).await?;
    if work > 0 {
        tracing::info!(work, "drafts, planned answers and deeds to many past their time were forgotten");
    }
    if decisions > 0 {
        tracing::info!(decisions, "decisions of the router past their time were forgotten");
    }
    if bodies + trails > 0 {
        tracing::info!(bodies, trails, "raw webhooks past their time were forgotten");
    }
    Ok(())
}

//! The working day: signing in begins it, signing out ends it, and a page that comes back goes on with it.

use domain::{PersonId, PresenceState, Principal, SessionId};
use inbox::presence::{self, Arrival};
use sea_orm::{DbErr, TransactionTrait as _};

use crate::state::AppState;

/// Somebody signed in.
///
/// # Errors
/// When the database fails.
pub async fn begin(state: &AppState, session: SessionId) -> Result<(), DbErr> {
    match state.auth.recheck(session).await? {
        Some(viewer) => arrive(state, viewer.principal.person, Arrival::SignedIn).await,
        None => Ok(()),
    }
}

/// Somebody's page is there (again).
///
/// # Errors
/// When the database fails.
pub async fn go_on(state: &AppState, person: PersonId) -> Result<(), DbErr> {
    arrive(state, person, Arrival::Reconnected).await
}

/// Somebody signs out. What they hold stays theirs.
///
/// # Errors
/// When the database fails.
pub async fn end(state: &AppState, who: &Principal) -> Result<(), DbErr> {
    let tx = state.db.begin().await?;
    presence::leave(&tx, who, state.clock.now()).await?;
    tx.commit().await?;
    state.wakes.relay();
    Ok(())
}

async fn arrive(state: &AppState, person: PersonId, how: Arrival) -> Result<(), DbErr> {
    let tx = state.db.begin().await?;
    let came = presence::arrive(&tx, person, how, state.clock.now()).await?;
    tx.commit().await?;
    if came {
        tracing::info!(%person, state = PresenceState::Available.as_str(), "person {person} is at work");
        state.wakes.dispatch();
        state.wakes.relay();
    }
    Ok(())
}

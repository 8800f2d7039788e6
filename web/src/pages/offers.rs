//! What is offered to a person, and the next conversation they ask for.

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Path},
};
use domain::ConversationId;
use inbox::{
    assignment::{AssignError, offers},
    dispatcher,
};
use serde_json::json;
use views::Refusal;

use super::{
    conversations::{refusal, refused},
    words,
};
use crate::{auth::SignedIn, error::PageError, state::AppState};

/// POST /conversations/{id}/offer/accept: take what is offered to one.
///
/// # Errors
/// Not found when no such offer to this person stands any more; refusals in their language.
pub async fn accept(
    viewer: SignedIn,
    id: Path<ConversationId>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let now = state.clock.now();
    let taken = state.transact(async |tx| match offers::accept(tx, &viewer.principal, *id, now).await {
        Ok(()) => Ok(()),
        Err(error) => Err(over(error, &viewer, &state).await),
    });
    taken.await?;
    state.wakes.dispatch();
    state.wakes.relay();
    Ok(HttpResponse::NoContent().finish())
}

/// POST /conversations/{id}/offer/decline: leave it to somebody else.
///
/// # Errors
/// As [`accept`].
pub async fn decline(
    viewer: SignedIn,
    id: Path<ConversationId>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let now = state.clock.now();
    let left = state.transact(async |tx| match offers::decline(tx, &viewer.principal, *id, now).await {
        Ok(()) => Ok(()),
        Err(error) => Err(over(error, &viewer, &state).await),
    });
    left.await?;
    state.wakes.dispatch();
    state.wakes.relay();
    Ok(HttpResponse::NoContent().finish())
}

/// An offer to somebody else and one that never was are answered alike.
async fn over(error: AssignError, viewer: &SignedIn, state: &AppState) -> PageError {
    match error {
        AssignError::NotFound => {
            PageError::refused(StatusCode::NOT_FOUND, "offer_over", words(viewer).t("refusal-offer-over"))
        }
        error => refusal(error, state, words(viewer)).await,
    }
}

/// POST /next: take the conversation the router would give this person; nothing when nobody waits for them.
///
/// # Errors
/// Refusals in the person's language: on a pause, or no more fit.
pub async fn next(viewer: SignedIn, state: Data<AppState>) -> Result<HttpResponse, PageError> {
    let taken = state.transact(async |tx| {
        match dispatcher::take_next(tx, &viewer.principal, state.clock.now()).await {
            Ok(taken) => Ok(taken),
            Err(AssignError::TargetOffline) => {
                Err(refused(StatusCode::CONFLICT, &Refusal::NotAvailable, words(&viewer)))
            }
            Err(error) => Err(refusal(error, &state, words(&viewer)).await),
        }
    });
    let Some(conversation) = taken.await? else {
        return Ok(HttpResponse::NoContent().finish());
    };
    state.wakes.relay();
    Ok(HttpResponse::Ok().json(json!({ "conversation": conversation })))
}

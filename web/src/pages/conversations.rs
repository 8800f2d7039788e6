//! Who holds a conversation.

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Form, Path},
};
use domain::{ConversationId, Permission, PersonId};
use inbox::{
    alerts::{self, SeenError},
    assignment::{self, AssignError, Handover},
};
use serde::{Deserialize, Deserializer};
use views::{Refusal, Tx};

use super::{within_reach, words};
use crate::{auth::SignedIn, error::PageError, state::AppState};

/// Who shall hold a conversation; nobody puts it back into its queue.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewHolder {
    #[serde(default, deserialize_with = "empty_is_nobody")]
    person: Option<PersonId>,
}

fn empty_is_nobody<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<PersonId>, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(serde::de::Error::custom) }
}

/// POST /conversations/{id}/assignee: a supervisor moves it.
///
/// # Errors
/// Refusals in the person's language, with who was faster.
pub async fn assign(
    viewer: SignedIn,
    id: Path<ConversationId>,
    form: Form<NewHolder>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let now = state.clock.now();
    let line = within_reach(&viewer, &state, *id, Permission::ConversationAssign).await?;
    let moved = state.transact(async |tx| {
        let moved = match form.person {
            Some(to) => {
                let wish = Handover { conversation: *id, from: line.assignee_id, to };
                assignment::assign(tx, &viewer.principal, wish, now).await
            }
            None => assignment::release(tx, &viewer.principal, *id, now).await,
        };
        match moved {
            Ok(()) => Ok(()),
            Err(error) => Err(refusal(error, &state, words(&viewer)).await),
        }
    });
    moved.await?;
    state.wakes.dispatch();
    state.wakes.relay();
    Ok(HttpResponse::NoContent().finish())
}

/// POST /conversations/{id}/claim: an agent takes it from a queue.
///
/// # Errors
/// Refusals in the person's language, with who was faster.
pub async fn claim(
    viewer: SignedIn,
    id: Path<ConversationId>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let now = state.clock.now();
    let taken = state.transact(async |tx| match assignment::claim(tx, &viewer.principal, *id, now).await {
        Ok(()) => Ok(()),
        Err(error) => Err(refusal(error, &state, words(&viewer)).await),
    });
    taken.await?;
    state.wakes.relay();
    Ok(HttpResponse::NoContent().finish())
}

/// POST /conversations/{id}/alerts/seen: a supervisor knows of what called for one, for all of them.
///
/// # Errors
/// Not found, for who may not give the conversation to somebody.
pub async fn alerts_seen(
    viewer: SignedIn,
    id: Path<ConversationId>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    state
        .transact(async |tx| {
            let done = alerts::see(tx, &viewer.principal, *id, state.clock.now()).await;
            done.map_err(|error| match error {
                SeenError::NotFound => PageError::NotFound,
                SeenError::Db(error) => error.into(),
            })
        })
        .await?;
    state.wakes.relay();
    Ok(HttpResponse::NoContent().finish())
}

pub(super) async fn refusal(error: AssignError, state: &AppState, tx: Tx) -> PageError {
    let refusal = match error {
        AssignError::NotFound => return PageError::NotFound,
        AssignError::Db(error) => return error.into(),
        AssignError::Closed => Refusal::ConversationClosed,
        AssignError::HeldBy(holder) => {
            let names = state.directory.names().await.ok();
            Refusal::HeldBy(holder.zip(names).map(|(holder, names)| names.person(holder)))
        }
        AssignError::OfferedTo(person) => {
            let names = state.directory.names().await.ok();
            Refusal::OfferedTo(names.map(|names| names.person(person)).unwrap_or_default())
        }
        AssignError::TargetOutsideQueue => Refusal::TargetOutsideQueue,
        AssignError::OtherTeam => Refusal::OtherTeam,
        AssignError::TargetOffline => Refusal::TargetOffline,
        AssignError::Full => Refusal::Full,
    };
    refused(StatusCode::CONFLICT, &refusal, tx)
}

pub(super) fn refused(status: StatusCode, refusal: &Refusal, tx: Tx) -> PageError {
    PageError::refused(status, refusal.code(), refusal.words(&tx))
}

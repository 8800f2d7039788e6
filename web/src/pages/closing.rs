//! Closing a conversation, and opening it again.

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Form, Path},
};
use domain::{ConversationId, Permission};
use inbox::{
    attributes,
    closing::{self, CloseError, With},
    handing_over::LONGEST_NOTE,
    outcomes,
    reopening::{self, ReopenError},
    snoozing::Fetched,
};
use sea_orm::TransactionTrait as _;
use serde::Deserialize;
use views::{Refusal, Tx, outcomes::CloseDialog};

use super::{conversations::refused, html, outcomes::line, within_reach, words};
use crate::{auth::SignedIn, error::PageError, live::class_for, present, state::AppState};

/// GET /conversations/{id}/close: with what.
///
/// # Errors
/// Not found, also for conversations that are not this person's to close.
pub async fn show(
    viewer: SignedIn,
    id: Path<ConversationId>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let principal = &viewer.principal;
    let talk = within_reach(&viewer, &state, *id, Permission::ConversationClose).await?;
    let fields: Vec<(String, String)> =
        attributes::all(&state.db).await?.into_iter().map(|one| (one.key, one.name)).collect();
    let leaves = outcomes::all(&state.db).await?.into_iter().filter(|one| !one.is_group);
    html(&CloseDialog {
        tx: words(&viewer),
        conversation: *id,
        contact: talk.contact_id,
        contact_name: present::name(&talk, class_for(principal, &talk.facts())),
        outcomes: leaves.map(|one| line(one, &fields)).collect(),
        outcome_required: outcomes::rule(&state.db).await?.outcome_required,
        may_update: principal.can(Permission::ContactUpdate, &talk.facts()),
        longest: LONGEST_NOTE,
    })
}

/// With what it is closed; nothing at all is closing at once.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Closing {
    #[serde(default)]
    outcome: String,
    #[serde(default)]
    note: String,
}

/// POST /conversations/{id}/close: done.
///
/// # Errors
/// Refusals in the person's language.
pub async fn create(
    viewer: SignedIn,
    id: Path<ConversationId>,
    form: Option<Form<Closing>>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let tx = words(&viewer);
    let Closing { outcome, note } = form.map(Form::into_inner).unwrap_or_default();
    let outcome = match outcome.as_str() {
        "" => None,
        chosen => {
            let unknown = |_| refused(StatusCode::UNPROCESSABLE_ENTITY, &Refusal::NoSuchOutcome, tx);
            Some(chosen.parse().map_err(unknown)?)
        }
    };
    let begun = state.db.begin().await?;
    let with = With { outcome, note: Some(note) };
    closing::close_with(&begun, &viewer.principal, *id, with, state.clock.now())
        .await
        .map_err(|error| refusal(error, tx))?;
    begun.commit().await?;
    state.wakes.dispatch();
    state.wakes.relay();
    Ok(HttpResponse::NoContent().finish())
}

/// POST /conversations/{id}/reopen: it goes on, by hand.
///
/// # Errors
/// Refusals in the person's language.
pub async fn reopen(
    viewer: SignedIn,
    id: Path<ConversationId>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let tx = words(&viewer);
    let begun = state.db.begin().await?;
    let fetched =
        reopening::reopen(&begun, &viewer.principal, *id, state.clock.now()).await.map_err(|error| {
            match error {
                ReopenError::NotFound => PageError::NotFound,
                ReopenError::Db(error) => error.into(),
                ReopenError::Open => refused(StatusCode::CONFLICT, &Refusal::Reopened, tx),
                ReopenError::TooLate => refused(StatusCode::CONFLICT, &Refusal::ReopenTooLate, tx),
                ReopenError::Another(_) => refused(StatusCode::CONFLICT, &Refusal::AnotherOpen, tx),
            }
        })?;
    begun.commit().await?;
    state.wakes.dispatch();
    state.wakes.watch.notify_one();
    state.wakes.relay();
    let said = match fetched {
        Fetched::Held => tx.t("reopened-held"),
        Fetched::Waits => tx.t("reopened-waits"),
    };
    Ok(HttpResponse::Ok().json(serde_json::json!({ "said": said })))
}

pub(super) fn refusal(error: CloseError, tx: Tx) -> PageError {
    let refusal = match error {
        CloseError::NotFound => return PageError::NotFound,
        CloseError::Db(error) => return error.into(),
        CloseError::AlreadyClosed => Refusal::AlreadyClosed,
        CloseError::OutcomeRequired => Refusal::OutcomeRequired,
        CloseError::NoSuchOutcome => Refusal::NoSuchOutcome,
        CloseError::Missing(names) => Refusal::FieldsMissing(names),
        CloseError::NoteTooLong(length) => Refusal::NoteTooLong { length, longest: LONGEST_NOTE },
    };
    refused(StatusCode::CONFLICT, &refusal, tx)
}

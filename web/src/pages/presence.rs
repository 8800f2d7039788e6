//! Presence: one's own, and that of colleagues.

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Form, Path},
};
use domain::{PersonId, PresenceState};
use inbox::presence::{self, PresenceError};
use serde::Deserialize;
use views::{PauseTag, Refusal, Tx};

use super::words;
use crate::{auth::SignedIn, error::PageError, state::AppState};

/// What the switch puts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewPresence {
    state: PresenceState,
    #[serde(default)]
    code: Option<String>,
}

/// PUT /me/presence.
///
/// # Errors
/// Refusals in the person's language.
pub async fn update(
    viewer: SignedIn,
    form: Form<NewPresence>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let person = viewer.principal.person;
    set(&viewer, person, form.into_inner(), &state).await
}

/// PUT /people/{id}/presence: a supervisor changes a colleague's.
///
/// # Errors
/// Refusals in the person's language.
pub async fn update_other(
    viewer: SignedIn,
    person: Path<PersonId>,
    form: Form<NewPresence>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    set(&viewer, *person, form.into_inner(), &state).await
}

async fn set(
    viewer: &SignedIn,
    person: PersonId,
    wanted: NewPresence,
    state: &AppState,
) -> Result<HttpResponse, PageError> {
    let code = wanted.code.as_deref().filter(|code| !code.is_empty());
    let set = state.transact(async |tx| {
        let set = presence::set(tx, &viewer.principal, person, wanted.state, code, state.clock.now()).await;
        set.map_err(|error| refusal(error, words(viewer)))
    });
    set.await?;
    state.wakes.dispatch();
    state.wakes.relay();
    Ok(HttpResponse::NoContent().finish())
}

/// POST /me/wrap-up/end: what was closed is written up, the next may come.
///
/// # Errors
/// When the database fails.
pub async fn end_wrap_up(viewer: SignedIn, state: Data<AppState>) -> Result<HttpResponse, PageError> {
    let ended =
        state.transact(async |tx| Ok(presence::end_wrap_up(tx, &viewer.principal, state.clock.now()).await?));
    ended.await?;
    state.wakes.dispatch();
    state.wakes.relay();
    Ok(HttpResponse::NoContent().finish())
}

/// A refusal in words.
pub(super) fn refusal(error: PresenceError, tx: Tx) -> PageError {
    let (status, refusal) = match error {
        PresenceError::NotFound => return PageError::NotFound,
        PresenceError::Db(error) => return error.into(),
        PresenceError::UnknownPause => (StatusCode::UNPROCESSABLE_ENTITY, Refusal::UnknownPause),
        PresenceError::PauseFull { code, name, queue, people } => {
            let pause = PauseTag { code, name: Some(name) };
            (StatusCode::CONFLICT, Refusal::PauseFull { people, pause, queue })
        }
    };
    PageError::refused(status, refusal.code(), refusal.words(&tx))
}

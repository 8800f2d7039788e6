//! One's own presence.

use actix_web::{
    HttpResponse,
    web::{Data, Form},
};
use domain::PresenceState;
use inbox::presence::{self, PresenceError};
use sea_orm::TransactionTrait as _;
use serde::Deserialize;

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
/// When the database fails.
pub async fn update(
    viewer: SignedIn,
    form: Form<NewPresence>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let NewPresence { state: wanted, code } = form.into_inner();
    let person = viewer.principal.person;
    let tx = state.db.begin().await?;
    presence::set(
        &tx,
        &viewer.principal,
        person,
        wanted,
        code.as_deref().filter(|code| !code.is_empty()),
        state.clock.now(),
    )
    .await
    .map_err(|error| match error {
        PresenceError::NotFound => PageError::NotFound,
        PresenceError::Db(error) => error.into(),
    })?;
    tx.commit().await?;
    state.wakes.dispatch();
    state.wakes.relay();
    Ok(HttpResponse::NoContent().finish())
}

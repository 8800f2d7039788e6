//! Notes: writing one, and whom it can name.

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
    web::{Data, Form, Path},
};
use domain::{ConversationId, Permission, PersonId, note};
use inbox::{
    notes::{self, NewNote, NoteError},
    reading,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use views::{NoteFragment, Refusal, Template as _, Tx};

use super::{conversations::refused, within_reach, words};
use crate::{auth::SignedIn, error::PageError, present, state::AppState};

/// What the composer posts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Posted {
    client_id: Uuid,
    body: String,
}

/// POST /conversations/{id}/notes: answers with the note that the socket carries too.
///
/// # Errors
/// Refusals in the person's language; nothing is changed then.
pub async fn create(
    viewer: SignedIn,
    id: Path<ConversationId>,
    Form(Posted { client_id, body }): Form<Posted>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let tx_words = words(&viewer);
    let written = state.transact(async |tx| {
        let new = NewNote { conversation: *id, client_id, body: body.clone() };
        let written = notes::write(tx, &viewer.principal, new, state.clock.now()).await;
        written.map_err(|error| refusal(error, tx_words))
    });
    let written = written.await?;
    state.wakes.relay();
    let lines = reading::notes::some(&state.db, &[written.note]).await?;
    let line = lines.first().ok_or(PageError::NotFound)?;
    let html = NoteFragment { tx: tx_words, note: &present::note(line) };
    let html = html.render().map_err(anyhow::Error::from)?;
    Ok(HttpResponse::Created()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(html))
}

/// Somebody who can be named.
#[derive(Debug, Serialize)]
struct Reader {
    id: PersonId,
    name: String,
}

/// GET /conversations/{id}/readers: the colleagues who may see it, and so may be named in a note.
///
/// # Errors
/// Not found, also for conversations that are not this person's to write notes on.
pub async fn readers(
    viewer: SignedIn,
    id: Path<ConversationId>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let principal = &viewer.principal;
    let line = within_reach(&viewer, &state, *id, Permission::ConversationNote).await?;
    let readers: Vec<Reader> = reading::notes::readers(&state.db, &line.facts())
        .await?
        .into_iter()
        .filter(|one| one.may && one.id != principal.person)
        .map(|one| Reader { id: one.id, name: one.name })
        .collect();
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(readers))
}

pub(super) fn refusal(error: NoteError, tx: Tx) -> PageError {
    let refusal = match error {
        NoteError::NotFound => return PageError::NotFound,
        NoteError::Db(error) => return error.into(),
        NoteError::Empty => Refusal::NoteEmpty,
        NoteError::TooLong(length) => Refusal::NoteTooLong { length, longest: note::LONGEST },
        NoteError::OutOfSight(names) => Refusal::OutOfSight(names),
    };
    refused(StatusCode::UNPROCESSABLE_ENTITY, &refusal, tx)
}

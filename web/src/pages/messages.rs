//! Answering, and sending again.

use actix_web::{
    Either, HttpResponse,
    http::{StatusCode, header},
    web::{Data, Form, Json, Path},
};
use domain::{
    Content, ConversationId, MessageId, Permission,
    consent::Purpose,
    limits::{Flaw, Part, Problem},
};
use inbox::{
    reading,
    reply::{self, Draft, Lane, ReplyError},
};
use serde::Deserialize;
use uuid::Uuid;
use views::{MessageFragment, Refusal, Template as _, Tx};

use super::words;
use crate::{
    auth::SignedIn,
    error::PageError,
    present::{self, Class},
    state::AppState,
};

/// A line as the composer posts it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewLine {
    client_id: Uuid,
    body: String,
    #[serde(default)]
    reply_to: Option<MessageId>,
}

/// Any kind of message, as scripts and other programs post it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewMessage {
    client_id: Uuid,
    content: Content,
    #[serde(default)]
    reply_to: Option<MessageId>,
}

/// POST /conversations/{id}/messages: answers with the bubble that the socket carries too.
///
/// # Errors
/// Refusals in the person's language; nothing is changed then.
pub async fn create(
    viewer: SignedIn,
    id: Path<ConversationId>,
    written: Either<Json<NewMessage>, Form<NewLine>>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let tx_words = words(&viewer);
    let draft = match written {
        Either::Left(Json(NewMessage { client_id, content, reply_to })) => {
            Draft { conversation: *id, client_id, content, reply_to, lane: Lane::Answer }
        }
        Either::Right(Form(NewLine { client_id, body, reply_to })) => {
            Draft { reply_to, ..Draft::text(*id, client_id, body) }
        }
    };
    let submitted = state
        .transact(async |tx| {
            let done = reply::submit(tx, &viewer.principal, draft.clone(), state.clock.now()).await;
            done.map_err(|error| refusal(error, tx_words))
        })
        .await?;
    state.wakes.send();
    state.wakes.relay();
    let lines = reading::messages::some(&state.db, &[submitted.message]).await?;
    // A reaction is no bubble of its own: the message it stands on changes, and the socket tells.
    let Some(line) = lines.first() else { return Ok(HttpResponse::Created().finish()) };
    let class =
        if viewer.principal.holds(Permission::ContactPiiReveal) { Class::Full } else { Class::Masked };
    let message = present::message(line, class);
    let bubble = MessageFragment { tx: tx_words, message: &message }.render().map_err(anyhow::Error::from)?;
    Ok(HttpResponse::Created()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(bubble))
}

/// POST /messages/{id}/resend: a person decides to send again what failed or whose fate is unknown.
///
/// # Errors
/// Refusals in the person's language.
pub async fn resend(
    viewer: SignedIn,
    id: Path<MessageId>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    state
        .transact(async |tx| {
            let done = reply::resend(tx, &viewer.principal, *id, state.clock.now()).await;
            done.map_err(|error| refusal(error, words(&viewer)))
        })
        .await?;
    state.wakes.send();
    state.wakes.relay();
    Ok(HttpResponse::NoContent().finish())
}

pub(super) fn refusal(error: ReplyError, tx: Tx) -> PageError {
    let (status, refusal) = match error {
        ReplyError::NotFound => return PageError::NotFound,
        ReplyError::Db(error) => return error.into(),
        ReplyError::ConversationClosed => (StatusCode::CONFLICT, Refusal::ConversationClosed),
        ReplyError::WindowClosed(_) => (StatusCode::CONFLICT, Refusal::WindowClosed),
        ReplyError::Unwanted(Purpose::Marketing) => (StatusCode::CONFLICT, Refusal::NoOffers),
        ReplyError::Unwanted(Purpose::Anything) => (StatusCode::CONFLICT, Refusal::OptedOut),
        ReplyError::Flawed(Flaw { part: Part::Text, problem: Problem::Missing }) => {
            (StatusCode::UNPROCESSABLE_ENTITY, Refusal::Empty)
        }
        ReplyError::Flawed(Flaw { part: Part::Text, problem: Problem::TooLong { length, longest } }) => {
            (StatusCode::UNPROCESSABLE_ENTITY, Refusal::TooLong { length, longest })
        }
        ReplyError::Flawed(flaw) => {
            return PageError::Flawed { flaw, message: views::flaw::words(&tx, flaw) };
        }
        ReplyError::NotYet(at) => (StatusCode::CONFLICT, Refusal::NotYet(at)),
        ReplyError::NotResendable(_) => (StatusCode::CONFLICT, Refusal::NotResendable),
    };
    PageError::refused(status, refusal.code(), refusal.words(&tx))
}

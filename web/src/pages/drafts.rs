//! What people are writing, kept while they write.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web::{Data, Form, Path},
};
use domain::{ConversationId, Permission};
use inbox::drafts::{self, Draft, Kept};
use serde::{Deserialize, Serialize};

use super::{inbox::audit_outsider, within_reach};
use crate::{auth::SignedIn, error::PageError, live::HubCommand, state::AppState};

/// What the composer puts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Posted {
    #[serde(default)]
    note: bool,
    body: String,
    #[serde(default)]
    version: i64,
}

/// What a page knows of a draft.
#[derive(Debug, Serialize)]
struct Shown {
    conv: ConversationId,
    note: bool,
    v: i64,
    body: String,
    /// Whose, where it is not one's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

fn shown(draft: Draft, viewer: &SignedIn) -> Shown {
    Shown {
        conv: draft.conversation_id,
        note: draft.note,
        v: draft.version,
        body: draft.body,
        name: Some(draft.name).filter(|_| draft.person_id != viewer.principal.person),
    }
}

fn json(status: StatusCode, body: &impl Serialize) -> HttpResponse {
    HttpResponse::build(status).insert_header((header::CACHE_CONTROL, "no-store")).json(body)
}

/// PUT /conversations/{id}/draft: kept as a new version, or 409 with what another page of the same person wrote since.
///
/// # Errors
/// Not found, for a conversation that is not this person's to write in and in which they began nothing.
pub async fn keep(
    viewer: SignedIn,
    id: Path<ConversationId>,
    Form(Posted { note, body, version }): Form<Posted>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let (at, now) = ((*id, note), state.clock.now());
    match drafts::keep(&state.db, &viewer.principal, at, &body, version, now).await? {
        Kept::As(v) => {
            let person = viewer.principal.person;
            state.hub.tell(HubCommand::Draft { person, conversation: *id, note, v }).await;
            Ok(json(StatusCode::OK, &serde_json::json!({ "v": v })))
        }
        Kept::Changed(draft) => Ok(json(StatusCode::CONFLICT, &shown(draft, &viewer))),
        Kept::NotFound => Err(PageError::NotFound),
    }
}

/// GET /conversations/{id}/drafts: one's own, and what others wrote of an answer, for those who may answer.
///
/// # Errors
/// Not found, for a conversation that is not this person's to see and in which they began nothing.
pub async fn show(
    viewer: SignedIn,
    id: Path<ConversationId>,
    request: HttpRequest,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let found = drafts::of(&state.db, &viewer.principal, *id).await?;
    // One's own stays one's own, whoever has the conversation now.
    let of_others = found.iter().any(|draft| draft.person_id != viewer.principal.person);
    if found.is_empty() || of_others {
        let line = within_reach(&viewer, &state, *id, Permission::ConversationRead).await?;
        if of_others {
            audit_outsider(&viewer, &request, &state, &line).await?;
        }
    }
    let all: Vec<Shown> = found.into_iter().map(|draft| shown(draft, &viewer)).collect();
    Ok(json(StatusCode::OK, &all))
}

/// GET /me/drafts: all that one is writing.
///
/// # Errors
/// When the database fails.
pub async fn mine(viewer: SignedIn, state: Data<AppState>) -> Result<HttpResponse, PageError> {
    let found = drafts::mine(&state.db, viewer.principal.person).await?;
    let all: Vec<Shown> = found.into_iter().map(|draft| shown(draft, &viewer)).collect();
    Ok(json(StatusCode::OK, &all))
}

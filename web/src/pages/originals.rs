//! Messages as they came: of kinds we don't know, and of words their author took back.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header,
    web::{Data, Path},
};
use domain::{Content, MessageId, Permission};
use inbox::reading::{conversations, messages};

use crate::{
    auth::{
        SignedIn,
        audit::{self, Entry},
    },
    error::PageError,
    state::AppState,
};

/// GET /messages/{id}/raw: a message of an unknown kind, as the vendor sent it.
///
/// # Errors
/// Not found, for messages the person can't see and for those of known kinds.
pub async fn raw(
    viewer: SignedIn,
    id: Path<MessageId>,
    request: HttpRequest,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let found = find(&viewer, *id, Permission::MessageRaw, &state).await?;
    if found.revoked {
        return Err(PageError::NotFound);
    }
    match serde_json::from_value(found.content.clone()) {
        Ok(Content::Unknown { raw, .. }) => answer(&viewer, &request, &state, *id, "message.raw", &raw).await,
        Ok(_) => Err(PageError::NotFound),
        Err(_) => answer(&viewer, &request, &state, *id, "message.raw", &found.content).await,
    }
}

/// GET /messages/{id}/original: what a customer deleted.
///
/// # Errors
/// Not found, for messages the person can't see and for those that nobody deleted.
pub async fn original(
    viewer: SignedIn,
    id: Path<MessageId>,
    request: HttpRequest,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let found = find(&viewer, *id, Permission::MessageOriginal, &state).await?;
    if !found.revoked {
        return Err(PageError::NotFound);
    }
    answer(&viewer, &request, &state, *id, "message.original", &found.content).await
}

async fn find(
    viewer: &SignedIn,
    id: MessageId,
    permission: Permission,
    state: &AppState,
) -> Result<messages::Original, PageError> {
    let found = messages::original(&state.db, id).await?.ok_or(PageError::NotFound)?;
    let talk = conversations::some(&state.db, &[found.conversation_id]).await?;
    let sees = talk.first().is_some_and(|line| {
        viewer.principal.can_see(&line.facts()) && viewer.principal.can(permission, &line.facts())
    });
    if sees { Ok(found) } else { Err(PageError::NotFound) }
}

/// As text that no browser takes for a page. Looking leaves a line in the audit.
async fn answer(
    viewer: &SignedIn,
    request: &HttpRequest,
    state: &AppState,
    id: MessageId,
    action: &'static str,
    json: &serde_json::Value,
) -> Result<HttpResponse, PageError> {
    let address = state.auth.client(request).address;
    let entry = Entry {
        actor: Some(viewer.principal.person),
        address: &address,
        action,
        object: Some(id.to_string()),
        detail: serde_json::Value::Null,
        succeeded: true,
    };
    audit::record(&state.db, entry, state.clock.now()).await?;
    let text = serde_json::to_string_pretty(json).map_err(anyhow::Error::from)?;
    Ok(HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body(text))
}

//! Tags of a conversation, and how urgent it is.

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Form, Path},
};
use domain::{ConversationId, Permission, conversation::Urgency};
use inbox::tagging::{self, LONGEST, MOST, TagError};
use serde::Deserialize;
use views::{Refusal, Tx, tagging::TagsDialog};

use super::{conversations::refused, html, within_reach, words};
use crate::{auth::SignedIn, error::PageError, live::class_for, present, state::AppState};

/// GET /conversations/{id}/tags: what it has, and what is in use.
///
/// # Errors
/// Not found, also for conversations that are not this person's to tag.
pub async fn show(
    viewer: SignedIn,
    id: Path<ConversationId>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let principal = &viewer.principal;
    let line = within_reach(&viewer, &state, *id, Permission::ConversationTag).await?;
    let facts = line.facts();
    let others = tagging::in_use(&state.db).await?.into_iter().filter(|tag| !line.tags.contains(tag));
    html(&TagsDialog {
        tx: words(&viewer),
        conversation: *id,
        contact_name: present::name(&line, class_for(principal, &facts)),
        others: others.collect(),
        may_make: principal.holds(Permission::TagManage),
        urgency: principal.can(Permission::ConversationPriority, &facts).then(|| Urgency::of(line.priority)),
        longest: LONGEST,
        tags: line.tags,
    })
}

/// A tag, and whether it shall be there.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tagged {
    tag: String,
    on: bool,
}

/// POST /conversations/{id}/tags: one of them comes or goes.
///
/// # Errors
/// Refusals in the person's language.
pub async fn create(
    viewer: SignedIn,
    id: Path<ConversationId>,
    form: Form<Tagged>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let tx = words(&viewer);
    let changed = state.transact(async |begun| {
        let (by, now) = (&viewer.principal, state.clock.now());
        let changed = tagging::tag(begun, by, *id, &form.tag, form.on, now).await;
        changed.map_err(|error| refusal(error, tx))
    });
    let changed = changed.await?;
    state.wakes.relay();
    Ok(HttpResponse::Ok().json(serde_json::json!({ "tag": changed })))
}

/// How urgent.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Urgent {
    urgency: Urgency,
}

/// PUT /conversations/{id}/urgency.
///
/// # Errors
/// Refusals in the person's language.
pub async fn prioritize(
    viewer: SignedIn,
    id: Path<ConversationId>,
    form: Form<Urgent>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let tx = words(&viewer);
    let before = state.transact(async |begun| {
        let (by, now) = (&viewer.principal, state.clock.now());
        tagging::prioritize(begun, by, *id, form.urgency, now).await.map_err(|error| refusal(error, tx))
    });
    let before = before.await?;
    state.wakes.dispatch();
    state.wakes.relay();
    Ok(HttpResponse::Ok().json(serde_json::json!({ "before": before })))
}

pub(super) fn refusal(error: TagError, tx: Tx) -> PageError {
    let refusal = match error {
        TagError::NotFound => return PageError::NotFound,
        TagError::Db(error) => return error.into(),
        TagError::BadTag => Refusal::BadTag { longest: LONGEST },
        TagError::NotInUse => Refusal::TagNotInUse,
        TagError::TooMany => Refusal::TooManyTags { most: MOST },
    };
    refused(StatusCode::CONFLICT, &refusal, tx)
}

//! Joining contacts, and taking that back.

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Form, Path},
};
use domain::{ContactId, Permission};
use inbox::contacts::{self, MergeError, MergeReason};
use sea_orm::TransactionTrait as _;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;
use views::{Refusal, Tx};

use super::words;
use crate::{auth::SignedIn, error::PageError, state::AppState};

/// With whom, and why.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Join {
    into: ContactId,
    #[serde(default)]
    note: String,
}

/// More of a note is not kept.
const LONGEST_NOTE: usize = 500;

/// POST /contacts/{id}/merge: this contact is a part of another from now on.
///
/// # Errors
/// Refusals in the person's language; nothing is changed then.
pub async fn merge(
    viewer: SignedIn,
    id: Path<ContactId>,
    form: Form<Join>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let by = &viewer.principal;
    let tx = state.db.begin().await?;
    for contact in [*id, form.into] {
        if !contacts::is_within(&tx, by, Permission::ContactMerge, contact).await? {
            return Err(PageError::NotFound);
        }
    }
    let note = form.note.trim().chars().filter(|c| *c != '\0').take(LONGEST_NOTE).collect();
    let reason = MergeReason::Person { note };
    let merge = contacts::merge(&tx, Some(by.person), *id, form.into, &reason, state.clock.now())
        .await
        .map_err(|error| refusal(error, words(&viewer)))?;
    tx.commit().await?;
    state.wakes.dispatch();
    state.wakes.relay();
    Ok(HttpResponse::Created().json(json!({ "merge": merge })))
}

/// POST /contacts/merges/{id}/undo: they are two again.
///
/// # Errors
/// Refusals in the person's language; nothing is changed then.
pub async fn undo(
    viewer: SignedIn,
    id: Path<Uuid>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let by = &viewer.principal;
    let tx = state.db.begin().await?;
    let merge = contacts::merge_of(&tx, *id).await?.ok_or(PageError::NotFound)?;
    if !contacts::is_within(&tx, by, Permission::ContactMerge, merge.into_id).await? {
        return Err(PageError::NotFound);
    }
    contacts::undo(&tx, by.person, *id, state.clock.now())
        .await
        .map_err(|error| refusal(error, words(&viewer)))?;
    tx.commit().await?;
    state.wakes.dispatch();
    state.wakes.relay();
    Ok(HttpResponse::NoContent().finish())
}

/// GET /contacts/{id}/proposals: who may be the same person.
///
/// # Errors
/// Not found, for contacts the person doesn't reach.
pub async fn proposals(
    viewer: SignedIn,
    id: Path<ContactId>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    if !contacts::is_within(&state.db, &viewer.principal, Permission::ContactMerge, *id).await? {
        return Err(PageError::NotFound);
    }
    let mut proposed = Vec::new();
    for one in contacts::proposals_of(&state.db, *id).await? {
        // What one may not see does not exist, not even as somebody's likeness.
        if contacts::is_within(&state.db, &viewer.principal, Permission::ContactMerge, one.other_id).await? {
            proposed.push(json!({"id": one.id, "contact": one.other_id, "reason": one.reason, "at": one.at}));
        }
    }
    Ok(HttpResponse::Ok().json(proposed))
}

fn refusal(error: MergeError, tx: Tx) -> PageError {
    let refusal = match error {
        MergeError::NotFound => return PageError::NotFound,
        MergeError::Db(error) => return error.into(),
        MergeError::Same => Refusal::SameContact,
        MergeError::JoinedBefore => Refusal::JoinedBefore,
        MergeError::PartedBefore => Refusal::PartedBefore,
        MergeError::JoinedSince => Refusal::JoinedSince,
        MergeError::SameNumber => Refusal::SameNumber,
        MergeError::ChangedSince => Refusal::ChangedSince,
        MergeError::WroteSince => Refusal::WroteSince,
    };
    PageError::refused(StatusCode::CONFLICT, refusal.code(), refusal.words(&tx))
}

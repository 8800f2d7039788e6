//! Joining contacts, and taking that back.

use std::collections::HashMap;

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Form, Path, Query},
};
use domain::{ContactId, Permission, typed::Typed};
use inbox::{
    contacts::{
        self, MergeError, MergeReason,
        blocking::{self, BlockError, LONGEST_REASON},
        card, vendor_block,
    },
    reading::{self, conversations::ConversationLine},
    search::{Filters, contacts as people},
};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;
use views::{
    Refusal, Tx,
    joining::{BlockDialog, FoundContact, JoinDialog, JoinFound},
};

use super::{channels::actions, html, search::audit_found, words};
use crate::{auth::SignedIn, error::PageError, live::class_for, present::Class, state::AppState};

/// With whom, and why.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Join {
    into: ContactId,
    #[serde(default)]
    note: String,
}

/// So many are found to join with.
const FOUND: usize = 12;
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
    let (by, now) = (&viewer.principal, state.clock.now());
    let note = form.note.trim().chars().filter(|c| *c != '\0').take(LONGEST_NOTE).collect();
    let reason = MergeReason::Person { note };
    let merge = state.transact(async |tx| {
        for contact in [*id, form.into] {
            if !contacts::is_within(tx, by, Permission::ContactMerge, contact).await? {
                return Err(PageError::NotFound);
            }
        }
        let done = contacts::merge(tx, Some(by.person), *id, form.into, &reason, now).await;
        done.map_err(|error| refusal(error, words(&viewer)))
    });
    let merge = merge.await?;
    state.wakes.dispatch();
    state.wakes.relay();
    state.wakes.work();
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
    let (by, now) = (&viewer.principal, state.clock.now());
    let parted = state.transact(async |tx| {
        let merge = contacts::merge_of(tx, *id).await?.ok_or(PageError::NotFound)?;
        if !contacts::is_within(tx, by, Permission::ContactMerge, merge.into_id).await? {
            return Err(PageError::NotFound);
        }
        let done = contacts::undo(tx, by.person, *id, now).await;
        done.map_err(|error| refusal(error, words(&viewer)))
    });
    parted.await?;
    state.wakes.dispatch();
    state.wakes.relay();
    state.wakes.work();
    Ok(HttpResponse::NoContent().finish())
}

/// Words to find somebody by.
#[derive(Debug, Default, Deserialize)]
pub struct Sought {
    q: Option<String>,
}

/// GET /contacts/{id}/join: the dialog to find with whom, and with `q` who was found.
///
/// # Errors
/// Not found, for contacts the person doesn't reach.
pub async fn find(
    viewer: SignedIn,
    id: Path<ContactId>,
    sought: Query<Sought>,
    request: HttpRequest,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let by = &viewer.principal;
    let name = name_of(&viewer, &state, Permission::ContactMerge, *id).await?;
    let tx = words(&viewer);
    let Some(q) = &sought.q else { return html(&JoinDialog { tx, contact: *id, name }) };
    let (typed, whose) = (Typed::parse(q), by.clone());
    let digits = typed.digits().map(str::to_owned);
    let found = state.searches.ask(by.person, move |tx| async move {
        // One more: they themselves may be among them.
        let (merge, most) = (Permission::ContactMerge, FOUND + 1);
        people::find(&tx, &whose, merge, &typed, &Filters::default(), most).await
    });
    let mut hits = found.await?.unwrap_or_default().hits;
    hits.retain(|hit| hit.contact_id != *id);
    hits.truncate(FOUND);
    let (found, talks): (Vec<_>, Vec<_>) =
        hits.iter().map(|hit| (hit.contact_id, hit.conversation_id)).unzip();
    let lines = reading::conversations::some(&state.db, &talks).await?;
    // Asked once more, of each: what changed hands meanwhile is not shown.
    let lines: HashMap<ContactId, ConversationLine> = lines
        .into_iter()
        .filter(|line| by.can(Permission::ContactMerge, &line.facts()))
        .map(|line| (line.contact_id, line))
        .collect();
    audit_found(&viewer, &request, &state, lines.values(), std::iter::empty()).await?;
    let numbers = people::numbers(&state.db, &found, digits.as_deref()).await?;
    let found = found.into_iter().filter_map(|id| {
        let line = lines.get(&id)?;
        let class = class_for(by, &line.facts());
        let address = numbers.get(&id).map(|number| class.address(number)).unwrap_or_default();
        Some(FoundContact { id, name: class.name(&line.contact_name), address })
    });
    html(&JoinFound { tx, found: found.collect() })
}

/// GET /contacts/{id}/block: are they sure, and why.
///
/// # Errors
/// Not found, for contacts the person doesn't reach.
pub async fn ask_block(
    viewer: SignedIn,
    id: Path<ContactId>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let name = name_of(&viewer, &state, Permission::ContactBlock, *id).await?;
    html(&BlockDialog { tx: words(&viewer), contact: *id, name, longest: LONGEST_REASON })
}

/// Why.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Block {
    reason: String,
}

/// POST /contacts/{id}/block: what they write asks nobody for anything.
///
/// # Errors
/// Refusals in the person's language.
pub async fn block(
    viewer: SignedIn,
    id: Path<ContactId>,
    request: HttpRequest,
    form: Form<Block>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let (now, from) = (state.clock.now(), actions::address(&state, &request));
    let blocked = state.transact(async |tx| {
        let done = blocking::block(tx, &viewer.principal, *id, &form.reason, now).await;
        done.map_err(|error| block_refusal(error, words(&viewer)))?;
        Ok(actions::done(tx, &viewer, &from, "contact.block", *id, now).await?)
    });
    blocked.await?;
    state.wakes.dispatch();
    state.wakes.relay();
    state.wakes.work();
    Ok(HttpResponse::NoContent().finish())
}

/// POST /contacts/{id}/block/vendor: ask the vendor again.
///
/// # Errors
/// Refusals in the person's language.
pub async fn ask_vendor(
    viewer: SignedIn,
    id: Path<ContactId>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let now = state.clock.now();
    let asked = state.transact(async |tx| {
        let done = vendor_block::again(tx, &viewer.principal, *id, now).await;
        done.map_err(|error| block_refusal(error, words(&viewer)))
    });
    asked.await?;
    state.wakes.work();
    Ok(HttpResponse::NoContent().finish())
}

/// POST /contacts/{id}/unblock: what they write counts again.
///
/// # Errors
/// Refusals in the person's language.
pub async fn unblock(
    viewer: SignedIn,
    id: Path<ContactId>,
    request: HttpRequest,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let (now, from) = (state.clock.now(), actions::address(&state, &request));
    let let_in = state.transact(async |tx| {
        let done = blocking::unblock(tx, &viewer.principal, *id, now).await;
        done.map_err(|error| block_refusal(error, words(&viewer)))?;
        Ok(actions::done(tx, &viewer, &from, "contact.unblock", *id, now).await?)
    });
    let_in.await?;
    state.wakes.relay();
    state.wakes.work();
    Ok(HttpResponse::NoContent().finish())
}

/// A contact's addresses are seen whole where the role gives that beyond one's own conversations.
pub(super) fn class(viewer: &SignedIn) -> Class {
    let beyond = viewer.principal.scope(Permission::ContactPiiReveal) >= Some(domain::Scope::Team);
    if beyond { Class::Full } else { Class::Masked }
}

async fn name_of(
    viewer: &SignedIn,
    state: &AppState,
    permission: Permission,
    id: ContactId,
) -> Result<String, PageError> {
    if !contacts::is_within(&state.db, &viewer.principal, permission, id).await? {
        return Err(PageError::NotFound);
    }
    let card = card::read(&state.db, id).await?.ok_or(PageError::NotFound)?;
    Ok(class(viewer).name(&card.name))
}

fn block_refusal(error: BlockError, tx: Tx) -> PageError {
    let refusal = match error {
        BlockError::NotFound => return PageError::NotFound,
        BlockError::Db(error) => return error.into(),
        BlockError::Already => Refusal::BlockedBefore,
        BlockError::NoReason => Refusal::NoReason { longest: LONGEST_REASON },
    };
    PageError::refused(StatusCode::CONFLICT, refusal.code(), refusal.words(&tx))
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

//! What is known of a contact: showing what is hidden until somebody asks, which is noted down, and correcting what was
//! collected in a conversation.

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Form, Path, Query},
};
use chrono::{DateTime, Utc};
use domain::{
    Attribute, ContactId, ConversationId, Permission,
    attribute::{Fault, LONGEST_VALUE},
};
use inbox::{
    attributes,
    collected::{self, CollectError},
    contacts::{self, card},
};
use sea_orm::{ConnectionTrait, DbErr};
use serde::Deserialize;
use serde_json::json;
use views::{
    Refusal,
    card::{fault, value},
    known::{SaidForm, question},
};

use super::{channels::actions, html, within_reach, words};
use crate::{
    auth::{
        SignedIn,
        audit::{self, Entry},
    },
    error::PageError,
    state::AppState,
};

/// Somebody saw what is hidden until one asks: a line of the audit, without the value.
///
/// # Errors
/// When the database fails.
pub(super) async fn note_shown(
    db: &impl ConnectionTrait,
    viewer: &SignedIn,
    address: &str,
    contact: ContactId,
    key: &str,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let entry = Entry {
        object: Some(contact.to_string()),
        detail: json!({ "field": key }),
        ..Entry::own("contact.reveal", Some(viewer.principal.person), address, true)
    };
    audit::record(db, entry, now).await
}

/// What to show: a field of the contact, or with `conversation` what was collected in it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    key: String,
    conversation: Option<ConversationId>,
}

/// POST /contacts/{id}/reveal: one value that is hidden until one asks, as people write it.
///
/// # Errors
/// Not found, also for contacts whose hidden values are not this person's to see.
pub async fn reveal(
    viewer: SignedIn,
    id: Path<ContactId>,
    request: HttpRequest,
    asked: Form<Asked>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let (tx, key) = (words(&viewer), asked.key.as_str());
    if !attributes::is_sensitive(&state.db, key).await? {
        return Err(PageError::NotFound);
    }
    let shown = if let Some(conversation) = asked.conversation {
        let talk = within_reach(&viewer, &state, conversation, Permission::ContactPiiReveal).await?;
        let said = collected::one(&state.db, talk.id, key).await?;
        said.filter(|_| talk.contact_id == *id).map(|said| said.value)
    } else {
        if !contacts::is_within(&state.db, &viewer.principal, Permission::ContactPiiReveal, *id).await? {
            return Err(PageError::NotFound);
        }
        let card = card::read(&state.db, *id).await?.ok_or(PageError::NotFound)?;
        let field = field(&state, key).await?.ok_or(PageError::NotFound)?;
        card.attributes.get(key).map(|stored| value(&tx, &field.kind, stored))
    };
    let shown = shown.ok_or(PageError::NotFound)?;
    let address = actions::address(&state, &request);
    // Before it is shown: what can't be noted down is not.
    note_shown(&state.db, &viewer, &address, *id, key, state.clock.now()).await?;
    Ok(HttpResponse::Ok().json(json!({ "value": shown })))
}

async fn field(state: &AppState, key: &str) -> Result<Option<Attribute>, DbErr> {
    Ok(attributes::all(&state.db).await?.into_iter().find(|one| one.key == key))
}

/// Which value.
#[derive(Debug, Deserialize)]
pub struct Which {
    #[serde(default)]
    key: String,
}

/// GET /conversations/{id}/collected: the form to correct a value that was collected.
///
/// # Errors
/// Not found, also for conversations whose contact is not this person's to write on.
pub async fn show(
    viewer: SignedIn,
    id: Path<ConversationId>,
    which: Query<Which>,
    request: HttpRequest,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let (tx, key) = (words(&viewer), which.into_inner().key);
    let talk = within_reach(&viewer, &state, *id, Permission::ContactUpdate).await?;
    let said = collected::one(&state.db, *id, &key).await?.ok_or(PageError::NotFound)?;
    if attributes::is_sensitive(&state.db, &key).await? {
        if !viewer.principal.can(Permission::ContactPiiReveal, &talk.facts()) {
            return Err(PageError::NotFound);
        }
        let address = actions::address(&state, &request);
        note_shown(&state.db, &viewer, &address, talk.contact_id, &key, state.clock.now()).await?;
    }
    let name = field(&state, &key).await?.map(|field| field.name).or(said.name);
    html(&SaidForm {
        tx,
        question: question(&tx, &key, name.as_deref()),
        conversation: *id,
        key,
        version: said.version,
        value: said.value,
        longest: LONGEST_VALUE,
    })
}

/// A value as somebody wants it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Corrected {
    key: String,
    version: i32,
    value: String,
}

/// POST /conversations/{id}/collected: a value is corrected; an empty one goes.
///
/// # Errors
/// Refusals in the person's language; nothing is changed then.
pub async fn correct(
    viewer: SignedIn,
    id: Path<ConversationId>,
    form: Form<Corrected>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let tx = words(&viewer);
    let talk = within_reach(&viewer, &state, *id, Permission::ContactUpdate).await?;
    let hidden = attributes::is_sensitive(&state.db, &form.key).await?;
    // Whoever may not see it does not write over it either.
    if hidden && !viewer.principal.can(Permission::ContactPiiReveal, &talk.facts()) {
        return Err(PageError::NotFound);
    }
    let (by, now) = (&viewer.principal, state.clock.now());
    let refused = |status, refusal: Refusal| PageError::refused(status, refusal.code(), refusal.words(&tx));
    let corrected = state.transact(async |begun| {
        let done = collected::correct(begun, by, *id, &form.key, form.version, &form.value, now).await;
        done.map_err(|error| match error {
            CollectError::NotFound => PageError::NotFound,
            CollectError::Db(error) => error.into(),
            CollectError::ChangedSince => refused(StatusCode::CONFLICT, Refusal::CardChangedSince),
            CollectError::TooLong => refused(
                StatusCode::UNPROCESSABLE_ENTITY,
                Refusal::CardWrong(vec![fault(&tx, Fault::TooLong)]),
            ),
        })
    });
    corrected.await?;
    state.wakes.relay();
    Ok(HttpResponse::NoContent().finish())
}

//! Closing a conversation, and opening it again.

use std::collections::BTreeMap;

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Form, Path},
};
use domain::{Attribute, ConversationId, Permission};
use inbox::{
    attributes,
    closing::{self, CloseError, With},
    contacts::card::{self, Spot, Wrong},
    handing_over::LONGEST_NOTE,
    outcomes,
    reopening::{self, ReopenError},
    snoozing::Fetched,
};
use views::{Refusal, Tx, card::CardField, outcomes::CloseDialog};

use super::{card::sentence, conversations::refused, html, outcomes::line, within_reach, words};
use crate::{auth::SignedIn, error::PageError, live::class_for, present, state::AppState};

/// GET /conversations/{id}/close: with what.
///
/// # Errors
/// Not found, also for conversations that are not this person's to close.
pub async fn show(
    viewer: SignedIn,
    id: Path<ConversationId>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let principal = &viewer.principal;
    let talk = within_reach(&viewer, &state, *id, Permission::ConversationClose).await?;
    let known = attributes::all(&state.db).await?;
    let names: Vec<(String, String)> = known.iter().map(|one| (one.key.clone(), one.name.clone())).collect();
    let rule = outcomes::rule(&state.db).await?;
    let leaves: Vec<_> = outcomes::all(&state.db).await?.into_iter().filter(|one| !one.is_group).collect();
    let may_update = principal.can(Permission::ContactUpdate, &talk.facts());
    let card = card::read(&state.db, talk.contact_id).await?.filter(|_| may_update);
    let reveals = principal.can(Permission::ContactPiiReveal, &talk.facts());
    let asked = |one: &Attribute| {
        rule.required.contains(&one.key) || leaves.iter().any(|leaf| leaf.required.contains(&one.key))
    };
    let fields: Vec<CardField> = card.map_or_else(Vec::new, |card| {
        known
            .into_iter()
            // Whoever may not see it does not write it either.
            .filter(|one| {
                asked(one) && !card.attributes.contains_key(&one.key) && (reveals || !one.sensitive)
            })
            .map(|attribute| CardField { attribute, value: String::new(), hidden: false })
            .collect()
    });
    let is_open = |key: &str| fields.iter().any(|field| field.attribute.key == key);
    let always = rule.required.iter().filter(|key| is_open(key.as_str())).cloned().collect();
    html(&CloseDialog {
        tx: words(&viewer),
        conversation: *id,
        contact: talk.contact_id,
        contact_name: present::name(&talk, class_for(principal, &talk.facts())),
        outcomes: leaves.into_iter().map(|one| line(one, &names)).collect(),
        outcome_required: rule.outcome_required,
        always,
        fields,
        may_update,
        longest: LONGEST_NOTE,
    })
}

/// POST /conversations/{id}/close: `outcome`, `note`, and `field.` with a key for each field that is filled in on the way;
/// nothing at all is closing at once.
///
/// # Errors
/// Refusals in the person's language.
pub async fn create(
    viewer: SignedIn,
    id: Path<ConversationId>,
    form: Option<Form<BTreeMap<String, String>>>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let tx = words(&viewer);
    let form = form.map(Form::into_inner).unwrap_or_default();
    let text = |name: &str| form.get(name).map(|text| text.replace('\0', "")).unwrap_or_default();
    let (outcome, note) = (text("outcome"), text("note"));
    let fields: BTreeMap<String, String> = form
        .iter()
        .filter_map(|(name, text)| Some((name.strip_prefix("field.")?.to_owned(), text.replace('\0', ""))))
        .filter(|(_, text)| !text.trim().is_empty())
        .collect();
    let known = if fields.is_empty() { Vec::new() } else { attributes::all(&state.db).await? };
    if known.iter().any(|one| one.sensitive && fields.contains_key(&one.key)) {
        within_reach(&viewer, &state, *id, Permission::ContactPiiReveal).await?;
    }
    let outcome = match outcome.as_str() {
        "" => None,
        chosen => {
            let unknown = |_| refused(StatusCode::UNPROCESSABLE_ENTITY, &Refusal::NoSuchOutcome, tx);
            Some(chosen.parse().map_err(unknown)?)
        }
    };
    let with = With { outcome, note: Some(note), fields };
    let now = state.clock.now();
    let closed = state.transact(async |begun| {
        closing::close_with(begun, &viewer.principal, *id, with.clone(), now).await.map_err(|error| {
            match error {
                CloseError::Wrong(wrong) => wrong_fields(wrong, &known, tx),
                error => refusal(error, tx),
            }
        })
    });
    closed.await?;
    state.wakes.dispatch();
    state.wakes.relay();
    Ok(HttpResponse::NoContent().finish())
}

/// Which field it is, and what is wrong with it.
fn wrong_fields(wrong: BTreeMap<Spot, Wrong>, known: &[Attribute], tx: Tx) -> PageError {
    let name = |key: &str| known.iter().find(|one| one.key == key).map(|one| one.name.clone());
    let faults = wrong.into_iter().map(|(spot, wrong)| sentence(&tx, spot, wrong, name)).collect();
    refused(StatusCode::UNPROCESSABLE_ENTITY, &Refusal::CardWrong(faults), tx)
}

/// POST /conversations/{id}/reopen: it goes on, by hand.
///
/// # Errors
/// Refusals in the person's language.
pub async fn reopen(
    viewer: SignedIn,
    id: Path<ConversationId>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let tx = words(&viewer);
    let now = state.clock.now();
    let fetched = state.transact(async |begun| {
        reopening::reopen(begun, &viewer.principal, *id, now).await.map_err(|error| match error {
            ReopenError::NotFound => PageError::NotFound,
            ReopenError::Db(error) => error.into(),
            ReopenError::Open => refused(StatusCode::CONFLICT, &Refusal::Reopened, tx),
            ReopenError::TooLate => refused(StatusCode::CONFLICT, &Refusal::ReopenTooLate, tx),
            ReopenError::Another(_) => refused(StatusCode::CONFLICT, &Refusal::AnotherOpen, tx),
            ReopenError::Blocked => refused(StatusCode::CONFLICT, &Refusal::ContactBlocked, tx),
        })
    });
    let fetched = fetched.await?;
    state.wakes.dispatch();
    state.wakes.watch.notify_one();
    state.wakes.relay();
    let said = match fetched {
        Fetched::Held => tx.t("reopened-held"),
        Fetched::Waits => tx.t("reopened-waits"),
    };
    Ok(HttpResponse::Ok().json(serde_json::json!({ "said": said })))
}

pub(super) fn refusal(error: CloseError, tx: Tx) -> PageError {
    match why(error, tx) {
        Ok(refusal) => refused(StatusCode::CONFLICT, &refusal, tx),
        Err(error) => error,
    }
}

/// What a person is told, where there is more to tell than that it can't be found.
pub(super) fn why(error: CloseError, tx: Tx) -> Result<Refusal, PageError> {
    Ok(match error {
        CloseError::NotFound => return Err(PageError::NotFound),
        CloseError::Db(error) => return Err(error.into()),
        CloseError::AlreadyClosed => Refusal::AlreadyClosed,
        CloseError::OutcomeRequired => Refusal::OutcomeRequired,
        CloseError::NoSuchOutcome => Refusal::NoSuchOutcome,
        CloseError::Missing(names) => Refusal::FieldsMissing(names),
        CloseError::Wrong(wrong) => return Err(wrong_fields(wrong, &[], tx)),
        CloseError::NoteTooLong(length) => Refusal::NoteTooLong { length, longest: LONGEST_NOTE },
    })
}

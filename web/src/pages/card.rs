//! What people write on a contact: the dialog, and writing it.

use std::collections::BTreeMap;

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Form, Path, Query},
};
use domain::{ContactId, Permission, PersonId};
use inbox::{
    attributes,
    contacts::{
        self,
        card::{self, CardError, LONGEST_NAME, Spot, Written, Wrong},
    },
    reading,
};
use serde::Deserialize;
use views::{
    Refusal, Tx,
    card::{CardDialog, CardField, fault},
    known::hide,
    routing::LANGUAGES,
};

use super::{channels::actions, html, known::note_shown, words};
use crate::{auth::SignedIn, error::PageError, state::AppState};

/// What somebody is about to write in: a field, or nothing said.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    field: Option<String>,
}

/// GET /contacts/{id}/card: what is hidden until one asks is written there for `field` alone.
///
/// # Errors
/// Not found, also for contacts that are not this person's to write on.
pub async fn show(
    viewer: SignedIn,
    id: Path<ContactId>,
    wanted: Query<Wanted>,
    request: HttpRequest,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let by = &viewer.principal;
    if !contacts::is_within(&state.db, by, Permission::ContactUpdate, *id).await? {
        return Err(PageError::NotFound);
    }
    let card = card::read(&state.db, *id).await?.ok_or(PageError::NotFound)?;
    let reveals = contacts::is_within(&state.db, by, Permission::ContactPiiReveal, *id).await?;
    let people = reading::routing::names(&state.db).await?.0;
    let mut languages: Vec<String> = LANGUAGES.iter().map(|code| (*code).to_owned()).collect();
    languages.extend(card.language.iter().filter(|code| !LANGUAGES.contains(&code.as_str())).cloned());
    let known = attributes::all(&state.db).await?;
    let asked = known.iter().find(|one| reveals && one.sensitive && Some(&one.key) == wanted.field.as_ref());
    if let Some(asked) = asked.filter(|one| card.attributes.contains_key(&one.key)) {
        let address = actions::address(&state, &request);
        note_shown(&state.db, &viewer, &address, *id, &asked.key, state.clock.now()).await?;
    }
    html(&CardDialog {
        tx: words(&viewer),
        contact: *id,
        version: card.version,
        name: card.name,
        longest: LONGEST_NAME,
        vip: card.vip,
        owner: card.owner,
        people: people.into_iter().map(|one| (one.id, one.name)).collect(),
        language: card.language.unwrap_or_default(),
        languages,
        fields: known
            .into_iter()
            // Whoever may not see it does not write over it either.
            .filter(|attribute| reveals || !attribute.sensitive)
            .map(|attribute| {
                let value = card.attributes.get(&attribute.key);
                let value = value.map(|value| attribute.kind.shown(value)).unwrap_or_default();
                let hidden =
                    attribute.sensitive && !value.is_empty() && wanted.field.as_ref() != Some(&attribute.key);
                let value = if hidden { hide(&value) } else { value };
                CardField { attribute, value, hidden }
            })
            .collect(),
    })
}

/// POST /contacts/{id}/card: `version`, `name`, `vip`, `owner`, `language`, and `field.` with a key for each field.
///
/// # Errors
/// Refusals in the person's language; nothing is changed then.
pub async fn save(
    viewer: SignedIn,
    id: Path<ContactId>,
    form: Form<BTreeMap<String, String>>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let tx = words(&viewer);
    let written =
        read(form.into_inner()).ok_or_else(|| refused(StatusCode::BAD_REQUEST, &Refusal::CardUnread, tx))?;
    let known = attributes::all(&state.db).await?;
    let hides = known.iter().any(|one| one.sensitive && written.attributes.contains_key(&one.key));
    let by = &viewer.principal;
    if hides && !contacts::is_within(&state.db, by, Permission::ContactPiiReveal, *id).await? {
        return Err(PageError::NotFound);
    }
    let name = |key: &str| known.iter().find(|one| one.key == key).map(|one| one.name.clone());
    let kept = state.transact(async |begun| {
        let done = card::write(begun, by, *id, written.clone(), state.clock.now()).await;
        done.map_err(|error| match error {
            CardError::NotFound => PageError::NotFound,
            CardError::Db(error) => error.into(),
            CardError::ChangedSince => refused(StatusCode::CONFLICT, &Refusal::CardChangedSince, tx),
            CardError::Wrong(wrong) => {
                let faults =
                    wrong.into_iter().map(|(spot, wrong)| sentence(&tx, spot, wrong, name)).collect();
                refused(StatusCode::UNPROCESSABLE_ENTITY, &Refusal::CardWrong(faults), tx)
            }
        })
    });
    kept.await?;
    state.wakes.dispatch();
    state.wakes.relay();
    Ok(HttpResponse::NoContent().finish())
}

fn read(form: BTreeMap<String, String>) -> Option<Written> {
    let text = |name: &str| form.get(name).map(|text| text.replace('\0', ""));
    let owner = text("owner").filter(|owner| !owner.is_empty());
    Some(Written {
        version: text("version")?.parse().ok()?,
        name: text("name")?,
        vip: form.contains_key("vip"),
        owner: owner.map(|owner| owner.parse::<PersonId>()).transpose().ok()?,
        language: text("language").unwrap_or_default(),
        attributes: form
            .iter()
            .filter_map(|(name, text)| {
                Some((name.strip_prefix("field.")?.to_owned(), text.replace('\0', "")))
            })
            .collect(),
    })
}

/// Which part it is, and what is wrong with it.
pub(super) fn sentence(tx: &Tx, spot: Spot, wrong: Wrong, name: impl Fn(&str) -> Option<String>) -> String {
    let part = match spot {
        Spot::Name => tx.t("card-name"),
        Spot::Owner => tx.t("card-owner"),
        Spot::Language => tx.t("card-language"),
        Spot::Attribute(key) => name(&key).unwrap_or(key),
    };
    let why = match wrong {
        Wrong::Blank => tx.t("card-fault-blank"),
        Wrong::Unreadable => tx.t("card-fault-unreadable"),
        Wrong::Unknown => tx.t("card-fault-unknown"),
        Wrong::Value(value) => fault(tx, value),
    };
    format!("{part}: {why}")
}

fn refused(status: StatusCode, refusal: &Refusal, tx: Tx) -> PageError {
    PageError::refused(status, refusal.code(), refusal.words(&tx))
}

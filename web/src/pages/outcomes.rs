//! With what conversations are closed, for those who decide it.

use std::collections::BTreeSet;

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Form, Path, Query},
};
use domain::OutcomeId;
use inbox::{
    attributes,
    outcomes::{self, ClosingRule, DEEPEST, MOST, Outcome, OutcomeError, Typed},
    reading::start::start,
};
use sea_orm::TransactionTrait as _;
use serde::Deserialize;
use views::{
    Section, Tx,
    outcomes::{OutcomeForm, OutcomeLine, OutcomesPage},
};

use super::{
    channels::actions::{self, address, go},
    frame, html, words,
};
use crate::{auth::SignedIn, error::PageError, security_headers::Nonce, state::AppState};

/// Which outcome is looked at, and what was just done.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    id: String,
    #[serde(default)]
    done: String,
}

/// GET /admin/outcomes.
///
/// # Errors
/// Not found, for an outcome that is not there; when the database fails.
pub async fn show(
    viewer: SignedIn,
    nonce: Nonce,
    state: Data<AppState>,
    asked: Query<Asked>,
) -> Result<HttpResponse, PageError> {
    let form = if asked.id.is_empty() {
        OutcomeForm::default()
    } else {
        let id: OutcomeId = asked.id.parse().map_err(|_| PageError::NotFound)?;
        let all = outcomes::all(&state.db).await?;
        let one = all.into_iter().find(|one| one.id == id).ok_or(PageError::NotFound)?;
        let required = one.required.into_iter().collect();
        OutcomeForm { id: Some(id), name: one.name, parent: one.parent, required }
    };
    let done = match asked.done.as_str() {
        "saved" => Some("outcomes-saved"),
        "retired" => Some("outcomes-retired"),
        _ => None,
    };
    page(&viewer, &nonce, &state, form, done, None).await
}

async fn page(
    viewer: &SignedIn,
    nonce: &Nonce,
    state: &AppState,
    form: OutcomeForm,
    done: Option<&'static str>,
    refused: Option<String>,
) -> Result<HttpResponse, PageError> {
    let start = start(&state.db, viewer.principal.person).await?;
    let fields: Vec<(String, String)> =
        attributes::all(&state.db).await?.into_iter().map(|one| (one.key, one.name)).collect();
    let rule = outcomes::rule(&state.db).await?;
    let wrong = refused.is_some();
    let all = outcomes::all(&state.db).await?;
    let mut answer = html(&OutcomesPage {
        frame: frame(viewer, nonce, &start, Section::Admin, "none"),
        outcomes: all.into_iter().map(|one| line(one, &fields)).collect(),
        fields,
        outcome_required: rule.outcome_required,
        required: rule.required.into_iter().collect(),
        form,
        done,
        refused,
    })?;
    if wrong {
        *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(answer)
}

/// An outcome with the names of its fields; those that are asked for no longer are left out.
pub(super) fn line(outcome: Outcome, fields: &[(String, String)]) -> OutcomeLine {
    let Outcome { id, name, path, depth, is_group, required, .. } = outcome;
    let asked = fields.iter().filter(|(key, _)| required.contains(key)).cloned();
    let (asks, required) = asked.unzip();
    OutcomeLine { id, name, path, depth, is_group, required, asks }
}

/// What the forms post: a field may come more than once.
type Posted = Form<Vec<(String, String)>>;

fn one(posted: &Posted, name: &str) -> String {
    let found = posted.iter().find(|(field, _)| field == name);
    found.map(|(_, value)| value.replace('\0', "")).unwrap_or_default()
}

fn fields(posted: &Posted) -> BTreeSet<String> {
    posted.iter().filter(|(field, _)| field == "field").map(|(_, key)| key.replace('\0', "")).collect()
}

fn id(posted: &Posted, name: &str) -> Result<Option<OutcomeId>, PageError> {
    let text = one(posted, name);
    if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(|_| PageError::NotFound) }
}

/// POST /admin/outcomes: a new outcome, or another shape of one that is there.
///
/// # Errors
/// When the database fails. A refusal is the page again, as it was typed.
pub async fn save(
    viewer: SignedIn,
    nonce: Nonce,
    state: Data<AppState>,
    request: HttpRequest,
    posted: Posted,
) -> Result<HttpResponse, PageError> {
    let (changed, parent) = (id(&posted, "id")?, id(&posted, "parent")?);
    let typed = Typed { name: one(&posted, "name"), parent, required: fields(&posted) };
    let form = OutcomeForm {
        id: changed,
        name: typed.name.clone(),
        parent,
        required: typed.required.iter().cloned().collect(),
    };
    let tx = state.db.begin().await?;
    let saved = match changed {
        Some(id) => outcomes::change(&tx, id, typed).await.map(|()| id),
        None => outcomes::create(&tx, typed).await,
    };
    match saved {
        Ok(id) => {
            let from = address(&state, &request);
            actions::done(&tx, &viewer, &from, "outcome.save", id, state.clock.now()).await?;
            tx.commit().await?;
            Ok(go("/admin/outcomes?done=saved"))
        }
        Err(error) => {
            let why = refusal(error, &words(&viewer))?;
            page(&viewer, &nonce, &state, form, None, Some(why)).await
        }
    }
}

/// Which way an outcome goes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shift {
    up: bool,
    #[serde(default, rename = "csrf")]
    _csrf: String,
}

/// POST /admin/outcomes/{id}/shift: one place further up or down.
///
/// # Errors
/// Not found; when the database fails.
pub async fn shift(
    viewer: SignedIn,
    nonce: Nonce,
    state: Data<AppState>,
    request: HttpRequest,
    id: Path<OutcomeId>,
    way: Form<Shift>,
) -> Result<HttpResponse, PageError> {
    let tx = state.db.begin().await?;
    match outcomes::shift(&tx, *id, way.up).await {
        Ok(()) => {
            let from = address(&state, &request);
            actions::done(&tx, &viewer, &from, "outcome.shift", *id, state.clock.now()).await?;
            tx.commit().await?;
            Ok(go("/admin/outcomes?done=saved"))
        }
        Err(error) => {
            let why = refusal(error, &words(&viewer))?;
            page(&viewer, &nonce, &state, OutcomeForm::default(), None, Some(why)).await
        }
    }
}

/// POST /admin/outcomes/{id}/retire: it is chosen no longer.
///
/// # Errors
/// Not found; when the database fails.
pub async fn retire(
    viewer: SignedIn,
    nonce: Nonce,
    state: Data<AppState>,
    request: HttpRequest,
    id: Path<OutcomeId>,
) -> Result<HttpResponse, PageError> {
    let tx = state.db.begin().await?;
    match outcomes::retire(&tx, *id, state.clock.now()).await {
        Ok(()) => {
            let from = address(&state, &request);
            actions::done(&tx, &viewer, &from, "outcome.retire", *id, state.clock.now()).await?;
            tx.commit().await?;
            Ok(go("/admin/outcomes?done=retired"))
        }
        Err(error) => {
            let why = refusal(error, &words(&viewer))?;
            page(&viewer, &nonce, &state, OutcomeForm::default(), None, Some(why)).await
        }
    }
}

/// POST /admin/closing: what closing asks for.
///
/// # Errors
/// When the database fails. A refusal is the page again.
pub async fn set_rule(
    viewer: SignedIn,
    nonce: Nonce,
    state: Data<AppState>,
    request: HttpRequest,
    posted: Posted,
) -> Result<HttpResponse, PageError> {
    let outcome_required = one(&posted, "outcome_required") == "true";
    let rule = ClosingRule { outcome_required, required: fields(&posted) };
    let tx = state.db.begin().await?;
    match outcomes::set_rule(&tx, rule).await {
        Ok(()) => {
            let from = address(&state, &request);
            actions::done(&tx, &viewer, &from, "closing.rule", "", state.clock.now()).await?;
            tx.commit().await?;
            Ok(go("/admin/outcomes?done=saved"))
        }
        Err(error) => {
            let why = refusal(error, &words(&viewer))?;
            page(&viewer, &nonce, &state, OutcomeForm::default(), None, Some(why)).await
        }
    }
}

fn refusal(error: OutcomeError, tx: &Tx) -> Result<String, PageError> {
    Ok(match error {
        OutcomeError::NotFound | OutcomeError::NoSuchField => return Err(PageError::NotFound),
        OutcomeError::Db(error) => return Err(error.into()),
        OutcomeError::BadName => tx.t("outcomes-bad-name"),
        OutcomeError::Taken => tx.t("outcomes-taken"),
        OutcomeError::TooMany => tx.n("outcomes-too-many", MOST),
        OutcomeError::TooDeep => tx.n("outcomes-too-deep", DEEPEST),
    })
}

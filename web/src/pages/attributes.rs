//! Which fields contacts have, for those who decide it.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Form, Path, Query},
};
use domain::Attribute;
use inbox::{
    attributes::{self, AttributeError},
    reading::start::start,
};
use sea_orm::TransactionTrait as _;
use serde::Deserialize;
use views::{
    Section,
    attributes::{AttributeForm, AttributesPage},
};

use super::{
    channels::actions::{self, address, go},
    frame, html, words,
};
use crate::{auth::SignedIn, error::PageError, security_headers::Nonce, state::AppState};

/// Which field is looked at, and what was just done.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    key: String,
    #[serde(default)]
    done: String,
}

/// GET /admin/attributes.
///
/// # Errors
/// Not found, for a field that is not there; when the database fails.
pub async fn show(
    viewer: SignedIn,
    nonce: Nonce,
    state: Data<AppState>,
    asked: Query<Asked>,
) -> Result<HttpResponse, PageError> {
    let form = if asked.key.is_empty() {
        AttributeForm { kind: "text".to_owned(), ..AttributeForm::default() }
    } else {
        let all = attributes::all(&state.db).await?;
        let one = all.iter().find(|one| one.key == asked.key).ok_or(PageError::NotFound)?;
        AttributeForm::of(one)
    };
    let done = match asked.done.as_str() {
        "saved" => Some("attributes-saved"),
        "retired" => Some("attributes-retired"),
        _ => None,
    };
    page(&viewer, &nonce, &state, form, done, None).await
}

async fn page(
    viewer: &SignedIn,
    nonce: &Nonce,
    state: &AppState,
    form: AttributeForm,
    done: Option<&'static str>,
    refused: Option<String>,
) -> Result<HttpResponse, PageError> {
    let start = start(&state.db, viewer.principal.person).await?;
    let wrong = refused.is_some();
    let mut answer = html(&AttributesPage {
        frame: frame(viewer, nonce, &start, Section::Admin, "none"),
        attributes: attributes::all(&state.db).await?,
        form,
        done,
        refused,
    })?;
    if wrong {
        *answer.status_mut() = actix_web::http::StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(answer)
}

/// What the form posts.
#[derive(Debug, Deserialize)]
pub struct Posted {
    #[serde(default)]
    key: Option<String>,
    #[serde(default)]
    name: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    options: String,
    #[serde(default)]
    sensitive: Option<String>,
}

/// POST /admin/attributes: a new field, or another shape of one that is there.
///
/// # Errors
/// When the database fails. A refusal is the page again, as it was typed.
pub async fn save(
    viewer: SignedIn,
    nonce: Nonce,
    state: Data<AppState>,
    request: HttpRequest,
    posted: Form<Posted>,
) -> Result<HttpResponse, PageError> {
    let Posted { key, name, kind, options, sensitive } = posted.into_inner();
    let form = AttributeForm {
        key,
        name: name.replace('\0', ""),
        kind,
        options: options.replace('\0', ""),
        sensitive: sensitive.is_some(),
    };
    let Some(kind) = form.kind() else { return Err(PageError::NotFound) };
    let tx = state.db.begin().await?;
    let saved = match &form.key {
        Some(key) => {
            let (key, name) = (key.clone(), form.name.clone());
            let wanted = Attribute { key: key.clone(), name, kind, sensitive: form.sensitive };
            attributes::change(&tx, wanted).await.map(|()| key)
        }
        None => attributes::create(&tx, &form.name, kind, form.sensitive).await,
    };
    match saved {
        Ok(key) => {
            let from = address(&state, &request);
            actions::done(&tx, &viewer, &from, "attribute.save", &key, state.clock.now()).await?;
            tx.commit().await?;
            Ok(go("/admin/attributes?done=saved"))
        }
        Err(error) => {
            let why = refusal(error, &viewer)?;
            page(&viewer, &nonce, &state, form, None, Some(why)).await
        }
    }
}

/// POST /admin/attributes/{key}/retire: it is asked for no longer.
///
/// # Errors
/// When the database fails. A refusal is the page again.
pub async fn retire(
    viewer: SignedIn,
    nonce: Nonce,
    state: Data<AppState>,
    request: HttpRequest,
    key: Path<String>,
) -> Result<HttpResponse, PageError> {
    let tx = state.db.begin().await?;
    match attributes::retire(&tx, &key).await {
        Ok(()) => {
            let from = address(&state, &request);
            actions::done(&tx, &viewer, &from, "attribute.retire", &*key, state.clock.now()).await?;
            tx.commit().await?;
            Ok(go("/admin/attributes?done=retired"))
        }
        Err(error) => {
            let why = refusal(error, &viewer)?;
            let form = AttributeForm { kind: "text".to_owned(), ..AttributeForm::default() };
            page(&viewer, &nonce, &state, form, None, Some(why)).await
        }
    }
}

fn refusal(error: AttributeError, viewer: &SignedIn) -> Result<String, PageError> {
    let tx = words(viewer);
    Ok(match error {
        AttributeError::NotFound => return Err(PageError::NotFound),
        AttributeError::Db(error) => return Err(error.into()),
        AttributeError::BadName => tx.t("attributes-bad-name"),
        AttributeError::Taken => tx.t("attributes-taken"),
        AttributeError::BadChoices => tx.n("attributes-bad-choices", domain::attribute::MOST_CHOICES),
        AttributeError::TooMany => tx.n("attributes-too-many", attributes::MOST),
        AttributeError::KindStays => tx.t("attributes-kind-stays"),
        AttributeError::InUse(rules) => tx.a("attributes-in-use", "rules", &rules.join(", ")),
    })
}

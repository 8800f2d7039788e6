//! One's own account.

use actix_web::{
    HttpResponse,
    http::header,
    web::{Data, Form, Query},
};
use entity::person;
use inbox::reading;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set};
use serde::Deserialize;
use views::{Lang, MePage, Section, Theme};

use super::{frame, html};
use crate::{auth::SignedIn, error::PageError, listing, security_headers::Nonce, state::AppState};

/// What was done before.
#[derive(Debug, Deserialize)]
pub struct Before {
    #[serde(default)]
    saved: Option<String>,
}

/// GET /me.
///
/// # Errors
/// When the database fails.
pub async fn show(
    viewer: SignedIn,
    nonce: Nonce,
    before: Query<Before>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let start = reading::start::start(&state.db, viewer.principal.person).await?;
    html(&MePage {
        frame: frame(&viewer, &nonce, &start, Section::Me, "none"),
        email: viewer.email.clone(),
        role: viewer.role.clone(),
        signature: viewer.signature.clone(),
        saved: before.saved.is_some(),
    })
}

/// How a person wants to see things.
#[derive(Debug, Deserialize)]
pub struct Preferences {
    locale: String,
    theme: String,
}

/// In which order somebody likes lists: a word of [`domain::Sort`].
#[derive(Debug, Deserialize)]
pub struct ListOrder {
    order: String,
}

/// PUT /me/list-order. A word we don't know is the usual one.
///
/// # Errors
/// When the database fails.
pub async fn order(
    viewer: SignedIn,
    form: Form<ListOrder>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let order = listing::usual(&form.order).as_str();
    let row = person::ActiveModel {
        id: Set(viewer.principal.person),
        list_order: Set(order.to_owned()),
        ..Default::default()
    };
    row.update(&state.db).await?;
    state.auth.forget(viewer.session);
    Ok(HttpResponse::NoContent().finish())
}

/// POST /me/preferences. Words we don't know become the usual ones.
///
/// # Errors
/// When the database fails.
pub async fn update(
    viewer: SignedIn,
    form: Form<Preferences>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let row = person::ActiveModel {
        id: Set(viewer.principal.person),
        locale: Set(Lang::parse(&form.locale).unwrap_or_default().as_str().to_owned()),
        theme: Set(Theme::parse(&form.theme).as_str().to_owned()),
        ..Default::default()
    };
    row.update(&state.db).await?;
    // This node reads them anew at once, others within seconds.
    state.auth.forget(viewer.session);
    Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, "/me?saved=1")).finish())
}

/// What shall stand under somebody's answers.
#[derive(Debug, Deserialize)]
pub struct Signature {
    #[serde(default)]
    signature: String,
}

/// POST /me/signature.
///
/// # Errors
/// When the database fails.
pub async fn sign(
    viewer: SignedIn,
    form: Form<Signature>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    inbox::principals::sign(&state.db, viewer.principal.person, &form.signature).await?;
    state.auth.forget(viewer.session);
    Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, "/me?saved=1")).finish())
}

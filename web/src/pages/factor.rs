//! The second factor of who is signed in: setting it up, new recovery codes, going without.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web::{Data, Form},
};
use secrecy::SecretString;
use serde::Deserialize;
use views::{FactorCodesPage, FactorSetUpPage, MePage, Template, factor, me::FactorProblem};

use super::{html, me};
use crate::{
    auth::{
        SignedIn,
        factor::{Proof, SetUp, Shown},
        pages::second::{bare, kept_nowhere},
    },
    error::PageError,
    security_headers::Nonce,
    state::AppState,
};

/// Who it is, once more: the password, and a code where there is a second factor already.
#[derive(Debug, Deserialize)]
pub struct ProofForm {
    password: SecretString,
    #[serde(default)]
    code: String,
}

/// A key that was shown, and the first code an app made of it.
#[derive(Debug, Deserialize)]
pub struct Confirmed {
    shown: String,
    code: String,
}

/// A key as its page draws it.
pub(crate) fn shown(key: Shown) -> factor::Key {
    let (width, path) = key.picture;
    factor::Key { width, path, text: key.key, sealed: key.sealed }
}

/// POST /me/factor: a key for an app. Nothing has changed yet.
///
/// # Errors
/// When too many sign in at once; when the database fails.
pub async fn begin(
    request: HttpRequest,
    viewer: SignedIn,
    nonce: Nonce,
    form: Form<ProofForm>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    if let Some(refused) = prove(&request, &viewer, &nonce, form.into_inner(), &state, "set").await? {
        return Ok(refused);
    }
    let session = viewer.session.to_string();
    let key = state.auth.show_key(viewer.principal.person, &viewer.email, &session)?;
    set_up_page(&request, &viewer, key, false)
}

/// POST /me/factor/confirm: the key is taken into use.
///
/// # Errors
/// When hashing is too busy; when the database fails.
pub async fn confirm(
    request: HttpRequest,
    viewer: SignedIn,
    form: Form<Confirmed>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let client = state.auth.client(&request);
    match state.auth.set_own_factor(&viewer, (&form.shown, &form.code), &client).await? {
        (SetUp::Done { codes }, secret) => codes_page(&request, &state, codes, secret),
        (SetUp::Wrong(key), _) => set_up_page(&request, &viewer, *key, true),
        (SetUp::Stale, _) => {
            Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, "/me?told=stale#factor")).finish())
        }
    }
}

/// POST /me/factor/codes: ten others.
///
/// # Errors
/// When too many sign in at once; when the database fails.
pub async fn remake_codes(
    request: HttpRequest,
    viewer: SignedIn,
    nonce: Nonce,
    form: Form<ProofForm>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    if let Some(refused) = prove(&request, &viewer, &nonce, form.into_inner(), &state, "codes").await? {
        return Ok(refused);
    }
    if state.auth.factor(viewer.principal.person).await?.is_none() {
        return Err(PageError::NotFound);
    }
    let codes = state.auth.remake_codes(&viewer, &state.auth.client(&request)).await?;
    codes_page(&request, &state, codes, None)
}

/// POST /me/factor/off: going without.
///
/// # Errors
/// When too many sign in at once; when the database fails; not permitted where the house insists.
pub async fn end(
    request: HttpRequest,
    viewer: SignedIn,
    nonce: Nonce,
    form: Form<ProofForm>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    if let Some(refused) = prove(&request, &viewer, &nonce, form.into_inner(), &state, "off").await? {
        return Ok(refused);
    }
    let client = state.auth.client(&request);
    match state.auth.drop_own_factor(&viewer, &client).await? {
        Some(secret) => {
            let mut answer = me::saved("factor");
            answer.add_cookie(&state.auth.session_cookie(secret)).map_err(anyhow::Error::from)?;
            Ok(answer)
        }
        None => {
            let words = super::words(&viewer).t("factor-insists");
            Err(PageError::refused(StatusCode::CONFLICT, "second_factor_required", words))
        }
    }
}

/// The settings again, where it is somebody else.
async fn prove(
    request: &HttpRequest,
    viewer: &SignedIn,
    nonce: &Nonce,
    form: ProofForm,
    state: &AppState,
    wanted: &'static str,
) -> Result<Option<HttpResponse>, PageError> {
    let client = state.auth.client(request);
    let problem = match state.auth.prove(viewer, form.password, &form.code, &client).await? {
        Proof::Right => return Ok(None),
        Proof::WrongPassword => FactorProblem::Password,
        Proof::WrongCode => FactorProblem::Code,
        Proof::Wait { seconds } => FactorProblem::Wait(seconds.into()),
    };
    let page = me::page(viewer, nonce, state).await?;
    me::again(&MePage { factor_problem: Some((wanted, problem)), ..page }).map(Some)
}

fn set_up_page(
    request: &HttpRequest,
    viewer: &SignedIn,
    key: Shown,
    wrong: bool,
) -> Result<HttpResponse, PageError> {
    let csrf = viewer.csrf.clone();
    let page =
        FactorSetUpPage { bare: bare(request), csrf, key: shown(key), own: true, next: String::new(), wrong };
    alone(&page, if wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK })
}

fn codes_page(
    request: &HttpRequest,
    state: &AppState,
    codes: Vec<String>,
    secret: Option<String>,
) -> Result<HttpResponse, PageError> {
    let page = FactorCodesPage { bare: bare(request), codes, on: "/me#factor".to_owned() };
    let mut answer = alone(&page, StatusCode::OK)?;
    if let Some(secret) = secret {
        answer.add_cookie(&state.auth.session_cookie(secret)).map_err(anyhow::Error::from)?;
    }
    Ok(answer)
}

fn alone(page: &impl Template, status: StatusCode) -> Result<HttpResponse, PageError> {
    let mut answer = html(page)?;
    *answer.status_mut() = status;
    Ok(kept_nowhere(answer))
}

//! One's own settings. A section of the page is a partial and an operation of its own; see [`views::me`].

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web::{Data, Form, Path, Query},
};
use chrono_tz::Tz;
use domain::SessionId;
use entity::person;
use inbox::reading;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set};
use secrecy::SecretString;
use serde::Deserialize;
use views::{
    Density, Lang, MePage, Section, TextSize, Theme,
    device::Device,
    me::{self, FactorLine, FactorProblem, PasswordProblem, SessionLine},
    zone,
};

use super::{frame, html};
use crate::{
    auth::{SignedIn, own::Changed, pages::weak_word},
    error::PageError,
    listing,
    security_headers::Nonce,
    state::AppState,
};

/// What was done before.
#[derive(Debug, Deserialize)]
pub struct Before {
    #[serde(default)]
    saved: String,
    #[serde(default)]
    told: String,
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
    let stale = (before.told == "stale").then_some(("set", FactorProblem::Stale));
    let page = page(&viewer, &nonce, &state).await?;
    html(&MePage { saved: me::section(&before.saved), factor_problem: stale, ..page })
}

/// The page as it stands.
pub(super) async fn page(viewer: &SignedIn, nonce: &Nonce, state: &AppState) -> Result<MePage, PageError> {
    let start = reading::start::start(&state.db, viewer.principal.person).await?;
    Ok(MePage {
        frame: frame(viewer, nonce, &start, Section::Me, "none"),
        email: viewer.email.clone(),
        role: viewer.role.clone(),
        zone: viewer.own_zone.clone(),
        house_zone: state.settings.house.time_zone,
        zones: zone::groups(state.clock.now()),
        wrong_zone: None,
        signature: viewer.signature.clone(),
        password: None,
        factor: state
            .auth
            .factor(viewer.principal.person)
            .await?
            .map(|factor| FactorLine { since: factor.since, codes_left: factor.codes_left }),
        factor_insists: state.auth.asks_factor_of(&viewer.principal),
        factor_problem: None,
        sessions: sessions(viewer, state).await?,
        saved: None,
    })
}

/// Where they are signed in, this browser first.
async fn sessions(viewer: &SignedIn, state: &AppState) -> Result<Vec<SessionLine>, PageError> {
    let mut lines: Vec<SessionLine> = state
        .auth
        .sessions(viewer)
        .await?
        .into_iter()
        .map(|row| SessionLine {
            id: row.id,
            device: Device::of(&row.agent),
            address: row.address,
            begun: row.created_at,
            seen: row.seen_at,
            current: row.id == viewer.session,
        })
        .collect();
    // What comes first stays in its order.
    lines.sort_by_key(|line| !line.current);
    Ok(lines)
}

/// Back to the section that was saved.
pub(super) fn saved(section: &str) -> HttpResponse {
    let place = format!("/me?saved={section}#{section}");
    HttpResponse::SeeOther().insert_header((header::LOCATION, place)).finish()
}

/// The page again, with what is wrong.
pub(super) fn again(page: &MePage) -> Result<HttpResponse, PageError> {
    let mut answer = html(page)?;
    *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(answer)
}

/// How a person wants to see things. What is not named stays as it is.
#[derive(Debug, Deserialize)]
pub struct Preferences {
    locale: Option<String>,
    theme: Option<String>,
    density: Option<String>,
    text_size: Option<String>,
    zone: Option<String>,
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

/// POST /me/preferences. Words we don't know become the usual ones; a zone we don't know is refused.
///
/// # Errors
/// When the database fails.
pub async fn update(
    viewer: SignedIn,
    nonce: Nonce,
    form: Form<Preferences>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let mut row = person::ActiveModel { id: Set(viewer.principal.person), ..Default::default() };
    if let Some(word) = &form.locale {
        row.locale = Set(Lang::parse(word).unwrap_or_default().as_str().to_owned());
    }
    if let Some(word) = &form.theme {
        row.theme = Set(Theme::parse(word).as_str().to_owned());
    }
    if let Some(word) = &form.density {
        row.density = Set(Density::parse(word).as_str().to_owned());
    }
    if let Some(word) = &form.text_size {
        row.text_size = Set(TextSize::parse(word).as_str().to_owned());
    }
    match form.zone.as_deref().map(str::trim) {
        None => {}
        Some("") => row.time_zone = Set(None),
        Some(name) => match name.parse::<Tz>() {
            Ok(zone) => row.time_zone = Set(Some(zone.name().to_owned())),
            Err(_) => {
                let wrong_zone = Some(name.chars().take(64).collect());
                return again(&MePage { wrong_zone, ..page(&viewer, &nonce, &state).await? });
            }
        },
    }
    row.update(&state.db).await?;
    // This node reads them anew at once, others within seconds.
    state.auth.forget(viewer.session);
    Ok(saved("look"))
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
    Ok(saved("answers"))
}

/// The password of now, and the one that is wanted.
#[derive(Debug, Deserialize)]
pub struct NewPassword {
    current: SecretString,
    password: SecretString,
}

/// POST /me/password.
///
/// # Errors
/// When too many sign in at once; when the database fails.
pub async fn change_password(
    request: HttpRequest,
    viewer: SignedIn,
    nonce: Nonce,
    form: Form<NewPassword>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let NewPassword { current, password } = form.into_inner();
    let client = state.auth.client(&request);
    let problem = match state.auth.change_password(&viewer, current, password, &client).await? {
        Changed::Done { secret } => {
            let mut answer = saved("password");
            answer.add_cookie(&state.auth.session_cookie(secret)).map_err(anyhow::Error::from)?;
            return Ok(answer);
        }
        Changed::Wrong => PasswordProblem::Current,
        Changed::Wait { seconds } => PasswordProblem::Wait(seconds.into()),
        Changed::Weak(weak) => PasswordProblem::New(weak_word(weak)),
        Changed::Same => PasswordProblem::New("password-same"),
    };
    again(&MePage { password: Some(problem), ..page(&viewer, &nonce, &state).await? })
}

/// POST /me/sessions/{id}/end. Somebody else's session, and one that has ended, do not exist.
///
/// # Errors
/// Not found; when the database fails.
pub async fn end_session(
    request: HttpRequest,
    viewer: SignedIn,
    session: Path<SessionId>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let client = state.auth.client(&request);
    if state.auth.end_session(&viewer, *session, &client).await? {
        Ok(saved("sessions"))
    } else {
        Err(PageError::NotFound)
    }
}

/// POST /me/sessions/end-others.
///
/// # Errors
/// When the database fails.
pub async fn end_other_sessions(
    request: HttpRequest,
    viewer: SignedIn,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    state.auth.end_other_sessions(&viewer, &state.auth.client(&request)).await?;
    Ok(saved("sessions"))
}

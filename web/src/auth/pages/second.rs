//! `/sign-in/code` and `/sign-in/enrol`: the second half of a sign-in.

use actix_web::{
    HttpMessage as _, HttpRequest, HttpResponse,
    cookie::Cookie,
    http::{StatusCode, header},
    web::{Data, Form, Query},
};
use serde::Deserialize;
use views::{FactorCodesPage, FactorSetUpPage, SignInCodePage, SignInError, factor::Bare};

use super::sign_in::{Afterwards, own_place};
use crate::{
    at_work,
    auth::{
        Auth, Client,
        factor::{
            Shown,
            half::{Enrolled, Half, Second},
        },
        session::Opened,
        sign_in::Asked,
    },
    error::{PageError, wants_page},
    pages::{assets, factor::shown},
    security_headers::Nonce,
    state::AppState,
    visitor::Visitor,
};

const CODE: &str = "/sign-in/code";
const ENROL: &str = "/sign-in/enrol";

/// Sends a browser whose password was right on to the second factor. A program learns that it is not in yet.
pub(super) fn ask(request: &HttpRequest, auth: &Auth, asked: Asked, next: &str) -> HttpResponse {
    let path = if asked.enrols { ENROL } else { CODE };
    let place = match own_place(next) {
        Some(next) => {
            let query =
                url::form_urlencoded::Serializer::new(String::new()).append_pair("next", &next).finish();
            format!("{path}?{query}")
        }
        None => path.to_owned(),
    };
    let cookie = auth.cookies.carry_half(asked.secret);
    if wants_page(request) {
        HttpResponse::SeeOther().insert_header((header::LOCATION, place)).cookie(cookie).finish()
    } else {
        HttpResponse::Accepted().cookie(cookie).json(serde_json::json!({ "next": place }))
    }
}

/// What the forms send; their token was checked before.
#[derive(Deserialize)]
pub struct CodeForm {
    code: String,
    #[serde(default)]
    shown: String,
    #[serde(default)]
    next: String,
}

/// The question for a code. Who did not give their password is asked for that.
///
/// # Errors
/// When the database can't be asked.
pub async fn show(
    request: HttpRequest,
    auth: Data<Auth>,
    afterwards: Query<Afterwards>,
) -> Result<HttpResponse, PageError> {
    let next = afterwards.into_inner().next;
    match half(&request, &auth, false).await? {
        Some(half) => Ok(question(&request, &auth, &half, next, None)),
        None => Ok(begin_again(&request, &auth, next, StatusCode::OK)),
    }
}

/// Goes on with a code of the app, or a recovery code.
///
/// # Errors
/// When too many sign in at once or the database can't be asked.
pub async fn create(
    request: HttpRequest,
    auth: Data<Auth>,
    state: Data<AppState>,
    given: Form<CodeForm>,
) -> Result<HttpResponse, PageError> {
    let CodeForm { code, next, .. } = given.into_inner();
    let client = auth.client(&request);
    let Some(half) = half(&request, &auth, false).await? else {
        return Ok(begin_again(&request, &auth, next, StatusCode::UNPROCESSABLE_ENTITY));
    };
    let error = match auth.give_code(&half, &code, &client).await? {
        Second::In(opened) => {
            arrive(&request, &auth, &state, &opened, &client).await?;
            let place = own_place(&next);
            let cookies = [auth.cookies.carry_session(opened.secret), auth.cookies.take_back_half()];
            return Ok(super::on_to(&request, place.as_deref().unwrap_or(super::HOME), cookies));
        }
        Second::Wrong => SignInError::Wrong,
        Second::Wait { seconds } => SignInError::Throttled { wait_seconds: seconds.into() },
        Second::Gone => return Ok(begin_again(&request, &auth, next, StatusCode::UNPROCESSABLE_ENTITY)),
    };
    Ok(question(&request, &auth, &half, next, Some(error)))
}

/// The key for an app, for who must have a second factor and has none.
///
/// # Errors
/// When the database can't be asked.
pub async fn show_key(
    request: HttpRequest,
    auth: Data<Auth>,
    afterwards: Query<Afterwards>,
) -> Result<HttpResponse, PageError> {
    let next = afterwards.into_inner().next;
    match half(&request, &auth, true).await? {
        Some(half) => Ok(key(&request, &auth, auth.show_key_to(&half)?, next, false)),
        None => Ok(begin_again(&request, &auth, next, StatusCode::OK)),
    }
}

/// Goes on with the first code of the app, and shows the recovery codes.
///
/// # Errors
/// When too many sign in at once or the database can't be asked.
pub async fn enrol(
    request: HttpRequest,
    auth: Data<Auth>,
    state: Data<AppState>,
    given: Form<CodeForm>,
) -> Result<HttpResponse, PageError> {
    let CodeForm { code, shown, next } = given.into_inner();
    let client = auth.client(&request);
    let Some(half) = half(&request, &auth, true).await? else {
        return Ok(begin_again(&request, &auth, next, StatusCode::UNPROCESSABLE_ENTITY));
    };
    match auth.enrol(&half, (&shown, &code), &client).await? {
        Enrolled::In(opened, codes) => {
            arrive(&request, &auth, &state, &opened, &client).await?;
            let on = own_place(&next).unwrap_or_else(|| super::HOME.to_owned());
            let page = FactorCodesPage { bare: bare(&request), codes, on };
            let cookies = [auth.cookies.carry_session(opened.secret), auth.cookies.take_back_half()];
            Ok(kept_nowhere(super::html(StatusCode::OK, &page, cookies)))
        }
        Enrolled::Wrong(shown) => Ok(key(&request, &auth, *shown, next, true)),
        Enrolled::Gone => Ok(begin_again(&request, &auth, next, StatusCode::UNPROCESSABLE_ENTITY)),
    }
}

/// Who gave their password in this browser and owes this.
async fn half(request: &HttpRequest, auth: &Auth, enrols: bool) -> Result<Option<Half>, PageError> {
    let half = auth.half(auth.half_secret(request).as_deref()).await?;
    Ok(half.filter(|half| half.enrols == enrols))
}

/// A new sign-in never goes on with what the browser had before, whoever put it there; and the working day begins.
async fn arrive(
    request: &HttpRequest,
    auth: &Auth,
    state: &AppState,
    opened: &Opened,
    client: &Client,
) -> Result<(), PageError> {
    if let Some((viewer, _)) = auth.authenticate(request, false).await? {
        auth.sign_out(&viewer, client).await?;
    }
    Ok(at_work::begin(state, opened.id).await?)
}

/// What is around pages that stand alone.
pub(crate) fn bare(request: &HttpRequest) -> Bare {
    let Visitor { tx, theme } = Visitor::of(request);
    let nonce = request.extensions().get::<Nonce>().map(ToString::to_string).unwrap_or_default();
    Bare { tx, theme, nonce, assets: assets::prefix().to_owned() }
}

/// What is shown once is kept by no browser.
pub(crate) fn kept_nowhere(mut answer: HttpResponse) -> HttpResponse {
    answer.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    answer
}

fn question(
    request: &HttpRequest,
    auth: &Auth,
    half: &Half,
    next: String,
    error: Option<SignInError>,
) -> HttpResponse {
    let (csrf, cookie) = auth.forms.begin(request);
    let page = SignInCodePage { bare: bare(request), csrf, email: half.email.clone(), next, error };
    let (status, code) = match error {
        None => (StatusCode::OK, ""),
        Some(SignInError::Throttled { .. }) => (StatusCode::TOO_MANY_REQUESTS, "throttled"),
        Some(_) => (StatusCode::UNPROCESSABLE_ENTITY, "wrong"),
    };
    if error.is_some() && !wants_page(request) {
        return HttpResponse::from_error(PageError::refused(
            status,
            code,
            page.message().unwrap_or_default(),
        ));
    }
    let mut answer = super::html(status, &page, cookie);
    if let Some(SignInError::Throttled { wait_seconds }) = error {
        answer.headers_mut().insert(header::RETRY_AFTER, wait_seconds.into());
    }
    kept_nowhere(answer)
}

fn key(request: &HttpRequest, auth: &Auth, key: Shown, next: String, wrong: bool) -> HttpResponse {
    let (csrf, cookie) = auth.forms.begin(request);
    let page = FactorSetUpPage { bare: bare(request), csrf, key: shown(key), own: false, next, wrong };
    let status = if wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    kept_nowhere(super::html(status, &page, cookie))
}

/// The password is asked again: nobody gave it in this browser, or it was too long ago.
fn begin_again(request: &HttpRequest, auth: &Auth, next: String, status: StatusCode) -> HttpResponse {
    let error = (status != StatusCode::OK).then_some(SignInError::Stale);
    let mut answer = super::sign_in::form(request, auth, status, String::new(), next, error);
    let gone: Cookie<'static> = auth.cookies.take_back_half();
    if answer.add_cookie(&gone).is_err() {
        // It opens nothing any more; it only stays in the browser until that is closed.
        tracing::debug!("a cookie could not be taken back");
    }
    answer
}

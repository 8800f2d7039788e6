//! `/sign-in`.

use actix_web::{
    HttpMessage, HttpRequest, HttpResponse,
    cookie::{Cookie, SameSite},
    http::{StatusCode, header},
    web::{Data, Form, Query},
};
use secrecy::SecretString;
use serde::Deserialize;
use url::Url;
use views::{SignInError, SignInPage};

use crate::{
    at_work,
    auth::{Auth, session::Opened, sign_in::Answer},
    error::{PageError, wants_page},
    pages::assets,
    security_headers::Nonce,
    state::AppState,
    visitor::{LANGUAGE, Visitor},
};

/// Where it is.
pub const PATH: &str = "/sign-in";

/// Where to go afterwards.
#[derive(Default, Deserialize)]
pub struct Afterwards {
    #[serde(default)]
    pub(super) next: String,
}

/// What the form sends; its token was checked before.
#[derive(Deserialize)]
pub struct SignInForm {
    email: String,
    password: SecretString,
    #[serde(default)]
    next: String,
}

/// The form, or the way on for who is signed in already.
///
/// # Errors
/// When the database can't be asked.
pub async fn show(
    request: HttpRequest,
    auth: Data<Auth>,
    afterwards: Query<Afterwards>,
) -> Result<HttpResponse, PageError> {
    let next = afterwards.into_inner().next;
    if let Some((_, cookie)) = auth.authenticate(&request, false).await? {
        return Ok(super::on_to(&request, own_place(&next).as_deref().unwrap_or(super::HOME), cookie));
    }
    Ok(form(&request, &auth, StatusCode::OK, String::new(), next, None))
}

/// Signs in.
///
/// # Errors
/// When it is wrong, and a script asked; when too many sign in at once.
pub async fn create(
    request: HttpRequest,
    auth: Data<Auth>,
    state: Data<AppState>,
    given: Form<SignInForm>,
) -> Result<HttpResponse, PageError> {
    let SignInForm { email, password, next } = given.into_inner();
    let client = auth.client(&request);
    let before = auth.authenticate(&request, false).await?;
    let (status, error, wait) = match auth.sign_in(&email, password, &client).await? {
        Answer::In(opened) => {
            // A new sign-in never goes on with what the browser had before, whoever put it there.
            if let Some((viewer, _)) = before {
                auth.sign_out(&viewer, &client).await?;
            }
            at_work::begin(&state, opened.id).await?;
            return Ok(enter(&request, &auth, opened, &next));
        }
        Answer::Half(asked) => return Ok(super::second::ask(&request, &auth, asked, &next)),
        Answer::Wrong => (StatusCode::UNPROCESSABLE_ENTITY, SignInError::Wrong, None),
        Answer::Wait { seconds } => {
            let error = SignInError::Throttled { wait_seconds: seconds.into() };
            (StatusCode::TOO_MANY_REQUESTS, error, Some(seconds))
        }
    };
    let mut answer = form(&request, &auth, status, email, next, Some(error));
    if let Some(seconds) = wait {
        answer.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    Ok(answer)
}

/// Sends a person who is not signed in to the form, and afterwards to where they wanted to go.
pub(crate) fn ask(request: &HttpRequest) -> HttpResponse {
    let wanted = request.uri().path_and_query().map_or("", |wanted| wanted.as_str());
    let place = if request.method().is_safe() && !matches!(wanted, super::HOME | "/inbox") {
        let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("next", wanted).finish();
        format!("{PATH}?{query}")
    } else {
        PATH.to_owned()
    };
    HttpResponse::SeeOther().insert_header((header::LOCATION, place)).finish()
}

/// Shows the form again to a browser whose form is too old, with what it needs to be sent once more.
pub(crate) fn renew(request: &HttpRequest) -> HttpResponse {
    match request.app_data::<Data<Auth>>() {
        Some(auth) => {
            let (email, next) = (String::new(), String::new());
            form(request, auth, StatusCode::FORBIDDEN, email, next, Some(SignInError::Stale))
        }
        None => HttpResponse::from_error(PageError::StaleForm),
    }
}

/// Gives the browser its session and sends it on.
pub(super) fn enter(request: &HttpRequest, auth: &Auth, opened: Opened, next: &str) -> HttpResponse {
    let place = own_place(next);
    let session = auth.cookies.carry_session(opened.secret);
    super::on_to(request, place.as_deref().unwrap_or(super::HOME), [session])
}

/// The path of a page of ours. Anything that a browser would take for another host, however written, is none.
pub(super) fn own_place(next: &str) -> Option<String> {
    const US: &str = "https://us.invalid/";
    let base = Url::parse(US).ok()?;
    let place =
        base.join(next).ok().filter(|place| next.starts_with('/') && place.origin() == base.origin())?;
    // "/.//evil.test" is of our host, but its path alone is an address of another.
    if place.path().starts_with("//") {
        return None;
    }
    let query = place.query().map(|query| format!("?{query}")).unwrap_or_default();
    Some(format!("{}{query}", place.path()))
}

pub(super) fn form(
    request: &HttpRequest,
    auth: &Auth,
    status: StatusCode,
    email: String,
    next: String,
    error: Option<SignInError>,
) -> HttpResponse {
    let Visitor { tx, theme } = Visitor::of(request);
    let nonce = request.extensions().get::<Nonce>().map(ToString::to_string).unwrap_or_default();
    let (csrf, cookie) = auth.forms.begin(request);
    let (assets, company) = (assets::prefix().to_owned(), String::new());
    let page = SignInPage { tx, theme, nonce, csrf, assets, company, email, next, error };
    if error.is_some() && !wants_page(request) {
        let code = match error {
            Some(SignInError::Throttled { .. }) => "throttled",
            _ => "wrong",
        };
        return HttpResponse::from_error(PageError::refused(
            status,
            code,
            page.message().unwrap_or_default(),
        ));
    }
    let chosen = Visitor::chosen(request).map(|lang| {
        Cookie::build(LANGUAGE, lang.as_str()).path("/").http_only(true).same_site(SameSite::Lax).finish()
    });
    super::html(status, &page, cookie.into_iter().chain(chosen))
}

#[cfg(test)]
mod tests {
    use super::own_place;

    #[test]
    fn afterwards_people_go_to_a_page_of_ours_or_home() {
        assert_eq!(own_place("/inbox/42?x=1").as_deref(), Some("/inbox/42?x=1"));
        for elsewhere in [
            "",
            "inbox",
            "//evil.test",
            "/\\evil.test",
            "\\\\evil.test",
            "https://evil.test/",
            "/\t/evil.test",
            "javascript:alert(1)",
            "/.//evil.test",
            "/..//evil.test",
            "/inbox/..//evil.test",
        ] {
            assert_eq!(own_place(elsewhere), None, "{elsewhere:?}");
        }
    }
}

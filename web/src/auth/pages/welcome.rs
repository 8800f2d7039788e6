//! `/welcome/{code}`: where a new person chooses their password.

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Form, Path},
};
use secrecy::SecretString;
use serde::Deserialize;
use views::WelcomePage;

use crate::{
    auth::{Auth, links::Welcome, sign_in::Step, strength::Weak},
    error::PageError,
    pages::assets,
    security_headers::Nonce,
    visitor::Visitor,
};

/// What the form sends; its token was checked before.
#[derive(Deserialize)]
pub struct WelcomeForm {
    password: SecretString,
}

/// The form, while the link can be used.
///
/// # Errors
/// Not found, for any other link.
pub async fn show(
    request: HttpRequest,
    auth: Data<Auth>,
    nonce: Nonce,
    code: Path<String>,
) -> Result<HttpResponse, PageError> {
    form(&request, &auth, &nonce, &code, None).await
}

/// Sets the password and signs in.
///
/// # Errors
/// Not found, for a link that can't be used.
pub async fn create(
    request: HttpRequest,
    auth: Data<Auth>,
    nonce: Nonce,
    code: Path<String>,
    given: Form<WelcomeForm>,
) -> Result<HttpResponse, PageError> {
    let client = auth.client(&request);
    match auth.welcome(&code, given.into_inner().password, &client).await? {
        Welcome::In(Step::In(opened)) => Ok(super::sign_in::enter(&request, &auth, opened, "")),
        Welcome::In(Step::Half(asked)) => Ok(super::second::ask(&request, &auth, asked, "")),
        Welcome::Weak(weak) => form(&request, &auth, &nonce, &code, Some(weak)).await,
        Welcome::NoSuchLink => Err(PageError::NotFound),
    }
}

async fn form(
    request: &HttpRequest,
    auth: &Auth,
    nonce: &Nonce,
    code: &str,
    weak: Option<Weak>,
) -> Result<HttpResponse, PageError> {
    let person = auth.invited(code).await?.ok_or(PageError::NotFound)?;
    let Visitor { tx, theme } = Visitor::of(request);
    let (csrf, cookie) = auth.forms.begin(request);
    let (nonce, assets) = (nonce.to_string(), assets::prefix().to_owned());
    let problem = weak.map(super::weak_word);
    let page =
        WelcomePage { tx, theme, nonce, csrf, assets, name: person.name, email: person.email, problem };
    let status = if weak.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(super::html(status, &page, cookie))
}

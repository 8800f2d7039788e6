//! `/welcome/{code}`: where a new person chooses their password.

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Form, Path},
};
use secrecy::SecretString;
use serde::Deserialize;

use crate::{
    auth::{Auth, links::Welcome},
    error::{PageError, escape},
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
    code: Path<String>,
) -> Result<HttpResponse, PageError> {
    form(&request, &auth, &code, StatusCode::OK, None).await
}

/// Sets the password and signs in.
///
/// # Errors
/// Not found, for a link that can't be used.
pub async fn create(
    request: HttpRequest,
    auth: Data<Auth>,
    code: Path<String>,
    given: Form<WelcomeForm>,
) -> Result<HttpResponse, PageError> {
    let client = auth.client(&request);
    match auth.welcome(&code, given.into_inner().password, &client).await? {
        Welcome::In(opened) => Ok(super::sign_in::enter(&request, &auth, opened)),
        Welcome::Length => {
            let words = "La contraseña debe tener entre 12 y 128 caracteres.";
            form(&request, &auth, &code, StatusCode::UNPROCESSABLE_ENTITY, Some(words)).await
        }
        Welcome::NoSuchLink => Err(PageError::NotFound),
    }
}

async fn form(
    request: &HttpRequest,
    auth: &Auth,
    code: &str,
    status: StatusCode,
    error: Option<&str>,
) -> Result<HttpResponse, PageError> {
    let person = auth.invited(code).await?.ok_or(PageError::NotFound)?;
    let (token, cookie) = auth.forms.begin(request);
    let error = error.map(|words| format!("<p role=\"alert\">{}</p>", escape(words))).unwrap_or_default();
    let main = format!(
        "{error}<p>{name}</p><form method=\"post\"><input type=\"hidden\" name=\"csrf\" value=\"{token}\">\
         <input type=\"hidden\" autocomplete=\"username\" value=\"{email}\">\
         <label>Contraseña <input name=\"password\" type=\"password\" autocomplete=\"new-password\" required \
         minlength=\"12\" maxlength=\"128\"></label><button>Guardar</button></form>",
        name = escape(&person.name),
        email = escape(&person.email),
    );
    Ok(super::page(status, "Elige tu contraseña", &main, cookie))
}

//! `/sign-in`.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web::{Data, Form},
};
use secrecy::SecretString;
use serde::Deserialize;

use crate::{
    auth::{Auth, session::Opened, sign_in::Answer},
    error::{PageError, escape, wants_page},
};

/// What the form sends; its token was checked before.
#[derive(Deserialize)]
pub struct SignInForm {
    email: String,
    password: SecretString,
}

/// The form, or the way home for who is signed in already.
///
/// # Errors
/// When the database can't be asked.
pub async fn show(request: HttpRequest, auth: Data<Auth>) -> Result<HttpResponse, PageError> {
    if let Some((_, cookie)) = auth.authenticate(&request, false).await? {
        return Ok(super::on_to(&request, super::HOME, cookie));
    }
    Ok(form(&request, &auth, StatusCode::OK, "", None))
}

/// Signs in.
///
/// # Errors
/// When it is wrong, and a script asked; when too many sign in at once.
pub async fn create(
    request: HttpRequest,
    auth: Data<Auth>,
    given: Form<SignInForm>,
) -> Result<HttpResponse, PageError> {
    let SignInForm { email, password } = given.into_inner();
    let client = auth.client(&request);
    let before = auth.authenticate(&request, false).await?;
    match auth.sign_in(&email, password, &client).await? {
        Answer::In(opened) => {
            // A new sign-in never goes on with what the browser had before, whoever put it there.
            if let Some((viewer, _)) = before {
                auth.sign_out(&viewer, &client).await?;
            }
            Ok(enter(&request, &auth, opened))
        }
        Answer::Wrong => {
            const WORDS: &str = "El correo o la contraseña no son correctos.";
            refuse(&request, &auth, StatusCode::UNPROCESSABLE_ENTITY, "wrong", WORDS, &email)
        }
        Answer::Wait { seconds } => {
            const WORDS: &str = "Demasiados intentos. Espera un momento.";
            let mut answer = refuse(&request, &auth, StatusCode::TOO_MANY_REQUESTS, "wait", WORDS, &email)
                .unwrap_or_else(HttpResponse::from_error);
            answer.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            Ok(answer)
        }
    }
}

/// Gives the browser its session and sends it home.
pub(super) fn enter(request: &HttpRequest, auth: &Auth, opened: Opened) -> HttpResponse {
    super::on_to(request, super::HOME, [auth.cookies.carry_session(opened.secret)])
}

fn refuse(
    request: &HttpRequest,
    auth: &Auth,
    status: StatusCode,
    code: &'static str,
    words: &'static str,
    email: &str,
) -> Result<HttpResponse, PageError> {
    if wants_page(request) {
        Ok(form(request, auth, status, email, Some(words)))
    } else {
        Err(PageError::refused(status, code, words))
    }
}

fn form(
    request: &HttpRequest,
    auth: &Auth,
    status: StatusCode,
    email: &str,
    error: Option<&str>,
) -> HttpResponse {
    let (token, cookie) = auth.forms.begin(request);
    let error = error.map(|words| format!("<p role=\"alert\">{}</p>", escape(words))).unwrap_or_default();
    let main = format!(
        "{error}<form method=\"post\" action=\"/sign-in\"><input type=\"hidden\" name=\"csrf\" value=\"{token}\">\
         <label>Correo <input name=\"email\" type=\"email\" autocomplete=\"username\" required value=\"{email}\"></label>\
         <label>Contraseña <input name=\"password\" type=\"password\" autocomplete=\"current-password\" required></label>\
         <button>Entrar</button></form>",
        email = escape(email),
    );
    super::page(status, "Entrar", &main, cookie)
}

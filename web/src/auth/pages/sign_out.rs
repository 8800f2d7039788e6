//! `/sign-out`.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{HeaderName, HeaderValue},
    web::Data,
};

use crate::{
    at_work,
    auth::{Auth, SignedIn},
    error::PageError,
    state::AppState,
};

/// Ends the session, and leaves nothing of it in the browser.
///
/// # Errors
/// When the database can't be asked.
pub async fn create(
    request: HttpRequest,
    auth: Data<Auth>,
    state: Data<AppState>,
    who: SignedIn,
) -> Result<HttpResponse, PageError> {
    at_work::end(&state, &who.principal).await?;
    auth.sign_out(&who, &auth.client(&request)).await?;
    let mut answer = super::on_to(&request, "/sign-in", auth.cookies.take_back());
    answer.headers_mut().insert(
        HeaderName::from_static("clear-site-data"),
        HeaderValue::from_static("\"cache\", \"cookies\", \"storage\""),
    );
    Ok(answer)
}

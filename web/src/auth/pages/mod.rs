//! The pages of signing in and out.

pub mod second;
pub mod sign_in;
pub mod sign_out;
pub mod welcome;

use actix_web::{
    HttpRequest, HttpResponse, ResponseError,
    cookie::Cookie,
    http::{StatusCode, header},
};

use views::Template;

use super::strength::Weak;
use crate::error::{PageError, wants_page};

/// Where people land.
const HOME: &str = "/";

/// The key of the words for a password that can't be chosen.
pub(crate) const fn weak_word(weak: Weak) -> &'static str {
    match weak {
        Weak::Length => "welcome-length",
        Weak::Usual => "welcome-usual",
    }
}

/// Sends a person on, or answers a script with nothing; the cookies go along either way.
fn on_to(
    request: &HttpRequest,
    place: &str,
    cookies: impl IntoIterator<Item = Cookie<'static>>,
) -> HttpResponse {
    let mut answer = if wants_page(request) {
        let mut answer = HttpResponse::build(StatusCode::SEE_OTHER);
        answer.insert_header((header::LOCATION, place));
        answer
    } else {
        HttpResponse::NoContent()
    };
    for cookie in cookies {
        answer.cookie(cookie);
    }
    answer.finish()
}

/// A page as an answer. The nonce is the one of the answer's policy.
fn html(
    status: StatusCode,
    page: &impl Template,
    cookies: impl IntoIterator<Item = Cookie<'static>>,
) -> HttpResponse {
    let mut answer = HttpResponse::build(status);
    for cookie in cookies {
        answer.cookie(cookie);
    }
    match page.render() {
        Ok(body) => answer.content_type("text/html; charset=utf-8").body(body),
        Err(error) => PageError::Fault(error.into()).error_response(),
    }
}

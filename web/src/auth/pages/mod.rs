//! The pages of signing in and out.

pub mod sign_in;
pub mod sign_out;
pub mod welcome;

use actix_web::{
    HttpRequest, HttpResponse,
    cookie::Cookie,
    http::{StatusCode, header},
};

use crate::error::wants_page;

/// Where people land.
const HOME: &str = "/inbox";

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

/// A plain page around a form.
fn page(status: StatusCode, title: &str, main: &str, cookie: Option<Cookie<'static>>) -> HttpResponse {
    let mut answer = HttpResponse::build(status);
    if let Some(cookie) = cookie {
        answer.cookie(cookie);
    }
    answer.content_type("text/html; charset=utf-8").body(format!(
        "<!doctype html><html lang=\"es\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <meta name=\"viewport\" content=\"width=device-width\"></head><body><main><h1>{title}</h1>{main}</main></body></html>",
    ))
}

//! The one place that turns refusals and faults into answers: a page for people, JSON for scripts.

use std::borrow::Cow;

use actix_web::{
    HttpMessage, HttpRequest, HttpResponse, ResponseError,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{
        StatusCode,
        header::{self, HeaderMap, HeaderValue},
    },
    middleware::Next,
};
use domain::limits::Flaw;
use sea_orm::{DbErr, RuntimeErr};
use views::{ErrorPage, Template};

use crate::{pages::assets, request_log::RequestId, visitor::Visitor};

/// What a handler answers when it does not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// It does not exist, or not for this person.
    #[error("not found")]
    NotFound,
    /// Nobody is signed in.
    #[error("not signed in")]
    SignedOut,
    /// The role does not give the permission, or the request is not the page's own.
    #[error("not permitted")]
    Forbidden,
    /// The form is not one we drew for this browser, or from before it was closed.
    #[error("stale form")]
    StaleForm,
    /// The body is over the route's limit.
    #[error("too large")]
    TooLarge,
    /// Refused for a reason worth telling, in the person's language.
    #[error("refused: {code}")]
    Refused {
        /// 409, 422, 429 and the like.
        status: StatusCode,
        /// For scripts.
        code: &'static str,
        /// For people.
        message: Cow<'static, str>,
    },
    /// The message is one its channel would not take; what is wrong with it, for scripts and for people.
    #[error("flawed: {}", flaw.problem.as_str())]
    Flawed {
        /// For scripts.
        flaw: Flaw,
        /// For people.
        message: String,
    },
    /// The person asks faster than people do.
    #[error("too fast")]
    TooFast,
    /// Not now; after this many seconds.
    #[error("busy")]
    Busy {
        /// When to try again.
        retry_after: u32,
    },
    /// Postgres did not do its part.
    #[error("the database failed")]
    Database(#[from] DbErr),
    /// Anything else that should not happen.
    #[error("{0:#}")]
    Fault(#[from] anyhow::Error),
}

impl PageError {
    /// A refusal with words for the person.
    #[must_use]
    pub fn refused(status: StatusCode, code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::Refused { status, code, message: message.into() }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::SignedOut => "signed_out",
            Self::Forbidden => "forbidden",
            Self::StaleForm => "stale_form",
            Self::TooLarge => "too_large",
            Self::Refused { code, .. } => code,
            Self::Flawed { .. } => "flawed",
            Self::TooFast => "too_fast",
            Self::Busy { .. } => "busy",
            Self::Database(error) if is_away(error) => "busy",
            Self::Database(_) | Self::Fault(_) => "fault",
        }
    }

    fn retry_after(&self) -> Option<u32> {
        match self {
            Self::Busy { retry_after } => Some(*retry_after),
            Self::TooFast => Some(1),
            Self::Database(error) if is_away(error) => Some(2),
            _ => None,
        }
    }
}

impl From<std::convert::Infallible> for PageError {
    fn from(never: std::convert::Infallible) -> Self {
        match never {}
    }
}

/// Whether Postgres can't be reached or has no connection left, as opposed to having refused a statement.
#[must_use]
pub fn is_away(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => true,
        DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)) => {
            use sea_orm::SqlxError as E;
            match &**error {
                E::Io(_) | E::Tls(_) | E::PoolTimedOut | E::PoolClosed | E::WorkerCrashed => true,
                // Class 57: the administrator shuts it down, it starts up, it recovers. Class 53: out of resources.
                E::Database(error) => {
                    error.code().is_some_and(|code| code.starts_with("57P") || code.starts_with("53"))
                }
                _ => false,
            }
        }
        _ => false,
    }
}

/// Left in a response for [`present`], which knows who asked.
#[derive(Debug, Clone)]
struct Problem {
    code: &'static str,
    message: Option<Cow<'static, str>>,
    flaw: Option<Flaw>,
}

impl ResponseError for PageError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::SignedOut => StatusCode::UNAUTHORIZED,
            Self::Forbidden | Self::StaleForm => StatusCode::FORBIDDEN,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Refused { status, .. } => *status,
            Self::Flawed { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooFast => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy { .. } => StatusCode::SERVICE_UNAVAILABLE,
            Self::Database(error) if is_away(error) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Database(_) | Self::Fault(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse {
        match self {
            Self::Database(error) => {
                tracing::error!(error = error as &dyn std::error::Error, "database failed")
            }
            Self::Fault(error) => tracing::error!(error = format!("{error:#}"), "request failed"),
            _ => {}
        }
        let mut response = HttpResponse::build(self.status_code());
        if let Some(seconds) = self.retry_after() {
            response.insert_header((header::RETRY_AFTER, seconds.to_string()));
        }
        let (message, flaw) = match self {
            Self::Refused { message, .. } => (Some(message.clone()), None),
            Self::Flawed { flaw, message } => (Some(message.clone().into()), Some(*flaw)),
            _ => (None, None),
        };
        let mut response = response.finish();
        response.extensions_mut().insert(Problem { code: self.code(), message, flaw });
        response
    }
}

/// Gives every refusal its body: HTML where a person navigates, `{"error","message"}` where a script asked.
///
/// # Errors
/// None of its own: what comes from inside is turned into a response.
pub async fn present(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let response = next.call(request).await?;
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return Ok(response.map_into_left_body());
    }
    let problem = response.response().extensions().get::<Problem>().cloned();
    // An answer with a body of its own, as webhooks give, stays as it is.
    if problem.is_none() && response.response().error().is_none() && status != StatusCode::NOT_FOUND {
        return Ok(response.map_into_left_body());
    }
    let problem = problem.unwrap_or_else(|| Problem { code: code_of(status), message: None, flaw: None });
    let (request, inner) = response.into_parts();
    let mut answer = body(&request, status, &problem);
    for (name, value) in inner.headers() {
        if name != header::CONTENT_TYPE && name != header::CONTENT_LENGTH {
            answer.headers_mut().append(name.clone(), value.clone());
        }
    }
    Ok(ServiceResponse::new(request, answer).map_into_right_body())
}

/// Whether a person's browser is opening a page, so that the answer should be one. A form is only taken for a
/// person's where the browser says that it navigates; programs post too, and want a plain answer.
#[must_use]
pub fn wants_page(request: &HttpRequest) -> bool {
    let headers = request.headers();
    if headers.contains_key("hx-request") {
        return false;
    }
    match headers.get("sec-fetch-mode").map(HeaderValue::as_bytes) {
        Some(mode) => mode == b"navigate",
        None => request.method().is_safe() && accepts_html(headers),
    }
}

fn accepts_html(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

fn body(request: &HttpRequest, status: StatusCode, problem: &Problem) -> HttpResponse {
    let Visitor { tx, theme } = Visitor::of(request);
    let id = request.extensions().get::<RequestId>().map(|id| id.0.to_string()).unwrap_or_default();
    let page =
        ErrorPage { tx, theme, assets: assets::prefix().to_owned(), status: status.as_u16(), request: id };
    let mut answer = HttpResponse::build(status);
    answer.insert_header((header::CACHE_CONTROL, "no-store"));
    if wants_page(request)
        && let Ok(html) = page.render()
    {
        return answer.content_type("text/html; charset=utf-8").body(html);
    }
    let message = match &problem.message {
        Some(words) => words.clone().into_owned(),
        None => tx.t(page.title()),
    };
    let mut told = serde_json::json!({ "error": problem.code, "message": message });
    if let Some(flaw) = &problem.flaw {
        told["flaw"] = serde_json::json!(flaw);
    }
    answer.json(told)
}

fn code_of(status: StatusCode) -> &'static str {
    match status {
        StatusCode::NOT_FOUND => "not_found",
        StatusCode::METHOD_NOT_ALLOWED => "method_not_allowed",
        StatusCode::PAYLOAD_TOO_LARGE => "too_large",
        status if status.is_server_error() => "fault",
        _ => "bad_request",
    }
}

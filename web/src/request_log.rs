//! One log line and one figure per request, under an id that the answer carries too.

use std::time::Instant;

use actix_web::{
    Error, HttpMessage,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{HeaderName, HeaderValue},
    middleware::Next,
};
use tracing::Instrument;
use uuid::Uuid;

/// The id of a request, for log lines and the audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestId(pub Uuid);

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// Writes the line. The path stands in it as its pattern: the real one may hold a one-time code.
///
/// # Errors
/// None of its own.
pub async fn write(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let started = Instant::now();
    let id = Uuid::now_v7();
    request.extensions_mut().insert(RequestId(id));
    let method = request.method().clone();
    let span = tracing::info_span!("request", %id);
    let mut response = next.call(request).instrument(span).await?;

    if let Ok(value) = HeaderValue::try_from(id.to_string()) {
        response.headers_mut().insert(HEADER, value);
    }
    let path = response.request().match_pattern().unwrap_or_else(|| "(none)".to_owned());
    let (status, took) = (response.status().as_u16(), started.elapsed());
    metrics::histogram!(
        "bandeja_request_seconds",
        "method" => method.to_string(), "path" => path.clone(), "status" => status.to_string()
    )
    .record(took.as_secs_f64());
    tracing::debug!(%id, %method, path, status, took_us = took.as_micros(), "answered {method} {path} with {status}");
    Ok(response)
}

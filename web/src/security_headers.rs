//! The headers every answer carries, and the nonce of a page's own scripts.

use actix_web::{
    Error, FromRequest, HttpMessage, HttpRequest,
    body::MessageBody,
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::header::{self, HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
};
use base64::{Engine, prelude::BASE64_STANDARD_NO_PAD};
use rand::RngCore;

/// Names the scripts a page was drawn with: 128 random bits, new for every request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nonce(String);

impl Nonce {
    fn random() -> Self {
        let mut bytes = [0; 16];
        rand::rng().fill_bytes(&mut bytes);
        Self(BASE64_STANDARD_NO_PAD.encode(bytes))
    }

    /// As it stands in the page.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Nonce {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromRequest for Nonce {
    type Error = Error;
    type Future = std::future::Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        // Without the middleware no header names this nonce, so no script runs: it fails closed.
        std::future::ready(Ok(request.extensions().get::<Self>().cloned().unwrap_or_else(Self::random)))
    }
}

/// Puts the headers on every answer; what a handler has set itself stays.
///
/// # Errors
/// None of its own.
pub async fn add(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let nonce = Nonce::random();
    request.extensions_mut().insert(nonce.clone());
    let mut response = next.call(request).await?;
    let headers = response.headers_mut();
    for (name, value) in EVERYWHERE {
        set(headers, HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    let is_page =
        headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if is_page {
        set(headers, header::CONTENT_SECURITY_POLICY, policy(&nonce)?);
        set(headers, header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    Ok(response)
}

const EVERYWHERE: [(&str, &str); 6] = [
    ("strict-transport-security", "max-age=31536000; includeSubDomains"),
    ("x-content-type-options", "nosniff"),
    // Not `no-referrer`: with it browsers send `Origin: null` on our own forms, which the Origin check refuses.
    ("referrer-policy", "same-origin"),
    // The microphone is for voice notes.
    ("permissions-policy", "camera=(), geolocation=(), microphone=(self), payment=(), usb=()"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];

fn set(headers: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    if !headers.contains_key(&name) {
        headers.insert(name, value);
    }
}

/// No `script-src 'self'`: an uploaded file would pass for a script. `connect-src 'self'` covers our socket.
fn policy(nonce: &Nonce) -> Result<HeaderValue, Error> {
    HeaderValue::try_from(format!(
        "default-src 'none'; script-src 'nonce-{nonce}'; require-trusted-types-for 'script'; \
         trusted-types bandeja; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:; \
         font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; \
         frame-ancestors 'none'"
    ))
    .map_err(actix_web::error::ErrorInternalServerError)
}

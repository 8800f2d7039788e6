//! Whether this node lives, whether it can take requests, and its figures.

use std::{
    net::IpAddr,
    sync::{Arc, RwLock},
};

use actix_web::{HttpRequest, HttpResponse, http::header, web::Data};
use sea_orm::ConnectionTrait;
use secrecy::ExposeSecret;
use subtle::ConstantTimeEq;

use crate::{error::PageError, state::AppState};

/// One thing that has to be true before requests are taken; `Err` says in words what is missing.
type Check = Arc<dyn Fn() -> Result<(), String> + Send + Sync>;

/// Whether this node can take requests. Parts that can fail on their own add a check.
#[derive(Clone, Default)]
pub struct Readiness {
    checks: Arc<RwLock<Vec<(&'static str, Check)>>>,
}

impl Readiness {
    /// Adds a check, asked at every `/health/ready`: it must be quick and must not wait.
    pub fn require(
        &self,
        name: &'static str,
        check: impl Fn() -> Result<(), String> + Send + Sync + 'static,
    ) {
        let mut checks = self.checks.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        checks.push((name, Arc::new(check)));
    }

    fn complaints(&self) -> Vec<String> {
        let checks = self.checks.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        checks.iter().filter_map(|(name, check)| check().err().map(|why| format!("{name}: {why}"))).collect()
    }
}

/// The process answers.
pub async fn live() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain").body("live\n")
}

/// The process can do its work: Postgres answers, the schema is ours, and every part that was asked agrees.
pub async fn ready(state: Data<AppState>) -> HttpResponse {
    let mut complaints = state.readiness.complaints();
    if let Err(error) = state.db.execute_unprepared("select 1").await {
        tracing::warn!(error = &error as &dyn std::error::Error, "not ready: the database does not answer");
        complaints.push("database: does not answer".to_owned());
    } else if let Err(why) = crate::schema::is_current(&state.db).await {
        complaints.push(format!("schema: {why:#}"));
    }
    if complaints.is_empty() {
        HttpResponse::Ok().content_type("text/plain").body("ready\n")
    } else {
        HttpResponse::ServiceUnavailable()
            .insert_header((header::RETRY_AFTER, "2"))
            .content_type("text/plain")
            .body(complaints.join("\n") + "\n")
    }
}

/// Our figures, for loopback or whoever presents the token. To others the page does not exist.
///
/// # Errors
/// Not found, for others.
pub async fn metrics(request: HttpRequest, state: Data<AppState>) -> Result<HttpResponse, PageError> {
    let server = &state.settings.server;
    let allowed = match &server.metrics_token {
        Some(token) => request
            .headers()
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("Bearer "))
            .is_some_and(|given| bool::from(given.as_bytes().ct_eq(token.expose_secret().as_bytes()))),
        None => crate::client_address::of(&request, &server.trusted_proxies)
            .is_some_and(|address: IpAddr| address.is_loopback()),
    };
    if !allowed {
        return Err(PageError::NotFound);
    }
    Ok(HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(state.metrics.render()))
}

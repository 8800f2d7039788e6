//! What every deed on a channel leaves behind: a line of the audit, and a page to see.

use std::fmt::Display;

use actix_web::{HttpRequest, HttpResponse, http::header};
use chrono::{DateTime, Utc};
use domain::ChannelId;
use sea_orm::{ConnectionTrait, DbErr};
use serde_json::{Value, json};

use crate::{
    auth::{
        SignedIn,
        audit::{self, Entry},
    },
    channels::Problem,
    state::AppState,
};

/// From where somebody acts.
#[must_use]
pub fn address(state: &AppState, request: &HttpRequest) -> String {
    state.auth.client(request).address
}

/// It was done.
///
/// # Errors
/// When the database fails.
pub async fn done(
    tx: &impl ConnectionTrait,
    viewer: &SignedIn,
    address: &str,
    action: &'static str,
    id: impl Display,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let entry = Entry {
        object: Some(id.to_string()),
        ..Entry::own(action, Some(viewer.principal.person), address, true)
    };
    audit::record(tx, entry, now).await
}

/// It was tried, and refused.
///
/// # Errors
/// When the database fails.
pub async fn refused(
    state: &AppState,
    viewer: &SignedIn,
    request: &HttpRequest,
    action: &'static str,
    id: Option<ChannelId>,
    problems: &[Problem],
) -> Result<(), DbErr> {
    let says: Vec<Value> =
        problems.iter().map(|one| json!({ "field": one.field, "says": one.says })).collect();
    let address = address(state, request);
    let entry = Entry {
        object: id.map(|id| id.to_string()),
        detail: json!({ "problems": says }),
        ..Entry::own(action, Some(viewer.principal.person), &address, false)
    };
    audit::record(&state.db, entry, state.clock.now()).await
}

/// See it.
#[must_use]
pub fn go(location: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, location)).finish()
}

/// The words for what was just done; only those that we say.
#[must_use]
pub fn done_word(word: Option<&str>) -> Option<&'static str> {
    const WORDS: [&str; 16] = [
        "connected",
        "saved",
        "enabled",
        "disabled",
        "secret",
        "retired",
        "refreshed",
        "code",
        "verified",
        "registered",
        "deregistered",
        "pin",
        "renamed",
        "profile",
        "picture",
        "stopped",
    ];
    const KEYS: [&str; 16] = [
        "done-connected",
        "done-saved",
        "done-enabled",
        "done-disabled",
        "done-secret",
        "done-retired",
        "done-refreshed",
        "done-code",
        "done-verified",
        "done-registered",
        "done-deregistered",
        "done-pin",
        "done-renamed",
        "done-profile",
        "done-picture",
        "done-stopped",
    ];
    let word = word?;
    WORDS.iter().position(|known| *known == word).map(|at| KEYS[at])
}

//! A channel's name, queue, rate and time of reopening, whether it is in use, and its secrets.

use ::inbox::channels::{self, Change, ConnectError};
use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Form, Path},
};
use domain::{ChannelId, QueueId};
use sea_orm::TransactionTrait as _;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::{actions, number};
use crate::{
    auth::SignedIn,
    channels::{Desk, Problem},
    error::PageError,
    security_headers::Nonce,
    state::AppState,
};

/// What an admin changes.
#[derive(Debug, Deserialize)]
pub struct Settings {
    name: String,
    queue: QueueId,
    per_second: i32,
    reopen_within: i32,
}

/// POST /admin/channels/{id}.
///
/// # Errors
/// Not found; when the database fails.
pub async fn update(
    viewer: SignedIn,
    nonce: Nonce,
    request: HttpRequest,
    id: Path<ChannelId>,
    form: Form<Settings>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let now = state.clock.now();
    let Settings { name, queue, per_second, reopen_within } = form.into_inner();
    let change = Change { name, queue, per_second, reopen_within };
    let tx = state.db.begin().await?;
    let problem = match channels::change(&tx, *id, &change).await {
        Ok(()) => {
            actions::done(&tx, &viewer, &actions::address(&state, &request), "channel_change", *id, now)
                .await?;
            tx.commit().await?;
            return Ok(actions::go(&format!("/admin/channels/{id}/number?done=saved")));
        }
        Err(ConnectError::NotFound) => return Err(PageError::NotFound),
        Err(ConnectError::Name) => Problem::of("name", "name", ""),
        Err(ConnectError::Rate) => Problem::of("per_second", "rate", ""),
        Err(ConnectError::Reopening) => Problem::of("reopen_within", "reopening", ""),
        Err(ConnectError::Queue | ConnectError::Connected) => Problem::of("", "needed", ""),
        Err(ConnectError::Db(error)) => return Err(error.into()),
    };
    tx.rollback().await?;
    number::with_problems(&state, &viewer, &nonce, *id, vec![problem]).await
}

/// Whether a channel is to be in use.
#[derive(Debug, Deserialize)]
pub struct State {
    enabled: String,
}

/// POST /admin/channels/{id}/state.
///
/// # Errors
/// Not found; when the database fails.
pub async fn enable(
    viewer: SignedIn,
    request: HttpRequest,
    id: Path<ChannelId>,
    form: Form<State>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let now = state.clock.now();
    let enabled = form.enabled == "1";
    let tx = state.db.begin().await?;
    match channels::enable(&tx, *id, enabled, now).await {
        Ok(()) => {}
        Err(ConnectError::Db(error)) => return Err(error.into()),
        Err(_) => return Err(PageError::NotFound),
    }
    let action = if enabled { "channel_enable" } else { "channel_disable" };
    actions::done(&tx, &viewer, &actions::address(&state, &request), action, *id, now).await?;
    tx.commit().await?;
    state.wakes.send();
    let word = if enabled { "enabled" } else { "disabled" };
    Ok(actions::go(&format!("/admin/channels/{id}/number?done={word}")))
}

/// A secret to exchange.
#[derive(Deserialize)]
pub struct Secret {
    name: String,
    #[serde(default)]
    value: String,
}

/// Secrets by the names they have.
const NAMES: [&str; 5] = ["app_secret", "access_token", "verify_token", "auth_token", "api_secret"];

/// POST /admin/channels/{id}/secrets: the new one counts at once; the one before stays live for webhooks until it is
/// retired.
///
/// # Errors
/// Not found; when the database fails.
pub async fn rotate(
    viewer: SignedIn,
    nonce: Nonce,
    request: HttpRequest,
    id: Path<ChannelId>,
    form: Form<Secret>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let Secret { name, value } = form.into_inner();
    let value = SecretString::from(value.trim().to_owned());
    if !NAMES.contains(&name.as_str()) && !name.starts_with("shared_key:") {
        return Err(PageError::NotFound);
    }
    if value.expose_secret().is_empty() {
        return number::with_problems(&state, &viewer, &nonce, *id, vec![Problem::of("", "needed", "")])
            .await;
    }
    let (now, desk) = (state.clock.now(), Desk::of(&state));
    let tx = state.db.begin().await?;
    if ::inbox::reading::channels::one(&tx, *id).await?.is_none() {
        return Err(PageError::NotFound);
    }
    let generation = channels::generation_after(&tx, *id, &name).await?;
    let sealed = desk.seal(*id, &name, generation, &value).map_err(anyhow::Error::from)?;
    channels::keep_secret(&tx, *id, &sealed, now).await?;
    actions::done(&tx, &viewer, &actions::address(&state, &request), "channel_secret_change", *id, now)
        .await?;
    tx.commit().await?;
    state.vendor_keys.doubt();
    number::look_again(&state, *id).await;
    Ok(actions::go(&format!("/admin/channels/{id}/number?done=secret")))
}

/// POST /admin/channels/{id}/secrets/retire: the older one is forgotten.
///
/// # Errors
/// When the database fails.
pub async fn retire(
    viewer: SignedIn,
    request: HttpRequest,
    id: Path<ChannelId>,
    form: Form<Secret>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let now = state.clock.now();
    let tx = state.db.begin().await?;
    if channels::retire_older(&tx, *id, &form.name).await? == 0 {
        return Err(PageError::NotFound);
    }
    actions::done(&tx, &viewer, &actions::address(&state, &request), "channel_secret_retire", *id, now)
        .await?;
    tx.commit().await?;
    state.vendor_keys.doubt();
    Ok(actions::go(&format!("/admin/channels/{id}/number?done=retired")))
}

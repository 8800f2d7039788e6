//! Connecting a channel from a form.

use std::collections::BTreeMap;

use ::inbox::reading;
use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Form, Query},
};
use domain::ChannelKind;
use rand::{Rng as _, distr::Alphanumeric};
use sea_orm::TransactionTrait as _;
use secrecy::SecretString;
use serde::Deserialize;
use views::{Section, channels::NewChannelPage};

use super::{
    super::{frame, html},
    actions, problem_lines,
};
use crate::{
    auth::SignedIn,
    channels::{self, Desk, Problem, Wanted},
    error::PageError,
    security_headers::Nonce,
    state::AppState,
};

/// Fields of the form that are secret: never drawn again.
const SECRETS: [&str; 5] = ["app_secret", "access_token", "verify_token", "auth_token", "api_secret"];

/// What is to be connected.
#[derive(Debug, Deserialize)]
pub struct Choice {
    #[serde(default)]
    kind: String,
}

/// GET /admin/channels/new.
///
/// # Errors
/// When the database fails.
pub async fn form(
    viewer: SignedIn,
    nonce: Nonce,
    choice: Query<Choice>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let kind = ChannelKind::parse(&choice.kind).unwrap_or(ChannelKind::WhatsappCloud);
    draw(&state, &viewer, &nonce, kind, BTreeMap::new(), Vec::new()).await
}

async fn draw(
    state: &AppState,
    viewer: &SignedIn,
    nonce: &Nonce,
    kind: ChannelKind,
    typed: BTreeMap<String, String>,
    problems: Vec<Problem>,
) -> Result<HttpResponse, PageError> {
    let start = reading::start::start(&state.db, viewer.principal.person).await?;
    let queues = reading::channels::queues(&state.db).await?;
    // One of our making is as long as it needs to be, and Meta takes it.
    let proposed = || rand::rng().sample_iter(Alphanumeric).take(32).map(char::from).collect();
    let verify_token =
        typed.get("verify_token").filter(|token| !token.is_empty()).cloned().unwrap_or_else(proposed);
    let failed = !problems.is_empty();
    let mut answer = html(&NewChannelPage {
        frame: frame(viewer, nonce, &start, Section::Admin, "none"),
        kind,
        typed: typed.into_iter().filter(|(name, _)| !SECRETS.contains(&name.as_str())).collect(),
        queues: queues.into_iter().map(|queue| (queue.id, queue.name)).collect(),
        webhook_url: Desk::of(state).inbound_url(kind),
        verify_token,
        problems: problem_lines(problems),
    })?;
    if failed {
        *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(answer)
}

/// POST /admin/channels: the vendor is asked first, and says what is wrong; then the channel is there.
///
/// # Errors
/// When the database fails or a secret can't be sealed.
pub async fn create(
    viewer: SignedIn,
    nonce: Nonce,
    request: HttpRequest,
    form: Form<BTreeMap<String, String>>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let typed = form.into_inner();
    let text = |name: &str| typed.get(name).map(|text| text.trim().to_owned()).unwrap_or_default();
    let Some(kind) = ChannelKind::parse(&text("kind")) else {
        return draw(
            &state,
            &viewer,
            &nonce,
            ChannelKind::WhatsappCloud,
            typed.clone(),
            vec![Problem::of("", "needed", "")],
        )
        .await;
    };
    let wanted = Wanted {
        kind,
        name: text("name"),
        queue: text("queue").parse().ok(),
        waba: text("waba"),
        phone_number_id: text("phone_number_id"),
        app: text("app"),
        account: text("account"),
        api_key: text("api_key"),
        sender: text("sender"),
        service: text("service"),
        secrets: SECRETS.into_iter().map(|name| (name, SecretString::from(text(name)))).collect(),
    };
    let desk = Desk::of(&state);
    let checked = match channels::check(&desk, &wanted).await {
        Ok(checked) => checked,
        Err(problems) => {
            actions::refused(&state, &viewer, &request, "channel_connect", None, &problems).await?;
            return draw(&state, &viewer, &nonce, kind, typed, problems).await;
        }
    };
    let now = state.clock.now();
    let tx = state.db.begin().await?;
    let id = match channels::store(&desk, &tx, &wanted, &checked, now).await? {
        Ok(id) => id,
        Err(problem) => {
            tx.rollback().await?;
            return draw(&state, &viewer, &nonce, kind, typed, vec![problem]).await;
        }
    };
    actions::done(&tx, &viewer, &actions::address(&state, &request), "channel_connect", id, now).await?;
    // What the account has of templates is there when the first window closes.
    if let Some(account_key) = ::inbox::templates::account_of(&tx, id).await? {
        ::inbox::templates::request(&tx, &account_key).await?;
    }
    tx.commit().await?;
    state.wakes.work();
    // Meta asks our address at once, and has to find the new token there.
    state.vendor_keys.doubt();
    channels::settle(&desk, id, &checked, &wanted, now).await;
    Ok(actions::go(&format!("/admin/channels/{id}?done=connected")))
}

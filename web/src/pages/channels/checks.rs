//! The troubleshooter: run the checks, repair what can be repaired from here, send a message and follow it.

use ::inbox::{
    channels as rows, reading,
    reply::{self, Draft, ReplyError},
};
use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Form, Path},
};
use channel_gateway::whatsapp::app;
use domain::{
    Address, ChannelId, ChannelKind, DeliveryState, MessageId,
    checkup::{CheckName, FIELDS},
};
use sea_orm::TransactionTrait as _;
use serde::Deserialize;
use uuid::Uuid;
use views::{
    Section,
    channels::{ChannelTab, CheckLine, ChecksPage, TestFragment, TestLine},
};

use super::{
    super::{frame, html, words},
    actions, head, number, open, problem_lines,
};
use crate::{
    auth::SignedIn,
    channels::{Desk, Problem, graph_problem, upkeep},
    error::PageError,
    security_headers::Nonce,
    state::AppState,
};

/// A test message and to whom it went.
struct Test {
    number: String,
    message: Option<MessageId>,
}

/// GET /admin/channels/{id}/checks.
///
/// # Errors
/// Not found; when the database fails.
pub async fn show(
    viewer: SignedIn,
    nonce: Nonce,
    id: Path<ChannelId>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    draw(&state, &viewer, &nonce, *id, Test { number: String::new(), message: None }, Vec::new()).await
}

async fn draw(
    state: &AppState,
    viewer: &SignedIn,
    nonce: &Nonce,
    id: ChannelId,
    test: Test,
    problems: Vec<Problem>,
) -> Result<HttpResponse, PageError> {
    let (start, line, alarms) = open(state, viewer, id).await?;
    let checks = rows::checks(&state.db, id).await?;
    let checked_at = checks.iter().map(|check| check.checked_at).max();
    let mut lines: Vec<CheckLine> = checks
        .into_iter()
        .filter_map(|check| {
            Some(CheckLine {
                check: CheckName::parse(&check.name)?,
                result: check.result,
                says: check.found["says"].as_str()?.to_owned(),
                detail: check.found["detail"].as_str().unwrap_or_default().to_owned(),
            })
        })
        .collect();
    lines.sort_by_key(|line| line.check);
    let under_way = match test.message {
        Some(message) => progress(state, id, message).await?,
        None => None,
    };
    let failed = !problems.is_empty();
    let mut answer = html(&ChecksPage {
        frame: frame(viewer, nonce, &start, Section::Admin, "none"),
        head: head(&line, &alarms),
        tab: ChannelTab::Checks,
        checks: lines,
        checked_at,
        repairable: line.kind == ChannelKind::WhatsappCloud,
        test_number: test.number,
        test: under_way,
        problems: problem_lines(problems),
    })?;
    if failed {
        *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(answer)
}

/// POST /admin/channels/{id}/checks: look at everything now.
///
/// # Errors
/// Not found; when the database fails.
pub async fn run(
    viewer: SignedIn,
    nonce: Nonce,
    id: Path<ChannelId>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    if reading::channels::one(&state.db, *id).await?.is_none() {
        return Err(PageError::NotFound);
    }
    match upkeep::look_after(&Desk::of(&state), *id, state.clock.now()).await {
        Ok(_) => Ok(actions::go(&format!("/admin/channels/{id}/checks"))),
        Err(error) => {
            let problem = Problem::of("", "not-opened", error.to_string());
            let test = Test { number: String::new(), message: None };
            draw(&state, &viewer, &nonce, *id, test, vec![problem]).await
        }
    }
}

/// POST /admin/channels/{id}/repair: the app listens to the account again, and its webhook leads to us, with every
/// field we act on.
///
/// # Errors
/// Not found; when the database fails.
pub async fn repair(
    viewer: SignedIn,
    nonce: Nonce,
    request: HttpRequest,
    id: Path<ChannelId>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let (keys, graph) = number::cloud(&state, *id).await?;
    let desk = Desk::of(&state);
    let mut problems = Vec::new();
    if let Err(fault) = app::listen(&graph, &keys.waba).await {
        problems.push(graph_problem(&fault));
    }
    let app_id = match &keys.app {
        Some(app) => Some(app.clone()),
        None => app::debug_token(&graph, &keys.token).await.ok().map(|token| token.app),
    };
    let token = desk.connections.secret(*id, "verify_token").await;
    if let (Some(app_id), Ok(token)) = (app_id, token)
        && let Some(as_app) = keys.as_app(&desk, &app_id)
    {
        let url = desk.inbound_url(ChannelKind::WhatsappCloud);
        if let Err(fault) = app::set_webhook(&as_app, &app_id, &url, &token, &FIELDS).await {
            problems.push(graph_problem(&fault));
        }
    }
    number::look_again(&state, *id).await;
    if problems.is_empty() {
        let address = actions::address(&state, &request);
        actions::done(&state.db, &viewer, &address, "channel_repair", *id, state.clock.now()).await?;
        return Ok(actions::go(&format!("/admin/channels/{id}/checks")));
    }
    actions::refused(&state, &viewer, &request, "channel_repair", Some(*id), &problems).await?;
    draw(&state, &viewer, &nonce, *id, Test { number: String::new(), message: None }, problems).await
}

/// To whom a test message goes.
#[derive(Debug, Deserialize)]
pub struct TestTo {
    #[serde(default)]
    number: String,
}

/// POST /admin/channels/{id}/test: a message to somebody who wrote to this number, which is then followed.
///
/// # Errors
/// Not found; when the database fails.
pub async fn send(
    viewer: SignedIn,
    nonce: Nonce,
    request: HttpRequest,
    id: Path<ChannelId>,
    form: Form<TestTo>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    if reading::channels::one(&state.db, *id).await?.is_none() {
        return Err(PageError::NotFound);
    }
    let number = form.into_inner().number;
    let sent = submit(&state, &viewer, *id, &number).await?;
    match sent {
        Ok(message) => {
            let address = actions::address(&state, &request);
            actions::done(&state.db, &viewer, &address, "channel_test", *id, state.clock.now()).await?;
            draw(&state, &viewer, &nonce, *id, Test { number, message: Some(message) }, Vec::new()).await
        }
        Err(problem) => {
            draw(&state, &viewer, &nonce, *id, Test { number, message: None }, vec![problem]).await
        }
    }
}

async fn submit(
    state: &AppState,
    viewer: &SignedIn,
    id: ChannelId,
    number: &str,
) -> Result<Result<MessageId, Problem>, PageError> {
    let Some(address) = Address::phone(number) else {
        return Ok(Err(Problem::of("", "number", "")));
    };
    let Some(conversation) = reading::channels::conversation_with(&state.db, id, &address.value).await?
    else {
        return Ok(Err(Problem::of("", "test-nobody", "")));
    };
    let draft = Draft::text(conversation, Uuid::now_v7(), words(viewer).t("test-text"));
    let tx = state.db.begin().await?;
    let submitted = match reply::submit(&tx, &viewer.principal, draft, state.clock.now()).await {
        Ok(submitted) => submitted,
        Err(ReplyError::WindowClosed(_)) => return Ok(Err(Problem::of("", "test-window", ""))),
        Err(ReplyError::Unwanted(_)) => return Ok(Err(Problem::of("", "test-stopped", ""))),
        Err(ReplyError::ConversationClosed | ReplyError::NotFound) => {
            return Ok(Err(Problem::of("", "test-closed", "")));
        }
        Err(ReplyError::Db(error)) => return Err(error.into()),
        Err(other) => return Err(anyhow::Error::from(other).into()),
    };
    tx.commit().await?;
    state.wakes.send();
    state.wakes.relay();
    Ok(Ok(submitted.message))
}

/// GET /admin/channels/{id}/test/{message}: how far it has come.
///
/// # Errors
/// Not found; when the database fails.
pub async fn follow(
    viewer: SignedIn,
    path: Path<(ChannelId, MessageId)>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let (id, message) = path.into_inner();
    let test = progress(&state, id, message).await?.ok_or(PageError::NotFound)?;
    html(&TestFragment { tx: words(&viewer), test, follow: format!("/admin/channels/{id}/test/{message}") })
}

async fn progress(
    state: &AppState,
    id: ChannelId,
    message: MessageId,
) -> Result<Option<TestLine>, PageError> {
    let found = reading::channels::progress(&state.db, id, message).await?;
    Ok(found.map(|one| TestLine {
        id: message.to_string(),
        steps: [one.accepted_at.or(one.sent_at), one.sent_at, one.delivered_at, one.answered_at],
        failed: (one.state == DeliveryState::Failed).then(|| one.error_detail.unwrap_or_default()),
    }))
}

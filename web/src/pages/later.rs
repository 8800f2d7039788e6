//! Answers that go out later.

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, Json, Path, Query},
};
use chrono::{DateTime, Datelike as _, NaiveDateTime, NaiveTime, TimeDelta, Timelike as _, Utc, Weekday};
use chrono_tz::Tz;
use domain::{Content, ConversationId, MessageId, Permission, PlannedId, conversation::ReplyWindow, wall};
use inbox::reply::{
    Draft, Lane,
    later::{self, PlanError},
};
use serde::Deserialize;
use uuid::Uuid;
use views::{flaw, planned::LaterDialog};

use super::{html, messages, within_reach, words};
use crate::{auth::SignedIn, error::PageError, state::AppState};

/// How a `datetime-local` field holds a time.
const FIELD: &str = "%Y-%m-%dT%H:%M";

/// For what the dialog is.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    /// For a template, which may be sent at any time.
    #[serde(default)]
    template: bool,
}

/// GET /conversations/{id}/later: the dialog, with times that are often meant and still allowed.
///
/// # Errors
/// Not found, also for conversations that are not this person's to answer.
pub async fn show(
    viewer: SignedIn,
    id: Path<ConversationId>,
    asked: Query<Asked>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let line = within_reach(&viewer, &state, *id, Permission::ConversationReply).await?;
    let (tx, now) = (words(&viewer), state.clock.now());
    let until = match ReplyWindow::at(line.channel_kind, line.window_until, now) {
        ReplyWindow::Boundless => None,
        ReplyWindow::Open(until) => Some(until),
        ReplyWindow::Closed(_) => Some(now),
    };
    let until = until.filter(|_| !asked.template);
    let here = now.with_timezone(&tx.zone);
    let field = |at: DateTime<Utc>| at.with_timezone(&tx.zone).format(FIELD).to_string();
    let latest = now + later::LATEST;
    let first = (here + TimeDelta::minutes(2)).format(FIELD).to_string();
    let often = often(here)
        .into_iter()
        .filter(|(at, _)| *at < until.unwrap_or(latest))
        .map(|(at, word)| (at.format(FIELD).to_string(), tx.t(word)))
        .collect();
    html(&LaterDialog {
        tx,
        conversation: *id,
        template: asked.template,
        until,
        closes: until.map(field).unwrap_or_default(),
        often,
        // Later than the window's end is a time, too: then a template is offered.
        between: (first, field(latest)),
    })
}

/// Times that are often meant, by the clock on the wall.
fn often(now: DateTime<Tz>) -> Vec<(DateTime<Tz>, &'static str)> {
    let nine = NaiveTime::from_hms_opt(9, 0, 0).unwrap_or_default();
    let at_nine = |days: i64| {
        let day = now.date_naive() + TimeDelta::days(days);
        wall::moment(day.and_time(nine), now.timezone()).with_timezone(&now.timezone())
    };
    let monday = i64::from(7 - now.weekday().days_since(Weekday::Mon));
    let hour = (now + TimeDelta::hours(1)).with_second(0);
    let mut all = vec![(at_nine(1), "later-tomorrow")];
    if monday > 1 {
        all.push((at_nine(monday), "later-monday"));
    }
    hour.map(|hour| (hour, "later-hour")).into_iter().chain(all).collect()
}

/// What the dialog posts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewPlan {
    client_id: Uuid,
    content: Content,
    #[serde(default)]
    reply_to: Option<MessageId>,
    /// What goes out right after it, when there is more than one.
    #[serde(default)]
    more: Vec<Part>,
    /// By the clock on the person's wall: `2026-11-23T09:00`.
    at: String,
}

/// One more message of what was written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    client_id: Uuid,
    content: Content,
}

/// POST /conversations/{id}/planned: all of what was written, or nothing.
///
/// # Errors
/// Refusals in the person's language; nothing is changed then.
pub async fn create(
    viewer: SignedIn,
    id: Path<ConversationId>,
    Json(plan): Json<NewPlan>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let zone = words(&viewer).zone;
    let at = NaiveDateTime::parse_from_str(&plan.at, FIELD);
    let due = wall::moment(at.map_err(|_| refusal(PlanError::Past, &viewer))?, zone);
    let NewPlan { client_id, content, reply_to, more, .. } = plan;
    let mut parts = vec![Part { client_id, content }];
    parts.extend(more);
    let drafts: Vec<Draft> = parts
        .into_iter()
        .enumerate()
        .map(|(at, Part { client_id, content })| {
            let reply_to = reply_to.filter(|_| at == 0);
            Draft { conversation: *id, client_id, content, reply_to, lane: Lane::Answer }
        })
        .collect();
    let planned = state.transact(async |tx| {
        for draft in &drafts {
            let planned = later::plan(tx, &viewer.principal, draft, due, state.clock.now()).await;
            planned.map_err(|error| refusal(error, &viewer))?;
        }
        Ok(())
    });
    planned.await?;
    state.wakes.relay();
    Ok(HttpResponse::Created().finish())
}

/// DELETE /planned/{id}: it is not sent.
///
/// # Errors
/// Refusals in the person's language.
pub async fn cancel(
    viewer: SignedIn,
    id: Path<PlannedId>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let cancelled = state.transact(async |tx| {
        let cancelled = later::cancel(tx, &viewer.principal, *id, state.clock.now()).await;
        cancelled.map_err(|error| refusal(error, &viewer))
    });
    cancelled.await?;
    state.wakes.relay();
    Ok(HttpResponse::NoContent().finish())
}

/// POST /planned/{id}/send: it is sent now.
///
/// # Errors
/// Refusals in the person's language.
pub async fn send(
    viewer: SignedIn,
    id: Path<PlannedId>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let sent = state.transact(async |tx| {
        let sent = later::send_now(tx, &viewer.principal, *id, state.clock.now()).await;
        sent.map_err(|error| refusal(error, &viewer))
    });
    sent.await?;
    state.wakes.send();
    state.wakes.relay();
    Ok(HttpResponse::NoContent().finish())
}

fn refusal(error: PlanError, viewer: &SignedIn) -> PageError {
    let tx = words(viewer);
    let refused = |code, word: &str| PageError::refused(StatusCode::CONFLICT, code, tx.t(word));
    match error {
        PlanError::NotFound => PageError::NotFound,
        PlanError::Db(error) => error.into(),
        PlanError::NotSent(error) => messages::refusal(error, tx),
        PlanError::Closed => refused("conversation_closed", "refusal-conversation-closed"),
        PlanError::Past => refused("past", "planned-past"),
        PlanError::TooFar => refused("too_far", "planned-too-far"),
        PlanError::BeyondWindow(_) => refused("beyond_window", "planned-beyond"),
        PlanError::TooMany => refused("too_many", "planned-too-many"),
        PlanError::FileGone => refused("file_gone", "planned-no-file"),
        PlanError::Flawed(one) => PageError::Flawed { flaw: one, message: flaw::words(&tx, one) },
    }
}

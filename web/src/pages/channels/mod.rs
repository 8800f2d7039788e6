//! Administration of channels: the list, and one channel with its tabs.

pub mod actions;
pub mod checks;
pub mod costs;
pub mod new;
pub mod number;
pub mod settings;
pub mod setups;
mod shown;

use ::inbox::{
    alarms, channels,
    reading::{self, channels::ChannelLine},
};
use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Query},
};
use chrono::{DateTime, Utc};
use domain::ChannelId;
use sea_orm::TransactionTrait as _;
use views::{
    Section,
    channels::{ChannelPage, ChannelRow, ChannelTab, ChannelsPage, NoticeLine, PastLine},
};

pub use shown::{alarm_lines, head, open, problem_lines, quality};

use super::{frame, html};
use crate::{auth::SignedIn, channels::Desk, error::PageError, security_headers::Nonce, state::AppState};

/// GET /admin/channels.
///
/// # Errors
/// When the database fails.
pub async fn list(viewer: SignedIn, nonce: Nonce, state: Data<AppState>) -> Result<HttpResponse, PageError> {
    let start = reading::start::start(&state.db, viewer.principal.person).await?;
    let lines = reading::channels::all(&state.db).await?;
    let alarms = alarms::open(&state.db).await?;
    let mut weeks = reading::channels::weeks(&state.db, state.clock.now()).await?;
    html(&ChannelsPage {
        frame: frame(&viewer, &nonce, &start, Section::Admin, "none"),
        alarms: alarm_lines(&alarms, &lines),
        channels: lines
            .iter()
            .map(|line| ChannelRow {
                head: head(line, &alarms),
                quality: quality(line),
                queue: line.queue_name.clone(),
                week: weeks
                    .iter_mut()
                    .find(|week| week.channel_id == line.id)
                    .map(|week| std::mem::take(&mut week.days))
                    .unwrap_or_default(),
                last_inbound: line.message_at,
            })
            .collect(),
    })
}

/// GET /admin/channels/{id}.
///
/// # Errors
/// Not found; when the database fails.
pub async fn show(
    viewer: SignedIn,
    nonce: Nonce,
    state: Data<AppState>,
    id: Path<ChannelId>,
    before: Query<number::Before>,
) -> Result<HttpResponse, PageError> {
    let (start, line, alarms) = open(&state, &viewer, *id).await?;
    let notices = reading::channels::notices(&state.db, *id).await?;
    let secrets = channels::secrets(&state.db, *id).await?;
    html(&ChannelPage {
        frame: frame(&viewer, &nonce, &start, Section::Admin, "none"),
        head: head(&line, &alarms),
        tab: ChannelTab::Overview,
        alarms: alarm_lines(&alarms, std::slice::from_ref(&line)),
        quality: quality(&line),
        queue: line.queue_name.clone(),
        per_second: line.per_second,
        reopen_within: line.reopen_within,
        heard: [line.message_at, line.status_at, line.notice_at],
        webhook_url: Desk::of(&state).inbound_url(line.kind),
        verify_token: secrets.into_iter().find(|one| one.name == "verify_token").map(|one| one.last_four),
        notices: notices
            .into_iter()
            .map(|one| NoticeLine {
                field: one.field,
                at: one.at,
                known: one.said["said"] != "other",
                raw: serde_json::to_string_pretty(&one.raw).unwrap_or_default(),
            })
            .collect(),
        past: past(&line, state.clock.now()),
        limit: line.facts.as_ref().and_then(|facts| facts["limit"].as_str()).map(str::to_owned),
        done: actions::done_word(before.done()),
    })
}

/// The import of what was said before the connection, where one was begun.
fn past(line: &ChannelLine, now: DateTime<Utc>) -> Option<PastLine> {
    let facts = line.facts.as_ref()?;
    let said = serde_json::from_value(facts.get("past")?.clone()).ok()?;
    let at = facts.get("past_at").and_then(|at| serde_json::from_value(at.clone()).ok());
    Some(PastLine { said, at, read_at: now })
}

/// POST /admin/alarms/{id}/dismiss: it was seen. What still holds rings again at the next check.
///
/// # Errors
/// Not found; when the database fails.
pub async fn dismiss(
    viewer: SignedIn,
    request: HttpRequest,
    id: Path<uuid::Uuid>,
    state: Data<AppState>,
) -> Result<HttpResponse, PageError> {
    let now = state.clock.now();
    let tx = state.db.begin().await?;
    if !alarms::dismiss(&tx, *id, now).await? {
        return Err(PageError::NotFound);
    }
    actions::done(&tx, &viewer, &actions::address(&state, &request), "alarm_dismiss", *id, now).await?;
    tx.commit().await?;
    Ok(actions::go("/admin/channels"))
}

//! Administration of channels: the list, and one channel with its tabs.

mod shown;

use ::inbox::{alarms, reading};
use actix_web::{
    HttpResponse,
    web::{Data, Path},
};
use domain::ChannelId;
use views::{
    Section,
    channels::{ChannelPage, ChannelRow, ChannelTab, ChannelsPage},
};

pub use shown::{alarm_lines, head, open, quality};

use super::{frame, html};
use crate::{auth::SignedIn, error::PageError, security_headers::Nonce, state::AppState};

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
) -> Result<HttpResponse, PageError> {
    let (start, line, alarms) = open(&state, &viewer, *id).await?;
    html(&ChannelPage {
        frame: frame(&viewer, &nonce, &start, Section::Admin, "none"),
        head: head(&line, &alarms),
        tab: ChannelTab::Overview,
        alarms: alarm_lines(&alarms, std::slice::from_ref(&line)),
        quality: quality(&line),
        queue: line.queue_name.clone(),
        per_second: line.per_second,
        heard: [line.message_at, line.status_at, line.notice_at],
    })
}

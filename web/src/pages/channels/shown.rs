//! From rows to what the pages of channels show.

use ::inbox::{
    alarms::{self, Alarm},
    reading::{self, channels::ChannelLine, start::Start},
};
use domain::{AlarmKind, ChannelId, Severity};
use views::{
    ChannelTag,
    channels::{AlarmLine, ChannelHead, ProblemLine, head::Condition, list::Quality},
};

use crate::{auth::SignedIn, channels::Problem, error::PageError, state::AppState};

/// What every page about one channel begins with.
///
/// # Errors
/// Not found; when the database fails.
pub async fn open(
    state: &AppState,
    viewer: &SignedIn,
    id: ChannelId,
) -> Result<(Start, ChannelLine, Vec<Alarm>), PageError> {
    let start = reading::start::start(&state.db, viewer.principal.person).await?;
    let line = reading::channels::one(&state.db, id).await?.ok_or(PageError::NotFound)?;
    let alarms = alarms::of_channel(&state.db, id).await?;
    Ok((start, line, alarms))
}

fn concerns(alarm: &Alarm, line: &ChannelLine) -> bool {
    alarm.channel_id == Some(line.id) || alarm.account_key.as_deref() == Some(&line.account_key)
}

/// The head of a channel's pages.
#[must_use]
pub fn head(line: &ChannelLine, alarms: &[Alarm]) -> ChannelHead {
    let worst = alarms.iter().filter(|alarm| concerns(alarm, line)).map(|alarm| alarm.severity).min();
    let condition = match worst {
        _ if !line.enabled => Condition::Off,
        Some(Severity::Critical) => Condition::Trouble,
        Some(Severity::Warning) => Condition::Attention,
        Some(Severity::Info) | None => Condition::Well,
    };
    ChannelHead {
        id: line.id,
        tag: ChannelTag { kind: line.kind, name: line.name.clone() },
        address: line.address.clone(),
        condition,
    }
}

/// The vendor's rating of a number.
#[must_use]
pub fn quality(line: &ChannelLine) -> Option<Quality> {
    let facts = line.facts.as_ref()?;
    Quality::parse(facts["quality"].as_str()?)
}

/// Alarms in words, with the names of the channels they are about.
#[must_use]
pub fn alarm_lines(alarms: &[Alarm], lines: &[ChannelLine]) -> Vec<AlarmLine> {
    alarms
        .iter()
        .map(|alarm| {
            let line = lines.iter().find(|line| concerns(alarm, line));
            AlarmLine {
                id: alarm.id.to_string(),
                about: line
                    .map_or_else(|| alarm.account_key.clone().unwrap_or_default(), |line| line.name.clone()),
                href: line.map_or_else(
                    || "/admin/channels".to_owned(),
                    |line| format!("/admin/channels/{}/checks", line.id),
                ),
                kind: AlarmKind::parse(&alarm.kind),
                word: alarm.kind.clone(),
                severity: alarm.severity,
                detail: alarm.data["detail"].as_str().unwrap_or_default().to_owned(),
                raised_at: alarm.raised_at,
            }
        })
        .collect()
}

/// Problems for a page.
#[must_use]
pub fn problem_lines(problems: Vec<Problem>) -> Vec<ProblemLine> {
    problems
        .into_iter()
        .map(|one| ProblemLine { field: one.field, says: one.says, detail: one.detail })
        .collect()
}

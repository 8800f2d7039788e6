//! Looking after connected channels: by button, and by the hour.

use std::time::Duration;

use channel_gateway::whatsapp::profile;
use chrono::{DateTime, Utc};
use domain::{
    ChannelId,
    checkup::{Finding, examine},
};
use inbox::{channels, reading};
use jobs::{Failure, Runner};
use sea_orm::{DbErr, TransactionTrait as _};

use super::{Desk, Keys, gather};
use crate::{connections::NotConnected, jobs::Bench};

/// Reading facts and running the checks of every channel.
pub const UPKEEP: &str = "channel_upkeep";
/// Counting what came in, and judging silence.
pub const TRAFFIC: &str = "channel_traffic";

const HOUR: Duration = Duration::from_secs(3600);
const TEN_MINUTES: Duration = Duration::from_secs(600);

/// Teaches a runner to look after channels.
#[must_use]
pub fn teach(runner: Runner, bench: &Bench) -> Runner {
    let state = bench.state.clone();
    let runner = runner.every(UPKEEP, HOUR, move |_| {
        let state = state.clone();
        async move {
            let desk = Desk::of(&state);
            for line in reading::channels::all(&state.db).await? {
                if line.enabled
                    && let Err(error) = look_after(&desk, line.id, state.clock.now()).await
                {
                    tracing::warn!(channel = %line.id, %error, "channel {} could not be looked after", line.id);
                }
            }
            Ok(())
        }
    });
    let state = bench.state.clone();
    runner.every(TRAFFIC, TEN_MINUTES, move |_| {
        let state = state.clone();
        async move {
            let now = state.clock.now();
            channels::count_hours(&state.db, now).await?;
            let tx = state.db.begin().await?;
            channels::judge_silence(&tx, now).await?;
            tx.commit().await.map_err(Failure::from)
        }
    })
}

/// Why a channel could not be looked after.
#[derive(Debug, thiserror::Error)]
pub enum UpkeepError {
    /// It can't be opened.
    #[error(transparent)]
    NotConnected(#[from] NotConnected),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

/// Asks everything about a channel, keeps what is said, and raises and clears alarms.
///
/// # Errors
/// When the channel can't be opened or the database fails; a vendor that is away is a finding.
pub async fn look_after(desk: &Desk, id: ChannelId, now: DateTime<Utc>) -> Result<Vec<Finding>, UpkeepError> {
    let line = reading::channels::one(&desk.db, id).await?.ok_or(NotConnected::Gone)?;
    let keys = Keys::of(desk, id).await?;
    let verify_token = match desk.connections.secret(id, "verify_token").await {
        Ok(token) => Some(token),
        Err(NotConnected::NoSecret(_)) => None,
        Err(error) => return Err(error.into()),
    };
    let heard = [line.message_at, line.status_at, line.notice_at];
    let facts = gather(desk, line.kind, &keys, verify_token.as_ref(), heard).await;
    let profile = match &keys {
        Keys::Cloud(keys) => profile::read(&keys.graph(desk), &keys.number).await.ok(),
        Keys::Twilio(_) => None,
    };
    let findings = examine(&facts, now);
    let tx = desk.db.begin().await?;
    if let Some(number) = facts.number.got() {
        channels::keep_facts(&tx, id, number, now).await?;
    }
    if let Some(profile) = profile {
        let profile = serde_json::to_value(profile).map_err(|error| DbErr::Json(error.to_string()))?;
        channels::keep_profile(&tx, id, profile, now).await?;
    }
    channels::keep_checks(&tx, id, &findings, now).await?;
    tx.commit().await?;
    Ok(findings)
}

//! What was read of a number, and what the checks made of it.

use chrono::{DateTime, Utc};
use domain::{
    ChannelId,
    checkup::{CheckResult, Finding, NumberFacts, alarms},
};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, FromQueryResult};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    alarms::{self as bells, Subject},
    rows,
};

/// Keep what the vendor says of a number now. What notices told and the vendor does not answer stays.
///
/// # Errors
/// When the database fails.
pub async fn keep_facts(
    tx: &impl ConnectionTrait,
    channel: ChannelId,
    facts: &NumberFacts,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let facts = serde_json::to_value(facts).map_err(|error| DbErr::Json(error.to_string()))?;
    rows::run(
        tx,
        "insert into channel_facts (channel_id, facts, read_at, changed_at) values ($1, $2, $3, $3)
         on conflict (channel_id) do update set
             facts = channel_facts.facts || excluded.facts, read_at = excluded.read_at,
             changed_at = case when channel_facts.facts @> excluded.facts then channel_facts.changed_at
                               else excluded.changed_at end",
        [channel.into(), facts.into(), now.into()],
    )
    .await?;
    Ok(())
}

/// Keep a business profile as read.
///
/// # Errors
/// When the database fails.
pub async fn keep_profile(
    tx: &impl ConnectionTrait,
    channel: ChannelId,
    profile: Value,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    rows::run(
        tx,
        "insert into channel_facts (channel_id, profile, read_at, changed_at) values ($1, $2, $3, $3)
         on conflict (channel_id) do update set profile = excluded.profile",
        [channel.into(), profile.into(), now.into()],
    )
    .await?;
    Ok(())
}

/// The newest result of a check.
#[derive(Debug, Clone, PartialEq, FromQueryResult)]
pub struct Shown {
    /// A [`domain::checkup::CheckName`].
    pub name: String,
    /// How it ended.
    pub result: CheckResult,
    /// What it said.
    pub found: Value,
    /// When.
    pub checked_at: DateTime<Utc>,
}

/// Keep what a run of the troubleshooter found that began to ask at `now`, and raise and clear the alarms that follow from
/// it. Results of checks that no longer concern the channel go.
///
/// # Errors
/// When the database fails.
pub async fn keep_checks(
    tx: &DatabaseTransaction,
    channel: ChannelId,
    findings: &[Finding],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    #[derive(Serialize)]
    struct Row<'a> {
        name: &'a str,
        result: CheckResult,
        found: Value,
    }
    let kept: Vec<Row<'_>> = findings
        .iter()
        .map(|one| Row {
            name: one.check.as_str(),
            result: one.result,
            found: json!({ "says": one.says, "detail": one.detail }),
        })
        .collect();
    rows::run(
        tx,
        "with fresh as (
             select * from json_to_recordset($2::text::json) as row(name text, result text, found jsonb)
         ), gone as (
             delete from channel_check where channel_id = $1 and name not in (select name from fresh)
         )
         insert into channel_check (channel_id, name, result, found, checked_at)
         select $1, name, result, found, $3 from fresh
         on conflict (channel_id, name) do update
             set result = excluded.result, found = excluded.found, checked_at = excluded.checked_at",
        [channel.into(), rows::recordset(&kept)?, now.into()],
    )
    .await?;
    for (kind, raised) in alarms(findings) {
        let about = Subject::Channel(channel);
        match raised {
            Some((severity, detail)) => {
                bells::raise(tx, about, kind, severity, json!({ "detail": detail }), now).await?;
            }
            None => {
                bells::clear_as_of(tx, about, kind, now).await?;
            }
        }
    }
    Ok(())
}

/// What the last run of the troubleshooter found.
///
/// # Errors
/// When the database fails.
pub async fn checks(db: &impl ConnectionTrait, channel: ChannelId) -> Result<Vec<Shown>, DbErr> {
    rows::all(
        db,
        "select name, result, found, checked_at from channel_check where channel_id = $1",
        [channel.into()],
    )
    .await
}

//! The routing that admins decide: a draft they all work on, published as a whole, in numbered versions.
//!
//! What runs is the newest version ([`current`]). Publishing also projects into tables what SQL asks for: queues, who
//! serves them, skills and capacities. Before anything was published those tables alone decide, and the first draft
//! begins with what they hold ([`tables::compose`]).

mod known;
mod memo;
mod tables;

use chrono::{DateTime, Utc};
use domain::{Event, PersonId, Principal};
use routing::{
    Policy,
    check::{Flaw, check},
};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, FromQueryResult};

use crate::{events, presence, rows};

pub(crate) use known::contact_fields;
pub use known::{CONTACT_NAME, known};
pub(crate) use memo::known_as;
pub use memo::{Published, current};
pub use routing::policy::Pause;

/// The draft as somebody sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The version it began from; 0: nothing was published then.
    pub base: u32,
    /// Raised by every save; 0: there is no draft, this is what holds.
    pub revision: i64,
    /// What it says.
    pub policy: Policy,
    /// Who changed it last.
    pub by: Option<PersonId>,
    /// When.
    pub changed_at: Option<DateTime<Utc>>,
}

/// A published version, without its document.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Version {
    /// Its number.
    pub version: i32,
    /// What was said about it.
    pub note: String,
    /// Who published it.
    pub by_id: Option<PersonId>,
    /// When.
    pub published_at: DateTime<Utc>,
}

/// Why a change of the routing was refused. Nothing was changed then.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// Somebody else changed the draft meanwhile.
    #[error("the draft is at revision {now}")]
    Stale {
        /// The revision it is at.
        now: i64,
    },
    /// It would not hold together.
    #[error("{} flaws", .0.len())]
    Flawed(Vec<Flaw>),
    /// There is no such version.
    #[error("no such version")]
    NoSuchVersion,
    /// There is nothing to publish.
    #[error("no draft")]
    NoDraft,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

/// The draft, or what holds when there is none.
///
/// # Errors
/// When the database fails.
pub async fn draft(db: &impl ConnectionTrait) -> Result<Draft, DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        base: i32,
        revision: i64,
        document: serde_json::Value,
        by_id: Option<PersonId>,
        changed_at: DateTime<Utc>,
    }

    let found: Vec<Row> =
        rows::all(db, "select base, revision, document, by_id, changed_at from routing_draft", []).await?;
    if let Some(row) = found.into_iter().next() {
        return Ok(Draft {
            base: row.base.unsigned_abs(),
            revision: row.revision,
            policy: rows::read(row.document)?,
            by: row.by_id,
            changed_at: Some(row.changed_at),
        });
    }
    let (base, policy) = in_force(db).await?;
    Ok(Draft { base, revision: 0, policy, by: None, changed_at: None })
}

/// What holds, with its number: the newest version, or what the tables say before there is one.
///
/// # Errors
/// When the database fails.
pub async fn in_force(db: &impl ConnectionTrait) -> Result<(u32, Policy), DbErr> {
    let current = current(db).await?;
    let policy =
        if current.version == 0 { tables::compose(db).await? } else { Policy::clone(&current.policy) };
    Ok((current.version, policy))
}

/// Change the draft. It has to hold together at every save, so that nothing is ever half saved.
///
/// # Errors
/// `Stale` unless `revision` is the one the draft is at; `Flawed` with every place concerned.
pub async fn save(
    tx: &DatabaseTransaction,
    by: &Principal,
    revision: i64,
    change: impl FnOnce(&mut Policy),
    now: DateTime<Utc>,
) -> Result<Draft, PolicyError> {
    lock(tx).await?;
    let mut draft = draft(tx).await?;
    if draft.revision != revision {
        return Err(PolicyError::Stale { now: draft.revision });
    }
    change(&mut draft.policy);
    let flaws = check(&draft.policy, &known(tx).await?);
    if !flaws.is_empty() {
        return Err(PolicyError::Flawed(flaws));
    }
    draft.revision += 1;
    draft.by = Some(by.person);
    draft.changed_at = Some(now);
    rows::run(
        tx,
        "insert into routing_draft (base, revision, document, by_id, changed_at) values ($1, $2, $3, $4, $5)
         on conflict (only_row) do update set revision = excluded.revision, document = excluded.document,
             by_id = excluded.by_id, changed_at = excluded.changed_at",
        [
            draft.base.cast_signed().into(),
            draft.revision.into(),
            write(&draft.policy)?.into(),
            by.person.into(),
            now.into(),
        ],
    )
    .await?;
    Ok(draft)
}

/// Throw the draft away.
///
/// # Errors
/// `Stale` unless `revision` is the one the draft is at.
pub async fn discard(tx: &DatabaseTransaction, revision: i64) -> Result<(), PolicyError> {
    lock(tx).await?;
    let now = draft(tx).await?.revision;
    if now != revision {
        return Err(PolicyError::Stale { now });
    }
    rows::run(tx, "delete from routing_draft", []).await?;
    Ok(())
}

/// Publish the draft: from now on it decides. Answers its number. Wake dispatcher and relay after the commit.
///
/// # Errors
/// `NoDraft`, `Stale`, and `Flawed` when what it names is gone since it was saved.
pub async fn publish(
    tx: &DatabaseTransaction,
    by: &Principal,
    revision: i64,
    note: &str,
    now: DateTime<Utc>,
) -> Result<u32, PolicyError> {
    lock(tx).await?;
    let draft = draft(tx).await?;
    if draft.revision == 0 {
        return Err(PolicyError::NoDraft);
    }
    let newest = newest(tx).await?;
    if draft.revision != revision || draft.base != newest {
        return Err(PolicyError::Stale { now: draft.revision });
    }
    put_in_force(tx, by, newest, &draft.policy, note, now).await
}

/// Publish an earlier version again, as a new one. The draft, if there is one, goes.
///
/// # Errors
/// `NoSuchVersion`, and `Flawed` when what it names is gone since.
pub async fn roll_back(
    tx: &DatabaseTransaction,
    by: &Principal,
    to: u32,
    note: &str,
    now: DateTime<Utc>,
) -> Result<u32, PolicyError> {
    lock(tx).await?;
    let policy = version(tx, to).await?.ok_or(PolicyError::NoSuchVersion)?;
    let newest = newest(tx).await?;
    put_in_force(tx, by, newest, &policy, note, now).await
}

/// The document of one version.
///
/// # Errors
/// When the database fails.
pub async fn version(db: &impl ConnectionTrait, version: u32) -> Result<Option<Policy>, DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        document: serde_json::Value,
    }
    let found: Vec<Row> = rows::all(
        db,
        "select document from routing_policy where version = $1",
        [version.cast_signed().into()],
    )
    .await?;
    found.into_iter().next().map(|row| rows::read(row.document)).transpose()
}

/// The published versions, newest first.
///
/// # Errors
/// When the database fails.
pub async fn versions(db: &impl ConnectionTrait, limit: u32) -> Result<Vec<Version>, DbErr> {
    rows::all(
        db,
        "select version, note, by_id, published_at from routing_policy order by version desc limit $1",
        [i64::from(limit).into()],
    )
    .await
}

async fn put_in_force(
    tx: &DatabaseTransaction,
    by: &Principal,
    newest: u32,
    policy: &Policy,
    note: &str,
    now: DateTime<Utc>,
) -> Result<u32, PolicyError> {
    let flaws = check(policy, &known(tx).await?);
    if !flaws.is_empty() {
        return Err(PolicyError::Flawed(flaws));
    }
    tables::lock(tx, policy).await?;
    let version = newest + 1;
    let document = write(policy)?;
    rows::run(
        tx,
        "insert into routing_policy (version, document, digest, note, by_id, published_at)
         values ($1, $2, md5($2::jsonb::text), $3, $4, $5)",
        [version.cast_signed().into(), document.into(), note.to_owned().into(), by.person.into(), now.into()],
    )
    .await?;
    rows::run(tx, "delete from routing_draft", []).await?;
    let resized = tables::project(tx, policy).await?;
    // Everything that is open is looked at again under the new rules.
    rows::run(
        tx,
        "with again as (
             select conversation_id from watch where look_at is null or look_at > $1
             order by conversation_id for no key update
         )
         update watch w set look_at = $1 from again where w.conversation_id = again.conversation_id",
        [now.into()],
    )
    .await?;
    let mut happened = presence::told(tx, &resized, Some(by.person), now).await?;
    happened.push((Event::PolicyPublished { version }, Some(by.person)));
    events::append(tx, &happened, now).await?;
    Ok(version)
}

/// One change of the routing at a time, whoever makes it.
pub(crate) async fn lock(tx: &DatabaseTransaction) -> Result<(), DbErr> {
    rows::run(tx, "select pg_advisory_xact_lock(1112, 5)", []).await.map(drop)
}

async fn newest(db: &impl ConnectionTrait) -> Result<u32, DbErr> {
    Ok(versions(db, 1).await?.first().map_or(0, |newest| newest.version.unsigned_abs()))
}

fn write(policy: &Policy) -> Result<serde_json::Value, DbErr> {
    serde_json::to_value(policy).map_err(|error| DbErr::Json(error.to_string()))
}

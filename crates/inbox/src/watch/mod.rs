//! What the passing of time asks for: rows with the instant at which somebody has to look, and nobody sleeping on it.
//!
//! A step locks the conversations that are due, lets [`routing::due::judge`] say what is to be done, does it, and
//! remembers it, all in one transaction: whoever looks twice, or on two nodes, does nothing twice.

mod acting;
mod facts;

use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::ConversationId;
use routing::due;
use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr, FromQueryResult, TransactionTrait as _};
use serde::Serialize;
use uuid::Uuid;

use crate::{Wakes, assignment::offers, policy, rows};
use acting::Done;

/// A lost hint costs at most this.
const POLL: Duration = Duration::from_secs(1);
/// A look that is due by the clock comes no sooner than this.
const SHORTEST: Duration = Duration::from_millis(10);
/// The longest pause between attempts while the database fails.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// How many conversations a step looks at.
const BATCH: i64 = 100;
/// So often a conversation can go elsewhere within one step; a circle is refused when it is published.
const GOES: usize = 16;

/// What a step did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Watched {
    /// How many conversations something was done for, and offers that ran out.
    pub done: usize,
    /// Whether something has to be sent.
    pub said: bool,
    /// Whether there are more due already.
    pub more: bool,
    /// When the next one is due.
    pub next: Option<DateTime<Utc>>,
}

/// Look at what is due.
///
/// # Errors
/// When the database fails; nothing was done then.
pub async fn step(db: &DatabaseConnection, now: DateTime<Utc>) -> Result<Watched, DbErr> {
    #[derive(FromQueryResult)]
    struct Due {
        conversation_id: Uuid,
    }
    // By itself: it locks presences, and conversations come before those.
    let tx = db.begin().await?;
    let mut watched = Watched { done: offers::lapse(&tx, now).await?, ..Watched::default() };
    tx.commit().await?;
    let tx = db.begin().await?;
    let due: Vec<Due> = rows::all(
        &tx,
        "select conversation_id from watch where look_at <= $1 order by look_at limit $2",
        [now.into(), BATCH.into()],
    )
    .await?;
    watched.more = i64::try_from(due.len()).is_ok_and(|found| found >= BATCH);
    let due = due.into_iter().map(|due| due.conversation_id).collect();
    look_at(&tx, due, now, &mut watched).await?;
    watched.next = next(&tx).await?;
    tx.commit().await?;
    Ok(watched)
}

async fn look_at(
    tx: &DatabaseTransaction,
    due: Vec<Uuid>,
    now: DateTime<Utc>,
    watched: &mut Watched,
) -> Result<(), DbErr> {
    #[derive(Serialize)]
    struct Seen {
        conversation_id: ConversationId,
        look_at: Option<DateTime<Utc>>,
        memory: due::Memory,
    }

    // Conversations first, as everybody does; whoever is at work on one will have it looked at again.
    let mut ids = facts::lock(tx, due).await?;
    if ids.is_empty() {
        return Ok(());
    }
    let policy = policy::current(tx).await?.policy;
    let mut seen: Vec<Seen> = Vec::with_capacity(ids.len());
    for round in 0..GOES {
        let mut elsewhere = Vec::new();
        for found in facts::read(tx, &policy, &ids).await? {
            let judged = due::judge(&found.facts, &found.memory, &policy, now);
            let done = acting::act(tx, &found, &judged.actions, &policy, now).await?;
            watched.said |= done.contains(&Done::Said);
            watched.done += usize::from(!judged.actions.is_empty());
            if judged.actions.iter().any(due::Action::goes_elsewhere) && round + 1 < GOES {
                elsewhere.push(found.talk.id);
                rows::run(
                    tx,
                    "update watch set memory = $2 where conversation_id = $1",
                    [found.talk.id.into(), write(&judged.memory)?.into()],
                )
                .await?;
            } else {
                let look_at = judged.next;
                seen.push(Seen { conversation_id: found.talk.id, look_at, memory: judged.memory });
            }
        }
        if elsewhere.is_empty() {
            break;
        }
        ids = elsewhere;
    }
    rows::run(
        tx,
        "update watch w set look_at = t.look_at, memory = t.memory
         from json_to_recordset($1::text::json) as t(conversation_id uuid, look_at timestamptz, memory jsonb)
         where w.conversation_id = t.conversation_id",
        [rows::recordset(&seen)?],
    )
    .await?;
    Ok(())
}

/// When a conversation or an offer is due next.
async fn next(tx: &DatabaseTransaction) -> Result<Option<DateTime<Utc>>, DbErr> {
    #[derive(FromQueryResult)]
    struct Next {
        at: Option<DateTime<Utc>>,
    }
    let next: Vec<Next> = rows::all(
        tx,
        "select least((select min(look_at) from watch),
                      (select min(expires_at) from offer where ended_at is null)) as at",
        [],
    )
    .await?;
    Ok(next.into_iter().next().and_then(|next| next.at))
}

fn write(memory: &due::Memory) -> Result<serde_json::Value, DbErr> {
    serde_json::to_value(memory).map_err(|error| DbErr::Json(error.to_string()))
}

/// These conversations, which the caller has locked, have changed: they are looked at at once. Wake the watch after the
/// commit.
///
/// # Errors
/// When the database fails.
pub(crate) async fn look(
    tx: &DatabaseTransaction,
    conversations: &[ConversationId],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    if conversations.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = conversations.iter().map(|id| id.0).collect();
    rows::run(
        tx,
        "insert into watch (conversation_id, look_at)
         select distinct id, $2::timestamptz from unnest($1::uuid[]) as id order by id
         on conflict (conversation_id) do update set look_at = least(watch.look_at, excluded.look_at)",
        [ids.into(), now.into()],
    )
    .await?;
    Ok(())
}

/// Lock what is remembered of these conversations, in the order of their ids: whoever publishes changes it for all.
/// Conversations come before this, then presences.
///
/// # Errors
/// When the database fails.
pub(crate) async fn lock(tx: &DatabaseTransaction, conversations: &[ConversationId]) -> Result<(), DbErr> {
    let ids: Vec<Uuid> = conversations.iter().map(|id| id.0).collect();
    rows::run(
        tx,
        "select from watch where conversation_id = any($1) order by conversation_id for no key update",
        [ids.into()],
    )
    .await
    .map(drop)
}

/// What was done about a conversation before it was closed, as far as it must not be done again now that it is open
/// again.
pub(crate) async fn remember(
    tx: &DatabaseTransaction,
    conversation: ConversationId,
    memory: &due::Memory,
) -> Result<(), DbErr> {
    rows::run(
        tx,
        "insert into watch (conversation_id, memory) values ($1, $2)
         on conflict (conversation_id) do update set memory = excluded.memory",
        [conversation.into(), write(memory)?.into()],
    )
    .await
    .map(drop)
}

/// A conversation is closed: time asks nothing of it any more.
pub(crate) async fn forget(tx: &DatabaseTransaction, conversation: ConversationId) -> Result<(), DbErr> {
    rows::run(tx, "delete from watch where conversation_id = $1", [conversation.into()]).await.map(drop)
}

/// The loop around [`step`]. Ends when `stop` is set.
pub async fn run(db: DatabaseConnection, wakes: Wakes, mut stop: tokio::sync::watch::Receiver<bool>) {
    let mut pause = Duration::from_millis(100);
    while !*stop.borrow() {
        let rung = wakes.watch.notified();
        match step(&db, Utc::now()).await {
            Ok(watched) => {
                pause = Duration::from_millis(100);
                if watched.done > 0 {
                    wakes.relay();
                    wakes.dispatcher.notify_one();
                }
                if watched.said {
                    wakes.send();
                }
                let until_next = watched.next.map(|next| (next - Utc::now()).to_std().unwrap_or_default());
                let wait =
                    if watched.more { SHORTEST } else { until_next.unwrap_or(POLL).clamp(SHORTEST, POLL) };
                tokio::select! {
                    () = rung => {}
                    () = tokio::time::sleep(wait) => {}
                    _ = stop.changed() => {}
                }
            }
            Err(error) => {
                tracing::error!(%error, "what is due could not be looked at; tried again in {pause:?}");
                tokio::select! {
                    () = tokio::time::sleep(pause) => {}
                    _ = stop.changed() => {}
                }
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
}

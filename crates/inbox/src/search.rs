//! Search: messages, notes and contacts, always within somebody's reach.
//!
//! Messages are found by one of three plans, chosen by how often the words occur and how far the person sees (decision
//! 0027): what is rare by the inverted index, all of it, then the newest; what is common by walking from the newest until
//! the page is full; and what is common for somebody who sees little by walking their own conversations. Each question is
//! planned anew for its words: a plan for words in general fits none. Searches are done in a [`room::Room`] of their own.

pub mod contacts;
pub mod indexing;
pub mod messages;
pub mod plan;
pub mod room;

use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::{ChannelId, PersonId, QueueId};
use sea_orm::{
    ConnectionTrait, DatabaseBackend, DatabaseConnection, DatabaseTransaction, DbErr, RuntimeErr, Statement,
    TransactionTrait as _, Value,
};
use serde::Deserialize;
use uuid::Uuid;

/// What else must hold of what is found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filters {
    /// The conversation's channel.
    pub channel: Option<ChannelId>,
    /// The conversation's queue.
    pub queue: Option<QueueId>,
    /// Who wrote it, holds the conversation, or held it last.
    pub person: Option<PersonId>,
    /// A tag of the conversation.
    pub tag: Option<String>,
    /// Not before.
    pub from: Option<DateTime<Utc>>,
    /// Before.
    pub until: Option<DateTime<Utc>>,
    /// From the customer or from us.
    pub direction: Option<Direction>,
    /// Kinds of messages, and `note`; empty: all.
    pub kinds: Vec<String>,
}

impl Filters {
    /// Whether anything is asked that only messages and notes have.
    #[must_use]
    pub fn is_about_messages(&self) -> bool {
        self.from.is_some() || self.until.is_some() || self.direction.is_some() || !self.kinds.is_empty()
    }
}

/// Who said it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// The customer.
    In,
    /// We.
    Out,
}

impl Direction {
    const fn word(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
        }
    }
}

/// Where something stands among all that was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// When it was written.
    pub at: DateTime<Utc>,
    /// The message or note.
    pub id: Uuid,
}

/// A search takes so long at most.
pub const LONGEST: Duration = Duration::from_secs(2);

/// Why nothing was found.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// What was asked fits so much that it took too long.
    #[error("the search took too long")]
    TooBroad,
    /// As many are searching as may at once, and none of them was done soon.
    #[error("too many search at once")]
    Busy,
    /// The database failed.
    #[error(transparent)]
    Db(DbErr),
}

impl From<DbErr> for SearchError {
    fn from(error: DbErr) -> Self {
        // 57014: a statement was cancelled, here by its time limit.
        let cancelled = match &error {
            DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)) => {
                error.as_database_error().and_then(|error| error.code()).is_some_and(|code| code == "57014")
            }
            _ => false,
        };
        if cancelled { Self::TooBroad } else { Self::Db(error) }
    }
}

/// A transaction in which every question is planned for its own values, and takes so long at most. The places of a word
/// fit into its memory: otherwise the index gives whole pages of the table, and every entry on them is read.
///
/// # Errors
/// When the database fails.
pub async fn begin(db: &DatabaseConnection, longest: Duration) -> Result<DatabaseTransaction, DbErr> {
    let tx = db.begin().await?;
    tx.execute_unprepared(&format!(
        "set local plan_cache_mode = force_custom_plan; set local jit = off; set local enable_seqscan = off; \
         set local enable_hashjoin = off; set local enable_mergejoin = off; set local statement_timeout = {}; \
         set local work_mem = '32MB'; set local max_parallel_workers_per_gather = 0",
        longest.as_millis()
    ))
    .await?;
    Ok(tx)
}

/// How many rows the planner expects of a question, from what it knows of the commonest words.
async fn expected(db: &impl ConnectionTrait, sql: &str, values: Vec<Value>) -> Result<f64, DbErr> {
    #[derive(Deserialize)]
    struct One {
        #[serde(rename = "Plan")]
        plan: Node,
    }
    #[derive(Deserialize)]
    struct Node {
        #[serde(rename = "Plan Rows")]
        rows: f64,
    }
    let statement = Statement::from_sql_and_values(
        DatabaseBackend::Postgres,
        format!("explain (format json) {sql}"),
        values,
    );
    let Some(explained) = db.query_one_raw(statement).await? else { return Ok(0.0) };
    let plans: Vec<One> = crate::rows::read(explained.try_get_by_index(0)?)?;
    Ok(plans.first().map_or(0.0, |one| one.plan.rows))
}

/// How Postgres answers a question, and what it reads for it.
async fn explained(db: &impl ConnectionTrait, sql: &str, values: Vec<Value>) -> Result<String, DbErr> {
    let sql = format!("explain (analyze, buffers) {sql}");
    let statement = Statement::from_sql_and_values(DatabaseBackend::Postgres, sql, values);
    let lines = db.query_all_raw(statement).await?;
    let lines = lines.iter().map(|row| row.try_get_by_index::<String>(0)).collect::<Result<Vec<_>, _>>()?;
    Ok(lines.join("\n"))
}

/// The conversations of somebody who sees little, as SQL on the parameters of [`crate::rows::Reach`]: what they hold, what
/// nobody holds in their queues, the last they closed, and the closed ones of contacts whom they serve now. The access
/// rule is still asked of each.
macro_rules! own {
    ($person:literal, $unassigned_in:literal, $beside:literal, $most:literal) => {
        concat!(
            "select id, contact_id from conversation where assignee_id = $",
            $person,
            " and state = 'assigned'
             union select id, contact_id from conversation
                 where state <> 'closed' and assignee_id is null and queue_id = any($",
            $unassigned_in,
            ")
             union (select id, contact_id from conversation where state = 'closed' and last_holder_id = $",
            $person,
            " order by closed_at desc limit $",
            $most,
            ")
             union select past.id, past.contact_id from conversation now join conversation past
                     on past.contact_id = now.contact_id and past.state = 'closed'
                 where $",
            $beside,
            " and now.assignee_id = $",
            $person,
            " and now.state = 'assigned'"
        )
    };
}
pub(crate) use own;

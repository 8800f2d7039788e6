//! Why a conversation is where it is: its entry, its holder, and the decisions of the router.

use chrono::{DateTime, Utc};
use domain::{ConversationId, PersonId, QueueId, SkillId, event::AssignmentReason};
use routing::{Candidate, Choice, Work, policy::EntryRuleId};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use uuid::Uuid;

use crate::{
    dispatcher::{self, Explained},
    policy, rows,
};

/// How many decisions of the past are told.
const DECISIONS: u32 = 5;

/// All of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Why {
    /// Which rule brought it in.
    pub entry: Option<EntryLine>,
    /// Who holds it, and why.
    pub holder: Option<(PersonId, AssignmentReason)>,
    /// What would be decided now, while it waits.
    pub now: Option<Waiting>,
    /// What was decided, newest first.
    pub past: Vec<Explained>,
}

/// The rule that brought a conversation in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryLine {
    /// When.
    pub at: DateTime<Utc>,
    /// By which version of the routing.
    pub policy: u32,
    /// The rule's name, if one held.
    pub rule: Option<String>,
    /// Into which queue.
    pub queue: QueueId,
}

/// What would be decided of something that waits.
#[derive(Debug, Clone, PartialEq)]
pub struct Waiting {
    /// By which version of the routing.
    pub policy: u32,
    /// What is known of it.
    pub work: Work,
    /// How everybody fares.
    pub choice: Choice,
    /// Everybody as they stand.
    pub people: Vec<Candidate>,
}

/// Read all of it.
///
/// # Errors
/// When the database fails.
pub async fn why(
    db: &impl ConnectionTrait,
    conversation: ConversationId,
    now: DateTime<Utc>,
) -> Result<Why, DbErr> {
    Ok(Why {
        entry: entry(db, conversation).await?,
        holder: holder(db, conversation).await?,
        now: dispatcher::explain_waiting(db, conversation, now).await?,
        past: dispatcher::explain_past(db, conversation, DECISIONS).await?,
    })
}

async fn entry(db: &impl ConnectionTrait, conversation: ConversationId) -> Result<Option<EntryLine>, DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        at: DateTime<Utc>,
        policy: i32,
        rule_id: Option<Uuid>,
        queue_id: QueueId,
    }
    let found: Vec<Row> = rows::all(
        db,
        "select at, policy, rule_id, (entered->>'queue')::uuid as queue_id from conversation_entry
         where conversation_id = $1 order by at desc limit 1",
        [conversation.into()],
    )
    .await?;
    let Some(row) = found.into_iter().next() else { return Ok(None) };
    let version = row.policy.unsigned_abs();
    let rule = match row.rule_id {
        Some(id) => policy::version(db, version).await?.and_then(|policy| {
            policy.rules.into_iter().find(|rule| rule.id == EntryRuleId(id)).map(|rule| rule.name)
        }),
        None => None,
    };
    Ok(Some(EntryLine { at: row.at, policy: version, rule, queue: row.queue_id }))
}

async fn holder(
    db: &impl ConnectionTrait,
    conversation: ConversationId,
) -> Result<Option<(PersonId, AssignmentReason)>, DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        person_id: PersonId,
        reason: serde_json::Value,
    }
    let found: Vec<Row> = rows::all(
        db,
        "select person_id, reason from assignment where conversation_id = $1 and ended_at is null",
        [conversation.into()],
    )
    .await?;
    found
        .into_iter()
        .next()
        .map(|row| {
            let reason =
                serde_json::from_value(row.reason).map_err(|error| DbErr::Json(error.to_string()))?;
            Ok((row.person_id, reason))
        })
        .transpose()
}

/// The names of skills.
///
/// # Errors
/// When the database fails.
pub async fn skills(db: &impl ConnectionTrait) -> Result<Vec<(SkillId, String)>, DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        id: SkillId,
        name: String,
    }
    let found: Vec<Row> = rows::all(db, "select id, name from skill", []).await?;
    Ok(found.into_iter().map(|row| (row.id, row.name)).collect())
}

//! What is planned to go out later, as it stands under threads.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::{ConversationId, FileId, PlannedId};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use serde::Deserialize;

use crate::rows;

/// One that is planned, or asked about.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct PlannedLine {
    /// Which.
    pub id: PlannedId,
    /// Whose answer it will be.
    pub author: String,
    /// What it says.
    pub content: serde_json::Value,
    /// Its file, while that is there.
    pub file: Option<FileId>,
    /// When it goes out.
    pub due_at: DateTime<Utc>,
    /// The word of [`domain::planned::Doubt`], when somebody is asked.
    pub why: Option<String>,
}

/// A [`PlannedLine`] as JSON, as SQL on `planned p`.
macro_rules! planned_line {
    () => {
        "json_build_object('id', p.id, 'author', (select person.name from person where person.id = p.author_id),
             'content', p.content, 'file', p.file_id, 'due_at', p.due_at, 'why', p.why)"
    };
}
pub(super) use planned_line;

/// What is planned in these conversations, the next one first.
///
/// # Errors
/// When the database fails.
pub async fn of(
    db: &impl ConnectionTrait,
    conversations: &[ConversationId],
) -> Result<BTreeMap<ConversationId, Vec<PlannedLine>>, DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        conversation_id: ConversationId,
        planned: serde_json::Value,
    }

    let ids: Vec<uuid::Uuid> = conversations.iter().map(|id| id.0).collect();
    let found: Vec<Row> = rows::all(
        db,
        concat!(
            "select p.conversation_id, json_agg(",
            planned_line!(),
            " order by p.due_at, p.id) as planned
             from planned p where p.conversation_id = any($1) and p.state in ('waiting', 'asked')
             group by p.conversation_id"
        ),
        [ids.into()],
    )
    .await?;
    found.into_iter().map(|row| Ok((row.conversation_id, rows::read(row.planned)?))).collect()
}

//! Moving a conversation to another queue.

use chrono::{DateTime, Utc};
use domain::{Event, PersonId, QueueId, TeamId};
use entity::conversation;
use sea_orm::{DatabaseTransaction, DbErr};

use crate::{
    assignment::{self, offers},
    events, rows, waiting,
};

/// Where a conversation waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// In which queue.
    pub queue: QueueId,
    /// Only for the people of this team, until the queue asks for less.
    pub team: Option<TeamId>,
    /// What whoever takes it should know.
    pub note: Option<String>,
}

impl Place {
    /// In a queue, for all who serve it.
    pub(crate) const fn queue(queue: QueueId) -> Self {
        Self { queue, team: None, note: None }
    }
}

/// Put a conversation that the caller has locked and nobody holds any more into another queue, where it begins to wait
/// anew. `by` is `None` for the machine.
pub(crate) async fn move_to(
    tx: &DatabaseTransaction,
    found: &conversation::Model,
    to: Place,
    by: Option<PersonId>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let id = found.id;
    let (kept, mut happened) =
        offers::withdraw(tx, id, found.offered_to.filter(|_| found.assignee_id.is_none()), found.weight, now)
            .await?;
    happened.extend(assignment::lighten(tx, kept.into_iter().collect(), now).await?);
    rows::run(
        tx,
        "update conversation set queue_id = $2, state = 'queued', queued_at = $3, version = version + 1,
             returned_by = case when $4 then null else returned_by end, snoozed_until = null, returns_to = null
         where id = $1",
        [id.into(), to.queue.into(), now.into(), by.is_none().into()],
    )
    .await?;
    waiting::begin(tx, &[id], now).await?;
    if let Some(team) = to.team {
        rows::run(tx, "update conversation set team_id = $2 where id = $1", [id.into(), team.into()]).await?;
    }
    let event = Event::ConversationTransferred {
        conversation: id,
        from: found.queue_id,
        to: to.queue,
        team: to.team,
        note: to.note,
    };
    happened.push((event, by));
    events::append(tx, &happened, now).await?;
    Ok(())
}

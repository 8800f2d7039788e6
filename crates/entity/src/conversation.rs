//! Conversations.

use chrono::{DateTime, Utc};
use domain::{
    ChannelId, ContactId, ConversationId, ConversationState, MustAct, OutcomeId, PersonId, QueueId, TeamId,
};
use domain::{ConversationFacts, Visibility};
use sea_orm::{Condition, ExprTrait as _, QueryFilter, Select, entity::prelude::*};

/// Conversations.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "conversation")]
pub struct Model {
    /// The conversation.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ConversationId,
    /// With whom.
    pub contact_id: ContactId,
    /// Through what.
    pub channel_id: ChannelId,
    /// Its queue.
    pub queue_id: QueueId,
    /// Where it stands.
    pub state: ConversationState,
    /// Who holds it; only while `assigned`.
    pub assignee_id: Option<PersonId>,
    /// Higher goes first.
    pub priority: i16,
    /// Exactly as the vendor gave it last.
    pub reply_address: String,
    /// Whose turn it is.
    pub must_act: MustAct,
    /// Since when.
    pub must_act_since: DateTime<Utc>,
    /// Until when free text may be sent.
    pub window_until: Option<DateTime<Utc>>,
    /// First message.
    pub opened_at: DateTime<Utc>,
    /// Since when it waits.
    pub queued_at: DateTime<Utc>,
    /// Closed at.
    pub closed_at: Option<DateTime<Utc>>,
    /// Newest message.
    pub last_activity_at: DateTime<Utc>,
    /// Order of the newest message.
    pub last_position: i64,
    /// `in` or `out`.
    pub last_direction: Option<String>,
    /// Kind of the newest message.
    pub last_kind: Option<String>,
    /// First characters of the newest message.
    pub last_text: Option<String>,
    /// Who wrote it, when one of us.
    pub last_author_id: Option<PersonId>,
    /// Messages of the customer; unread = this minus the read mark.
    pub inbound_count: i64,
    /// Raised by every change.
    pub version: i64,
    /// Who held it last, or holds it.
    pub last_holder_id: Option<PersonId>,
    /// Its place in the order of what waits: smaller goes first.
    pub turn_at: DateTime<Utc>,
    /// Slots it takes of its holder.
    pub weight: i16,
    /// Skills asked for beside what its queue asks for, with levels.
    pub skills: Json,
    /// Steps of the queue's relaxation it has gone.
    pub relaxed: i16,
    /// Only people of this team take it.
    pub team_id: Option<TeamId>,
    /// Goes before all others, until.
    pub preferred_id: Option<PersonId>,
    /// Until when it waits for them.
    pub preferred_until: Option<DateTime<Utc>>,
    /// The customer's language, as stated, else as the first message reads.
    pub language: Option<String>,
    /// When it was opened, or reopened.
    pub begun_at: DateTime<Utc>,
    /// With what it was closed.
    pub outcome: Option<String>,
    /// To whom it is offered.
    pub offered_to: Option<PersonId>,
    /// Until when.
    pub offered_until: Option<DateTime<Utc>>,
    /// When a person answered first.
    pub first_answered_at: Option<DateTime<Utc>>,
    /// When a person answered last.
    pub last_answered_at: Option<DateTime<Utc>>,
    /// By when the first answer was promised.
    pub first_due_at: Option<DateTime<Utc>>,
    /// By when the next one is.
    pub next_due_at: Option<DateTime<Utc>>,
    /// By when closing was promised.
    pub resolve_due_at: Option<DateTime<Utc>>,
    /// The first of these three, to the second: what lists sort by.
    pub due_at: Option<DateTime<Utc>>,
    /// While snoozed: until when; nothing: until the customer answers.
    pub snoozed_until: Option<DateTime<Utc>>,
    /// Held it when it was put aside: goes before all others when it waits again.
    pub returns_to: Option<PersonId>,
    /// The leaf it was closed with.
    pub outcome_id: Option<OutcomeId>,
}

/// Joins are written where they are needed.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// What the access rule needs to know.
    #[must_use]
    pub fn facts(&self) -> ConversationFacts {
        ConversationFacts {
            assignee: self.assignee_id,
            queue: self.queue_id,
            state: self.state,
            last_holder: self.last_holder_id,
            // Read with other rows, where they matter: who served beside the holder.
            holders_beside: Vec::new(),
        }
    }
}

impl Entity {
    /// The conversations within a permission's reach: the access rule of `domain::access`, as SQL.
    #[must_use]
    pub fn within(reach: &Visibility) -> Select<Self> {
        Self::find().filter(condition(reach))
    }
}

/// `Visibility::contains`, as a condition on `conversation`.
#[must_use]
pub fn condition(reach: &Visibility) -> Condition {
    match reach {
        Visibility::Nothing => Condition::all().add(Expr::val(false)),
        Visibility::Everything => Condition::all(),
        Visibility::Some { person, unassigned_in, all_in, beside } => Condition::any()
            .add(Column::AssigneeId.eq(*person))
            .add(
                Column::AssigneeId
                    .is_null()
                    .and(Column::State.ne(ConversationState::Closed))
                    .and(Column::State.ne(ConversationState::Snoozed).or(Column::LastHolderId.is_null()))
                    .and(Column::QueueId.is_in(unassigned_in.iter().copied())),
            )
            .add(Column::QueueId.is_in(all_in.iter().copied()))
            .add(
                Column::State
                    .is_in([ConversationState::Closed, ConversationState::Snoozed])
                    .and(Column::LastHolderId.eq(*person)),
            )
            .add_option(beside.then(|| {
                Expr::cust_with_values(
                    "conversation.state = 'closed'
                     and not (select confidential from queue where queue.id = conversation.queue_id)
                     and exists (select from conversation o where o.contact_id = conversation.contact_id
                         and o.state = 'assigned' and o.assignee_id = $1)",
                    [person.0],
                )
            })),
    }
}

//! Conversations as lists and thread heads show them.

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    ChannelId, ChannelKind, ContactId, ConversationFacts, ConversationId, ConversationState, MustAct,
    PersonId, QueueId, Visibility, conversation::ReplyWindow, event::Alert, list::Listed,
};
use routing::{
    DueClock, DueTimes, Policy,
    policy::{Calendar, Targets, Thresholds},
};
use sea_orm::{ConnectionTrait, DatabaseBackend, DbErr, FromQueryResult, Statement, Value};
use serde::Deserialize;

use crate::{
    alerts::standing,
    policy,
    rows::{self, Reach, within},
};

/// Something that calls for a supervisor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AlertLine {
    /// What.
    pub alert: Alert,
    /// Since when.
    pub at: DateTime<Utc>,
}

/// A conversation with the names around it.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
#[expect(missing_docs, reason = "the columns of `conversation`, and names of what they point at")]
pub struct ConversationLine {
    pub id: ConversationId,
    pub contact_id: ContactId,
    pub contact_name: String,
    pub vip: bool,
    /// What they write asks nobody for anything.
    pub blocked: bool,
    pub channel_id: ChannelId,
    pub channel_kind: ChannelKind,
    pub channel_name: String,
    pub queue_id: QueueId,
    pub queue_name: String,
    pub state: ConversationState,
    pub assignee_id: Option<PersonId>,
    pub assignee_name: Option<String>,
    pub offered_name: Option<String>,
    pub priority: i16,
    /// Who wrote last, as it was when it was closed, too: see [`Self::turn`].
    pub must_act: MustAct,
    pub must_act_since: DateTime<Utc>,
    /// While snoozed: until when; nothing: until the customer answers.
    pub snoozed_until: Option<DateTime<Utc>>,
    pub window_until: Option<DateTime<Utc>>,
    pub queued_at: DateTime<Utc>,
    pub closed_at: Option<DateTime<Utc>>,
    pub last_activity_at: DateTime<Utc>,
    pub last_position: i64,
    pub last_kind: Option<String>,
    pub last_text: Option<String>,
    pub last_author_name: Option<String>,
    pub inbound_count: i64,
    pub version: i64,
    /// How many of them the asking person has read; 0 when nobody asks.
    pub read_count: i64,
    /// Who held it last.
    pub last_holder_id: Option<PersonId>,
    /// Once it is closed: who holds an open conversation of the contact, unless its queue is confidential.
    pub holders_beside: Vec<uuid::Uuid>,
    pub tags: Vec<String>,
    pub due_at: Option<DateTime<Utc>>,
    first_due_at: Option<DateTime<Utc>>,
    next_due_at: Option<DateTime<Utc>>,
    resolve_due_at: Option<DateTime<Utc>>,
    /// What calls for a supervisor and was not seen by any, the oldest first.
    #[sea_orm(skip)]
    pub alerts: Vec<AlertLine>,
    standing: Option<serde_json::Value>,
    /// What its queue promises, and when it is open.
    #[sea_orm(skip)]
    terms: Terms,
    policy_version: Option<i32>,
    policy_digest: Option<String>,
}

/// What a queue promises, when it is open, and from when on a wait there worries.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Terms {
    targets: Targets,
    calendar: Option<Arc<Calendar>>,
    thresholds: Thresholds,
}

impl Terms {
    pub(super) fn of(policy: &Policy, queue: QueueId) -> Self {
        let queue = policy.queue(queue);
        let calendar = policy.calendar_of(&queue).cloned().map(Arc::new);
        Self { targets: queue.targets, calendar, thresholds: queue.thresholds }
    }

    fn clock(&self, due: &DueTimes, now: DateTime<Utc>) -> Option<DueClock> {
        due.clock(&self.targets, self.calendar.as_deref(), now)
    }

    /// Whether something promised is late or soon will be; where nothing was promised, whether who waits for us has
    /// waited worryingly long.
    pub(super) fn at_risk(
        &self,
        due: &DueTimes,
        must_act: MustAct,
        since: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> bool {
        match self.clock(due, now) {
            Some(clock) => clock.is_soon(now),
            None => {
                must_act == MustAct::Agent
                    && now - since >= TimeDelta::seconds(i64::from(self.thresholds.amber))
            }
        }
    }

    /// From when on a wait is shown as worrying, and as bad.
    pub(super) const fn thresholds(&self) -> Thresholds {
        self.thresholds
    }
}

impl ConversationLine {
    /// What the access rule needs to know.
    #[must_use]
    pub fn facts(&self) -> ConversationFacts {
        ConversationFacts {
            assignee: self.assignee_id,
            queue: self.queue_id,
            state: self.state,
            last_holder: self.last_holder_id,
            holders_beside: self.holders_beside.iter().map(|person| PersonId(*person)).collect(),
        }
    }

    /// Whose turn it is. What is over waits for nobody of ours, whoever wrote last.
    #[must_use]
    pub fn turn(&self) -> MustAct {
        if self.state == ConversationState::Closed { MustAct::Customer } else { self.must_act }
    }

    /// The reply window at a moment.
    #[must_use]
    pub fn window(&self, now: DateTime<Utc>) -> ReplyWindow {
        ReplyWindow::at(self.channel_kind, self.window_until, now)
    }

    fn due_times(&self) -> DueTimes {
        DueTimes { first: self.first_due_at, next: self.next_due_at, resolution: self.resolve_due_at }
    }

    /// What falls due first, as seen at a moment; `None` where nothing was promised, or nothing is owed.
    #[must_use]
    pub fn due(&self, now: DateTime<Utc>) -> Option<DueClock> {
        self.terms.clock(&self.due_times(), now)
    }

    /// From when on a wait in its queue is shown as worrying, and as bad.
    #[must_use]
    pub const fn thresholds(&self) -> Thresholds {
        self.terms.thresholds()
    }

    /// What lists ask about it, whose person `mentions` tells about.
    #[must_use]
    pub fn listed<'a>(
        &'a self,
        facts: &'a ConversationFacts,
        mentions: bool,
        now: DateTime<Utc>,
    ) -> Listed<'a> {
        Listed {
            facts,
            channel: self.channel_id,
            tags: &self.tags,
            vip: self.vip,
            at_risk: self.state != ConversationState::Closed
                && self.terms.at_risk(&self.due_times(), self.must_act, self.must_act_since, now),
            must_act: self.turn(),
            must_act_since: self.must_act_since,
            window_until: self.window_until,
            mentions,
        }
    }
}

const COLUMNS: &str = concat!(
    "
    select c.id, c.contact_id, contact.name as contact_name, contact.vip,
        contact.blocked_at is not null as blocked, c.channel_id, channel.kind as channel_kind,
        channel.name as channel_name, c.queue_id, queue.name as queue_name, c.state, c.assignee_id,
        holder.name as assignee_name, offered.name as offered_name, c.priority, c.must_act, c.must_act_since, c.snoozed_until, c.window_until,
        c.queued_at, c.closed_at,
        c.last_activity_at, c.last_position, c.last_kind, c.last_text, author.name as last_author_name,
        c.inbound_count, c.version, coalesce(mark.inbound_count, 0) as read_count, c.last_holder_id,
        case when c.state = 'closed' and not queue.confidential
            then array(select o.assignee_id from conversation o
                       where o.contact_id = c.contact_id and o.state = 'assigned')
            else '{}' end as holders_beside,
        array(select t.tag from conversation_tag t where t.conversation_id = c.id order by t.at, t.tag) as tags,
        c.due_at, c.first_due_at, c.next_due_at, c.resolve_due_at,
        (select json_agg(a) from (
             select a.kind, min(a.raised_at) as at from alert a where ",
    standing!(),
    " group by a.kind order by 2, 1) a) as standing,
        newest.version as policy_version, newest.digest as policy_digest "
);

const NAMES: &str = "
    join contact on contact.id = c.contact_id
    join channel on channel.id = c.channel_id
    join queue on queue.id = c.queue_id
    left join person holder on holder.id = c.assignee_id
    left join person offered on offered.id = c.offered_to
    left join person author on author.id = c.last_author_id
    left join read_mark mark on mark.conversation_id = c.id and mark.person_id = $1
    left join (select version, digest from routing_policy order by version desc limit 1) newest on true ";

/// All conversations.
const EVERY: &str = "conversation c";

/// Read lines, for the person in `$1`. What chooses few of them stands in `from`, before the names are joined: the planner
/// puts no more than eight tables in an order of its own, and would read all conversations to find the few.
pub(super) async fn select(
    db: &impl ConnectionTrait,
    from: &str,
    rest: &str,
    values: Vec<Value>,
) -> Result<Vec<ConversationLine>, DbErr> {
    let sql = format!("{COLUMNS} from {from} {NAMES} {rest}");
    let statement = Statement::from_sql_and_values(DatabaseBackend::Postgres, sql, values);
    let mut lines = ConversationLine::find_by_statement(statement).all(db).await?;
    complete(db, &mut lines).await?;
    Ok(lines)
}

/// What is not in a row as it was read: the terms of its queue, which are known to the process, and its alerts.
async fn complete(db: &impl ConnectionTrait, lines: &mut [ConversationLine]) -> Result<(), DbErr> {
    let Some(first) = lines.first() else { return Ok(()) };
    let policy = match first.policy_version.zip(first.policy_digest.clone()) {
        Some((version, digest)) => policy::known_as(db, version, digest).await?.policy,
        None => Arc::default(),
    };
    let mut terms: HashMap<QueueId, Terms> = HashMap::new();
    for line in lines {
        let of_queue = terms.entry(line.queue_id).or_insert_with(|| Terms::of(&policy, line.queue_id));
        line.terms = of_queue.clone();
        line.alerts = line.standing.take().map(alerts).transpose()?.unwrap_or_default();
    }
    Ok(())
}

/// Those of a later version, which we do not know, are left out.
fn alerts(standing: serde_json::Value) -> Result<Vec<AlertLine>, DbErr> {
    #[derive(Deserialize)]
    struct Row {
        kind: String,
        at: DateTime<Utc>,
    }
    let rows: Vec<Row> = serde_json::from_value(standing).map_err(|error| DbErr::Json(error.to_string()))?;
    Ok(rows
        .into_iter()
        .filter_map(|row| Some(AlertLine { alert: Alert::parse(&row.kind)?, at: row.at }))
        .collect())
}

/// Some conversations by id, for whoever may see them: the caller asks `can_see` with each line's facts.
///
/// # Errors
/// When the database fails.
pub async fn some(db: &impl ConnectionTrait, ids: &[ConversationId]) -> Result<Vec<ConversationLine>, DbErr> {
    let ids: Vec<uuid::Uuid> = ids.iter().map(|id| id.0).collect();
    let nobody = None::<uuid::Uuid>;
    select(db, EVERY, "where c.id = any($2)", vec![nobody.into(), ids.into()]).await
}

/// Closed conversations of these contacts, the newest first, `limit` at most and without `but`, for whoever may see them: the
/// caller asks `can_see` with each line's facts.
///
/// # Errors
/// When the database fails.
pub async fn closed_of(
    db: &impl ConnectionTrait,
    contacts: &[ContactId],
    but: &[ConversationId],
    limit: u64,
) -> Result<Vec<ConversationLine>, DbErr> {
    let ids = |ids: Vec<uuid::Uuid>| Value::from(ids);
    let nobody = None::<uuid::Uuid>;
    let rest = "where c.contact_id = any($2) and c.state = 'closed' and not c.id = any($3)
         order by c.opened_at desc limit $4";
    let values = vec![
        nobody.into(),
        ids(contacts.iter().map(|id| id.0).collect()),
        ids(but.iter().map(|id| id.0).collect()),
        limit.cast_signed().into(),
    ];
    select(db, EVERY, rest, values).await
}

/// The newest conversations of these contacts, `each` of each at most.
///
/// # Errors
/// When the database fails.
pub async fn newest_of(
    db: &impl ConnectionTrait,
    contacts: &[ContactId],
    each: u64,
) -> Result<Vec<ConversationId>, DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        id: ConversationId,
    }

    let contacts: Vec<uuid::Uuid> = contacts.iter().map(|id| id.0).collect();
    let found: Vec<Row> = rows::all(
        db,
        "select newest.id from unnest($1::uuid[]) contact, lateral (
             select id from conversation where contact_id = contact order by opened_at desc limit $2) newest",
        [contacts.into(), each.cast_signed().into()],
    )
    .await?;
    Ok(found.into_iter().map(|row| row.id).collect())
}

/// What a person holds, with how much of it they have read.
///
/// # Errors
/// When the database fails.
pub async fn held(db: &impl ConnectionTrait, person: PersonId) -> Result<Vec<ConversationLine>, DbErr> {
    let rest = "where c.assignee_id = $1 and c.state = 'assigned'";
    select(db, EVERY, rest, vec![person.into()]).await
}

/// One conversation, if it is within reach.
///
/// # Errors
/// When the database fails.
pub async fn one(
    db: &impl ConnectionTrait,
    person: PersonId,
    id: ConversationId,
    reach: &Visibility,
) -> Result<Option<ConversationLine>, DbErr> {
    let mut values = vec![person.into(), id.into()];
    values.extend(Reach::of(reach).values());
    let found = select(db, EVERY, concat!("where c.id = $2 and ", within!(3, 4, 5, 6, 7)), values).await?;
    Ok(found.into_iter().next())
}

/// The open conversations within reach, at most `limit`: what falls due first, first; then those nothing was promised
/// of, longest waiting first.
///
/// # Errors
/// When the database fails.
pub async fn within(
    db: &impl ConnectionTrait,
    reach: &Visibility,
    limit: u64,
) -> Result<Vec<ConversationLine>, DbErr> {
    let mut values = vec![None::<uuid::Uuid>.into(), limit.cast_signed().into()];
    values.extend(Reach::of(reach).values());
    select(
        db,
        EVERY,
        concat!(
            "where c.state <> 'closed' and ",
            within!(3, 4, 5, 6, 7),
            " order by c.due_at nulls last, (c.must_act = 'customer'), c.must_act_since, c.id limit $2"
        ),
        values,
    )
    .await
}

/// The conversations within reach that call for a supervisor, at most `limit`, those that have for longest.
///
/// # Errors
/// When the database fails.
pub async fn alerted(
    db: &impl ConnectionTrait,
    reach: &Visibility,
    limit: u64,
) -> Result<Vec<ConversationLine>, DbErr> {
    let mut values = vec![None::<uuid::Uuid>.into(), limit.cast_signed().into()];
    values.extend(Reach::of(reach).values());
    select(
        db,
        concat!(
            "(select a.conversation_id, min(a.raised_at) as since from alert a
              join conversation c on c.id = a.conversation_id
              where ",
            standing!(),
            " group by a.conversation_id) called join conversation c on c.id = called.conversation_id"
        ),
        concat!("where ", within!(3, 4, 5, 6, 7), " order by called.since, c.id limit $2"),
        values,
    )
    .await
}

//! All that is open at once, for counting: it is read once, and each person's numbers are counted from it.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use domain::{
    ChannelId, ConversationFacts, ConversationState, MustAct, PersonId, QueueId, View, Visibility,
    list::Listed,
};
use routing::DueTimes;
use sea_orm::{ConnectionTrait, DatabaseBackend, DbErr, FromQueryResult, Statement};

use super::conversations::Terms;
use crate::{policy, rows};

/// A conversation that is not over, as counting needs it.
#[derive(Debug, Clone, FromQueryResult)]
struct OpenRow {
    channel_id: ChannelId,
    queue_id: QueueId,
    state: ConversationState,
    assignee_id: Option<PersonId>,
    last_holder_id: Option<PersonId>,
    must_act: MustAct,
    must_act_since: DateTime<Utc>,
    window_until: Option<DateTime<Utc>>,
    vip: bool,
    first_due_at: Option<DateTime<Utc>>,
    next_due_at: Option<DateTime<Utc>>,
    resolve_due_at: Option<DateTime<Utc>>,
    tags: Vec<String>,
}

/// A conversation in which somebody was mentioned and has not seen it.
#[derive(Debug, Clone, FromQueryResult)]
struct Unseen {
    person_id: PersonId,
    queue_id: QueueId,
    state: ConversationState,
    assignee_id: Option<PersonId>,
    last_holder_id: Option<PersonId>,
}

/// All that was open at a moment, for counting whatever somebody's lists hold of it; and what mentions them unseen.
#[derive(Debug, Default)]
pub struct Open {
    unseen: BTreeMap<PersonId, Vec<ConversationFacts>>,
    rows: Vec<(OpenRow, ConversationFacts, bool)>,
    /// From how many seconds on a wait in a queue is worrying, and from how many it is bad.
    lights: BTreeMap<QueueId, (u32, u32)>,
}

/// How many of a queue wait, and since when the longest does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueCount {
    /// Which.
    pub queue: QueueId,
    /// How many are open in it.
    pub open: i64,
    /// The longest anybody has waited for us there, in seconds, where nobody holds the conversation.
    pub longest: Option<i64>,
    /// From how many seconds on that is worrying.
    pub amber: u32,
    /// From how many on it is bad.
    pub red: u32,
}

impl Open {
    /// What of it a person may see.
    #[must_use]
    pub fn seen_by<'a>(&'a self, person: PersonId, reach: &'a Visibility) -> Seen<'a> {
        let rows = self.rows.iter().filter(|(_, facts, _)| reach.contains(facts)).collect();
        Seen { open: self, rows, person, reach }
    }
}

/// What of all that is open one person may see.
#[derive(Debug)]
pub struct Seen<'a> {
    open: &'a Open,
    rows: Vec<&'a (OpenRow, ConversationFacts, bool)>,
    person: PersonId,
    reach: &'a Visibility,
}

impl Seen<'_> {
    /// How many a view holds. What they have read is not asked ([`View::holds`]).
    #[must_use]
    pub fn count(&self, view: &View, now: DateTime<Utc>) -> i64 {
        let held = self.rows.iter().filter(|(row, facts, at_risk)| {
            let listed = Listed {
                facts,
                channel: row.channel_id,
                tags: &row.tags,
                vip: row.vip,
                at_risk: *at_risk,
                must_act: row.must_act,
                must_act_since: row.must_act_since,
                window_until: row.window_until,
                mentions: false,
            };
            view.holds(&listed, self.person, now)
        });
        i64::try_from(held.count()).unwrap_or(i64::MAX)
    }

    /// In how many conversations somebody mentioned them and they have not seen it.
    #[must_use]
    pub fn mentions(&self) -> i64 {
        let unseen = self.open.unseen.get(&self.person).into_iter().flatten();
        i64::try_from(unseen.filter(|facts| self.reach.contains(facts)).count()).unwrap_or(i64::MAX)
    }

    /// The queues of which they see something, with what waits there.
    #[must_use]
    pub fn queues(&self, now: DateTime<Utc>) -> Vec<QueueCount> {
        let mut counts: BTreeMap<QueueId, QueueCount> = BTreeMap::new();
        for (row, facts, _) in &self.rows {
            let (amber, red) = self.open.lights.get(&row.queue_id).copied().unwrap_or_default();
            let count = counts.entry(row.queue_id).or_insert(QueueCount {
                queue: row.queue_id,
                open: 0,
                longest: None,
                amber,
                red,
            });
            count.open += 1;
            if facts.state == ConversationState::Queued && row.must_act == MustAct::Agent {
                let waited = (now - row.must_act_since).num_seconds();
                count.longest = Some(count.longest.map_or(waited, |longest| longest.max(waited)));
            }
        }
        counts.into_values().collect()
    }
}

/// Read all that is open. With many conversations this takes a while: it is read once for everybody.
///
/// # Errors
/// When the database fails.
pub async fn read(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Open, DbErr> {
    let statement = Statement::from_string(
        DatabaseBackend::Postgres,
        "select c.channel_id, c.queue_id, c.state, c.assignee_id, c.last_holder_id, c.must_act,
             c.must_act_since, c.window_until, contact.vip, c.first_due_at, c.next_due_at, c.resolve_due_at,
             array(select t.tag from conversation_tag t where t.conversation_id = c.id) as tags
         from conversation c join contact on contact.id = c.contact_id
         where c.state <> 'closed'",
    );
    let rows = OpenRow::find_by_statement(statement).all(db).await?;
    let policy = policy::current(db).await?.policy;
    let mut terms: HashMap<QueueId, Terms> = HashMap::new();
    let mut open = Open::default();
    for row in rows {
        let of_queue = terms.entry(row.queue_id).or_insert_with(|| Terms::of(&policy, row.queue_id));
        let due = DueTimes { first: row.first_due_at, next: row.next_due_at, resolution: row.resolve_due_at };
        let at_risk = of_queue.at_risk(&due, row.must_act, row.must_act_since, now);
        let facts = ConversationFacts {
            assignee: row.assignee_id,
            queue: row.queue_id,
            state: row.state,
            last_holder: row.last_holder_id,
            holders_beside: Vec::new(),
        };
        open.rows.push((row, facts, at_risk));
    }
    let unseen: Vec<Unseen> = rows::all(
        db,
        "select distinct m.person_id, c.id, c.queue_id, c.state, c.assignee_id, c.last_holder_id
         from mention m join conversation c on c.id = m.conversation_id where m.seen_at is null",
        [],
    )
    .await?;
    for one in unseen {
        let facts = ConversationFacts {
            assignee: one.assignee_id,
            queue: one.queue_id,
            state: one.state,
            last_holder: one.last_holder_id,
            holders_beside: Vec::new(),
        };
        open.unseen.entry(one.person_id).or_default().push(facts);
    }
    open.lights = terms
        .iter()
        .map(|(queue, terms)| (*queue, (terms.thresholds().amber, terms.thresholds().red)))
        .collect();
    Ok(open)
}

//! What a page reads first: the cursor it will be drawn at, and the person's own presence.

use chrono::{DateTime, Utc};
use domain::{PersonId, PresenceState};
use routing::policy::Pause;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use uuid::Uuid;

use super::{
    offers::{OfferLine, offers},
    waiting::WaitingLine,
};
use crate::{
    policy, presence, rows,
    saved_views::{SavedView, views},
};

/// A person's presence and load, as they see it themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PresenceLine {
    /// Whose.
    pub person_id: PersonId,
    /// Their name.
    pub name: String,
    /// What they are.
    pub state: PresenceState,
    /// Which pause.
    pub pause_code: Option<String>,
    /// The same as it is decided now, if it is one that may be chosen.
    pub pause: Option<Pause>,
    /// Since when.
    pub since: DateTime<Utc>,
    /// How many slots they have.
    pub capacity: i32,
    /// How many are taken.
    pub load: i32,
    /// They write up what they closed until then.
    pub wrap_up_until: Option<DateTime<Utc>>,
    /// Offers they let run out since they last took one.
    pub offers_missed: i16,
    /// What is left of who finishes.
    pub left: Option<Left>,
    /// What they may pause for.
    pub pauses: Vec<Pause>,
    /// Raised by every change.
    pub version: i64,
}

/// What is left of somebody who finishes and takes no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    /// Conversations.
    pub conversations: i64,
    /// When they will be gone, at the pace of the last ones.
    pub free_at: Option<DateTime<Utc>>,
}

impl Left {
    /// From what was read of somebody: nothing for those who don't finish.
    pub(super) fn of(conversations: Option<i64>, ends: Option<&[DateTime<Utc>]>) -> Option<Self> {
        let conversations = conversations?;
        let left = u32::try_from(conversations).unwrap_or_default();
        Some(Self { conversations, free_at: presence::free_at(ends.unwrap_or_default(), left) })
    }
}

/// Of who finishes, as SQL on `presence p`: the conversations they hold, and when the last ones left them.
macro_rules! left {
    () => {
        "case when p.state = 'pre_pause' then
             (select count(*) from conversation c where c.assignee_id = p.person_id and c.state = 'assigned')
         end as conversations_left,
         case when p.state = 'pre_pause' then
             array(select a.ended_at from assignment a
                   where a.person_id = p.person_id and a.ended_at is not null and a.started_at > now() - interval '1 day'
                   order by a.ended_at desc limit 6)
         end as last_ends"
    };
}
pub(super) use left;

/// The cursor, and the presence of those who have one. The cursor is read with or before all rows of a page.
#[derive(Debug, Clone)]
pub struct Start {
    /// The newest event that everything read after this includes.
    pub cursor: i64,
    /// When it was read, by the database's clock.
    pub now: DateTime<Utc>,
    /// The person's presence; `None` for people who hold no conversations.
    pub presence: Option<PresenceLine>,
    /// What is offered to the person, the most urgent first.
    pub offers: Vec<OfferLine>,
    /// How many wait in each queue and are offered to nobody.
    pub waiting: Vec<WaitingLine>,
    /// The views of lists they keep, and those of everybody.
    pub views: Vec<SavedView>,
}

#[derive(FromQueryResult)]
struct Row {
    cursor: i64,
    now: DateTime<Utc>,
    offers: Option<serde_json::Value>,
    waiting: Option<serde_json::Value>,
    views: Option<serde_json::Value>,
    policy_version: Option<i32>,
    policy_digest: Option<String>,
    person_id: Option<PersonId>,
    name: Option<String>,
    state: Option<PresenceState>,
    pause_code: Option<String>,
    since: Option<DateTime<Utc>>,
    capacity: Option<i32>,
    load: Option<i32>,
    wrap_up_until: Option<DateTime<Utc>>,
    offers_missed: Option<i16>,
    conversations_left: Option<i64>,
    last_ends: Option<Vec<DateTime<Utc>>>,
    version: Option<i64>,
}

impl Row {
    fn line(self, pauses: &[Pause]) -> Option<PresenceLine> {
        let pause = pauses.iter().find(|pause| Some(&pause.code) == self.pause_code.as_ref());
        Some(PresenceLine {
            person_id: self.person_id?,
            name: self.name?,
            state: self.state?,
            pause: pause.cloned(),
            pause_code: self.pause_code,
            since: self.since?,
            capacity: self.capacity?,
            load: self.load?,
            wrap_up_until: self.wrap_up_until,
            offers_missed: self.offers_missed?,
            left: Left::of(self.conversations_left, self.last_ends.as_deref()),
            pauses: pauses.to_vec(),
            version: self.version?,
        })
    }
}

/// A question for the cursor, the newest routing and some people's presence at once.
macro_rules! presences {
    ($people:literal, $offers:expr, $waiting:literal, $views:expr) => {
        concat!(
            "select relay.last_seq as cursor, clock_timestamp() as now, newest.version as policy_version,
                 newest.digest as policy_digest, p.person_id, person.name, p.state, p.pause_code, p.since, p.capacity,
                 p.load, p.wrap_up_until, p.offers_missed, p.version, ",
            left!(),
            ", (",
            $offers,
            ") as offers, ",
            $waiting,
            " as waiting, (",
            $views,
            ") as views
             from relay
             left join lateral (select version, digest from routing_policy order by version desc limit 1) newest on true
             left join presence p on ",
            $people,
            " left join person on person.id = p.person_id"
        )
    };
}

/// What may be chosen is a question of its own only after it was published anew.
async fn pauses(db: &impl ConnectionTrait, row: &Row) -> Result<Vec<Pause>, DbErr> {
    let published = match row.policy_version.zip(row.policy_digest.clone()) {
        Some((version, digest)) => policy::known_as(db, version, digest).await?,
        None => policy::Published::default(),
    };
    Ok(published.pauses())
}

/// Read the cursor and a person's presence.
///
/// # Errors
/// When the database fails.
pub async fn start(db: &impl ConnectionTrait, person: PersonId) -> Result<Start, DbErr> {
    let found: Vec<Row> = rows::all(
        db,
        presences!(
            "p.person_id = $1",
            offers!("o.person_id = $1"),
            "(select json_agg(w) from (select queue_id, count(*) as waiting
             from conversation where state = 'queued' and offered_to is null group by queue_id) w)",
            views!()
        ),
        [person.into()],
    )
    .await?;
    let Some(row) = found.into_iter().next() else {
        return Err(DbErr::RecordNotFound("the relay's row is missing".to_owned()));
    };
    let pauses = pauses(db, &row).await?;
    let offers = rows::read(row.offers.clone().unwrap_or_else(|| serde_json::json!([])))?;
    let waiting = row.waiting.clone().map(rows::read).transpose()?.unwrap_or_default();
    let views = row.views.clone().map(rows::read).transpose()?.unwrap_or_default();
    Ok(Start { cursor: row.cursor, now: row.now, presence: row.line(&pauses), offers, waiting, views })
}

/// The presence of some people.
///
/// # Errors
/// When the database fails.
pub async fn presences(db: &impl ConnectionTrait, people: &[PersonId]) -> Result<Vec<PresenceLine>, DbErr> {
    let people: Vec<Uuid> = people.iter().map(|person| person.0).collect();
    let found: Vec<Row> = rows::all(
        db,
        presences!("p.person_id = any($1)", "null::json", "null::json", "null::json"),
        [people.into()],
    )
    .await?;
    let Some(first) = found.first() else { return Ok(Vec::new()) };
    let pauses = pauses(db, first).await?;
    Ok(found.into_iter().filter_map(|row| row.line(&pauses)).collect())
}

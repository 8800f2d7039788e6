//! What a page reads first: the cursor it will be drawn at, and the person's own presence.

use chrono::{DateTime, Utc};
use domain::{PersonId, PresenceState};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use super::offers::{self, OfferLine, offers};
use crate::rows;

/// A person's presence and load, as they see it themselves and as supervisors do.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct PresenceLine {
    /// Whose.
    pub person_id: PersonId,
    /// Their name.
    pub name: String,
    /// What they are.
    pub state: PresenceState,
    /// Which pause.
    pub pause_code: Option<String>,
    /// Since when.
    pub since: DateTime<Utc>,
    /// How many conversations at once.
    pub capacity: i32,
    /// How many now.
    pub load: i32,
    /// Raised by every change.
    pub version: i64,
}

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
}

/// Read the cursor and a person's presence.
///
/// # Errors
/// When the database fails.
pub async fn start(db: &impl ConnectionTrait, person: PersonId) -> Result<Start, DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        cursor: i64,
        now: DateTime<Utc>,
        person_id: Option<PersonId>,
        name: Option<String>,
        state: Option<PresenceState>,
        pause_code: Option<String>,
        since: Option<DateTime<Utc>>,
        capacity: Option<i32>,
        load: Option<i32>,
        version: Option<i64>,
        offers: serde_json::Value,
    }

    let found: Vec<Row> = rows::all(
        db,
        concat!("select relay.last_seq as cursor, clock_timestamp() as now, p.person_id, person.name, p.state, p.pause_code, p.since, p.capacity,
             p.load, p.version, (", offers!("o.person_id = $1"), ") as offers
         from relay left join presence p on p.person_id = $1 left join person on person.id = p.person_id"),
        [person.into()],
    )
    .await?;
    let Some(row) = found.into_iter().next() else {
        return Err(DbErr::RecordNotFound("the relay's row is missing".to_owned()));
    };
    let offers = offers::read(row.offers)?;
    let presence = (|| {
        Some(PresenceLine {
            person_id: row.person_id?,
            name: row.name?,
            state: row.state?,
            pause_code: row.pause_code,
            since: row.since?,
            capacity: row.capacity?,
            load: row.load?,
            version: row.version?,
        })
    })();
    Ok(Start { cursor: row.cursor, now: row.now, presence, offers })
}

/// The presence of some people.
///
/// # Errors
/// When the database fails.
pub async fn presences(db: &impl ConnectionTrait, people: &[PersonId]) -> Result<Vec<PresenceLine>, DbErr> {
    let people: Vec<uuid::Uuid> = people.iter().map(|person| person.0).collect();
    rows::all(
        db,
        "select p.person_id, person.name, p.state, p.pause_code, p.since, p.capacity, p.load, p.version
         from presence p join person on person.id = p.person_id
         where p.person_id = any($1)",
        [people.into()],
    )
    .await
}

//! Who somebody is and what they may do, for what is done in their name while they are away.

use domain::{Permission, PersonId, Principal, QueueId, Scope};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use uuid::Uuid;

use crate::rows;

/// [`QUEUES`], to be put into one question.
macro_rules! queues {
    () => {
        "array(select queue_id from queue_member where person_id = person.id) as serves,
         array(select queue.id from queue_member join queue on queue.id = queue_id and queue.shared
               where person_id = person.id) as shares,
         array(select distinct queue_id from team_member join queue_team using (team_id)
               where team_member.person_id = person.id) as team_queues"
    };
}
pub(crate) use queues;

/// The queues by which the access rule knows a row of `person`, as columns: those they serve, those of them that are shared,
/// and those of their teams.
pub const QUEUES: &str = queues!();

/// A person as the access rule knows them now; `None` for who signs in no more.
///
/// # Errors
/// When the database fails.
pub async fn of(db: &impl ConnectionTrait, person: PersonId) -> Result<Option<Principal>, DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        grants: Vec<String>,
        serves: Vec<Uuid>,
        team_queues: Vec<Uuid>,
        shares: Vec<Uuid>,
    }

    let found: Vec<Row> = rows::all(
        db,
        concat!(
            "select array(select permission || ' ' || scope from role_permission where role_id = person.role_id) as grants, ",
            queues!(),
            " from person where id = $1 and disabled_at is null"
        ),
        [person.into()],
    )
    .await?;
    let queues = |ids: Vec<Uuid>| ids.into_iter().map(QueueId).collect();
    Ok(found.into_iter().next().map(|row| Principal {
        person,
        grants: row
            .grants
            .iter()
            .filter_map(|words| words.split_once(' '))
            .filter_map(|(permission, scope)| Some((Permission::parse(permission)?, Scope::parse(scope)?)))
            .collect(),
        serves: queues(row.serves),
        team_queues: queues(row.team_queues),
        shares: queues(row.shares),
    }))
}

/// The longest signature, in characters.
pub const LONGEST_SIGNATURE: usize = 300;

/// What shall stand under a person's answers; nothing, when it is empty. What is longer than [`LONGEST_SIGNATURE`] is cut.
///
/// # Errors
/// When the database fails.
pub async fn sign(db: &impl ConnectionTrait, person: PersonId, signature: &str) -> Result<(), DbErr> {
    let tidy: String =
        signature.replace("\r\n", "\n").replace('\0', "").trim().chars().take(LONGEST_SIGNATURE).collect();
    rows::run(db, "update person set signature = $2 where id = $1", [person.into(), tidy.into()])
        .await
        .map(drop)
}

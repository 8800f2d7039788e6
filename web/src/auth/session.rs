//! Opening and ending sessions. The secret is only in the browser's cookie; the row has its hash.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{PersonId, SessionId};
use entity::session;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait, QueryFilter as _,
    QueryOrder as _, Statement,
};
use sha2::{Digest, Sha256};

use super::Client;
use crate::settings::AuthSettings;

/// A session that was just opened.
#[derive(Debug)]
pub struct Opened {
    /// Which.
    pub id: SessionId,
    /// For the browser's cookie; kept nowhere else.
    pub secret: String,
}

/// What is stored of a secret that has enough randomness of its own.
#[must_use]
pub fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// Opens a session with a new secret, and ends the oldest ones of a person who has too many.
///
/// # Errors
/// When the database refuses.
pub async fn open(
    tx: &impl ConnectionTrait,
    person: PersonId,
    client: &Client,
    settings: &AuthSettings,
    now: DateTime<Utc>,
) -> Result<Opened, DbErr> {
    let opened = Opened { id: SessionId::new(), secret: super::random_text::<32>() };
    let row = session::ActiveModel {
        id: Set(opened.id),
        person_id: Set(person),
        token_hash: Set(hash(&opened.secret)),
        csrf_token: Set(super::random_text::<24>()),
        address: Set(client.address.clone()),
        agent: Set(client.agent.clone()),
        created_at: Set(now),
        seen_at: Set(now),
        ends_at: Set(now + TimeDelta::hours(i64::from(settings.absolute_hours))),
        ended_at: Set(None),
    };
    session::Entity::insert(row).exec_without_returning(tx).await?;
    let end_oldest = Statement::from_sql_and_values(
        tx.get_database_backend(),
        "update session set ended_at = $2
         where person_id = $1 and ended_at is null and id in (
             select id from session where person_id = $1 and ended_at is null
             order by created_at desc, id desc offset $3)",
        [person.into(), now.into(), i64::from(settings.sessions_per_person).into()],
    );
    tx.execute_raw(end_oldest).await?;
    Ok(opened)
}

/// Ends one session.
///
/// # Errors
/// When the database refuses.
pub async fn end(tx: &impl ConnectionTrait, session: SessionId, now: DateTime<Utc>) -> Result<(), DbErr> {
    let end = Statement::from_sql_and_values(
        tx.get_database_backend(),
        "update session set ended_at = $2 where id = $1 and ended_at is null",
        [session.into(), now.into()],
    );
    tx.execute_raw(end).await.map(drop)
}

/// The live sessions of a person, the last active one first.
///
/// # Errors
/// When the database refuses.
pub async fn of(
    db: &impl ConnectionTrait,
    person: PersonId,
    now: DateTime<Utc>,
    idle: TimeDelta,
) -> Result<Vec<session::Model>, DbErr> {
    use session::Column as C;
    let live = session::Entity::find()
        .filter(C::PersonId.eq(person))
        .filter(C::EndedAt.is_null())
        .filter(C::EndsAt.gt(now))
        .filter(C::SeenAt.gt(now - idle));
    live.order_by_desc(C::SeenAt).order_by_desc(C::Id).all(db).await
}

/// Which of a person's sessions are to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// That one.
    One(SessionId),
    /// All but that one.
    AllBut(SessionId),
}

/// Ends some of a person's sessions, and says which did.
///
/// # Errors
/// When the database refuses.
pub async fn end_some(
    tx: &impl ConnectionTrait,
    person: PersonId,
    which: Which,
    now: DateTime<Utc>,
) -> Result<Vec<SessionId>, DbErr> {
    let (one, session) = match which {
        Which::One(session) => (true, session),
        Which::AllBut(session) => (false, session),
    };
    let end = Statement::from_sql_and_values(
        tx.get_database_backend(),
        "update session set ended_at = $2
         where person_id = $1 and ended_at is null and (id = $3) = $4
         returning id",
        [person.into(), now.into(), session.into(), one.into()],
    );
    tx.query_all_raw(end).await?.iter().map(|row| row.try_get("", "id")).collect()
}

/// Gives a session another secret: what its browser had before opens nothing any more.
///
/// # Errors
/// When the database refuses.
pub async fn renew(tx: &impl ConnectionTrait, session: SessionId) -> Result<String, DbErr> {
    let secret = super::random_text::<32>();
    let renew = Statement::from_sql_and_values(
        tx.get_database_backend(),
        "update session set token_hash = $2 where id = $1",
        [session.into(), hash(&secret).into()],
    );
    tx.execute_raw(renew).await?;
    Ok(secret)
}

/// Ends all sessions of a person and makes their tokens worthless: after a new password or role, in the same
/// transaction.
///
/// # Errors
/// When the database refuses.
pub async fn end_all(tx: &impl ConnectionTrait, person: PersonId, now: DateTime<Utc>) -> Result<(), DbErr> {
    let backend = tx.get_database_backend();
    let end = "update session set ended_at = $2 where person_id = $1 and ended_at is null";
    tx.execute_raw(Statement::from_sql_and_values(backend, end, [person.into(), now.into()])).await?;
    let raise = "update person set version = version + 1 where id = $1";
    tx.execute_raw(Statement::from_sql_and_values(backend, raise, [person.into()])).await.map(drop)
}

/// How long ended sessions are kept for people's own list and the audit.
const KEPT: TimeDelta = TimeDelta::days(30);

/// Forgets sessions that ended long ago.
///
/// # Errors
/// When the database refuses.
pub async fn forget_old(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<(), DbErr> {
    session::Entity::delete_many().filter(session::Column::EndsAt.lt(now - KEPT)).exec(db).await.map(drop)
}

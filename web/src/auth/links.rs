//! One-time links: how a person gets their first password. The link holds a code; the row holds its hash.

use chrono::{DateTime, TimeDelta, Utc};
use domain::PersonId;
use entity::{one_time_link, person};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ConnectionTrait, DbErr, EntityTrait, Statement, TransactionTrait,
};
use secrecy::SecretString;

use super::{Auth, Client, session, sign_in::Step, strength::Weak};
use crate::error::PageError;

const LIFE: TimeDelta = TimeDelta::hours(24);

/// What came of choosing a password with a link.
#[derive(Debug)]
pub enum Welcome {
    /// The password is set; the person is signed in, or goes on with the second factor.
    In(Step),
    /// Not a password to be had.
    Weak(Weak),
    /// Unknown, used or too old: nobody learns which.
    NoSuchLink,
}

/// Makes a link for a person and returns its code.
///
/// # Errors
/// When the database refuses.
pub async fn make(
    tx: &impl ConnectionTrait,
    person: PersonId,
    now: DateTime<Utc>,
) -> Result<SecretString, DbErr> {
    let code = super::random_text::<16>();
    let row = one_time_link::ActiveModel {
        token_hash: Set(session::hash(&code)),
        person_id: Set(person),
        expires_at: Set(now + LIFE),
        used_at: Set(None),
    };
    one_time_link::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(code.into())
}

impl Auth {
    /// Whom a link is for, while it can be used.
    ///
    /// # Errors
    /// When the database can't be asked.
    pub async fn invited(&self, code: &str) -> Result<Option<person::Model>, DbErr> {
        let link = one_time_link::Entity::find_by_id(session::hash(code)).one(&self.db).await?;
        let Some(link) = link.filter(|link| link.used_at.is_none() && link.expires_at > self.clock.now())
        else {
            return Ok(None);
        };
        let found = person::Entity::find_by_id(link.person_id).one(&self.db).await?;
        Ok(found.filter(|person| person.disabled_at.is_none()))
    }

    /// Sets the password a person chose, uses the link up, ends what was open before, and signs the person in.
    ///
    /// # Errors
    /// When too many sign in at once or the database can't be asked.
    pub async fn welcome(
        &self,
        code: &str,
        password: SecretString,
        client: &Client,
    ) -> Result<Welcome, PageError> {
        let Some(invited) = self.invited(code).await? else { return Ok(Welcome::NoSuchLink) };
        if let Err(weak) = self.judge(&password, &invited.name, &invited.email) {
            return Ok(Welcome::Weak(weak));
        }
        let hash = self.passwords.hash(password).await?;
        let now = self.clock.now();
        let tx = self.db.begin().await?;
        // One statement decides who of two was first.
        let take = Statement::from_sql_and_values(
            tx.get_database_backend(),
            "update one_time_link set used_at = $2
             from person
             where token_hash = $1 and used_at is null and expires_at > $2
                 and person.id = person_id and person.disabled_at is null
             returning person_id",
            [session::hash(code).into(), now.into()],
        );
        let Some(row) = tx.query_one_raw(take).await? else { return Ok(Welcome::NoSuchLink) };
        let person: PersonId = row.try_get("", "person_id")?;
        let row =
            person::ActiveModel { id: Set(person), password_hash: Set(Some(hash)), ..Default::default() };
        row.update(&tx).await?;
        session::end_all(&tx, person, now).await?;
        let step = self.go_on(&tx, person, client, "password_set").await?;
        tx.commit().await?;
        Ok(Welcome::In(step))
    }
}

//! Between the right password and the second factor: a secret in a cookie of its own, for ten minutes, that opens nothing
//! but the question for a code, or the page on which a person who must have a second factor sets theirs up.

use chrono::{DateTime, TimeDelta, Utc};
use domain::PersonId;
use sea_orm::{ConnectionTrait, DbErr, TransactionTrait as _};

use super::{Checked, SetUp, Shown, one, run};
use crate::{
    auth::{
        Auth, Client,
        audit::{self, Entry},
        session::{self, Opened},
    },
    error::PageError,
};

const LIFE: TimeDelta = TimeDelta::minutes(10);

/// Somebody who gave the right password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Half {
    /// Who.
    pub person: PersonId,
    /// Their sign-in name.
    pub email: String,
    /// Whether they have no second factor yet and must have one.
    pub enrols: bool,
    hash: Vec<u8>,
    action: &'static str,
}

/// What came of a code at the sign-in.
#[derive(Debug)]
pub enum Second {
    /// Let in.
    In(Opened),
    /// It is not right.
    Wrong,
    /// Too many wrong ones; not before this many seconds.
    Wait {
        /// How long.
        seconds: u32,
    },
    /// It took too long: the password is asked again.
    Gone,
}

/// What came of setting a second factor up at the sign-in.
#[derive(Debug)]
pub enum Enrolled {
    /// Let in, with the recovery codes, which are shown this once.
    In(Opened, Vec<String>),
    /// The code does not belong to the key that was shown; that is shown again.
    Wrong(Box<Shown>),
    /// It took too long: the password is asked again.
    Gone,
}

impl Auth {
    /// Notes that the password was right. The secret for the browser's cookie.
    pub(in crate::auth) async fn begin_half(
        &self,
        tx: &impl ConnectionTrait,
        person: PersonId,
        enrols: bool,
        client: &Client,
        action: &'static str,
    ) -> Result<String, DbErr> {
        let (secret, now) = (super::super::random_text::<32>(), self.clock.now());
        forget_old(tx, now).await?;
        let add = "insert into half_sign_in (token_hash, person_id, version, enrols, action, expires_at)
             select $1, id, version, $3, $4, $5 from person where id = $2";
        let values =
            [session::hash(&secret).into(), person.into(), enrols.into(), action.into(), (now + LIFE).into()];
        run(tx, add, values).await?;
        let entry = Entry::own("second_factor_asked", Some(person), &client.address, true);
        audit::record(tx, entry, now).await?;
        Ok(secret)
    }

    /// Who gave the right password in this browser, a moment ago.
    ///
    /// # Errors
    /// When the database can't be asked.
    pub async fn half(&self, secret: Option<&str>) -> Result<Option<Half>, DbErr> {
        let Some(secret) = secret else { return Ok(None) };
        let hash = session::hash(secret);
        let find = "select person.id, person.email, enrols, action
             from half_sign_in half join person on person.id = half.person_id
             where token_hash = $1 and expires_at > $2 and half.version = person.version
                 and person.disabled_at is null";
        let row = one(&self.db, find, [hash.clone().into(), self.clock.now().into()]).await?;
        let Some(row) = row else { return Ok(None) };
        let action = match row.try_get::<String>("", "action")?.as_str() {
            "password_set" => "password_set",
            _ => "sign_in",
        };
        Ok(Some(Half {
            person: row.try_get("", "id")?,
            email: row.try_get("", "email")?,
            enrols: row.try_get("", "enrols")?,
            hash,
            action,
        }))
    }

    /// Goes on with a code.
    ///
    /// # Errors
    /// When too many sign in at once or the database can't be asked.
    pub async fn give_code(&self, half: &Half, typed: &str, client: &Client) -> Result<Second, PageError> {
        if half.enrols {
            return Ok(Second::Gone);
        }
        match self.check_code(half.person, typed, client).await? {
            Checked::Wrong => return Ok(Second::Wrong),
            Checked::Wait { seconds } => return Ok(Second::Wait { seconds }),
            Checked::Right => {}
        }
        let tx = self.db.begin().await?;
        let Some(opened) = self.end_half(&tx, half, client).await? else { return Ok(Second::Gone) };
        tx.commit().await?;
        tracing::info!(person = %half.person, session = %opened.id, "person {} signed in", half.person);
        metrics::counter!("bandeja_sign_ins", "result" => "right").increment(1);
        Ok(Second::In(opened))
    }

    /// A key for an app, for somebody who must have a second factor.
    ///
    /// # Errors
    /// When it can't be sealed or drawn.
    pub fn show_key_to(&self, half: &Half) -> anyhow::Result<Shown> {
        self.show_key(half.person, &half.email, &hex::encode(&half.hash))
    }

    /// Goes on with the first code of the app.
    ///
    /// # Errors
    /// When too many sign in at once or the database can't be asked.
    pub async fn enrol(
        &self,
        half: &Half,
        (sealed, typed): (&str, &str),
        client: &Client,
    ) -> Result<Enrolled, PageError> {
        if !half.enrols || self.factor(half.person).await?.is_some() {
            return Ok(Enrolled::Gone);
        }
        let tx = self.db.begin().await?;
        let bound_to = hex::encode(&half.hash);
        let who = (half.person, half.email.as_str());
        let codes = match self.set_up(&tx, who, (&bound_to, sealed, typed), client).await? {
            SetUp::Done { codes } => codes,
            SetUp::Wrong(shown) => return Ok(Enrolled::Wrong(shown)),
            SetUp::Stale => return Ok(Enrolled::Gone),
        };
        // Whatever was open before the house insisted.
        session::end_all(&tx, half.person, self.clock.now()).await?;
        let Some(opened) = self.end_half(&tx, half, client).await? else { return Ok(Enrolled::Gone) };
        tx.commit().await?;
        Ok(Enrolled::In(opened, codes))
    }

    /// Uses the half up and opens the session; `None` when another request did.
    async fn end_half(
        &self,
        tx: &impl ConnectionTrait,
        half: &Half,
        client: &Client,
    ) -> Result<Option<Opened>, DbErr> {
        let take = "delete from half_sign_in where token_hash = $1 and expires_at > $2";
        if run(tx, take, [half.hash.clone().into(), self.clock.now().into()]).await? != 1 {
            return Ok(None);
        }
        self.open(tx, half.person, client, half.action).await.map(Some)
    }
}

/// Forgets what took too long.
///
/// # Errors
/// When the database refuses.
pub async fn forget_old(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<(), DbErr> {
    run(db, "delete from half_sign_in where expires_at < $1", [now.into()]).await.map(drop)
}

//! Signing in: one answer for every way of being wrong, in the same time.

use chrono::{DateTime, Utc};
use domain::PersonId;
use entity::person;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter,
    TransactionTrait,
};
use secrecy::SecretString;

use super::{
    Auth, Client,
    audit::{self, Entry},
    factor,
    passwords::{PasswordError, Verdict},
    session::{self, Opened},
    throttle::{self, Decision},
};
use crate::error::PageError;

/// What came of a sign-in.
#[derive(Debug)]
pub enum Answer {
    /// Let in.
    In(Opened),
    /// The password is right; the second factor is asked for.
    Half(Asked),
    /// Address or password is wrong, or the person was shut out: nobody learns which.
    Wrong,
    /// Too many failures; not before this many seconds.
    Wait {
        /// How long.
        seconds: u32,
    },
}

/// A browser that is to go on with the second factor.
#[derive(Debug)]
pub struct Asked {
    /// For the browser's cookie; kept nowhere else.
    pub secret: String,
    /// Whether the person has none yet and must set one up.
    pub enrols: bool,
}

/// What the right password leads to.
#[derive(Debug)]
pub enum Step {
    /// Into the house.
    In(Opened),
    /// To the second factor.
    Half(Asked),
}

impl From<PasswordError> for PageError {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Busy => Self::Busy { retry_after: 5 },
            PasswordError::Failed(error) => Self::Fault(error),
        }
    }
}

/// How sign-in names are compared.
#[must_use]
pub fn account(email: &str) -> String {
    // Nobody's address is longer; what is cut off can't have been one.
    email.trim().chars().take(254).collect::<String>().to_lowercase()
}

/// Whole seconds, rounded up: after them the time has come.
pub(super) fn seconds_until(until: DateTime<Utc>, now: DateTime<Utc>) -> u32 {
    let left = (until - now).num_microseconds().unwrap_or(i64::MAX);
    u32::try_from(left.saturating_add(999_999) / 1_000_000).unwrap_or(u32::MAX)
}

impl Auth {
    /// Signs a person in. A session of before, which the same browser still had, ends.
    ///
    /// # Errors
    /// When too many sign in at once or the database can't be asked.
    pub async fn sign_in(
        &self,
        email: &str,
        password: SecretString,
        client: &Client,
    ) -> Result<Answer, PageError> {
        let (account, now) = (account(email), self.clock.now());
        let tx = self.db.begin().await?;
        let decision = throttle::admit(&tx, &account, &client.address, &self.settings, now).await?;
        tx.commit().await?;
        if let Decision::Wait { until } = decision {
            tracing::warn!("a sign-in has to wait: too many failures");
            return Ok(Answer::Wait { seconds: seconds_until(until, now) });
        }

        let found = person::Entity::find().filter(person::Column::Email.eq(&account)).one(&self.db).await?;
        let stored = found.as_ref().and_then(|person| person.password_hash.as_deref());
        let verdict = self.passwords.verify(password, stored).await?;
        match (verdict, found) {
            (Verdict::Right { rehashed }, Some(person)) if person.disabled_at.is_none() => {
                Ok(match self.let_in(person, rehashed, &account, client).await? {
                    Step::In(opened) => Answer::In(opened),
                    Step::Half(asked) => Answer::Half(asked),
                })
            }
            (_, found) => {
                let who = found.map(|person| person.id);
                audit::record(&self.db, Entry::own("sign_in", who, &client.address, false), now).await?;
                metrics::counter!("bandeja_sign_ins", "result" => "wrong").increment(1);
                Ok(Answer::Wrong)
            }
        }
    }

    async fn let_in(
        &self,
        person: person::Model,
        rehashed: Option<String>,
        account: &str,
        client: &Client,
    ) -> Result<Step, DbErr> {
        let (id, now) = (person.id, self.clock.now());
        let tx = self.db.begin().await?;
        throttle::succeeded(&tx, account, &client.address).await?;
        if rehashed.is_some() {
            let row = person::ActiveModel { id: Set(id), password_hash: Set(rehashed), ..Default::default() };
            row.update(&tx).await?;
        }
        let step = self.go_on(&tx, id, client, "sign_in").await?;
        tx.commit().await?;
        if let Step::In(opened) = &step {
            tracing::info!(person = %id, session = %opened.id, "person {id} signed in at {now}");
            metrics::counter!("bandeja_sign_ins", "result" => "right").increment(1);
        }
        Ok(step)
    }

    /// What follows the right password: a session, or the question for the second factor where there is one or must be.
    pub(super) async fn go_on(
        &self,
        tx: &DatabaseTransaction,
        person: PersonId,
        client: &Client,
        action: &'static str,
    ) -> Result<Step, DbErr> {
        let enrols = factor::of(tx, person).await?.is_none();
        if enrols {
            let principal = inbox::principals::of(tx, person).await?;
            if !principal.is_some_and(|principal| self.asks_factor_of(&principal)) {
                return self.open(tx, person, client, action).await.map(Step::In);
            }
        }
        let secret = self.begin_half(tx, person, enrols, client, action).await?;
        Ok(Step::Half(Asked { secret, enrols }))
    }

    /// Opens a session and says so in the audit.
    pub(super) async fn open(
        &self,
        tx: &impl sea_orm::ConnectionTrait,
        person: PersonId,
        client: &Client,
        action: &'static str,
    ) -> Result<Opened, DbErr> {
        let now = self.clock.now();
        let opened = session::open(tx, person, client, &self.settings, now).await?;
        audit::record(tx, Entry::own(action, Some(person), &client.address, true), now).await?;
        Ok(opened)
    }

    /// Ends a session, here at once and on other nodes within five seconds.
    ///
    /// # Errors
    /// When the database can't be asked.
    pub async fn sign_out(&self, viewer: &super::Viewer, client: &Client) -> Result<(), DbErr> {
        let (person, now) = (viewer.principal.person, self.clock.now());
        let tx = self.db.begin().await?;
        session::end(&tx, viewer.session, now).await?;
        audit::record(&tx, Entry::own("sign_out", Some(person), &client.address, true), now).await?;
        tx.commit().await?;
        self.memory.forget(viewer.session);
        Ok(())
    }
}

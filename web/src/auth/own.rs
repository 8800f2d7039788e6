//! What people do about their own access: sessions, password.

use domain::SessionId;
use entity::{person, session as row};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait as _, Statement, TransactionTrait as _};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use super::{
    Auth, Client, Viewer,
    audit::{self, Entry},
    passwords::Verdict,
    session::{self, Which},
    sign_in::seconds_until,
    strength::{self, Weak},
    throttle::{self, Decision},
};
use crate::error::PageError;

/// What came of asking somebody for their password once more.
#[derive(Debug)]
pub enum Again {
    /// It is they.
    Right,
    /// It is not their password.
    Wrong,
    /// Too many failures; not before this many seconds.
    Wait {
        /// How long.
        seconds: u32,
    },
}

/// What came of choosing another password.
#[derive(Debug)]
pub enum Changed {
    /// It counts from now on; the secret is for this browser's cookie. All other sessions have ended.
    Done {
        /// The session's new secret.
        secret: String,
    },
    /// The one of now was not right.
    Wrong,
    /// Too many failures; not before this many seconds.
    Wait {
        /// How long.
        seconds: u32,
    },
    /// Not a password to be had.
    Weak(Weak),
    /// It is the one of now.
    Same,
}

impl Auth {
    /// Where a person is signed in, the last active browser first.
    ///
    /// # Errors
    /// When the database can't be asked.
    pub async fn sessions(&self, viewer: &Viewer) -> Result<Vec<row::Model>, DbErr> {
        session::of(&self.db, viewer.principal.person, self.clock.now(), self.idle()).await
    }

    /// Ends one of a person's sessions; whether there was such a one. Its pages are told within a second on this node,
    /// within five on others.
    ///
    /// # Errors
    /// When the database can't be asked.
    pub async fn end_session(
        &self,
        viewer: &Viewer,
        session: SessionId,
        client: &Client,
    ) -> Result<bool, DbErr> {
        Ok(!self.end_sessions(viewer, Which::One(session), client).await?.is_empty())
    }

    /// Ends all sessions of a person but the one that asks.
    ///
    /// # Errors
    /// When the database can't be asked.
    pub async fn end_other_sessions(&self, viewer: &Viewer, client: &Client) -> Result<(), DbErr> {
        self.end_sessions(viewer, Which::AllBut(viewer.session), client).await.map(drop)
    }

    async fn end_sessions(
        &self,
        viewer: &Viewer,
        which: Which,
        client: &Client,
    ) -> Result<Vec<SessionId>, DbErr> {
        let (person, now) = (viewer.principal.person, self.clock.now());
        let tx = self.db.begin().await?;
        let ended = session::end_some(&tx, person, which, now).await?;
        if !ended.is_empty() {
            let entry = Entry {
                detail: json!({ "sessions": ended }),
                ..Entry::own("sessions_ended", Some(person), &client.address, true)
            };
            audit::record(&tx, entry, now).await?;
        }
        tx.commit().await?;
        for session in &ended {
            self.memory.forget(*session);
        }
        Ok(ended)
    }

    /// Whether a person may have this password.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub(super) fn judge(&self, password: &SecretString, name: &str, email: &str) -> Result<(), Weak> {
        let about: Vec<&str> =
            [name, email].into_iter().chain(self.known.iter().map(String::as_str)).collect();
        strength::judge(password.expose_secret(), &about)
    }

    /// Asks a person for their password once more. Failures count as those of the sign-in do, and together with them.
    ///
    /// # Errors
    /// When too many sign in at once or the database can't be asked.
    pub async fn again(
        &self,
        viewer: &Viewer,
        password: SecretString,
        action: &'static str,
        client: &Client,
    ) -> Result<Again, PageError> {
        let (account, now) = (&viewer.email, self.clock.now());
        let tx = self.db.begin().await?;
        let decision = throttle::admit(&tx, account, &client.address, &self.settings, now).await?;
        tx.commit().await?;
        if let Decision::Wait { until } = decision {
            return Ok(Again::Wait { seconds: seconds_until(until, now) });
        }
        let person = viewer.principal.person;
        let found = person::Entity::find_by_id(person).one(&self.db).await?;
        let stored = found.as_ref().and_then(|person| person.password_hash.as_deref());
        match self.passwords.verify(password, stored).await? {
            Verdict::Right { .. } => {
                throttle::succeeded(&self.db, account, &client.address).await?;
                Ok(Again::Right)
            }
            Verdict::Wrong => {
                let entry = Entry::own(action, Some(person), &client.address, false);
                audit::record(&self.db, entry, now).await?;
                Ok(Again::Wrong)
            }
        }
    }

    /// Gives a person another password. This browser gets a new secret, all others are signed out.
    ///
    /// # Errors
    /// When too many sign in at once or the database can't be asked.
    pub async fn change_password(
        &self,
        viewer: &Viewer,
        current: SecretString,
        wanted: SecretString,
        client: &Client,
    ) -> Result<Changed, PageError> {
        if let Err(weak) = self.judge(&wanted, &viewer.name, &viewer.email) {
            return Ok(Changed::Weak(weak));
        }
        let same = current.expose_secret() == wanted.expose_secret();
        match self.again(viewer, current, "password_changed", client).await? {
            Again::Right if same => return Ok(Changed::Same),
            Again::Right => {}
            Again::Wrong => return Ok(Changed::Wrong),
            Again::Wait { seconds } => return Ok(Changed::Wait { seconds }),
        }
        let hash = self.passwords.hash(wanted).await?;
        let (person, now) = (viewer.principal.person, self.clock.now());
        let tx = self.db.begin().await?;
        let set = "update person set password_hash = $2, version = version + 1 where id = $1";
        let set =
            Statement::from_sql_and_values(tx.get_database_backend(), set, [person.into(), hash.into()]);
        tx.execute_raw(set).await?;
        let (secret, ended) = self.only_here(&tx, viewer).await?;
        let entry = Entry {
            detail: json!({ "sessions": ended }),
            ..Entry::own("password_changed", Some(person), &client.address, true)
        };
        audit::record(&tx, entry, now).await?;
        tx.commit().await?;
        self.forget_all(viewer, &ended);
        tracing::info!(%person, "person {person} chose another password");
        Ok(Changed::Done { secret })
    }

    /// After a change of access: a new secret for the browser that asked for it, and no other session.
    pub(super) async fn only_here(
        &self,
        tx: &impl ConnectionTrait,
        viewer: &Viewer,
    ) -> Result<(String, Vec<SessionId>), DbErr> {
        let (person, now) = (viewer.principal.person, self.clock.now());
        let ended = session::end_some(tx, person, Which::AllBut(viewer.session), now).await?;
        Ok((session::renew(tx, viewer.session).await?, ended))
    }

    pub(super) fn forget_all(&self, viewer: &Viewer, ended: &[SessionId]) {
        for session in ended.iter().chain([&viewer.session]) {
            self.memory.forget(*session);
        }
    }
}

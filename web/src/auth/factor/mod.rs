//! The second factor: a code that an app makes from a key and the time (RFC 6238), or one of ten recovery codes.
//!
//! A key is handed out sealed, in the page that shows it, for the browser that asked; it is stored once a right code
//! proves that an app has it. Each step of the time opens once, each recovery code once, and wrong codes are few
//! whoever gives them ([`codes::turn`]). The key lies sealed in the database, as channels' secrets do.

pub mod codes;
pub mod half;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{Permission, PersonId, Principal, Scope};
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Statement, TransactionTrait as _, Value};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use super::{
    Auth, Client, Viewer,
    audit::{self, Entry},
    own::Again,
    passwords::Verdict,
    session,
    sign_in::seconds_until,
};
use crate::{error::PageError, secrets::Place, settings::FactorPolicy};
use codes::{Given, Turn};

/// A key that was shown and not confirmed is worthless after this.
const SHOWN_FOR: TimeDelta = TimeDelta::minutes(15);

/// Whether the house insists on a second factor of this person. Leads are those who may do something beyond their own
/// work: anything for a team or for all but read templates.
#[must_use]
pub fn is_asked_of(policy: FactorPolicy, principal: &Principal) -> bool {
    match policy {
        FactorPolicy::Nobody => false,
        FactorPolicy::Everybody => true,
        FactorPolicy::Leads => principal
            .grants
            .iter()
            .any(|(permission, scope)| *scope >= Scope::Team && *permission != Permission::TemplateRead),
    }
}

/// Somebody's second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Factor {
    /// Since when.
    pub since: DateTime<Utc>,
    /// Recovery codes not used yet.
    pub codes_left: i64,
}

/// A key to be put into an app.
#[derive(Debug)]
pub struct Shown {
    /// For the camera: the width, and the dark dots as a path.
    pub picture: (usize, String),
    /// For fingers, in groups.
    pub key: String,
    /// The key once more, sealed for this person and browser: the page sends it back with a code.
    pub sealed: String,
}

/// What came of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checked {
    /// It is right, and counts no more.
    Right,
    /// It is not.
    Wrong,
    /// Too many wrong ones; not before this many seconds.
    Wait {
        /// How long.
        seconds: u32,
    },
}

/// What came of setting a second factor up.
#[derive(Debug)]
pub enum SetUp {
    /// It counts from now on. The recovery codes are shown this once.
    Done {
        /// Ten codes.
        codes: Vec<String>,
    },
    /// The code does not belong to the key that was shown; that is shown again.
    Wrong(Box<Shown>),
    /// The page stood open too long, or is not this browser's.
    Stale,
}

/// What came of asking for password and code together.
#[derive(Debug)]
pub enum Proof {
    /// Both are right.
    Right,
    /// The password is not right.
    WrongPassword,
    /// The code is not right.
    WrongCode,
    /// Too many failures; not before this many seconds.
    Wait {
        /// How long.
        seconds: u32,
    },
}

fn place(person: &str) -> Place<'_> {
    Place { table: "second_factor", column: "sealed", row: person }
}

impl Auth {
    /// Whether the house insists on a second factor of this person.
    #[must_use]
    pub fn asks_factor_of(&self, principal: &Principal) -> bool {
        is_asked_of(self.settings.second_factor, principal)
    }

    /// Somebody's second factor, if they have one.
    ///
    /// # Errors
    /// When the database can't be asked.
    pub async fn factor(&self, person: PersonId) -> Result<Option<Factor>, DbErr> {
        of(&self.db, person).await
    }

    /// A new key for an app. `bound_to` is the session, or what stands for one, in which it is asked for.
    ///
    /// # Errors
    /// When it can't be sealed or drawn.
    pub fn show_key(&self, person: PersonId, email: &str, bound_to: &str) -> anyhow::Result<Shown> {
        self.show(codes::new_key(), person, email, bound_to)
    }

    fn show(
        &self,
        key: SecretString,
        person: PersonId,
        email: &str,
        bound_to: &str,
    ) -> anyhow::Result<Shown> {
        use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
        let uri = codes::app(&key, &self.house_name, email)?.to_url()?;
        let until = (self.clock.now() + SHOWN_FOR).timestamp();
        let stamped = SecretString::from(format!("{until} {}", key.expose_secret()));
        let row = format!("{person}/{bound_to}");
        let sealed = self.keyring.seal(Place { column: "shown", ..place(&row) }, &stamped)?;
        Ok(Shown {
            picture: codes::picture(&uri)?,
            key: codes::groups(key.expose_secret()).replace('-', " "),
            sealed: BASE64_URL_SAFE_NO_PAD.encode(sealed),
        })
    }

    /// The key of a page that showed it, while it may be confirmed.
    fn shown_key(&self, sealed: &str, person: PersonId, bound_to: &str) -> Option<SecretString> {
        use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
        let sealed = BASE64_URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let row = format!("{person}/{bound_to}");
        let stamped = self.keyring.open(Place { column: "shown", ..place(&row) }, &sealed).ok()?;
        let (until, key) = stamped.expose_secret().split_once(' ')?;
        (until.parse::<i64>().ok()? > self.clock.now().timestamp()).then(|| key.to_owned().into())
    }

    /// Takes the key of a page into use when the code is the one it makes; what was before is replaced. Runs in the
    /// transaction of whatever follows from it.
    ///
    /// # Errors
    /// When the database refuses or hashing is too busy.
    pub(super) async fn set_up(
        &self,
        tx: &impl ConnectionTrait,
        who: (PersonId, &str),
        (bound_to, sealed, typed): (&str, &str, &str),
        client: &Client,
    ) -> Result<SetUp, PageError> {
        let ((person, email), now) = (who, self.clock.now());
        let Some(key) = self.shown_key(sealed, person, bound_to) else { return Ok(SetUp::Stale) };
        let app = codes::app(&key, &self.house_name, email)?;
        let step = match codes::read(typed) {
            Given::App(code) => codes::step_of(&app, &code, now),
            Given::Recovery(..) | Given::Nothing => None,
        };
        let Some(step) = step else {
            return Ok(SetUp::Wrong(Box::new(self.show(key, person, email, bound_to)?)));
        };
        let sealed = self.keyring.seal(place(&person.to_string()), &key).map_err(anyhow::Error::from)?;
        let set = "insert into second_factor (person_id, sealed, last_step, since) values ($1, $2, $3, $4)
             on conflict (person_id) do update
             set sealed = excluded.sealed, last_step = excluded.last_step, since = excluded.since, tries = '{}'";
        run(tx, set, [person.into(), sealed.into(), step.into(), now.into()]).await?;
        let codes = self.new_codes(tx, person).await?;
        audit::record(tx, Entry::own("second_factor_set", Some(person), &client.address, true), now).await?;
        Ok(SetUp::Done { codes })
    }

    /// Makes recovery codes; those of before open nothing any more.
    async fn new_codes(&self, tx: &impl ConnectionTrait, person: PersonId) -> Result<Vec<String>, PageError> {
        let made = codes::recovery_codes();
        run(tx, "delete from recovery_code where person_id = $1", [person.into()]).await?;
        for code in &made {
            let Given::Recovery(lookup, rest) = codes::read(code) else { continue };
            let hash = self.passwords.hash(rest.into()).await?;
            let add = "insert into recovery_code (person_id, lookup, hash) values ($1, $2, $3)";
            run(tx, add, [person.into(), lookup.into(), hash.into()]).await?;
        }
        Ok(made)
    }

    /// Asks for a code of the app, or a recovery code. A right one is used up by that.
    ///
    /// # Errors
    /// When too many sign in at once or the database can't be asked.
    pub async fn check_code(
        &self,
        person: PersonId,
        typed: &str,
        client: &Client,
    ) -> Result<Checked, PageError> {
        let now = self.clock.now();
        let given = codes::read(typed);
        let tx = self.db.begin().await?;
        let find = "select sealed, tries from second_factor where person_id = $1 for update";
        let Some(row) = one(&tx, find, [person.into()]).await? else { return Ok(Checked::Wrong) };
        let sealed: Vec<u8> = row.try_get("", "sealed")?;
        match codes::turn(&row.try_get::<Vec<DateTime<Utc>>>("", "tries")?, now) {
            Turn::Wait(until) => return Ok(Checked::Wait { seconds: seconds_until(until, now) }),
            // Counted before it is looked at: a hundred at once are no more than one after the other.
            Turn::Now(tries) => {
                let count = "update second_factor set tries = $2 where person_id = $1";
                run(&tx, count, [person.into(), tries.into()]).await?;
            }
        }
        tx.commit().await?;

        let right = match given {
            Given::App(code) => self.use_step(person, &sealed, &code, now).await?,
            Given::Recovery(lookup, rest) => self.use_recovery(person, lookup, rest, client).await?,
            Given::Nothing => false,
        };
        if right {
            run(&self.db, "update second_factor set tries = '{}' where person_id = $1", [person.into()])
                .await?;
            return Ok(Checked::Right);
        }
        audit::record(&self.db, Entry::own("second_factor", Some(person), &client.address, false), now)
            .await?;
        metrics::counter!("bandeja_sign_ins", "result" => "wrong_code").increment(1);
        Ok(Checked::Wrong)
    }

    async fn use_step(
        &self,
        person: PersonId,
        sealed: &[u8],
        code: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, PageError> {
        let key = self.keyring.open(place(&person.to_string()), sealed).map_err(anyhow::Error::from)?;
        let Some(step) = codes::step_of(&codes::app(&key, "", "x")?, code, now) else { return Ok(false) };
        // One statement decides who of two was first.
        let take = "update second_factor set last_step = $2 where person_id = $1 and last_step < $2";
        Ok(run(&self.db, take, [person.into(), step.into()]).await? == 1)
    }

    async fn use_recovery(
        &self,
        person: PersonId,
        lookup: String,
        rest: String,
        client: &Client,
    ) -> Result<bool, PageError> {
        let now = self.clock.now();
        let find = "select hash from recovery_code where person_id = $1 and lookup = $2 and used_at is null";
        let row = one(&self.db, find, [person.into(), lookup.clone().into()]).await?;
        let hash: Option<String> = row.map(|row| row.try_get("", "hash")).transpose()?;
        if self.passwords.verify(rest.into(), hash.as_deref()).await? == Verdict::Wrong {
            return Ok(false);
        }
        let tx = self.db.begin().await?;
        let take = "update recovery_code set used_at = $3
             where person_id = $1 and lookup = $2 and used_at is null";
        let taken = run(&tx, take, [person.into(), lookup.into(), now.into()]).await? == 1;
        if taken {
            let left = of(&tx, person).await?.map(|factor| factor.codes_left);
            let entry = Entry {
                detail: json!({ "left": left }),
                ..Entry::own("recovery_code_used", Some(person), &client.address, true)
            };
            audit::record(&tx, entry, now).await?;
        }
        tx.commit().await?;
        Ok(taken)
    }

    /// Asks somebody who is signed in for their password, and for a code where they have a second factor.
    ///
    /// # Errors
    /// When too many sign in at once or the database can't be asked.
    pub async fn prove(
        &self,
        viewer: &Viewer,
        password: SecretString,
        typed: &str,
        client: &Client,
    ) -> Result<Proof, PageError> {
        match self.again(viewer, password, "second_factor", client).await? {
            Again::Right => {}
            Again::Wrong => return Ok(Proof::WrongPassword),
            Again::Wait { seconds } => return Ok(Proof::Wait { seconds }),
        }
        if self.factor(viewer.principal.person).await?.is_none() {
            return Ok(Proof::Right);
        }
        Ok(match self.check_code(viewer.principal.person, typed, client).await? {
            Checked::Right => Proof::Right,
            Checked::Wrong => Proof::WrongCode,
            Checked::Wait { seconds } => Proof::Wait { seconds },
        })
    }

    /// Takes the key of a page into use for somebody who is signed in; all their other sessions end. With the new secret
    /// of this browser's session.
    ///
    /// # Errors
    /// When the database refuses or hashing is too busy.
    pub async fn set_own_factor(
        &self,
        viewer: &Viewer,
        (sealed, typed): (&str, &str),
        client: &Client,
    ) -> Result<(SetUp, Option<String>), PageError> {
        let tx = self.db.begin().await?;
        let who = (viewer.principal.person, viewer.email.as_str());
        let bound_to = viewer.session.to_string();
        let set = self.set_up(&tx, who, (&bound_to, sealed, typed), client).await?;
        if !matches!(set, SetUp::Done { .. }) {
            return Ok((set, None));
        }
        let (secret, ended) = self.only_here(&tx, viewer).await?;
        tx.commit().await?;
        self.forget_all(viewer, &ended);
        tracing::info!(person = %who.0, "person {} has a second factor", who.0);
        Ok((set, Some(secret)))
    }

    /// Other recovery codes; asked for with [`Self::prove`] before.
    ///
    /// # Errors
    /// When the database refuses or hashing is too busy.
    pub async fn remake_codes(&self, viewer: &Viewer, client: &Client) -> Result<Vec<String>, PageError> {
        let (person, now) = (viewer.principal.person, self.clock.now());
        let tx = self.db.begin().await?;
        let codes = self.new_codes(&tx, person).await?;
        audit::record(&tx, Entry::own("recovery_codes_made", Some(person), &client.address, true), now)
            .await?;
        tx.commit().await?;
        Ok(codes)
    }

    /// Goes without a second factor; asked for with [`Self::prove`] before. All other sessions end. The new secret of
    /// this browser's session; `None` where the house insists on a second factor.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn drop_own_factor(&self, viewer: &Viewer, client: &Client) -> Result<Option<String>, DbErr> {
        if self.asks_factor_of(&viewer.principal) {
            return Ok(None);
        }
        let (person, now) = (viewer.principal.person, self.clock.now());
        let tx = self.db.begin().await?;
        run(&tx, "delete from second_factor where person_id = $1", [person.into()]).await?;
        let (secret, ended) = self.only_here(&tx, viewer).await?;
        audit::record(&tx, Entry::own("second_factor_off", Some(person), &client.address, true), now).await?;
        tx.commit().await?;
        self.forget_all(viewer, &ended);
        Ok(Some(secret))
    }
}

/// Takes a person's second factor away who has lost device and codes, and ends their sessions. Whether they had one. For
/// the operator: it is written down as done at the console.
///
/// # Errors
/// When the database refuses.
pub async fn remove(tx: &impl ConnectionTrait, person: PersonId, now: DateTime<Utc>) -> Result<bool, DbErr> {
    let removed = run(tx, "delete from second_factor where person_id = $1", [person.into()]).await? > 0;
    if removed {
        session::end_all(tx, person, now).await?;
    }
    let entry = Entry {
        object: Some(person.to_string()),
        ..Entry::own("second_factor_removed", None, "console", removed)
    };
    audit::record(tx, entry, now).await?;
    Ok(removed)
}

pub(super) async fn of(db: &impl ConnectionTrait, person: PersonId) -> Result<Option<Factor>, DbErr> {
    let find = "select since, (select count(*) from recovery_code r
             where r.person_id = f.person_id and r.used_at is null) as codes_left
         from second_factor f where person_id = $1";
    let row = one(db, find, [person.into()]).await?;
    row.map(|row| Ok(Factor { since: row.try_get("", "since")?, codes_left: row.try_get("", "codes_left")? }))
        .transpose()
}

async fn run<const N: usize>(
    db: &impl ConnectionTrait,
    statement: &str,
    values: [Value; N],
) -> Result<u64, DbErr> {
    let statement = Statement::from_sql_and_values(db.get_database_backend(), statement, values);
    db.execute_raw(statement).await.map(|done| done.rows_affected())
}

async fn one<const N: usize>(
    db: &impl ConnectionTrait,
    question: &str,
    values: [Value; N],
) -> Result<Option<QueryResult>, DbErr> {
    db.query_one_raw(Statement::from_sql_and_values(db.get_database_backend(), question, values)).await
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use domain::access::ready_made_roles;

    use super::*;

    #[test]
    fn the_house_decides_whom_it_insists_on() {
        let asked = |policy| {
            ready_made_roles().map(|(_, grants)| {
                let (person, queues) = (PersonId::new(), BTreeSet::new());
                is_asked_of(
                    policy,
                    &Principal {
                        person,
                        grants,
                        serves: queues.clone(),
                        team_queues: queues,
                        shares: [].into(),
                    },
                )
            })
        };
        // Agents, supervisors, admins.
        assert_eq!(asked(FactorPolicy::Nobody), [false, false, false]);
        assert_eq!(asked(FactorPolicy::Leads), [false, true, true]);
        assert_eq!(asked(FactorPolicy::Everybody), [true, true, true]);
    }
}

//! Slowing down whoever guesses passwords, without locking anybody out.
//!
//! Only failures count, per account and per address, for fifteen minutes. Above the limit each further try has to wait
//! longer than the one before, up to five minutes. For an address the account's owner has signed in from before, only
//! that address's own failures count against the account: strangers elsewhere can't keep the owner out.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, Statement};

use crate::settings::AuthSettings;

const WINDOW: TimeDelta = TimeDelta::minutes(15);
const FIRST_WAIT: TimeDelta = TimeDelta::seconds(30);
const LONGEST_WAIT: TimeDelta = TimeDelta::minutes(5);
/// An address is the owner's own for this long after a sign-in.
const FAMILIAR: TimeDelta = TimeDelta::days(30);

/// Failures within the window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Failures {
    /// How many.
    pub count: u32,
    /// The newest.
    pub last: Option<DateTime<Utc>>,
}

/// Whether a password is looked at now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Now.
    Admit,
    /// Not before.
    Wait {
        /// When.
        until: DateTime<Utc>,
    },
}

/// Decides about one more try: none waits below the limit; at it 30 seconds after the last failure, then twice that,
/// and so on.
#[must_use]
pub fn decide(failures: Failures, limit: u32, now: DateTime<Utc>) -> Decision {
    let (Some(over), Some(last)) = (failures.count.checked_sub(limit), failures.last) else {
        return Decision::Admit;
    };
    let doubled = 1_i32.checked_shl(over).filter(|factor| *factor > 0).unwrap_or(i32::MAX);
    let wait = FIRST_WAIT.checked_mul(doubled).map_or(LONGEST_WAIT, |wait| wait.min(LONGEST_WAIT));
    let until = last + wait;
    if until > now { Decision::Wait { until } } else { Decision::Admit }
}

/// Asks for a try, and counts it as a failure until [`succeeded`] takes that back: so a hundred tries at once are no
/// more than one after the other. To be committed before the password is looked at.
///
/// # Errors
/// When the database refuses.
pub async fn admit(
    tx: &DatabaseTransaction,
    account: &str,
    address: &str,
    settings: &AuthSettings,
    now: DateTime<Utc>,
) -> Result<Decision, DbErr> {
    // One at a time per account and per address; always in this order, so two can't wait for each other.
    for (class, key) in [(1, account), (2, address)] {
        let lock = "select pg_advisory_xact_lock($1, hashtext($2))";
        run(tx, lock, [class.into(), key.into()]).await?;
    }
    let (of_account, of_address) = failures(tx, account, address, now).await?;
    for (failures, limit) in
        [(of_account, settings.failures_per_account), (of_address, settings.failures_per_address)]
    {
        if let wait @ Decision::Wait { .. } = decide(failures, limit, now) {
            return Ok(wait);
        }
    }
    let count = "insert into sign_in_failure (account, address, at) values ($1, $2, $3)";
    run(tx, count, [account.into(), address.into(), now.into()]).await?;
    Ok(Decision::Admit)
}

/// The password was right: the failures of this account from this address are forgiven.
///
/// # Errors
/// When the database refuses.
pub async fn succeeded(tx: &impl ConnectionTrait, account: &str, address: &str) -> Result<(), DbErr> {
    run(
        tx,
        "delete from sign_in_failure where account = $1 and address = $2",
        [account.into(), address.into()],
    )
    .await
}

/// Removes failures that count no more.
///
/// # Errors
/// When the database refuses.
pub async fn forget_old(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<(), DbErr> {
    run(db, "delete from sign_in_failure where at < $1", [(now - WINDOW).into()]).await
}

async fn failures(
    tx: &impl ConnectionTrait,
    account: &str,
    address: &str,
    now: DateTime<Utc>,
) -> Result<(Failures, Failures), DbErr> {
    let question = "
with familiar as (
    select exists (select from session join person on person.id = session.person_id
                   where person.email = $1 and session.address = $2 and session.created_at > $4) as yes
)
select
    (select count(*) from sign_in_failure, familiar
     where account = $1 and at > $3 and (address = $2 or not yes)) as account_count,
    (select max(at) from sign_in_failure, familiar
     where account = $1 and at > $3 and (address = $2 or not yes)) as account_last,
    (select count(*) from sign_in_failure where address = $2 and at > $3) as address_count,
    (select max(at) from sign_in_failure where address = $2 and at > $3) as address_last";
    let values = [account.into(), address.into(), (now - WINDOW).into(), (now - FAMILIAR).into()];
    let question = Statement::from_sql_and_values(tx.get_database_backend(), question, values);
    let Some(row) = tx.query_one_raw(question).await? else { return Ok(Default::default()) };
    let read = |count: &str, last: &str| -> Result<Failures, DbErr> {
        let count = u32::try_from(row.try_get::<i64>("", count)?).unwrap_or(u32::MAX);
        Ok(Failures { count, last: row.try_get("", last)? })
    };
    Ok((read("account_count", "account_last")?, read("address_count", "address_last")?))
}

async fn run<const N: usize>(
    db: &impl ConnectionTrait,
    statement: &str,
    values: [sea_orm::Value; N],
) -> Result<(), DbErr> {
    db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), statement, values))
        .await
        .map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_780_000_000 + seconds, 0).unwrap()
    }

    fn after(count: u32) -> Failures {
        Failures { count, last: (count > 0).then(|| at(0)) }
    }

    #[test]
    fn a_few_mistakes_cost_nothing() {
        for count in 0..5 {
            assert_eq!(decide(after(count), 5, at(0)), Decision::Admit, "{count}");
        }
    }

    #[test]
    fn above_the_limit_every_try_waits_longer_but_never_for_good() {
        for (count, seconds) in [(5, 30), (6, 60), (7, 120), (8, 240), (9, 300), (40, 300), (u32::MAX, 300)] {
            assert_eq!(decide(after(count), 5, at(1)), Decision::Wait { until: at(seconds) }, "{count}");
            assert_eq!(decide(after(count), 5, at(seconds)), Decision::Admit, "{count}");
        }
    }
}

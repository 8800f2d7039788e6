//! Rehearsals, for the page and the command line alike: a day, two routings, and what would be different.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use ::inbox::rehearsal::{self, MOST_CONVERSATIONS, MOST_DAYS, Past, PastError, Which, WhichError};
use chrono::{DateTime, Datelike as _, Days, NaiveDate, TimeDelta, Utc, Weekday};
use chrono_tz::Tz;
use domain::{PersonId, QueueId, wall::midnight};
use routing::{
    Policy,
    check::Flaw,
    rehearsal::{Day, NobodyToBeLike, Recipe, Report, WhatIf, rehearse_while},
};
use sea_orm::{DatabaseConnection, DbErr};
use views::{
    Arg, Tx,
    routing::{Names, Rehearsed, words::flaw},
    time,
};

/// The most conversations an hour of a made-up day.
pub const MOST_PER_HOUR: u32 = 1_800;

/// What is to be rehearsed.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The day.
    pub day: Source,
    /// The first routing.
    pub before: Side,
    /// The second one.
    pub after: Side,
    /// What would be different beside the second one.
    pub what_if: WhatIf,
}

/// Where the day comes from.
#[derive(Debug, Clone, Copy)]
pub enum Source {
    /// It was: its first date, how many days, and whether the rules decide again.
    Past {
        /// The first.
        from: NaiveDate,
        /// How many.
        days: u32,
        /// Whether new conversations go where the rehearsed rules send them.
        by_rules: bool,
    },
    /// Nobody had it.
    Made(Recipe),
}

/// A routing to play it under.
#[derive(Debug, Clone)]
pub enum Side {
    /// One that is kept here.
    Kept(Which),
    /// One from elsewhere, with its name.
    Given(String, Box<Policy>),
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct Ran {
    asked: Asked,
    /// Under the first routing.
    pub before: Report,
    /// Under the second.
    pub after: Report,
    /// Both routings, the second as it was changed.
    pub policies: [Policy; 2],
    /// Who came in addition.
    pub extra: Vec<PersonId>,
    /// How many conversations of a past day were not over.
    pub not_over: usize,
    /// How many people were there, without those in addition.
    pub people: usize,
}

/// Why nothing was rehearsed.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// There is no such past day to rehearse.
    #[error(transparent)]
    Past(#[from] PastError),
    /// There is no such routing to rehearse.
    #[error(transparent)]
    Which(#[from] WhichError),
    /// More people of a queue that nobody was there for.
    #[error("nobody to be like")]
    NobodyToBeLike(QueueId),
    /// A made-up day without queues or agents.
    #[error("nothing to make a day of")]
    Empty,
    /// It took longer than that.
    #[error("stopped after {0:?}")]
    TooLong(Duration),
    /// The database failed, or the machine.
    #[error(transparent)]
    Fault(#[from] anyhow::Error),
}

impl From<DbErr> for Refused {
    fn from(error: DbErr) -> Self {
        Self::Fault(error.into())
    }
}

/// Reads both routings and the day, and plays it twice on a thread where nobody waits, for no longer than `patience`.
/// `place` is kept until that thread is done, whoever still wants to know.
///
/// # Errors
/// The refusals of [`Refused`].
pub async fn run(
    db: &DatabaseConnection,
    zone: Tz,
    asked: Asked,
    patience: Duration,
    place: impl Send + 'static,
    now: DateTime<Utc>,
) -> Result<Ran, Refused> {
    let before = policy(db, &asked.before).await?;
    let mut after = policy(db, &asked.after).await?;
    let (day, not_over) = match asked.day {
        Source::Past { from, days, by_rules } => {
            let played = rehearsal::past(db, &Past { from, days, zone, by_rules }, now).await?;
            (played.day, played.not_over)
        }
        Source::Made(recipe) => {
            let opens = midnight(weekday(now.with_timezone(&zone).date_naive()), zone) + TimeDelta::hours(8);
            let mut day = made(&recipe, &before, &after, opens);
            day.teams = rehearsal::teams(db).await?;
            if day.arrivals.is_empty() || day.shifts.is_empty() {
                return Err(Refused::Empty);
            }
            (day, 0)
        }
    };
    let mut other_day = day.clone();
    let extra = asked
        .what_if
        .apply(&mut after, &mut other_day)
        .map_err(|NobodyToBeLike { queue }| Refused::NobodyToBeLike(queue))?;
    let people: BTreeSet<PersonId> = day.shifts.iter().map(|shift| shift.person).collect();
    let stop = Instant::now() + patience;
    let play = move || {
        let _place = place;
        let may_go_on = || Instant::now() < stop;
        let one = rehearse_while(&before, &day, may_go_on)?;
        let other = rehearse_while(&after, &other_day, may_go_on)?;
        Some((one, other, [before, after]))
    };
    let played = tokio::task::spawn_blocking(play).await.map_err(anyhow::Error::from)?;
    let (before, after, policies) = played.ok_or(Refused::TooLong(patience))?;
    Ok(Ran { asked, before, after, policies, extra, not_over, people: people.len() })
}

/// The document of a side.
///
/// # Errors
/// There is none, or it does not hold together.
pub async fn policy(db: &DatabaseConnection, side: &Side) -> Result<Policy, Refused> {
    match side {
        Side::Kept(which) => Ok(rehearsal::routing(db, *which).await?),
        Side::Given(_, policy) => {
            rehearsal::holds_together(db, policy).await?;
            Ok(Policy::clone(policy))
        }
    }
}

/// The day's queues are the first routing's; whoever is an agent of either comes.
fn made(recipe: &Recipe, before: &Policy, after: &Policy, opens: DateTime<Utc>) -> Day {
    let mut both = before.clone();
    for (person, agent) in &after.agents {
        both.agents.entry(*person).or_insert_with(|| agent.clone());
    }
    Day::made(recipe, &both, opens)
}

/// That day, or the Friday before a weekend: most clinics are closed then.
fn weekday(date: NaiveDate) -> NaiveDate {
    let back = match date.weekday() {
        Weekday::Sat => 1,
        Weekday::Sun => 2,
        _ => 0,
    };
    date.checked_sub_days(Days::new(back)).unwrap_or(date)
}

impl Ran {
    /// What the two sides are called.
    #[must_use]
    pub fn sides(&self, tx: &Tx) -> [String; 2] {
        let after = name(tx, &self.asked.after);
        let changed = !self.asked.what_if.is_nothing();
        [name(tx, &self.asked.before), if changed { tx.a("rehearse-what-if", "side", &after) } else { after }]
    }

    /// The comparison in words. Times are the zone's of the day.
    #[must_use]
    pub fn told(&self, tx: &Tx, zone: Tz, names: Names) -> Rehearsed {
        let tx = &Tx::new(tx.lang, zone);
        let mut names = names.of(&self.policies[0]).of(&self.policies[1]);
        for (number, person) in (1_usize..).zip(&self.extra) {
            names.people.insert(*person, tx.n("rehearse-extra", number));
        }
        let mut about = vec![match self.asked.day {
            Source::Past { from, days: 1, .. } => time::date(from, tx),
            Source::Past { from, days, .. } => {
                let last = from + TimeDelta::days(i64::from(days) - 1);
                format!("{} – {}", time::date(from, tx), time::date(last, tx))
            }
            Source::Made(recipe) => tx.a("rehearse-made-day", "seed", &recipe.seed.to_string()),
        }];
        about.push(tx.n("rehearse-came", i64::from(self.before.total.offered)));
        about.push(tx.n("rehearse-there", self.people));
        if self.not_over > 0 {
            about.push(tx.n("rehearse-not-over", self.not_over));
        }
        let several = matches!(self.asked.day, Source::Past { days: 2.., .. });
        Rehearsed::of(tx, &names, self.sides(tx), about, several, &self.before, &self.after)
    }
}

fn name(tx: &Tx, side: &Side) -> String {
    match side {
        Side::Kept(Which::InForce) => tx.t("rehearse-in-force"),
        Side::Kept(Which::Draft) => tx.t("rehearse-draft"),
        Side::Kept(Which::Version(number)) => tx.n("rehearse-version", i64::from(*number)),
        Side::Given(name, _) => name.clone(),
    }
}

/// A refusal in words, with every place where a routing does not hold together.
///
/// # Errors
/// What is no refusal but a fault.
pub fn refusal(tx: &Tx, names: &Names, refused: Refused) -> anyhow::Result<(String, Vec<String>)> {
    let number = |key: &str, number: usize| tx.n(key, number);
    let mut flaws: Vec<Flaw> = Vec::new();
    let why = match refused {
        Refused::Past(PastError::NotBegun) => tx.t("rehearse-refused-not-begun"),
        Refused::Past(PastError::Days) => tx.n("rehearse-refused-days", i64::from(MOST_DAYS)),
        Refused::Past(PastError::NothingCame) => tx.t("rehearse-refused-nothing-came"),
        Refused::Past(PastError::NobodyThere) => tx.t("rehearse-refused-nobody-there"),
        Refused::Past(PastError::TooMuch) => number("rehearse-refused-too-much", MOST_CONVERSATIONS),
        Refused::Past(PastError::Busy) => tx.t("rehearse-refused-busy"),
        Refused::Past(PastError::TooSlow) => tx.t("rehearse-refused-too-slow"),
        Refused::Which(WhichError::NoDraft) => tx.t("rehearse-refused-no-draft"),
        Refused::Which(WhichError::NoSuchVersion(version)) => {
            let version = version.to_string();
            tx.with("rehearse-refused-no-version", [("count", Arg::Text(&version))])
        }
        Refused::Which(WhichError::Flawed(found)) => {
            flaws = found;
            tx.t("rehearse-refused-flawed")
        }
        Refused::NobodyToBeLike(queue) => {
            tx.a("rehearse-refused-nobody-like", "queue", &names.queue(tx, queue))
        }
        Refused::Empty => tx.t("rehearse-refused-empty"),
        Refused::TooLong(patience) => {
            let seconds = usize::try_from(patience.as_secs()).unwrap_or(usize::MAX);
            number("rehearse-refused-too-long", seconds)
        }
        Refused::Past(PastError::Db(error)) | Refused::Which(WhichError::Db(error)) => {
            return Err(error.into());
        }
        Refused::Fault(error) => return Err(error),
    };
    Ok((why, flaws.iter().map(|one| flaw(tx, names, one)).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_made_up_day_is_a_weekday() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(weekday(day("2026-11-22")), day("2026-11-20"));
        assert_eq!(weekday(day("2026-11-21")), day("2026-11-20"));
        assert_eq!(weekday(day("2026-11-19")), day("2026-11-19"));
    }
}

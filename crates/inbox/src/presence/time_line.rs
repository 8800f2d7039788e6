//! What somebody was, from when to when: for themselves, and for those who plan with them.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{Permission, PersonId, PresenceState, Principal};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use super::{PresenceError, reaches};
use crate::rows;

/// A stretch of time in which somebody was one thing.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Span {
    /// What they were.
    pub state: PresenceState,
    /// On which pause, or at what: `wrap_up` is available and writing up.
    pub code: Option<String>,
    /// From when.
    pub from_at: DateTime<Utc>,
    /// Until when; `None`: they still are.
    pub until_at: Option<DateTime<Utc>>,
    /// Who put it; `None` for the machine.
    pub by_id: Option<PersonId>,
}

/// How long somebody was one thing altogether.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Total {
    /// What they were.
    pub state: PresenceState,
    /// On which pause, or at what.
    pub code: Option<String>,
    /// How long.
    pub time: TimeDelta,
}

/// What somebody was between two moments, in order, cut at both.
///
/// # Errors
/// When the database fails.
pub async fn time_line(
    db: &impl ConnectionTrait,
    person: PersonId,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Vec<Span>, DbErr> {
    rows::all(
        db,
        "select state, code, greatest(from_at, $2) as from_at,
             case when until_at is null then null else least(until_at, $3) end as until_at, by_id
         from presence_span
         where person_id = $1 and from_at < $3 and (until_at is null or until_at > $2)
         order by from_at",
        [person.into(), from.into(), to.into()],
    )
    .await
}

/// Name and time line of oneself, or of somebody within the reach of [`Permission::PresenceRead`].
///
/// # Errors
/// `NotFound` for whoever is out of reach.
pub async fn line_of(
    db: &impl ConnectionTrait,
    by: &Principal,
    person: PersonId,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<(String, Vec<Span>), PresenceError> {
    #[derive(FromQueryResult)]
    struct Named {
        name: String,
    }
    if person != by.person && !reaches(db, by, Permission::PresenceRead, person).await? {
        return Err(PresenceError::NotFound);
    }
    let found: Vec<Named> = rows::all(db, "select name from person where id = $1", [person.into()]).await?;
    let named = found.into_iter().next().ok_or(PresenceError::NotFound)?;
    Ok((named.name, time_line(db, person, from, to).await?))
}

/// How long they were what, with what still is counted until `now`: states in their order, then the longest first.
#[must_use]
pub fn totals(spans: &[Span], now: DateTime<Utc>) -> Vec<Total> {
    let mut totals: Vec<Total> = Vec::new();
    for span in spans {
        let time = (span.until_at.unwrap_or(now) - span.from_at).max(TimeDelta::zero());
        match totals.iter_mut().find(|total| (total.state, &total.code) == (span.state, &span.code)) {
            Some(total) => total.time += time,
            None => totals.push(Total { state: span.state, code: span.code.clone(), time }),
        }
    }
    let place = |state: PresenceState| PresenceState::ALL.iter().position(|one| *one == state);
    totals.sort_by(|one, other| {
        place(one.state).cmp(&place(other.state)).then_with(|| other.time.cmp(&one.time))
    });
    totals
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_add_up_to_the_day_and_what_still_is_counts_until_now() {
        let at = |minute| DateTime::from_timestamp(1_795_189_440 + minute * 60, 0).unwrap();
        let span = |state, code: Option<&str>, from, until: Option<i64>| Span {
            state,
            code: code.map(str::to_owned),
            from_at: at(from),
            until_at: until.map(at),
            by_id: None,
        };
        use PresenceState::{Available, Paused};
        let day = [
            span(Available, None, 0, Some(60)),
            span(Paused, Some("bath"), 60, Some(65)),
            span(Available, None, 65, Some(100)),
            span(Paused, Some("lunch"), 100, Some(130)),
            span(Available, Some("wrap_up"), 130, None),
        ];
        let told: Vec<_> = totals(&day, at(132))
            .into_iter()
            .map(|total| (total.state, total.code.unwrap_or_default(), total.time.num_minutes()))
            .collect();
        let wanted = [
            (Available, String::new(), 95),
            (Available, "wrap_up".to_owned(), 2),
            (Paused, "lunch".to_owned(), 30),
            (Paused, "bath".to_owned(), 5),
        ];
        assert_eq!(told, wanted);
    }
}

//! What was promised to a customer, by name.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    hours,
    policy::{Calendar, Targets},
};

/// Of what was promised so much is "soon", at most [`SOONEST`].
const SOON_PERCENT: u32 = 40;
/// What is due later than this is never soon, in seconds.
const SOONEST: u32 = 30 * 60;
/// So many closings are told one by one; what is closed after them is one stretch.
const CLOSINGS: usize = 4;

/// One of the things a queue can promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Promise {
    /// A first answer.
    First,
    /// An answer to a later message.
    Next,
    /// To be done.
    Resolution,
}

impl Promise {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::First, Self::Next, Self::Resolution];

    /// The word for it in logs, tables and keys of texts.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Next => "next",
            Self::Resolution => "resolution",
        }
    }
}

impl Targets {
    /// How many seconds of opening hours were promised; `None` for no promise.
    #[must_use]
    pub const fn of(&self, promise: Promise) -> Option<u32> {
        match promise {
            Promise::First => self.first_response,
            Promise::Next => self.next_response,
            Promise::Resolution => self.resolution,
        }
    }
}

/// By when each promise of a conversation has to be kept; nothing where nothing is owed at present.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DueTimes {
    /// The first answer; gone once it was given.
    pub first: Option<DateTime<Utc>>,
    /// The next answer; gone while the customer has the last word to say.
    pub next: Option<DateTime<Utc>>,
    /// Being done; gone once closed.
    pub resolution: Option<DateTime<Utc>>,
}

impl DueTimes {
    /// By when this one has to be kept.
    #[must_use]
    pub const fn of(&self, promise: Promise) -> Option<DateTime<Utc>> {
        match promise {
            Promise::First => self.first,
            Promise::Next => self.next,
            Promise::Resolution => self.resolution,
        }
    }

    /// What falls due first, as a clock shows it that was started `now`. `targets` and `calendar` are those of the
    /// conversation's queue.
    #[must_use]
    pub fn clock(
        &self,
        targets: &Targets,
        calendar: Option<&Calendar>,
        now: DateTime<Utc>,
    ) -> Option<DueClock> {
        let (at, promise) =
            Promise::ALL.into_iter().filter_map(|promise| Some((self.of(promise)?, promise))).min()?;
        let promised = targets.of(promise).unwrap_or(SOONEST);
        let soon = (promised / 100 * SOON_PERCENT + promised % 100 * SOON_PERCENT / 100).min(SOONEST);
        let mut closed = hours::closed_between(calendar, now, at);
        if closed.len() > CLOSINGS {
            // Where it lies does not matter until then; how long it is does.
            let rest: TimeDelta = closed.drain(CLOSINGS..).map(|(from, to)| to - from).sum();
            closed.push((at - rest, at));
        }
        Some(DueClock { promise, at, soon, closed })
    }

    /// The earliest of them.
    #[must_use]
    pub fn earliest(&self) -> Option<DateTime<Utc>> {
        [self.first, self.next, self.resolution].into_iter().flatten().min()
    }
}

/// A clock that runs towards the first thing that falls due, and stands still while the queue is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueClock {
    /// What was promised.
    pub promise: Promise,
    /// By when.
    pub at: DateTime<Utc>,
    /// From how many seconds of opening hours on it is soon.
    pub soon: u32,
    /// What is closed until then, in order. The last one may stand for several.
    pub closed: Vec<(DateTime<Utc>, DateTime<Utc>)>,
}

impl DueClock {
    /// How much of the opening hours is left at a moment; negative once it is overdue.
    #[must_use]
    pub fn left(&self, now: DateTime<Utc>) -> TimeDelta {
        let left = self.at - now;
        let closed =
            |(from, to): &(DateTime<Utc>, DateTime<Utc>)| (*to - (*from).max(now)).max(TimeDelta::zero());
        if left <= TimeDelta::zero() { left } else { left - self.closed.iter().map(closed).sum() }
    }

    /// Whether it is overdue, or soon will be.
    #[must_use]
    pub fn is_soon(&self, now: DateTime<Utc>) -> bool {
        self.left(now) <= TimeDelta::seconds(i64::from(self.soon))
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveTime;

    use super::*;
    use crate::policy::{CalendarId, Span, Week};

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    /// Open from 9 to 18 in Lima, Monday to Friday.
    fn office() -> Calendar {
        let time = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
        let mut week = Week::default();
        week.0[..5].fill(vec![Span { from: time(9), to: time(18) }]);
        Calendar {
            id: CalendarId(uuid::Uuid::nil()),
            name: "Oficina".into(),
            zone: chrono_tz::America::Lima,
            week,
            holidays: Vec::new(),
        }
    }

    #[test]
    fn what_falls_due_first_is_what_the_clock_shows() {
        let now = at("2026-11-20T15:00:00Z");
        let in_minutes = |minutes| Some(now + TimeDelta::minutes(minutes));
        let due = DueTimes { first: None, next: in_minutes(4), resolution: in_minutes(3) };
        let targets = Targets { first_response: None, next_response: Some(300), resolution: Some(86_400) };
        let clock = due.clock(&targets, None, now).unwrap();
        assert_eq!((clock.promise, clock.soon), (Promise::Resolution, 1800));
        let due = DueTimes { resolution: None, ..due };
        let clock = due.clock(&targets, None, now).unwrap();
        assert_eq!((clock.promise, clock.soon, clock.closed.len()), (Promise::Next, 120, 0));
        assert_eq!(DueTimes::default().clock(&targets, None, now), None);
    }

    #[test]
    fn while_the_office_is_closed_the_time_that_is_left_stands_still() {
        let calendar = office();
        // Friday, two minutes before closing: five minutes were promised.
        let (friday, monday) = (at("2026-11-20T22:58:00Z"), at("2026-11-23T14:00:00Z"));
        let due = DueTimes {
            first: hours::after_open_seconds(Some(&calendar), friday, 300),
            ..DueTimes::default()
        };
        let targets = Targets { first_response: Some(300), ..Targets::default() };
        let clock = due.clock(&targets, Some(&calendar), friday).unwrap();
        assert_eq!(clock.closed, [(at("2026-11-20T23:00:00Z"), monday)]);
        assert_eq!(clock.left(friday), TimeDelta::minutes(5));
        for still in [at("2026-11-20T23:00:00Z"), at("2026-11-22T08:00:00Z"), monday] {
            assert_eq!(clock.left(still), TimeDelta::minutes(3), "at {still}");
        }
        assert_eq!(clock.left(monday + TimeDelta::minutes(3)), TimeDelta::zero());
        assert!(!clock.is_soon(friday) && clock.is_soon(monday + TimeDelta::minutes(1)));
        assert_eq!(clock.left(monday + TimeDelta::minutes(4)), TimeDelta::minutes(-1));
    }

    #[test]
    fn what_is_due_in_weeks_is_told_with_few_words_and_exactly() {
        let (calendar, now) = (office(), at("2026-11-20T15:00:00Z"));
        let promised = 30 * 9 * 3600;
        let due = DueTimes {
            resolution: hours::after_open_seconds(Some(&calendar), now, promised),
            ..DueTimes::default()
        };
        let targets = Targets { resolution: Some(promised), ..Targets::default() };
        let clock = due.clock(&targets, Some(&calendar), now).unwrap();
        assert_eq!(clock.closed.len(), CLOSINGS + 1);
        assert_eq!(clock.left(now), TimeDelta::seconds(promised.into()));
    }
}

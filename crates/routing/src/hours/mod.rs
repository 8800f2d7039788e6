//! Opening hours against the clock: open or not, when next, how much of a stretch of time was open.
//!
//! A calendar speaks of times of day in its own zone. When clocks are changed, a time of day that comes twice means
//! its first coming, and one that never comes means the moment at which the clocks jump over it. So every span of a
//! day is one stretch of time, an hour longer or shorter on such a day, and spans never overlap.
//!
//! The free functions take a calendar or none; none is always open.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use domain::wall;

use crate::policy::{Calendar, Policy, Queue, Span};

#[cfg(test)]
mod tests;

/// How far ahead an opening or a closing is looked for, in days.
const YEAR: usize = 366;
/// How far ahead hours are counted, in days. Whoever opens for an hour a week has 500 hours until then.
const FAR: usize = 3_660;

/// Whether it is open `at` this moment.
#[must_use]
pub fn is_open(calendar: Option<&Calendar>, at: DateTime<Utc>) -> bool {
    calendar.is_none_or(|calendar| calendar.is_open(at))
}

/// The next opening after `at`; none within a year, or always open: `None`.
#[must_use]
pub fn opens_after(calendar: Option<&Calendar>, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    calendar.and_then(|calendar| calendar.opens_after(at))
}

/// The next closing after `at`; none within a year: `None`.
#[must_use]
pub fn closes_after(calendar: Option<&Calendar>, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    calendar.and_then(|calendar| calendar.closes_after(at))
}

/// How much of the time between two moments was open; nothing, if they are the wrong way round.
#[must_use]
pub fn open_time(calendar: Option<&Calendar>, from: DateTime<Utc>, to: DateTime<Utc>) -> TimeDelta {
    calendar.map_or_else(|| (to - from).max(TimeDelta::zero()), |calendar| calendar.open_time(from, to))
}

/// [`open_time`] in whole seconds.
#[must_use]
pub fn open_seconds(calendar: Option<&Calendar>, from: DateTime<Utc>, to: DateTime<Utc>) -> i64 {
    open_time(calendar, from, to).num_seconds()
}

/// The first moment at which so many seconds were open since `at`; `None` if it never comes (none within ten years).
#[must_use]
pub fn after_open_seconds(
    calendar: Option<&Calendar>,
    at: DateTime<Utc>,
    seconds: u32,
) -> Option<DateTime<Utc>> {
    let length = TimeDelta::seconds(seconds.into());
    calendar
        .map_or_else(|| at.checked_add_signed(length), |calendar| calendar.after_open_seconds(at, seconds))
}

/// What is closed between two moments, in order; nothing, if they are the wrong way round.
#[must_use]
pub fn closed_between(
    calendar: Option<&Calendar>,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Vec<(DateTime<Utc>, DateTime<Utc>)> {
    calendar.map_or_else(Vec::new, |calendar| calendar.closed_between(from, to))
}

/// A stretch of time that is open, the end not included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Opening {
    from: DateTime<Utc>,
    to: DateTime<Utc>,
}

impl Calendar {
    /// The hours of a day, in order; spans that touch or overlap are one, empty and inverted ones are left out.
    #[must_use]
    pub fn hours_on(&self, date: NaiveDate) -> Vec<Span> {
        use chrono::Datelike as _;
        let holiday = self.holidays.iter().find(|holiday| holiday.date == date);
        let mut spans =
            holiday.map_or_else(|| self.week.on(date.weekday()), |holiday| &holiday.hours).to_vec();
        spans.retain(|span| span.is_long());
        spans.sort_unstable_by_key(|span| span.from);
        spans.dedup_by(|later, earlier| {
            let touch = earlier.lasts_beyond(later.from) || earlier.to == later.from;
            if touch && !earlier.ends_the_day() && (later.ends_the_day() || later.to > earlier.to) {
                earlier.to = later.to;
            }
            touch
        });
        spans
    }

    /// See [`is_open`].
    #[must_use]
    pub fn is_open(&self, at: DateTime<Utc>) -> bool {
        // The next day concerns it too: an hour that comes twice may begin after midnight and go back before it.
        self.openings(at, 2).next().is_some_and(|opening| opening.from <= at)
    }

    /// See [`opens_after`].
    #[must_use]
    pub fn opens_after(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let mut closed = None;
        for opening in self.openings(at, YEAR) {
            // What goes on from the evening into the next day has not opened again.
            if opening.from > at && closed != Some(opening.from) {
                return Some(opening.from);
            }
            closed = Some(opening.to);
        }
        None
    }

    /// See [`closes_after`].
    #[must_use]
    pub fn closes_after(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let mut openings = self.openings(at, YEAR).peekable();
        while let Some(opening) = openings.next() {
            let next = openings.peek().map(|next| next.from);
            if next != Some(opening.to) {
                // The last one that was looked at may go on beyond.
                let goes_on = next.is_none() && self.is_open(opening.to);
                return (!goes_on).then_some(opening.to);
            }
        }
        None
    }

    /// See [`open_time`].
    #[must_use]
    pub fn open_time(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> TimeDelta {
        let days = usize::try_from((to - from).num_days()).map_or(0, |days| days + 3);
        self.openings(from, days)
            .take_while(|opening| opening.from < to && from < to)
            .map(|opening| opening.to.min(to) - opening.from.max(from))
            .sum()
    }

    /// See [`open_seconds`].
    #[must_use]
    pub fn open_seconds(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> i64 {
        self.open_time(from, to).num_seconds()
    }

    /// See [`closed_between`].
    #[must_use]
    pub fn closed_between(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Vec<(DateTime<Utc>, DateTime<Utc>)> {
        let days = usize::try_from((to - from).num_days()).map_or(0, |days| days + 3);
        let mut closed = Vec::new();
        let mut since = from;
        for opening in self.openings(from, days).take_while(|opening| opening.from < to) {
            if opening.from > since {
                closed.push((since, opening.from));
            }
            since = opening.to;
        }
        if since < to {
            closed.push((since, to));
        }
        closed
    }

    /// See [`after_open_seconds`].
    #[must_use]
    pub fn after_open_seconds(&self, at: DateTime<Utc>, seconds: u32) -> Option<DateTime<Utc>> {
        let mut left = TimeDelta::seconds(seconds.into());
        if left.is_zero() {
            return Some(at);
        }
        for opening in self.openings(at, FAR) {
            let from = opening.from.max(at);
            if opening.to - from >= left {
                return Some(from + left);
            }
            left -= opening.to - from;
        }
        None
    }

    /// What is open and ends after `at`, day by day, for so many days.
    fn openings(&self, at: DateTime<Utc>, days: usize) -> impl Iterator<Item = Opening> {
        let today = at.with_timezone(&self.zone).date_naive();
        today
            .iter_days()
            .take(days)
            .flat_map(move |date| {
                self.hours_on(date).into_iter().filter_map(move |span| self.opening(date, span))
            })
            .filter(move |opening| opening.to > at)
    }

    fn opening(&self, date: NaiveDate, span: Span) -> Option<Opening> {
        let end = if span.ends_the_day() { date.succ_opt()? } else { date };
        // From the first coming of a time of day to another's; a time that is jumped over comes as that happens.
        let moment = |local| wall::moment(local, self.zone);
        let opening = Opening { from: moment(date.and_time(span.from)), to: moment(end.and_time(span.to)) };
        // A span inside the hour that is jumped over never comes.
        (opening.from < opening.to).then_some(opening)
    }
}

impl Policy {
    /// The hours of a queue; `None`: always open.
    #[must_use]
    pub fn calendar_of(&self, queue: &Queue) -> Option<&Calendar> {
        let wanted = queue.calendar?;
        self.calendars.iter().find(|calendar| calendar.id == wanted)
    }
}

impl Span {
    /// Whether it lasts until midnight.
    #[must_use]
    pub fn ends_the_day(self) -> bool {
        self.to == NaiveTime::MIN
    }

    /// Whether it is neither empty nor the wrong way round.
    #[must_use]
    pub fn is_long(self) -> bool {
        self.ends_the_day() || self.from < self.to
    }

    /// Whether it ends later than this time of day.
    #[must_use]
    pub fn lasts_beyond(self, time: NaiveTime) -> bool {
        self.ends_the_day() || time < self.to
    }
}

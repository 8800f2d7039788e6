//! Opening hours: a week, and the days that differ.

use chrono::{NaiveDate, NaiveTime, Weekday};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Which calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CalendarId(pub Uuid);

/// Opening hours with a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    /// Which.
    pub id: CalendarId,
    /// Its name.
    pub name: String,
    /// Whose clock it goes by.
    pub zone: Tz,
    /// The usual week.
    pub week: Week,
    /// Days on which other hours hold.
    #[serde(default)]
    pub holidays: Vec<Holiday>,
}

/// Open spans by day of the week, Monday first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Week(pub [Vec<Span>; 7]);

impl Week {
    /// The spans of one day.
    #[must_use]
    pub fn on(&self, day: Weekday) -> &[Span] {
        self.0.get(day.num_days_from_monday() as usize).map_or(&[], Vec::as_slice)
    }
}

/// From a time of day to another of the same day, the end not included. Midnight as an end is the day's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// Opens.
    pub from: NaiveTime,
    /// Closes.
    pub to: NaiveTime,
}

/// A day on which other hours hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holiday {
    /// Which day.
    pub date: NaiveDate,
    /// Its name.
    pub name: String,
    /// The hours of that day; none: closed.
    #[serde(default)]
    pub hours: Vec<Span>,
}

//! Somebody's day: what they were from when to when, as a bar, with totals.

use askama::Template;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::PresenceState;

use crate::{
    Frame, PersonTag, Tx,
    presence::{self, PauseTag},
    time,
};

/// What somebody was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Was {
    /// The state.
    pub state: PresenceState,
    /// On which pause, or at what.
    pub code: Option<PauseTag>,
}

impl Was {
    /// In words.
    #[must_use]
    pub fn words(&self, tx: &Tx) -> String {
        let state = tx.t(presence::word(self.state));
        match &self.code {
            Some(code) => format!("{state}: {}", code.words(tx)),
            None => state,
        }
    }

    /// The class of its colour.
    #[must_use]
    pub fn class(&self) -> &'static str {
        match (self.state, &self.code) {
            (PresenceState::Available, Some(_)) => "c3",
            (PresenceState::Available, None) => "ok",
            (PresenceState::PrePause, _) => "c5",
            (PresenceState::Paused, _) => "warn",
            (PresenceState::Offline, _) => "off",
        }
    }
}

/// A stretch of the day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DaySpan {
    /// What they were.
    pub was: Was,
    /// From when.
    pub from: DateTime<Utc>,
    /// Until when; `None`: they still are.
    pub until: Option<DateTime<Utc>>,
    /// Whether the house put it, and no person.
    pub by_machine: bool,
}

/// GET /me/day and /people/{id}/day.
#[derive(Debug, Template)]
#[template(path = "day.html")]
pub struct DayPage {
    /// What is around it.
    pub frame: Frame,
    /// Whose day.
    pub person: PersonTag,
    /// Whether the viewer looks at their own.
    pub own: bool,
    /// Whether the viewer may change this person's presence.
    pub may_set: bool,
    /// What this person may be put on.
    pub pauses: Vec<PauseTag>,
    /// Which day, by the viewer's calendar.
    pub date: NaiveDate,
    /// Whether it is today.
    pub today: bool,
    /// When it begins.
    pub begins: DateTime<Utc>,
    /// When it ends.
    pub ends: DateTime<Utc>,
    /// Now.
    pub now: DateTime<Utc>,
    /// What they were, in order.
    pub spans: Vec<DaySpan>,
    /// How long they were what.
    pub totals: Vec<(Was, TimeDelta)>,
}

impl DayPage {
    const fn tx(&self) -> Tx {
        self.frame.tx
    }

    fn path(&self) -> String {
        if self.own { "/me/day".to_owned() } else { format!("/people/{}/day", self.person.id) }
    }

    fn day(&self) -> String {
        time::date(self.date, &self.frame.tx)
    }

    fn before(&self) -> NaiveDate {
        self.date.pred_opt().unwrap_or(self.date)
    }

    fn after(&self) -> NaiveDate {
        self.date.succ_opt().unwrap_or(self.date)
    }

    /// The bar: class, place and width in percent of the day.
    fn bar(&self) -> Vec<(&'static str, String, String)> {
        let whole = (self.ends - self.begins).num_seconds().max(1);
        // Thousandths of the day; digits enough, and the same everywhere.
        let share = |time: TimeDelta| time.num_seconds().clamp(0, whole) * 100_000 / whole;
        let percent = |share: i64| format!("{}.{:03}%", share / 1000, share % 1000);
        self.spans
            .iter()
            .map(|span| {
                let from = share(span.from - self.begins);
                let until = share(span.until.unwrap_or(self.now) - self.begins);
                (span.was.class(), percent(from), percent((until - from).max(0)))
            })
            .collect()
    }

    fn lasted(&self, span: &DaySpan) -> String {
        lasts(span.until.unwrap_or(self.now) - span.from, &self.frame.tx)
    }

    fn sum(&self, time: &TimeDelta) -> String {
        lasts(*time, &self.frame.tx)
    }
}

/// A length of time: seconds below a minute, else hours and minutes.
fn lasts(time: TimeDelta, tx: &Tx) -> String {
    let seconds = time.num_seconds().max(0);
    let filled = |key: &str, values: [(&'static str, i64); 2]| {
        tx.with(key, values.map(|(name, value)| (name, crate::Arg::Number(value))))
    };
    match seconds {
        ..60 => filled("day-seconds", [("n", seconds), ("m", 0)]),
        60..3600 => filled("day-minutes", [("n", seconds / 60), ("m", 0)]),
        _ => filled("day-hours", [("h", seconds / 3600), ("m", seconds / 60 % 60)]),
    }
}

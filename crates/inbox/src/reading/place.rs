//! Where in the order of a list a conversation stands, for going on from there.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{List, MustAct, Sort};
use sea_orm::FromQueryResult;

use super::{conversations::ConversationLine, lists::Ask};

/// A conversation's place in an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromQueryResult)]
pub struct Place {
    pub(super) key: DateTime<Utc>,
    pub(super) activity: DateTime<Utc>,
    pub(super) position: i64,
}

/// Behind everything that has a time.
pub(super) const NEVER: DateTime<Utc> = match DateTime::from_timestamp(253_370_764_800, 0) {
    Some(at) => at,
    None => DateTime::UNIX_EPOCH,
};
/// Where it is the customer's turn comes behind all that waits for us.
const A_CENTURY: TimeDelta = TimeDelta::days(36_500);

/// What a list goes by before the last activity, as a page knows it of one of its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drawn {
    /// Nothing before it.
    Nothing,
    /// It is our turn, or else the customer's, since then.
    Turn {
        /// Whether it is ours.
        ours: bool,
        /// Since when.
        since: DateTime<Utc>,
    },
    /// When something is due, or the window shuts; `None` where there is no such moment.
    Until(Option<DateTime<Utc>>),
}

/// What a list goes by where that is the same. Among what calls somebody there is also what is over: that stands by its end.
pub(super) const fn activity_of(list: List) -> &'static str {
    match list {
        List::Mentions => "coalesce(c.closed_at, c.last_activity_at)",
        _ => "c.last_activity_at",
    }
}

fn activity(line: &ConversationLine, list: List) -> DateTime<Utc> {
    line.closed_at.filter(|_| list == List::Mentions).unwrap_or(line.last_activity_at)
}

impl Drawn {
    /// What a page is told of a conversation.
    #[must_use]
    pub fn of(line: &ConversationLine, sort: Sort, now: DateTime<Utc>) -> Self {
        match sort {
            Sort::Newest => Self::Nothing,
            Sort::Longest => Self::Turn { ours: line.turn() == MustAct::Agent, since: line.must_act_since },
            Sort::Due => Self::Until(line.due_at),
            Sort::Window => Self::Until(line.window_until.filter(|until| *until > now)),
        }
    }

    // As `places` says it in SQL.
    fn key(self) -> Option<DateTime<Utc>> {
        match self {
            Self::Nothing => Some(DateTime::UNIX_EPOCH),
            Self::Turn { ours: true, since } => Some(since),
            Self::Turn { ours: false, since } => since.checked_add_signed(A_CENTURY),
            Self::Until(at) => Some(at.unwrap_or(NEVER)),
        }
    }
}

impl Place {
    pub(super) fn of(line: &ConversationLine, ask: &Ask<'_>) -> Self {
        let key = match ask.view.list {
            List::Closed => line.closed_at,
            _ => Drawn::of(line, ask.sort, ask.now).key(),
        };
        let key = key.unwrap_or(NEVER);
        Self { key, activity: activity(line, ask.view.list), position: line.last_position }
    }

    /// Of a row as a page drew it: `at` is its last activity or, if it is over, its end. In the list of what is over it
    /// stands before all that was closed in that moment: a row does not say in which order. `None` for what no row says.
    #[must_use]
    pub fn drawn(list: List, drawn: Drawn, at: DateTime<Utc>, position: i64) -> Option<Self> {
        if list == List::Closed {
            return Some(Self { key: at, activity: NEVER, position: 0 });
        }
        Some(Self { key: drawn.key()?, activity: at, position })
    }

    /// From what [`Place::to_string`] wrote; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.').map(|part| part.parse::<i64>().ok());
        let mut next = || parts.next().flatten();
        let (key, activity, position) = (next()?, next()?, next()?);
        Some(Self {
            key: DateTime::from_timestamp_micros(key)?,
            activity: DateTime::from_timestamp_micros(activity)?,
            position,
        })
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.key.timestamp_micros(), self.activity.timestamp_micros(), self.position)
    }
}

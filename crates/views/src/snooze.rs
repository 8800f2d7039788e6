//! Putting a conversation aside: until when, in the viewer's own zone.

use askama::Template;
use chrono::{DateTime, Datelike as _, Days, NaiveDate, NaiveTime, TimeDelta, Utc, Weekday};
use chrono_tz::Tz;
use domain::{ConversationId, wall};

use crate::{Tx, time};

/// What is put aside until a day comes back at this hour.
const MORNING: NaiveTime = match NaiveTime::from_hms_opt(9, 0, 0) {
    Some(time) => time,
    None => NaiveTime::MIN,
};

/// A time to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnoozeChoice {
    /// The key of its word.
    pub word: &'static str,
    /// The moment.
    pub at: DateTime<Utc>,
}

impl SnoozeChoice {
    /// The moment, for machines.
    #[must_use]
    pub fn iso(&self) -> String {
        time::iso(&self.at)
    }
}

/// The times that are near at hand: later today, tomorrow morning, Monday morning, in a week. None twice, and none
/// that is not what its word says: late in the evening there is no later today.
#[must_use]
pub fn choices(now: DateTime<Utc>, zone: Tz) -> Vec<SnoozeChoice> {
    let here = now.with_timezone(&zone);
    let today = here.date_naive();
    let later = now + TimeDelta::hours(3);
    let morning = |day: Option<NaiveDate>| Some(wall::moment(day?.and_time(MORNING), zone));
    let monday = today.iter_days().skip(1).find(|day| day.weekday() == Weekday::Mon);
    let tomorrow = today.checked_add_days(Days::new(1));
    let all = [
        ("snooze-later", Some(later).filter(|at| at.with_timezone(&zone).date_naive() == today)),
        ("snooze-tomorrow", morning(tomorrow)),
        ("snooze-monday", morning(monday.filter(|day| Some(*day) != tomorrow))),
        ("snooze-week", morning(today.checked_add_days(Days::new(7)))),
    ];
    let mut choices: Vec<SnoozeChoice> = Vec::new();
    for (word, at) in all {
        let Some(at) = at.filter(|at| choices.iter().all(|choice| choice.at != *at)) else { continue };
        choices.push(SnoozeChoice { word, at });
    }
    choices
}

/// `GET /conversations/{id}/snooze`.
#[derive(Debug, Template)]
#[template(path = "snooze.html")]
pub struct SnoozeDialog {
    /// The words.
    pub tx: Tx,
    /// Which conversation.
    pub conversation: ConversationId,
    /// With whom.
    pub contact_name: String,
    /// The times near at hand.
    pub choices: Vec<SnoozeChoice>,
    /// The first day that may be chosen, and what stands in the field.
    pub today: NaiveDate,
    /// The last one.
    pub last: NaiveDate,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moments(now: &str, zone: Tz) -> Vec<(&'static str, String)> {
        let now = DateTime::parse_from_rfc3339(now).unwrap().to_utc();
        choices(now, zone)
            .into_iter()
            .map(|choice| (choice.word, choice.at.with_timezone(&zone).format("%a %d %H:%M").to_string()))
            .collect()
    }

    #[test]
    fn the_choices_are_of_the_persons_own_day() {
        let friday = moments("2026-11-20T15:44:00Z", Tz::America__Lima);
        let expected = [
            ("snooze-later", "Fri 20 13:44"),
            ("snooze-tomorrow", "Sat 21 09:00"),
            ("snooze-monday", "Mon 23 09:00"),
            ("snooze-week", "Fri 27 09:00"),
        ];
        assert_eq!(friday, expected.map(|(word, at)| (word, at.to_owned())));
    }

    #[test]
    fn late_on_a_sunday_tomorrow_is_monday_and_nothing_is_later_today() {
        let sunday = moments("2026-11-23T03:30:00Z", Tz::America__Lima);
        let words: Vec<_> = sunday.iter().map(|(word, _)| *word).collect();
        assert_eq!(words, ["snooze-tomorrow", "snooze-week"]);
        assert_eq!(sunday[0].1, "Mon 23 09:00");
    }

    #[test]
    fn on_a_monday_next_monday_is_named_once() {
        let monday = moments("2026-11-23T15:00:00Z", Tz::America__Lima);
        let words: Vec<_> = monday.iter().map(|(word, _)| *word).collect();
        assert_eq!(words, ["snooze-later", "snooze-tomorrow", "snooze-monday"]);
    }
}

//! Whether a number that is usually busy has fallen silent.

use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};

/// How many earlier weeks are looked at.
pub const WEEKS: i64 = 4;
/// So many messages must be missing before silence means something: chance alone leaves out ten once in 20,000 times.
const MISSING: f64 = 10.0;

/// What silence means.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Silence {
    /// As usual, or too little is known.
    Usual,
    /// Messages should have come.
    Silent {
        /// Since when none came.
        since: DateTime<Utc>,
        /// How many would have come in that time in a usual week.
        expected: i64,
    },
}

/// Judge by the same hours of earlier weeks. `past` holds messages by hour (beginning of the hour, count; hours without
/// any may be left out) of the last [`WEEKS`] weeks; `first` is when the number was connected, `last` when a message
/// last came.
#[must_use]
pub fn judge(
    past: &[(DateTime<Utc>, i64)],
    first: DateTime<Utc>,
    last: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Silence {
    let Some(last) = last else { return Silence::Usual };
    let since = last.max(now - TimeDelta::days(7));
    let mut expected = 0.0;
    let mut at = since;
    while at < now {
        let hour = at.duration_trunc(TimeDelta::hours(1)).unwrap_or(at);
        let end = (hour + TimeDelta::hours(1)).min(now);
        let share = seconds(end - at) / 3600.0;
        expected += usual(past, first, hour) * share;
        at = end;
    }
    if expected < MISSING {
        return Silence::Usual;
    }
    #[expect(clippy::cast_possible_truncation, reason = "messages of a week")]
    let expected = expected.round() as i64;
    Silence::Silent { since: last, expected }
}

/// The median of this hour in earlier weeks; nothing while there are fewer than two of them.
fn usual(past: &[(DateTime<Utc>, i64)], first: DateTime<Utc>, hour: DateTime<Utc>) -> f64 {
    let mut counts: Vec<i64> = (1..=WEEKS)
        .map(|week| hour - TimeDelta::weeks(week))
        .filter(|earlier| *earlier >= first)
        .map(|earlier| past.iter().find(|(at, _)| *at == earlier).map_or(0, |(_, count)| *count))
        .collect();
    if counts.len() < 2 {
        return 0.0;
    }
    counts.sort_unstable();
    // The lower of the two in the middle: one busy day is not yet a habit.
    #[expect(clippy::cast_precision_loss, reason = "messages of an hour")]
    let median = counts[(counts.len() - 1) / 2] as f64;
    median
}

fn seconds(length: TimeDelta) -> f64 {
    length.as_seconds_f64().max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A Wednesday, 15:00 UTC.
    fn now() -> DateTime<Utc> {
        "2026-11-18T15:00:00Z".parse().unwrap()
    }

    /// 30 messages an hour from 13:00 to 22:00 UTC, every day of the last four weeks.
    fn busy_days() -> Vec<(DateTime<Utc>, i64)> {
        let midnight: DateTime<Utc> = "2026-11-18T00:00:00Z".parse().unwrap();
        (0..=28)
            .flat_map(|day| (13..22).map(move |hour| (day, hour)))
            .map(|(day, hour)| (midnight - TimeDelta::days(day) + TimeDelta::hours(hour), 30))
            .collect()
    }

    fn long_ago() -> DateTime<Utc> {
        now() - TimeDelta::days(100)
    }

    #[test]
    fn half_an_hour_without_messages_in_a_busy_hour_is_silence() {
        let ago = |minutes| Some(now() - TimeDelta::minutes(minutes));
        assert_eq!(judge(&busy_days(), long_ago(), ago(15), now()), Silence::Usual);
        let silent = judge(&busy_days(), long_ago(), ago(30), now());
        assert_eq!(silent, Silence::Silent { since: now() - TimeDelta::minutes(30), expected: 15 });
    }

    #[test]
    fn a_quiet_night_is_quiet() {
        let morning: DateTime<Utc> = "2026-11-18T12:55:00Z".parse().unwrap();
        let evening = Some("2026-11-17T21:58:00Z".parse().unwrap());
        assert_eq!(judge(&busy_days(), long_ago(), evening, morning), Silence::Usual);
        let later: DateTime<Utc> = "2026-11-18T13:20:00Z".parse().unwrap();
        assert!(matches!(
            judge(&busy_days(), long_ago(), evening, later),
            Silence::Silent { expected: 11, .. }
        ));
    }

    #[test]
    fn a_new_number_has_no_habits_yet() {
        let last_week = now() - TimeDelta::days(8);
        let hours_ago = Some(now() - TimeDelta::hours(2));
        assert_eq!(judge(&busy_days(), last_week, hours_ago, now()), Silence::Usual);
        assert_eq!(judge(&busy_days(), long_ago(), None, now()), Silence::Usual);
    }

    #[test]
    fn one_campaign_is_no_habit() {
        let once: Vec<_> =
            (0..9).map(|hour| (now() - TimeDelta::weeks(1) + TimeDelta::hours(hour), 900)).collect();
        assert_eq!(judge(&once, long_ago(), Some(now() - TimeDelta::days(3)), now()), Silence::Usual);
    }
}

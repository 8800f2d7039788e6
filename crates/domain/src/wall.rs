//! Clocks on walls: from a day and an hour somewhere to a moment.

use chrono::{DateTime, MappedLocalTime, NaiveDate, NaiveDateTime, NaiveTime, TimeZone as _, Utc};
use chrono_tz::{GapInfo, Tz};

/// When the clocks of a zone show this: the first time, where they are put back; the moment at which it is jumped over,
/// where they are put forward. So every wish that somebody writes as a day and an hour is some moment.
#[must_use]
pub fn moment(local: NaiveDateTime, zone: Tz) -> DateTime<Utc> {
    let found = match zone.from_local_datetime(&local) {
        MappedLocalTime::Single(moment) => Some(moment),
        MappedLocalTime::Ambiguous(one, other) => Some(one.min(other)),
        MappedLocalTime::None => GapInfo::new(&local, &zone).and_then(|gap| gap.end),
    };
    // Beyond all years that clocks know there are no zones any more.
    found.map_or_else(|| local.and_utc(), |moment| moment.to_utc())
}

/// When a day begins somewhere: where it has no midnight, with its first hour.
#[must_use]
pub fn midnight(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    moment(day.and_time(NaiveTime::MIN), zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(local: &str, zone: Tz) -> String {
        moment(local.parse().unwrap(), zone).format("%F %H:%MZ").to_string()
    }

    #[test]
    fn what_is_jumped_over_is_the_moment_of_the_jump() {
        // Chile goes from 24:00 of 5 September to 1:00 of the 6th.
        let zone = Tz::America__Santiago;
        assert_eq!(at("2026-09-05T23:59:00", zone), "2026-09-06 03:59Z");
        for skipped in ["2026-09-06T00:00:00", "2026-09-06T00:30:00", "2026-09-06T01:00:00"] {
            assert_eq!(at(skipped, zone), "2026-09-06 04:00Z", "{skipped}");
        }
        let day = NaiveDate::from_ymd_opt(2026, 9, 6).unwrap();
        assert_eq!(midnight(day, zone), moment(day.and_hms_opt(1, 0, 0).unwrap(), zone));
        // Lord Howe jumps over half an hour alone.
        assert_eq!(at("2026-10-04T02:10:00", Tz::Australia__Lord_Howe), "2026-10-03 15:30Z");
    }

    #[test]
    fn what_comes_twice_is_its_first_coming() {
        assert_eq!(at("2026-04-04T23:30:00", Tz::America__Santiago), "2026-04-05 02:30Z");
        assert_eq!(at("2026-11-22T09:00:00", Tz::America__Lima), "2026-11-22 14:00Z");
    }

    #[test]
    fn every_day_there_is_begins() {
        for day in [NaiveDate::MIN, NaiveDate::MAX] {
            let begins = midnight(day, Tz::America__Santiago);
            assert!((begins - day.and_time(NaiveTime::MIN).and_utc()).num_hours().abs() <= 5);
        }
    }
}

//! When somebody who finishes will be free, from the pace at which they finished the last ones.

use chrono::{DateTime, TimeDelta, Utc};

/// So many of the last conversations that left somebody say how fast they are.
pub const PACE_OF: usize = 6;
/// A longer time between two of them was no work on conversations.
const LONGEST: TimeDelta = TimeDelta::hours(1);

/// When the last of `left` conversations will be gone, if they go as those before did: `ends` are the moments at which
/// those did, in any order. `None` without a pace to judge by, or with nothing left.
#[must_use]
pub fn free_at(ends: &[DateTime<Utc>], left: u32) -> Option<DateTime<Utc>> {
    let mut ends = ends.to_vec();
    ends.sort_unstable_by(|one, other| other.cmp(one));
    ends.truncate(PACE_OF);
    let gaps: Vec<TimeDelta> = ends
        .windows(2)
        .filter_map(|pair| Some(*pair.first()? - *pair.last()?))
        .filter(|gap| *gap <= LONGEST)
        .collect();
    let (count, last) = (i32::try_from(gaps.len()).ok().filter(|count| *count > 0)?, *ends.first()?);
    let left = i32::try_from(left).ok().filter(|left| *left > 0)?;
    let pace = gaps.iter().sum::<TimeDelta>() / count;
    last.checked_add_signed(pace.checked_mul(left)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_189_440 + minute * 60, 0).unwrap()
    }

    #[test]
    fn who_finished_one_every_three_minutes_needs_six_for_two_more() {
        assert_eq!(free_at(&[at(6), at(0), at(3)], 2), Some(at(12)));
    }

    #[test]
    fn a_lunch_in_between_is_no_pace() {
        assert_eq!(free_at(&[at(0), at(4), at(94), at(98)], 1), Some(at(102)));
    }

    #[test]
    fn only_the_last_ones_count() {
        let mut ends: Vec<_> = (0..6).map(|n| at(100 + n)).collect();
        ends.extend([at(60), at(10)]);
        assert_eq!(free_at(&ends, 3), Some(at(108)));
    }

    #[test]
    fn without_a_pace_there_is_no_forecast() {
        assert_eq!(free_at(&[], 2), None);
        assert_eq!(free_at(&[at(0)], 2), None);
        assert_eq!(free_at(&[at(0), at(90)], 2), None);
        assert_eq!(free_at(&[at(0), at(5)], 0), None);
    }
}

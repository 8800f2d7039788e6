//! How much a template takes, as data. Source: whatsapp-cloud.md §5.4, §5.5, §7.2, §7.3, as read on 2026-11-21.

use std::ops::RangeInclusive;

use chrono::{DateTime, Duration, Utc};

/// A limit, and since when it is known to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dated<T> {
    /// The limit.
    pub most: T,
    /// The day (ISO).
    pub since: &'static str,
    /// Where the vendor says so.
    pub source: &'static str,
}

const fn known<T: Copy>(most: T, source: &'static str) -> Dated<T> {
    Dated { most, since: "2026-11-21", source }
}

const PARTS: &str = "whatsapp-cloud.md §7.2";
const EDITS: &str = "whatsapp-cloud.md §7.3";
const QUOTA: &str = "whatsapp-cloud.md §5.5, §7.2";

/// The limits of one vendor. Lengths are in characters.
#[derive(Debug, Clone, Copy)]
pub struct TemplateLimits {
    /// Of the name.
    pub name: Dated<usize>,
    /// Of a header in words.
    pub header: Dated<usize>,
    /// Places in a header in words.
    pub header_places: Dated<usize>,
    /// Of the body, as written and as filled.
    pub body: Dated<usize>,
    /// Of the footer.
    pub footer: Dated<usize>,
    /// Buttons in all.
    pub buttons: Dated<usize>,
    /// Buttons that answer.
    pub quick_replies: Dated<usize>,
    /// Buttons that open an address.
    pub urls: Dated<usize>,
    /// Buttons that call.
    pub phones: Dated<usize>,
    /// Buttons that copy a code.
    pub copy_codes: Dated<usize>,
    /// Of a button's label.
    pub label: Dated<usize>,
    /// Of an address.
    pub url: Dated<usize>,
    /// Of a number.
    pub phone: Dated<usize>,
    /// Of the sample of a code to copy.
    pub code_sample: Dated<usize>,
    /// Of a code to copy when it is sent.
    pub coupon: Dated<usize>,
    /// Of a one-time code when it is sent.
    pub one_time_code: Dated<usize>,
    /// Minutes for which a one-time code may be said to hold.
    pub code_minutes: (u8, u8),
    /// Apps that may read a one-time code.
    pub apps: Dated<usize>,
    /// Templates of an account whose business is not verified.
    pub unverified: Dated<u32>,
    /// Templates of a verified one.
    pub verified: Dated<u32>,
    /// Templates made within an hour.
    pub an_hour: Dated<u32>,
    /// Edits of an approved template within 24 hours.
    pub edits_a_day: Dated<usize>,
    /// Edits of an approved template within 30 days.
    pub edits_a_month: Dated<usize>,
    /// Words there must be for each place, about: the vendor refuses too many for the length and does not say how many
    /// that is, so it is advice.
    pub words_for_a_place: usize,
}

/// Those of Meta.
pub const META: TemplateLimits = TemplateLimits {
    name: known(512, PARTS),
    header: known(60, PARTS),
    header_places: known(1, PARTS),
    body: known(1_024, PARTS),
    footer: known(60, PARTS),
    buttons: known(10, PARTS),
    quick_replies: known(10, PARTS),
    urls: known(2, PARTS),
    phones: known(1, PARTS),
    copy_codes: known(1, PARTS),
    label: known(25, PARTS),
    url: known(2_000, PARTS),
    phone: known(20, PARTS),
    code_sample: known(15, PARTS),
    coupon: Dated { most: 20, since: "2025-12-01", source: PARTS },
    one_time_code: known(15, "whatsapp-cloud.md §5.4"),
    code_minutes: (1, 90),
    apps: known(5, PARTS),
    unverified: known(250, QUOTA),
    verified: known(6_000, QUOTA),
    an_hour: known(100, QUOTA),
    edits_a_day: known(1, EDITS),
    edits_a_month: known(10, EDITS),
    words_for_a_place: 2,
};

/// For how many seconds the vendor may try to deliver, by category; −1 stands for 30 days (whatsapp-cloud.md §5.4).
#[must_use]
pub fn time_to_live(category: &str) -> Option<RangeInclusive<i32>> {
    match category {
        "AUTHENTICATION" => Some(30..=900),
        "UTILITY" => Some(30..=43_200),
        "MARKETING" => Some(43_200..=2_592_000),
        _ => None,
    }
}

/// Whether an approved template may be edited again, and if not, from when on (whatsapp-cloud.md §7.3). Rejected and
/// paused ones may be edited at any time.
///
/// # Errors
/// The moment from which it may.
pub fn edit_allowed(edits: &[DateTime<Utc>], now: DateTime<Utc>) -> Result<(), DateTime<Utc>> {
    let limits =
        [(Duration::hours(24), META.edits_a_day.most), (Duration::days(30), META.edits_a_month.most)];
    let mut until = None;
    for (span, most) in limits {
        let mut within: Vec<_> = edits.iter().filter(|at| **at > now - span).collect();
        within.sort();
        // The oldest of the newest `most` has to leave the span.
        if let Some(first) = within.len().checked_sub(most).and_then(|at| within.get(at)) {
            until = until.max(Some(**first + span));
        }
    }
    until.map_or(Ok(()), Err)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + Duration::hours(hours)
    }

    #[test]
    fn an_approved_template_is_edited_once_a_day_and_ten_times_a_month() {
        assert_eq!(edit_allowed(&[], at(0)), Ok(()));
        assert_eq!(edit_allowed(&[at(0)], at(23)), Err(at(24)));
        assert_eq!(edit_allowed(&[at(0)], at(24)), Ok(()));
        let ten: Vec<_> = (0..10).map(|day| at(day * 25)).collect();
        assert_eq!(edit_allowed(&ten[..9], at(20 * 24)), Ok(()));
        assert_eq!(edit_allowed(&ten, at(20 * 24)), Err(at(30 * 24)));
        assert_eq!(edit_allowed(&ten, at(30 * 24)), Ok(()), "the first one has left the month");
    }
}

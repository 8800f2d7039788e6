//! Times as the server writes them. The browser formats each again, in the viewer's own zone.

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};

use crate::Tx;

/// The machine-readable form for `datetime` and `data-` attributes.
#[must_use]
pub fn iso(at: &DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Hours and minutes in the zone of the words.
#[must_use]
pub fn clock(at: &DateTime<Utc>, tx: &Tx) -> String {
    at.with_timezone(&tx.zone).format("%-H:%M").to_string()
}

/// Day, month and year in the zone and order of the words.
#[must_use]
pub fn day(at: &DateTime<Utc>, tx: &Tx) -> String {
    let format = if tx.lang == crate::Lang::En { "%-d %b %Y" } else { "%d/%m/%Y" };
    at.with_timezone(&tx.zone).format(format).to_string()
}

/// A day of the calendar in the order of the words.
#[must_use]
pub fn date(day: NaiveDate, tx: &Tx) -> String {
    let format = if tx.lang == crate::Lang::En { "%-d %b %Y" } else { "%d/%m/%Y" };
    day.format(format).to_string()
}

/// Day and time in the zone and order of the words.
#[must_use]
pub fn moment(at: &DateTime<Utc>, tx: &Tx) -> String {
    format!("{}, {}", day(at, tx), clock(at, tx))
}

/// A length of time as minutes and seconds, with hours when there are any.
#[must_use]
pub fn length(seconds: i64) -> String {
    let seconds = seconds.max(0);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// A place in an ordered list: the second, then the number that tells two of the same second apart.
///
/// Fixed width, so that browsers and SQL order it as plain text. Everything with a `data-seq` uses it, but for rows of lists
/// ([`crate::row::seq`]).
#[must_use]
pub fn seq(at: &DateTime<Utc>, number: i64) -> String {
    format!("{:010}-{number:012}", at.timestamp())
}

/// A moment by which a list is ordered, as exact as the database has it; what has none stands at the end. Text orders it as
/// time does, also where most are whole seconds.
#[must_use]
pub fn place(at: Option<DateTime<Utc>>) -> String {
    const LAST: i64 = 9_999_999_999;
    let Some(at) = at else { return LAST.to_string() };
    let second = at.timestamp().clamp(0, LAST);
    match at.timestamp_subsec_micros() {
        0 => format!("{second:010}"),
        micros => format!("{second:010}.{micros:06}"),
    }
}

/// The moment of a [`place`], if it has one; `None` for anything else.
#[must_use]
pub fn parse_place(text: &str) -> Option<Option<DateTime<Utc>>> {
    if text == place(None) {
        return Some(None);
    }
    let (second, micros) = text.split_once('.').unwrap_or((text, "000000"));
    let fits = |part: &str, width| part.len() == width && part.bytes().all(|byte| byte.is_ascii_digit());
    if !fits(second, 10) || !fits(micros, 6) {
        return None;
    }
    DateTime::from_timestamp(second.parse().ok()?, micros.parse::<u32>().ok()? * 1000).map(Some)
}

/// The second and number of a [`seq`]; `None` for anything else.
#[must_use]
pub fn parse_seq(text: &str) -> Option<(DateTime<Utc>, i64)> {
    let (second, number) = text.split_once('-')?;
    Some((DateTime::from_timestamp(second.parse().ok()?, 0)?, number.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_order_as_time_does_and_are_read_back() {
        let micros = [
            999_999_999_000_000,
            1_795_189_320_000_000,
            1_795_189_320_000_001,
            1_795_189_320_900_000,
            1_795_189_321_000_000,
        ];
        let moments: Vec<_> =
            micros.iter().map(|at| DateTime::from_timestamp_micros(*at)).chain([None]).collect();
        let places: Vec<_> = moments.iter().map(|at| place(*at)).collect();
        assert!(places.is_sorted(), "{places:?}");
        let read: Vec<_> = places.iter().map(|text| parse_place(text).unwrap()).collect();
        assert_eq!(read, moments);
        for wrong in ["", "1", "179518932", "1795189320.", "1795189320.1", "-795189320", "1795189320.00000x"]
        {
            assert_eq!(parse_place(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn places_order_as_text_by_second_and_then_by_number() {
        let at = |second| DateTime::from_timestamp(second, 0).unwrap();
        let places = [seq(&at(999_999_999), 5), seq(&at(1_700_000_000), 9), seq(&at(1_700_000_000), 10)];
        assert!(places.is_sorted());
        assert_eq!(parse_seq(&places[1]), Some((at(1_700_000_000), 9)));
        assert_eq!(parse_seq("yesterday"), None);
    }

    #[test]
    fn a_wait_reads_like_a_stopwatch() {
        assert_eq!(length(8), "0:08");
        assert_eq!(length(754), "12:34");
        assert_eq!(length(3_725), "1:02:05");
    }
}
